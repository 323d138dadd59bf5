"""Pictures of what people come for, by the names that the letter catalogue uses. A name that
nobody drew is shown as a letter: a new letter type need not wait for its picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ui.pen import Pen, Point, curve


def _figure(pen: Pen, x: float, head: float, radius: float, width: float, foot: float) -> None:
    """Head and shoulders; ``head`` is the middle of the head, ``foot`` the lower edge."""
    top = head + radius * 1.35
    pen.disc(x, head, radius)
    left, right = x - width / 2, x + width / 2
    pen.area(curve((left, foot), (left + 2, top - 6), (right - 2, top - 6), (right, foot)))


def _family(pen: Pen) -> None:
    _figure(pen, 26, 28, 15, 46, 92)
    _figure(pen, 74, 28, 15, 46, 92)
    pen.disc(50, 56, 17, 0)
    pen.area(curve((26, 94), (28, 60), (72, 60), (74, 94)), 0)
    _figure(pen, 50, 57, 12, 38, 92)


def _aid(pen: Pen) -> None:
    heart = curve((50, 44), (20, 24), (32, 2), (50, 16)) + curve(
        (50, 16), (68, 2), (80, 24), (50, 44)
    )
    pen.area(heart)
    palm: list[Point] = [(6, 60), (30, 54), (46, 64), (64, 64), (64, 72), (44, 74)]
    pen.line(palm, 8)
    pen.area([(6, 58), (32, 54), (48, 66), (94, 54), (90, 66), (60, 88), (30, 86), (6, 90)])
    pen.line([(40, 72), (64, 70)], 4, 0)


def _land(pen: Pen) -> None:
    pen.area([(6, 90), (26, 56), (74, 56), (94, 90)])
    for bottom, top in (((38, 92), (44, 54)), ((62, 92), (56, 54))):
        pen.line([bottom, top], 4, 0)
    pen.line([(14, 73), (86, 73)], 4, 0)
    pen.line([(50, 60), (50, 32)], 7)
    pen.disc(50, 24, 18)
    pen.disc(36, 34, 11)
    pen.disc(64, 34, 11)


def _event(pen: Pen) -> None:
    """A janur: the bent palm leaf before a house where there is a celebration."""
    pen.line(curve((26, 94), (22, 40), (30, 8), (78, 14), 30), 7)
    for start, end in (((40, 24), (34, 50)), ((52, 16), (50, 46)), ((64, 13), (65, 42))):
        pen.line([start, end], 5)
    pen.line(curve((78, 14), (90, 20), (88, 40), (82, 52)), 6)
    pen.area([(44, 94), (44, 66), (66, 54), (88, 66), (88, 94)])
    pen.box(60, 74, 72, 94, 2, 0)


def _resident(pen: Pen) -> None:
    pen.box(4, 18, 96, 82, 9)
    pen.disc(30, 42, 11, 0)
    pen.area(curve((12, 72), (14, 50), (46, 50), (48, 72)), 0)
    for y, right in ((36, 86), (50, 86), (64, 74)):
        pen.line([(58, y), (right, y)], 6, 0)


def _house(pen: Pen) -> None:
    pen.line([(8, 52), (50, 14), (92, 52)], 9)
    pen.area([(20, 48), (50, 22), (80, 48), (80, 90), (20, 90)])
    pen.box(42, 58, 58, 92, 2, 0)


def _lost(pen: Pen) -> None:
    pen.ring(42, 42, 36, 10)
    pen.line([(68, 68), (90, 90)], 13)
    pen.arc(42, 36, 12, 180, 380, 7)
    pen.line([(52, 41), (43, 48), (43, 52)], 7)
    pen.disc(43, 62, 4.6)


def _born(pen: Pen) -> None:
    pen.disc(50, 34, 20)
    pen.area(curve((18, 92), (20, 44), (80, 44), (82, 92)))
    pen.line([(30, 62), (70, 80)], 5, 0)
    pen.line([(70, 62), (30, 80)], 5, 0)
    pen.line(curve((46, 14), (44, 6), (54, 4), (56, 10)), 5)


def _died(pen: Pen) -> None:
    pen.box(34, 10, 66, 74, 16)
    pen.box(34, 40, 66, 74, 0)
    pen.box(16, 70, 84, 90, 4)
    for y in (34, 46):
        pen.line([(42, y), (58, y)], 5, 0)


def _moving(pen: Pen) -> None:
    pen.box(4, 30, 58, 74, 4)
    pen.area([(62, 42), (80, 42), (94, 58), (94, 74), (62, 74)])
    pen.area([(68, 48), (78, 48), (86, 58), (68, 58)], 0)
    for x in (24, 76):
        pen.disc(x, 76, 13, 0)
        pen.disc(x, 76, 9)


def _wedding(pen: Pen) -> None:
    pen.ring(36, 60, 30, 8)
    pen.ring(64, 60, 30, 8)
    pen.area([(28, 12), (44, 12), (50, 20), (36, 34), (22, 20)])


def _money(pen: Pen) -> None:
    pen.box(4, 22, 96, 78, 7)
    pen.disc(50, 50, 17, 0)
    pen.disc(50, 50, 10)
    for x in (18, 82):
        pen.disc(x, 50, 5, 0)


def _school(pen: Pen) -> None:
    pen.area([(50, 16), (98, 38), (50, 60), (2, 38)])
    pen.area([(22, 54), (50, 68), (78, 54), (78, 74), (50, 88), (22, 74)])
    pen.line([(90, 42), (90, 70)], 5)
    pen.disc(90, 74, 6)


def _health(pen: Pen) -> None:
    pen.box(8, 8, 92, 92, 14)
    pen.line([(50, 28), (50, 72)], 15, 0)
    pen.line([(28, 50), (72, 50)], 15, 0)


def _work(pen: Pen) -> None:
    pen.box(6, 32, 94, 88, 8)
    pen.line([(36, 32), (36, 18), (64, 18), (64, 32)], 8)
    pen.line([(6, 58), (94, 58)], 5, 0)
    pen.box(43, 52, 57, 66, 3, 0)


def _journey(pen: Pen) -> None:
    pen.disc(50, 36, 30)
    pen.area([(23, 48), (77, 48), (50, 94)])
    pen.disc(50, 36, 12, 0)


def _names(pen: Pen) -> None:
    """Two cards that do not say the same."""
    pen.box(4, 12, 70, 56, 7)
    pen.line([(16, 28), (56, 28)], 6, 0)
    pen.line([(16, 42), (44, 42)], 6, 0)
    pen.box(26, 44, 96, 92, 9, 0)
    pen.box(30, 48, 96, 92, 7)
    for step in range(3):
        x = 42 + step * 16
        pen.disc(x, 70 + 5 * math.cos(step * math.pi), 5, 0)


NEEDS: dict[str, Callable[[Pen], None]] = {
    "acara": _event,
    "bantuan": _aid,
    "beda-nama": _names,
    "berobat": _health,
    "bepergian": _journey,
    "hilang": _lost,
    "keluarga": _family,
    "kerja": _work,
    "lahir": _born,
    "nikah": _wedding,
    "penduduk": _resident,
    "pindah": _moving,
    "rumah": _house,
    "sekolah": _school,
    "tanah": _land,
    "uang": _money,
    "wafat": _died,
}
