"""Our own pictures, drawn when they are needed at the size they are needed.

Icons live on a field of 100 x 100 with the origin at the top left. They are drawn four times
too large and reduced, which gives smooth edges on every panel without picture files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from PIL import Image

from ui.needs import NEEDS
from ui.pen import Pen, curve

# ---------------------------------------------------------------- icons


def _check(pen: Pen) -> None:
    pen.line([(18, 54), (41, 76), (83, 27)], 13)


def _success(pen: Pen) -> None:
    pen.disc(50, 50, 48)
    pen.line([(28, 52), (44, 67), (73, 35)], 10, 0)


def _cross(pen: Pen) -> None:
    pen.line([(22, 22), (78, 78)], 12)
    pen.line([(78, 22), (22, 78)], 12)


def _warning(pen: Pen) -> None:
    pen.line([(50, 16), (90, 84), (10, 84), (50, 16)], 12)
    pen.area([(50, 16), (90, 84), (10, 84)])
    pen.line([(50, 38), (50, 58)], 9, 0)
    pen.disc(50, 73, 5.5, 0)


def _info(pen: Pen) -> None:
    pen.disc(50, 50, 46)
    pen.disc(50, 29, 6.5, 0)
    pen.line([(50, 47), (50, 72)], 10, 0)


def _back(pen: Pen) -> None:
    pen.line([(84, 50), (18, 50)], 11)
    pen.line([(46, 21), (17, 50), (46, 79)], 11)


def _next(pen: Pen) -> None:
    pen.line([(16, 50), (82, 50)], 11)
    pen.line([(54, 21), (83, 50), (54, 79)], 11)


def _backspace(pen: Pen) -> None:
    pen.line([(36, 22), (88, 22), (88, 78), (36, 78), (10, 50), (36, 22)], 8)
    pen.line([(49, 39), (71, 61)], 8)
    pen.line([(71, 39), (49, 61)], 8)


def _shift(pen: Pen) -> None:
    outline = [(50, 14), (86, 52), (66, 52), (66, 84), (34, 84), (34, 52), (14, 52), (50, 14)]
    pen.line(outline, 8)


def _shift_on(pen: Pen) -> None:
    outline = [(50, 14), (86, 52), (66, 52), (66, 84), (34, 84), (34, 52), (14, 52), (50, 14)]
    pen.line(outline, 8)
    pen.area(outline)


def _space(pen: Pen) -> None:
    pen.line([(12, 46), (12, 66), (88, 66), (88, 46)], 8)


def _minus(pen: Pen) -> None:
    pen.line([(16, 50), (84, 50)], 12)


def _pencil(pen: Pen) -> None:
    pen.line([(30, 70), (78, 22)], 20)
    pen.area([(14, 88), (20, 60), (40, 80)])
    pen.line([(62, 24), (76, 38)], 5, 0)


def _bag(pen: Pen) -> None:
    pen.box(10, 34, 90, 90, 9)
    pen.arc(50, 36, 22, 180, 360, 8)
    pen.line([(10, 56), (90, 56)], 5, 0)
    pen.box(42, 50, 58, 64, 3, 0)


def _plus(pen: Pen) -> None:
    pen.line([(50, 16), (50, 84)], 12)
    _minus(pen)


def _home(pen: Pen) -> None:
    pen.line([(10, 50), (50, 14), (90, 50)], 10)
    pen.area([(22, 46), (50, 22), (78, 46), (78, 88), (22, 88)])
    pen.box(41, 58, 59, 90, 2, 0)


def _finish(pen: Pen) -> None:
    pen.line([(48, 14), (20, 14), (20, 86), (48, 86)], 9)
    pen.line([(42, 50), (84, 50)], 9)
    pen.line([(66, 29), (86, 50), (66, 71)], 9)


def _printer(pen: Pen) -> None:
    pen.box(26, 8, 74, 40, 4)
    pen.box(33, 15, 67, 40, 2, 0)
    pen.box(8, 34, 92, 76, 9)
    pen.disc(78, 47, 4.5, 0)
    pen.box(22, 54, 78, 76, 3, 0)
    pen.box(27, 58, 73, 94, 4)
    pen.line([(38, 70), (62, 70)], 5, 0)
    pen.line([(38, 82), (56, 82)], 5, 0)


def _reader(pen: Pen) -> None:
    pen.box(6, 30, 56, 92, 8)
    pen.box(14, 38, 48, 62, 3, 0)
    pen.disc(31, 77, 6, 0)
    for radius in (24, 40, 56):
        pen.arc(44, 46, radius, -62, 0, 8)


def _link(pen: Pen) -> None:
    for left, top in ((10, 66), (32, 48), (54, 30), (76, 12)):
        pen.box(left, top, left + 15, 90, 4)


def _usaha(pen: Pen) -> None:
    pen.box(14, 40, 86, 92, 5)
    pen.box(22, 48, 78, 85, 2, 0)
    pen.area([(18, 10), (82, 10), (95, 40), (5, 40)])
    for left in (5, 27.5, 50, 72.5):
        pen.disc(left + 11.25, 41, 11.25)
    for x, lower in ((34, 27.5), (50, 50), (66, 72.5)):
        pen.line([(x, 14), (lower, 38)], 3, 0)
    pen.box(52, 57, 72, 92, 3)
    pen.box(28, 57, 45, 73, 3)


def _skck(pen: Pen) -> None:
    left = curve((50, 6), (38, 15), (24, 19), (10, 19)) + curve(
        (10, 19), (9, 58), (24, 82), (50, 95)
    )
    shield = left + [(100 - x, y) for x, y in reversed(left)]
    pen.area(shield)
    inner = [(50 + (x - 50) * 0.84, 51 + (y - 51) * 0.84) for x, y in shield]
    pen.line(inner, 3.2, 0)
    star = []
    for corner in range(10):
        radius = 24 if corner % 2 == 0 else 10.2
        angle = math.radians(36 * corner - 90)
        star.append((50 + radius * math.cos(angle), 49 + radius * math.sin(angle)))
    pen.area(star, 0)


def _letter(pen: Pen) -> None:
    pen.area([(18, 6), (62, 6), (84, 28), (84, 94), (18, 94)])
    pen.area([(60, 10), (80, 30), (60, 30)], 0)
    for row, right in ((44, 70), (58, 70), (72, 54)):
        pen.line([(32, row), (right, row)], 6, 0)


def _clock(pen: Pen) -> None:
    pen.ring(50, 50, 46, 10)
    pen.line([(50, 26), (50, 52), (67, 63)], 9)


def _person(pen: Pen) -> None:
    pen.disc(50, 30, 20)
    pen.area(
        curve((10, 92), (12, 48), (88, 48), (90, 92)),
    )


def _keyboard(pen: Pen) -> None:
    pen.box(4, 22, 96, 80, 9)
    for row, y in enumerate((36, 50)):
        for column in range(6):
            pen.box(13 + column * 13 + row * 3, y - 4, 21 + column * 13 + row * 3, y + 4, 2, 0)
    pen.box(26, 61, 74, 70, 2, 0)


def _card(pen: Pen) -> None:
    pen.box(4, 20, 96, 80, 9)
    pen.box(14, 33, 36, 58, 3, 0)
    for y, right in ((36, 86), (48, 86), (60, 70)):
        pen.line([(48, y), (right, y)], 5, 0)


def _lock(pen: Pen) -> None:
    pen.arc(50, 40, 26, 180, 360, 10)
    pen.box(24, 38, 34, 54, 0)
    pen.box(66, 38, 76, 54, 0)
    pen.box(14, 46, 86, 94, 9)
    pen.disc(50, 66, 8, 0)
    pen.line([(50, 68), (50, 80)], 7, 0)


def _retry(pen: Pen) -> None:
    pen.arc(50, 52, 40, -40, 240, 11)
    pen.area([(60, 20), (94, 10), (88, 44)])


def _list(pen: Pen) -> None:
    for y in (22, 50, 78):
        pen.disc(16, y, 8)
        pen.line([(38, y), (88, y)], 10)


def _plug(pen: Pen) -> None:
    pen.line([(34, 8), (34, 34)], 10)
    pen.line([(66, 8), (66, 34)], 10)
    pen.box(18, 32, 82, 50, 5)
    pen.disc(50, 50, 32)
    pen.line([(50, 74), (50, 94)], 10)


def _comfort(pen: Pen) -> None:
    """A large and a small letter: how things are written."""
    pen.line([(6, 88), (32, 14), (58, 88)], 10)
    pen.line([(16, 62), (48, 62)], 9)
    pen.line([(60, 88), (76, 48), (93, 88)], 8)
    pen.line([(67, 74), (86, 74)], 7)


_ICONS: dict[str, Callable[[Pen], None]] = {
    **NEEDS,
    "back": _back,
    "backspace": _backspace,
    "bag": _bag,
    "card": _card,
    "check": _check,
    "clock": _clock,
    "comfort": _comfort,
    "cross": _cross,
    "finish": _finish,
    "home": _home,
    "info": _info,
    "keyboard": _keyboard,
    "letter": _letter,
    "link": _link,
    "list": _list,
    "lock": _lock,
    "minus": _minus,
    "next": _next,
    "pencil": _pencil,
    "person": _person,
    "plug": _plug,
    "plus": _plus,
    "printer": _printer,
    "reader": _reader,
    "retry": _retry,
    "shift": _shift,
    "shift-on": _shift_on,
    "skck": _skck,
    "space": _space,
    "success": _success,
    "usaha": _usaha,
    "warning": _warning,
}


@lru_cache(maxsize=128)
def icon(name: str, pixels: int) -> Image.Image:
    """The icon as a white shape; a name that nobody drew gives a letter."""
    pen = Pen(pixels, pixels, pixels / 100)
    _ICONS.get(name, _letter)(pen)
    return white(pen.mask())


def white(mask: Image.Image) -> Image.Image:
    """``mask`` as a white picture."""
    picture = Image.new("RGBA", mask.size, (255, 255, 255, 0))
    picture.putalpha(mask)
    return picture
