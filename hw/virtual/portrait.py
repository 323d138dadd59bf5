"""A photo of nobody, for virtual cards: drawn, small, and the same every time."""

from __future__ import annotations

import functools
import io

from PIL import Image, ImageDraw

_SIZE = (240, 320)
_BACKGROUND, _SKIN, _HAIR, _SHIRT, _INK = "#c0392b", "#c68e5e", "#20160f", "#f2f2f2", "#2b1b12"


@functools.cache
def portrait() -> bytes:
    """A JPEG of about 6 KB, on the red ground of an Indonesian identity photo."""
    image = Image.new("RGB", _SIZE, _BACKGROUND)
    draw = ImageDraw.Draw(image)
    draw.ellipse((20, 230, 220, 420), fill=_SHIRT)
    draw.rectangle((98, 205, 142, 255), fill=_SKIN)
    draw.ellipse((62, 44, 178, 190), fill=_HAIR)
    draw.ellipse((68, 70, 172, 220), fill=_SKIN)
    draw.pieslice((62, 44, 178, 160), 180, 360, fill=_HAIR)
    for x in (98, 142):
        draw.ellipse((x - 9, 132, x + 9, 144), fill="white")
        draw.ellipse((x - 5, 133, x + 5, 143), fill=_INK)
        draw.arc((x - 14, 116, x + 14, 134), 200, 340, fill=_INK, width=3)
    draw.arc((110, 140, 130, 172), 20, 150, fill=_INK, width=2)
    draw.arc((98, 168, 142, 196), 20, 160, fill="#8e2f2f", width=4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
