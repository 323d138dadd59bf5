"""Sizes in millimetres of the real panel, and colours.

The colours are those of the place: the indigo and soga brown of batik, deep green, warm cream.
Every pair of ``ink`` on its ground has a contrast of at least 7:1 (WCAG 2.2, 1.4.6).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

Colour = tuple[float, float, float, float]

TARGET_MM = 12.7
"""The smallest side of anything to be touched."""
GAP_MM = 2.6
"""Between two targets."""
FONT = "Anjungan"
MONO = "RobotoMono-Regular"

_NOTO = Path("/usr/share/fonts/truetype/noto")
_panel = {"pixels_per_mm": 149 / 25.4}


def configure(dpi: float, fonts: Path = _NOTO) -> None:
    """Take the panel's density and register the typeface. Once, before any widget is made."""
    from kivy.core.text import LabelBase

    _panel["pixels_per_mm"] = dpi / 25.4
    regular, bold = fonts / "NotoSans-Regular.ttf", fonts / "NotoSans-Bold.ttf"
    if regular.is_file() and bold.is_file():
        LabelBase.register(FONT, str(regular), fn_bold=str(bold))
    else:  # Kivy brings this one along
        own = "data/fonts/Roboto-{}.ttf"
        LabelBase.register(FONT, own.format("Regular"), fn_bold=own.format("Bold"))


def mm(value: float) -> int:
    """Millimetres as whole pixels, so that edges stay sharp."""
    return max(1, round(value * _panel["pixels_per_mm"])) if value > 0 else 0


def touch() -> int:
    """The smallest side of a target in pixels, never rounded down."""
    return math.ceil(TARGET_MM * _panel["pixels_per_mm"])


def pixels_per_mm() -> float:
    """The panel's density."""
    return _panel["pixels_per_mm"]


def _hex(text: str) -> Colour:
    red, green, blue = (int(text[n : n + 2], 16) / 255 for n in (0, 2, 4))
    return (red, green, blue, 1.0)


CREAM = _hex("FAF4E4")
PAPER = _hex("FFFDF6")
SAND = _hex("EFE5CB")
LINE = _hex("D9CBA6")
INK = _hex("14241E")
MUTED = _hex("414C45")
GREEN = _hex("0E4A3B")
GREEN_DEEP = _hex("08352A")
GREEN_SOFT = _hex("DDEBDD")
GREEN_MIST = _hex("17584A")
INDIGO = _hex("22356B")
INDIGO_DEEP = _hex("172650")
INDIGO_SOFT = _hex("E1E6F4")
SOGA = _hex("6B3710")
SOGA_SOFT = _hex("F6E6CC")
GOLD = _hex("F5D78A")
RED = _hex("8A1616")
RED_SOFT = _hex("FAE3DC")
WHITE = _hex("FFFFFF")
NONE: Colour = (0.0, 0.0, 0.0, 0.0)


class Look(NamedTuple):
    """A button's colours: its face, its face while pressed, its text, its edge."""

    face: Colour
    pressed: Colour
    ink: Colour
    edge: Colour


LOOKS: dict[str, Look] = {
    "primary": Look(GREEN, GREEN_DEEP, WHITE, GREEN_DEEP),
    "second": Look(INDIGO, INDIGO_DEEP, WHITE, INDIGO_DEEP),
    "plain": Look(PAPER, GREEN_SOFT, GREEN, GREEN),
    "quiet": Look(SAND, LINE, INK, LINE),
    "key": Look(PAPER, GREEN_SOFT, INK, LINE),
    "tool": Look(SAND, LINE, INK, LINE),
    "chosen": Look(GREEN_SOFT, GREEN_SOFT, GREEN_DEEP, GREEN),
}
DISABLED = Look(SAND, SAND, MUTED, SAND)
