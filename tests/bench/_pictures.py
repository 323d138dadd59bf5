"""Pictures of one bit a dot that a receipt printer is given, and what came of them."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

from hw.virtual.escpos import Interpreter, Rows
from hw.virtual.paper import joined
from tests.bench import BenchError

TYPEFACE = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
SENTENCE = "Surat Keterangan Usaha 470/001/V/2026, Desa Songgon"
INVERTED = bytes(255 - byte for byte in range(256))


def letter(width: int, height: int) -> Image.Image:
    """A page of text, mode "1", thresholded as letters for the roll are: 0 is black."""
    if not TYPEFACE.exists():
        raise BenchError(f"it draws with {TYPEFACE}; install Debian's fonts-dejavu-core")
    page = Image.new("1", (width, height), 1)
    draw = ImageDraw.Draw(page)
    draw.fontmode = "1"
    face = ImageFont.truetype(str(TYPEFACE), 20)
    for down in range(8, height - 24, 30):
        draw.text((8, down), f"{down:5} {SENTENCE}", font=face, fill=0)
    return page


def noise(width: int, height: int) -> Image.Image:
    """Every dot by chance: the worst picture for a search of forbidden bytes."""
    dots = random.Random(20260501).randbytes(width // 8 * height)
    return Image.frombytes("1", (width, height), dots)


def rows_of(picture: Image.Image) -> bytes:
    """As ``hw.protocols.Raster.rows``: 1 is black."""
    return picture.tobytes().translate(INVERTED)


def altered_dots(commands: bytes, picture: Image.Image) -> int:
    """Dots on paper that are not as in ``picture``, by the virtual printer's interpreter."""
    deeds = Interpreter(picture.width).feed(commands)
    strips = [deed.strip for deed in deeds if isinstance(deed, Rows)]
    paper = joined(strips, picture.width).crop((0, 0, picture.width, picture.height))
    difference = ImageChops.difference(paper, picture.convert("L"))
    return picture.width * picture.height - difference.histogram()[0]
