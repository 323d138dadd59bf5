"""One window for all tests of the screen, drawn for real but shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui import environment, theme

environment.prepare(1280, 800, 149.0)
from kivy.config import Config  # noqa: E402

Config.set("graphics", "maxfps", 0)  # nobody watches: no frame waits for the next
os.environ["SDL_VIDEODRIVER"] = "offscreen"
from kivy.core.window import Window  # noqa: E402

# Other tests start screens of their own, on displays.
del os.environ["SDL_VIDEODRIVER"]
theme.configure(149.0)

from ui.offscreen import Studio  # noqa: E402

_NO_FONTS = Path("/nonexistent")  # Kivy's own typeface takes their place
PANELS = {
    "10-inch-1280x800": ((1280, 800), 149.0),
    "10-inch-1024x600": ((1024, 600), 118.0),
}


def set_panel(name: str, own_fonts: bool = True) -> None:
    """Give the window the size and density of one of PANELS."""
    size, dpi = PANELS[name]
    if own_fonts:
        theme.configure(dpi)
    else:
        theme.configure(dpi, _NO_FONTS)
    Window.size = size


@pytest.fixture(params=PANELS)
def studio(request: pytest.FixtureRequest) -> Iterator[Studio]:
    """A stage on each panel that we promise to serve."""
    set_panel(request.param)
    studio = Studio()
    yield studio
    studio.close()


@pytest.fixture
def stage_studio() -> Iterator[Studio]:
    """A stage on the default panel."""
    set_panel("10-inch-1280x800")
    studio = Studio()
    yield studio
    studio.close()
