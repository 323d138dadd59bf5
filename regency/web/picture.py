"""A letter's PDF as a picture for the desk."""

from __future__ import annotations

import io
import threading

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

_SCALE = 110 / 72  # dots an inch over PDF's points an inch
_GAP = 16
_BETWEEN = (239, 229, 203)
_STAMP = (138, 22, 22)
_STAMP_SHADE = 80  # of 255
_STAMP_DEGREES = 52
_one_at_a_time = threading.Lock()  # PDFium is not safe among threads


def pdf_picture(pdf: bytes, stamp: str = "") -> bytes:
    """All pages, one below the other, as PNG; ``stamp`` is written across each, so that a
    letter that nobody signed cannot be printed from the desk and pass for one.
    """
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            pages = [page.render(scale=_SCALE).to_pil().convert("RGB") for page in document]
        finally:
            document.close()
    if stamp:
        pages = [_stamped(page, stamp) for page in pages]
    out = io.BytesIO()
    _stack(pages).save(out, "PNG")
    return out.getvalue()


def _stack(pages: list[Image.Image]) -> Image.Image:
    width = max(page.width for page in pages)
    height = sum(page.height for page in pages) + _GAP * (len(pages) - 1)
    sheet = Image.new("RGB", (width, height), _BETWEEN)
    top = 0
    for page in pages:
        sheet.paste(page, (0, top))
        top += page.height + _GAP
    return sheet


def _stamped(page: Image.Image, stamp: str) -> Image.Image:
    font = ImageFont.load_default(size=page.width / 14)
    left, top, right, bottom = font.getbbox(stamp)
    ink = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8), 0)
    ImageDraw.Draw(ink).text((4 - left, 4 - top), stamp, fill=_STAMP_SHADE, font=font)
    ink = ink.rotate(_STAMP_DEGREES, expand=True)
    place = ((page.width - ink.width) // 2, (page.height - ink.height) // 2)
    page.paste(Image.new("RGB", ink.size, _STAMP), place, ink)
    return page
