"""A letter's PDF as a picture for the desk."""

from __future__ import annotations

import io
import threading

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

_SCALE = 110 / 72  # dots an inch over PDF's points an inch
_GAP = 16
_BETWEEN = (239, 229, 203)
_one_at_a_time = threading.Lock()  # PDFium is not safe among threads


def pdf_picture(pdf: bytes) -> bytes:
    """All pages, one below the other, as PNG."""
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            pages = [page.render(scale=_SCALE).to_pil().convert("RGB") for page in document]
        finally:
            document.close()
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
