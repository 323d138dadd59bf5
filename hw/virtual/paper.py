"""Thermal paper and the print head's letters: strips of black and white dots, 8 a millimetre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

WHITE = 255
BLACK = 0
FONT_FOLDER = Path("/usr/share/fonts/truetype/dejavu")
FACES = {False: "DejaVuSansMono.ttf", True: "DejaVuSansMono-Bold.ttf"}


@dataclass(frozen=True, slots=True)
class Font:
    """A printer's built-in font: its cell in dots and the outline size that fills it."""

    width: int
    height: int
    points: int


FONT_A = Font(12, 24, 20)
FONT_B = Font(9, 17, 15)


@dataclass(frozen=True, slots=True)
class Style:
    """How a letter looks."""

    font: Font = FONT_A
    bold: bool = False
    underline: bool = False
    inverse: bool = False
    wide: int = 1
    high: int = 1


@lru_cache(maxsize=8)
def _face(font: Font, bold: bool) -> ImageFont.FreeTypeFont:
    path = FONT_FOLDER / FACES[bold]
    if not path.exists():
        raise FileNotFoundError(
            f"The virtual printer draws with {path}; install Debian's fonts-dejavu-core."
        )
    return ImageFont.truetype(str(path), font.points)


@lru_cache(maxsize=2048)
def glyph(char: str, style: Style) -> Image.Image:
    """One letter's cell, scaled dot by dot as a print head does."""
    font = style.font
    cell = Image.new("L", (font.width, font.height), WHITE)
    draw = ImageDraw.Draw(cell)
    base = round(font.height * 0.78)
    draw.text((font.width / 2, base), char, fill=BLACK, font=_face(font, style.bold), anchor="ms")
    if style.underline:
        draw.line([(0, font.height - 1), (font.width, font.height - 1)], fill=BLACK)
    cell = cell.point(lambda value: WHITE if value > 127 else BLACK)
    if style.inverse:
        cell = ImageOps.invert(cell)
    size = (font.width * style.wide, font.height * style.high)
    return cell.resize(size, Image.Resampling.NEAREST)


def text_line(cells: Sequence[Image.Image], width: int, offset: float, spacing: int) -> Image.Image:
    """One line of letters on paper ``width`` dots wide; ``offset`` 0 is left, 0.5 centre."""
    used = sum(cell.width for cell in cells)
    tallest = max((cell.height for cell in cells), default=0)
    line = blank(width, max(spacing, tallest))
    across = int((width - used) * offset)
    for cell in cells:
        line.paste(cell, (across, tallest - cell.height))
        across += cell.width
    return line


def blank(width: int, height: int) -> Image.Image:
    """White paper."""
    return Image.new("L", (width, height), WHITE)


def is_blank(strip: Image.Image) -> bool:
    """Whether there is no black dot on it."""
    return strip.getextrema()[0] == WHITE


def placed(picture: Image.Image, width: int, offset: float) -> Image.Image:
    """``picture`` on paper ``width`` dots wide; what lies beyond the edge is lost."""
    strip = blank(width, picture.height)
    strip.paste(picture, (max(0, int((width - picture.width) * offset)), 0))
    return strip


def joined(strips: Sequence[Image.Image], width: int) -> Image.Image:
    """Strips one below the other."""
    paper = blank(width, sum(strip.height for strip in strips))
    down = 0
    for strip in strips:
        paper.paste(strip, (0, down))
        down += strip.height
    return paper
