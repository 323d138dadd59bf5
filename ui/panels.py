"""The panels that are served: pixels and how close they are, as in their makers' papers."""

from __future__ import annotations

from typing import NamedTuple


class Panel(NamedTuple):
    """Pixels as they stand before the visitor, and pixels per inch."""

    size: tuple[int, int]
    dpi: float


PANELS: dict[str, Panel] = {
    "7-inch-800x480": Panel((800, 480), 133.0),
    "7-inch-1024x600": Panel((1024, 600), 170.0),
    "10-inch-1024x600": Panel((1024, 600), 118.0),
    "10-inch-1280x800": Panel((1280, 800), 149.0),
    "7-inch-720x1280-upright": Panel((720, 1280), 210.0),
}
