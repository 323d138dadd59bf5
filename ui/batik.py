"""Gajah oling, the motif of Banyuwangi's batik, and the picture of the attract screen.

The motif is a trunk (or an eel) that curls like a question mark, with leaves along its back,
dots within (isen-isen) and jasmine around it. Drawn by us from curves.
"""

from __future__ import annotations

import math
from functools import lru_cache

from PIL import Image

from ui.art import white
from ui.pen import Pen, Point, curve

_STEPS = 160
Colour8 = tuple[int, int, int]


def _trunk() -> list[tuple[float, float, float, float]]:
    """Points of the trunk's middle line with heading and half width; about 100 long."""
    x = y = 0.0
    heading = math.radians(200)
    points = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        bend = 11.5 * (1 - t) ** 2.6 - 5.6 * max(0.0, t - 0.52) ** 0.9
        width = 7.2 * math.sin(math.pi * min(1.0, t * 0.86 + 0.12)) ** 0.85 + 0.5
        points.append((x, y, heading, width))
        heading -= bend * 2.3 / _STEPS
        x += math.cos(heading) * 150 / _STEPS
        y -= math.sin(heading) * 150 / _STEPS
    return points


def _beside(point: tuple[float, float, float, float], away: float) -> Point:
    x, y, heading, _ = point
    return (x + math.sin(heading) * away, y + math.cos(heading) * away)


def _placed(
    points: list[tuple[float, float, float, float]],
    left: float,
    top: float,
    size: float,
    flip: bool,
) -> list[tuple[float, float, float, float]]:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    scale = size / max(max(xs) - min(xs), max(ys) - min(ys))
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    placed = []
    for x, y, heading, width in points:
        new_x, new_y = (x - middle_x) * scale, (y - middle_y) * scale
        if flip:
            new_x, new_y, heading = -new_x, -new_y, heading + math.pi
        placed.append((left + size / 2 + new_x, top + size / 2 + new_y, heading, width * scale))
    return placed


def draw_trunk(pen: Pen, left: float, top: float, size: float, flip: bool = False) -> None:
    """One gajah oling within the square of ``size`` at (``left``, ``top``)."""
    trunk = _placed(_trunk(), left, top, size, flip)
    for x, y, _, width in trunk:
        pen.disc(x, y, width)
    for x, y, _, width in trunk[10:-12]:
        if width > size * 0.02:
            pen.disc(x, y, width * 0.66, 0)
    for point in trunk[14:-16:6]:
        pen.disc(point[0], point[1], max(point[3] * 0.26, size * 0.006))
    for number, point in enumerate(trunk[26:-14:11]):
        side = 1 if number % 2 else -1
        _leaf(pen, point, side, size * (0.085 if side > 0 else 0.07))


def _leaf(pen: Pen, point: tuple[float, float, float, float], side: int, length: float) -> None:
    _, _, heading, width = point
    foot = _beside(point, side * (width + length * 0.12))
    angle = math.atan2(side * math.cos(heading), side * math.sin(heading)) - side * 0.5
    tip = (foot[0] + math.cos(angle) * length, foot[1] + math.sin(angle) * length)
    across = (math.cos(angle + math.pi / 2) * length, math.sin(angle + math.pi / 2) * length)
    middle = ((foot[0] + tip[0]) / 2, (foot[1] + tip[1]) / 2)
    one = (middle[0] + across[0] * 0.42, middle[1] + across[1] * 0.42)
    two = (middle[0] - across[0] * 0.42, middle[1] - across[1] * 0.42)
    pen.area(curve(foot, one, one, tip) + curve(tip, two, two, foot))


def draw_jasmine(pen: Pen, x: float, y: float, radius: float) -> None:
    """A jasmine blossom: five petals and a heart."""
    for petal in range(5):
        angle = math.radians(72 * petal - 90)
        pen.disc(
            x + math.cos(angle) * radius * 0.6, y + math.sin(angle) * radius * 0.6, radius * 0.42
        )
    pen.disc(x, y, radius * 0.3, 0)
    pen.disc(x, y, radius * 0.16)


_ROW = 0.56
TILE_CELLS = (2.0, 2 * _ROW)
"""Two columns and two rows: then the pattern begins again."""
_CELL = 256


def tile() -> Image.Image:
    """Cloth in white on nothing, trunks and jasmine, to be repeated in both directions. Its sides
    are powers of two, which every graphics card can repeat: it is drawn too high.
    """
    height = math.ceil(TILE_CELLS[1] * _CELL)
    pen = Pen(2 * _CELL, height, 1)
    for row in range(-1, 4):
        for column in range(-1, 4):
            left = column * _CELL - (row % 2) * _CELL / 2
            _patch(pen, left, row * _ROW * _CELL, _CELL, flip=bool((row + column) % 2))
    return white(pen.mask().resize((2 * _CELL, _CELL)))


def _patch(pen: Pen, left: float, top: float, cell: float, flip: bool) -> None:
    draw_trunk(pen, left + cell * 0.08, top - cell * 0.1, cell * 0.72, flip)
    draw_jasmine(pen, left + cell * 0.92, top + cell * 0.12, cell * 0.075)
    for dot in range(3):
        x, y = left + cell * (0.86 + dot * 0.05), top + cell * (0.36 + dot * 0.06)
        pen.disc(x, y, cell * 0.012)


# ---------------------------------------------------------------- the hand with the card

_SHELL = (23, 38, 80)
_GLASS = (34, 53, 107)
_LIGHT = (231, 185, 74)
_SKIN = (214, 160, 112)
_SHADE = (184, 126, 80)
_SLEEVE = (107, 55, 16)
_CARD = (120, 176, 200)
_CARD_DARK = (34, 82, 104)
_WHITE = (255, 253, 246)


class _Layers:
    """Several pens of one colour each over another, on a transparent ground."""

    def __init__(self, pixels: int, ground: Colour8) -> None:
        self._pixels = pixels
        self._picture = Image.new("RGBA", (pixels, pixels), (*ground, 0))

    def pen(self) -> Pen:
        return Pen(self._pixels, self._pixels, self._pixels / 100)

    def lay(self, pen: Pen, colour: Colour8) -> None:
        layer = Image.new("RGBA", self._picture.size, (*colour, 0))
        layer.putalpha(pen.mask())
        self._picture.alpha_composite(layer)

    def done(self) -> Image.Image:
        return self._picture


@lru_cache(maxsize=2)
def hand_with_card(pixels: int, ground: Colour8) -> Image.Image:
    """A hand that lays a card on the reader, for a ground of colour ``ground``."""
    layers = _Layers(pixels, ground)
    _reader(layers)
    _card(layers)
    _hand(layers)
    return layers.done()


def _reader(layers: _Layers) -> None:
    pen = layers.pen()
    pen.box(4, 24, 48, 96, 7)
    layers.lay(pen, _SHELL)
    pen = layers.pen()
    pen.box(9, 30, 43, 78, 5)
    layers.lay(pen, _GLASS)
    pen = layers.pen()
    for radius in (9, 17, 25):
        pen.arc(17, 54, radius, -50, 50, 3.2)
    pen.disc(17, 54, 3)
    pen.disc(26, 87, 3)
    layers.lay(pen, _LIGHT)


def _card(layers: _Layers) -> None:
    pen = layers.pen()
    pen.area(_turned([(34, 20), (86, 20), (86, 54), (34, 54)]))
    pen.line(_turned([(34, 20), (86, 20), (86, 54), (34, 54), (34, 20)]), 4)
    layers.lay(pen, _CARD)
    pen = layers.pen()
    pen.area(_turned([(38, 26), (50, 26), (50, 42), (38, 42)]))
    pen.line(_turned([(56, 28), (80, 28)]), 3)
    pen.line(_turned([(56, 35), (74, 35)]), 3)
    layers.lay(pen, _CARD_DARK)
    pen = layers.pen()
    pen.disc(*_turned([(44, 31)])[0], 3)
    pen.area(_turned([(40, 42), (41, 37), (47, 37), (48, 42)]))
    layers.lay(pen, _WHITE)


def _turned(points: list[Point]) -> list[Point]:
    """Turned by 14 degrees against the clock about the card's middle."""
    angle = math.radians(-14)
    cos, sin = math.cos(angle), math.sin(angle)
    return [
        (58 + (x - 60) * cos - (y - 37) * sin, 42 + (x - 60) * sin + (y - 37) * cos)
        for x, y in points
    ]


def _hand(layers: _Layers) -> None:
    pen = layers.pen()
    pen.area([(84, 76), (101, 46), (101, 101), (88, 101)])
    layers.lay(pen, _SLEEVE)
    pen = layers.pen()
    pen.area(
        [
            *curve((66, 50), (74, 40), (92, 44), (100, 52)),
            (100, 74),
            *curve((92, 88), (78, 84), (66, 78), (62, 66)),
        ]
    )
    for row in range(3):
        pen.line([(64 + row * 2, 60 + row * 8), (84, 64 + row * 7)], 9)
    layers.lay(pen, _SKIN)
    pen = layers.pen()
    pen.line(curve((66, 64), (72, 65), (76, 67), (82, 70)), 1.4)
    pen.line(curve((68, 72), (74, 73), (78, 74), (84, 77)), 1.4)
    layers.lay(pen, _SHADE)
    pen = layers.pen()
    pen.line(curve((92, 56), (82, 46), (72, 44), (59, 45)), 9.5)
    layers.lay(pen, _SKIN)
    pen = layers.pen()
    pen.line(curve((89, 58), (80, 51), (72, 50), (60, 50.5)), 1.2)
    layers.lay(pen, _SHADE)
