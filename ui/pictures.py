"""Our drawings as textures of the graphics card, each made once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kivy.graphics.texture import Texture
from PIL import Image

from ui import art, batik


def _texture(picture: Image.Image) -> Any:
    texture = Texture.create(size=picture.size, colorfmt="rgba")
    texture.blit_buffer(picture.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


@lru_cache(maxsize=128)
def icon(name: str, pixels: int) -> Any:
    """An icon of ``pixels`` x ``pixels``."""
    return _texture(art.icon(name, pixels))


CLOTH_CELLS = batik.TILE_CELLS
"""What the piece of batik shows, in cells across and up, before it begins again."""


@lru_cache(maxsize=1)
def cloth() -> Any:
    """A piece of batik that can be repeated in both directions."""
    texture = _texture(batik.tile())
    texture.wrap = "repeat"
    return texture


@lru_cache(maxsize=2)
def hand_with_card(pixels: int, ground: tuple[float, float, float, float]) -> Any:
    """The attract screen's picture."""
    red, green, blue = (round(part * 255) for part in ground[:3])
    return _texture(batik.hand_with_card(pixels, (red, green, blue)))
