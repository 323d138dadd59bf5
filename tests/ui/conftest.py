"""One window for all tests of the screen, drawn for real but shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ui import environment, theme

environment.prepare(1280, 800, 149.0)
os.environ["SDL_VIDEODRIVER"] = "offscreen"
from kivy.core.window import Window  # noqa: E402

# Other tests start screens of their own, on displays.
del os.environ["SDL_VIDEODRIVER"]
theme.configure(149.0)

from ui.offscreen import Studio  # noqa: E402

PANELS = {"10-inch-1280x800": ((1280, 800), 149.0), "10-inch-1024x600": ((1024, 600), 118.0)}


@pytest.fixture(params=PANELS)
def studio(request: pytest.FixtureRequest) -> Iterator[Studio]:
    """A stage on each panel that we promise to serve."""
    size, dpi = PANELS[request.param]
    theme.configure(dpi)
    Window.size = size
    studio = Studio()
    yield studio
    studio.close()


@pytest.fixture
def stage_studio() -> Iterator[Studio]:
    """A stage on the default panel."""
    theme.configure(149.0)
    Window.size = (1280, 800)
    studio = Studio()
    yield studio
    studio.close()
