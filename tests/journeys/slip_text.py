"""Reads the letters on a slip of the virtual printer back from its picture."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import Image

from hw.virtual.mechanism import MARGIN
from hw.virtual.paper import FONT_A, Style, glyph, is_blank

_LETTERS = [chr(code) for code in range(0x20, 0x7F)]
_WIDTH, _HEIGHT = FONT_A.width, FONT_A.height
_OFFSETS = (0, _WIDTH // 2)
"""Where a line may begin: at the left, or centred."""


def text_of(slip: Path) -> str:
    """The lines that are written in letters of the usual size, from top to bottom."""
    with Image.open(slip) as picture:
        paper = picture.convert("L").crop((MARGIN, 0, picture.width - MARGIN, picture.height))
    lines, row = [], 0
    while row <= paper.height - _HEIGHT:
        line = _line_in(paper.crop((0, row, paper.width, row + _HEIGHT)))
        if line:
            lines.append(line)
        row += _HEIGHT if line else 1
    return "\n".join(lines)


def _line_in(band: Image.Image) -> str:
    if is_blank(band):
        return ""
    for offset in _OFFSETS:
        line = ""
        for left in range(offset, band.width - _WIDTH + 1, _WIDTH):
            letter = _alphabet().get(band.crop((left, 0, left + _WIDTH, _HEIGHT)).tobytes())
            if letter is None:
                break
            line += letter
        else:
            return line.rstrip()
    return ""


@cache
def _alphabet() -> dict[bytes, str]:
    return {
        glyph(letter, Style(bold=bold)).tobytes(): letter
        for bold in (True, False)
        for letter in _LETTERS
    }
