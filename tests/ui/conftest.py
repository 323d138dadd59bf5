"""One window for all tests of the screen, drawn for real but shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterator

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
from ui.panels import PANELS  # noqa: E402

_PROMISED = ("10-inch-1280x800", "10-inch-1024x600")


def set_panel(name: str) -> None:
    """Give the window the size and density of one of PANELS."""
    panel = PANELS[name]
    theme.configure(panel.dpi, panel.size)
    Window.size = panel.size


@pytest.fixture(params=_PROMISED)
def studio(request: pytest.FixtureRequest) -> Iterator[Studio]:
    """A stage on each of two panels."""
    studio = Studio.on(PANELS[request.param])
    yield studio
    studio.close()


@pytest.fixture
def stage_studio() -> Iterator[Studio]:
    """A stage on the default panel."""
    studio = Studio.on(PANELS["10-inch-1280x800"])
    yield studio
    studio.close()
