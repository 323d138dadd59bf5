"""Every screen on every panel: nothing is cut off, all can be read, all can be touched."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pytest

from tests.ui.conftest import PANELS, set_panel
from tests.ui.looking import Box, box_of, contrast, ground, targets, texts
from ui import theme
from ui.inspect import Target
from ui.offscreen import Studio
from ui.samples import view_states
from ui.widgets import Text, fits

VIEWS = view_states()
NAMES = ["preparing", *VIEWS]


@dataclass
class Written:
    """One text as it stands on the screen."""

    text: str
    box: Box
    within: Box
    texture: tuple[float, float]
    words_fit: bool
    contrast: float


@dataclass
class Sight:
    """One screen on one panel."""

    texts: list[Written]
    targets: list[Target]


@pytest.fixture(scope="module", params=[(name, own) for name in PANELS for own in (True, False)])
def panel(request: pytest.FixtureRequest) -> dict[str, Sight]:
    """All screens on one panel, each looked at once."""
    set_panel(*request.param)
    studio = Studio()
    sights = {name: _look(studio, name) for name in NAMES}
    studio.close()
    return sights


def _look(studio: Studio, name: str) -> Sight:
    if name in VIEWS:
        studio.stage.show(VIEWS[name])
    picture = studio.picture()
    # Under the idle warning the page is dimmed on purpose.
    root = studio.stage.look()[2] if name == "idle-warning" else studio.stage
    written = []
    for text in texts(root):
        ink = tuple(round(part * 255) for part in text.color[:3])
        box, within = box_of(text), box_of(text.parent)
        seen = contrast(ink, ground(picture, box))
        size = (text.texture_size[0], text.texture_size[1])
        written.append(Written(text.text, box, within, size, _words_fit(text), seen))
    return Sight(written, list(targets(studio).values()))


def _words_fit(text: Text) -> bool:
    font = {"font_name": theme.MONO if text.mono else theme.FONT, "bold": text.bold}
    smallest = text.smallest_mm * theme.pixels_per_mm()
    room = (text.width + 1, float("inf"))
    return all(fits(word, smallest, room, **font) for word in text.text.split())


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_clipped(panel: dict[str, Sight], name: str) -> None:
    assert panel[name].texts
    for written in panel[name].texts:
        left, top, right, bottom = written.box
        assert written.texture[0] <= right - left + 1, written
        assert written.texture[1] <= bottom - top + 1, written
        assert written.words_fit, written


@pytest.mark.parametrize("name", NAMES)
def test_no_text_leaves_what_it_stands_in(panel: dict[str, Sight], name: str) -> None:
    for written in panel[name].texts:
        left, top, right, bottom = written.box
        assert left >= written.within[0] - 1, written
        assert top >= written.within[1] - 1, written
        assert right <= written.within[2] + 1, written
        assert bottom <= written.within[3] + 1, written


@pytest.mark.parametrize("name", NAMES)
def test_no_text_lies_on_another(panel: dict[str, Sight], name: str) -> None:
    for one, other in combinations(panel[name].texts, 2):
        across = max(one.box[0], other.box[0]) - min(one.box[2], other.box[2])
        along = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
        assert max(across, along) >= -2, (one, other)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_has_contrast(panel: dict[str, Sight], name: str) -> None:
    for written in panel[name].texts:
        assert written.contrast >= 7, written


@pytest.mark.parametrize("name", NAMES)
def test_every_target_is_large_enough_and_apart(panel: dict[str, Sight], name: str) -> None:
    found = panel[name].targets
    millimetre = theme.pixels_per_mm()
    for target in found:
        assert min(target.width, target.height) / millimetre >= theme.TARGET_MM, target
    for one, other in combinations(found, 2):
        assert _gap(one, other) / millimetre >= 2.4, (one, other)


def test_the_samples_are_of_every_kind_that_there_is() -> None:
    assert len({type(state.screen) for state in VIEWS.values()}) == 23


def _gap(one: Target, other: Target) -> float:
    across = max(one.x, other.x) - min(one.x + one.width, other.x + other.width)
    along = max(one.y, other.y) - min(one.y + one.height, other.y + other.height)
    return max(across, along)
