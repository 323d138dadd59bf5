"""A pen for our own pictures: on a field of 100 x 100 with the origin at the top left. It draws
four times too large and reduces, which gives smooth edges on every panel without picture files.
"""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageDraw

Point = tuple[float, float]

_FINER = 4


class Pen:
    """Draws in white (255) on nothing; ink 0 takes away."""

    def __init__(self, width: int, height: int, scale: float) -> None:
        self._scale = scale * _FINER
        self._image = Image.new("L", (width * _FINER, height * _FINER), 0)
        self._draw = ImageDraw.Draw(self._image)
        self._size = (width, height)

    def line(self, points: Iterable[Point], width: float = 8, ink: int = 255) -> None:
        """A line through ``points`` with round joints and ends."""
        placed = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(placed, fill=ink, width=round(width * self._scale), joint="curve")
        radius = width * self._scale / 2
        for x, y in placed:
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)

    def area(self, points: Iterable[Point], ink: int = 255) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], fill=ink)

    def disc(self, x: float, y: float, radius: float, ink: int = 255) -> None:
        """A filled circle."""
        box = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([side * self._scale for side in box], fill=ink)

    def ring(self, x: float, y: float, radius: float, width: float = 8, ink: int = 255) -> None:
        """A circle's line, ``radius`` measured to its outside."""
        self.arc(x, y, radius, 0, 360, width, ink)

    def arc(
        self,
        x: float,
        y: float,
        radius: float,
        start: float,
        end: float,
        width: float = 8,
        ink: int = 255,
    ) -> None:
        """Part of a circle; degrees run clockwise from three o'clock."""
        box = [side * self._scale for side in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.arc(box, start, end, fill=ink, width=round(width * self._scale))

    def box(
        self, left: float, top: float, right: float, bottom: float, radius: float, ink: int = 255
    ) -> None:
        """A filled rectangle with round corners."""
        sides = [side * self._scale for side in (left, top, right, bottom)]
        self._draw.rounded_rectangle(sides, radius * self._scale, fill=ink)

    def mask(self) -> Image.Image:
        """What was drawn, in its final size."""
        return self._image.resize(self._size, Image.Resampling.LANCZOS)


def curve(start: Point, control: Point, other: Point, end: Point, steps: int = 24) -> list[Point]:
    """A cubic Bézier as points."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        u = 1 - t
        a, b, c, d = u**3, 3 * u * u * t, 3 * u * t * t, t**3
        points.append(
            (
                a * start[0] + b * control[0] + c * other[0] + d * end[0],
                a * start[1] + b * control[1] + c * other[1] + d * end[1],
            )
        )
    return points
