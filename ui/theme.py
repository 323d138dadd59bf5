"""Sizes in millimetres of the real panel, and the colours and size of text that are wished for.

``theme.INK`` and ``theme.text(5)`` follow the visitor's wish: read them when a widget is made or
drawn, never at import.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

from firmware.core.view import TextSize, Theme
from ui.palettes import NONE as NONE
from ui.palettes import PALETTES, Palette
from ui.palettes import Colour as Colour

TARGET_MM = 12.7
"""The smallest side of anything to be touched."""
GAP_MM = 2.6
"""Between two targets."""
SMALLEST_MM = 2.8
"""The em of the smallest text, at normal size."""
TEXT_SCALES: dict[TextSize, float] = {"normal": 1.0, "large": 1.28, "largest": 1.6}
SMALL_MM = 100
"""A panel whose shorter side is less is small."""
FONT = "Anjungan"
MONO = "RobotoMono-Regular"

_NOTO = Path("/usr/share/fonts/truetype/noto")
NO_FONTS = Path("/nonexistent")
"""Kivy's own typeface takes their place."""
_panel = {"pixels_per_mm": 149 / 25.4, "width": 1280.0, "height": 800.0}
_wish: dict[str, Any] = {"theme": "normal", "text_size": "normal"}


def configure(dpi: float, size: tuple[int, int] = (1280, 800), fonts: Path = _NOTO) -> None:
    """Take the panel's density and size and register the typeface, before any widget is made."""
    from kivy.core.text import LabelBase

    _panel.update(pixels_per_mm=dpi / 25.4, width=size[0], height=size[1])
    regular, bold = fonts / "NotoSans-Regular.ttf", fonts / "NotoSans-Bold.ttf"
    if regular.is_file() and bold.is_file():
        LabelBase.register(FONT, str(regular), fn_bold=str(bold))
    else:  # Kivy brings this one along
        own = "data/fonts/Roboto-{}.ttf"
        LabelBase.register(FONT, own.format("Regular"), fn_bold=own.format("Bold"))


def mm(value: float) -> int:
    """Millimetres as whole pixels, so that edges stay sharp."""
    return max(1, round(value * _panel["pixels_per_mm"])) if value > 0 else 0


def air(value: float) -> int:
    """Millimetres of empty space at the largest panel, less at smaller ones."""
    side = min(_panel["width"], _panel["height"]) / pixels_per_mm()
    return mm(value * min(1.0, max(0.35, (side - 60) / 70)))


def gap(value: float) -> int:
    """As ``air``, but never less than must be between two targets."""
    return max(math.ceil(GAP_MM * pixels_per_mm()), air(value))


def is_upright() -> bool:
    """Whether the panel is higher than wide."""
    return _panel["height"] > _panel["width"]


def touch() -> int:
    """The smallest side of a target in pixels, never rounded down."""
    return math.ceil(TARGET_MM * _panel["pixels_per_mm"])


def pixels_per_mm() -> float:
    """The panel's density."""
    return _panel["pixels_per_mm"]


def text(value: float) -> float:
    """Pixels of an em of ``value`` millimetres at normal size, in the size of text wished for."""
    return value * pixels_per_mm() * text_scale()


def text_scale() -> float:
    """How much larger than normal text is now: less so on a small panel, which has no room for more
    beside targets of the same size.
    """
    larger = TEXT_SCALES[_wish["text_size"]] - 1.0
    side = min(_panel["width"], _panel["height"]) / pixels_per_mm()
    return 1.0 + (larger if side >= SMALL_MM else larger * 0.4)


def floor() -> float:
    """Pixels of the smallest em that may be written."""
    return text(SMALLEST_MM)


def use(theme: Theme, text_size: TextSize) -> bool:
    """Colours and size of text from now on. Returns whether they are others than before: then
    all widgets must be made anew.
    """
    before = dict(_wish)
    _wish.update(theme=theme, text_size=text_size)
    return before != _wish


def palette() -> Palette:
    """The colours in use."""
    return PALETTES[_wish["theme"]]


def __getattr__(name: str) -> Colour:
    """A colour of the palette in use: ``theme.INK``; in kv ``T.INK``."""
    try:
        colour: Colour = getattr(PALETTES[_wish["theme"]], name)
    except AttributeError:
        raise AttributeError(f"ui.theme has no {name}, nor has a palette") from None
    return colour


class Look(NamedTuple):
    """A button's colours: its face, its face while pressed, its text, its edge."""

    face: Colour
    pressed: Colour
    ink: Colour
    edge: Colour


def look(name: str, disabled: bool = False) -> Look:
    """How a button of the kind ``name`` looks now."""
    p = palette()
    if disabled:
        return Look(p.SAND, p.SAND, p.MUTED, p.SAND)
    return {
        "primary": Look(p.FIRST, p.FIRST_DOWN, p.ON_FIRST, p.FIRST_DOWN),
        "second": Look(p.SECOND, p.SECOND_DOWN, p.ON_SECOND, p.SECOND_DOWN),
        "plain": Look(p.PAPER, p.DOWN, p.GREEN, p.GREEN),
        "quiet": Look(p.SAND, p.DOWN, p.INK, p.LINE),
        "key": Look(p.PAPER, p.DOWN, p.INK, p.LINE),
        "tool": Look(p.SAND, p.DOWN, p.INK, p.LINE),
        "chosen": Look(p.GREEN_SOFT, p.GREEN_SOFT, p.GREEN, p.GREEN),
        "strip": Look(p.FOREST_DEEP, p.FOREST, p.WHITE, p.FOREST_DEEP),
    }[name]
