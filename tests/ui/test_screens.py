"""Every screen on every panel: nothing is cut off, all can be read, all can be touched."""

from __future__ import annotations

from itertools import combinations

import pytest
from kivy.core.window import Window

from tests.ui.looking import box_of, contrast, ground, targets, texts
from ui import theme
from ui.inspect import Target
from ui.offscreen import Studio
from ui.samples import view_states
from ui.widgets import fits

VIEWS = view_states()


def _show(studio: Studio, name: str) -> None:
    studio.stage.show(VIEWS[name])
    studio.settle()


@pytest.mark.parametrize("name", VIEWS)
def test_no_text_is_clipped(studio: Studio, name: str) -> None:
    _show(studio, name)
    shown = texts(studio.stage)
    assert shown
    for text in shown:
        left, top, right, bottom = box_of(text)
        assert text.texture_size[0] <= text.width + 1, text.text
        assert text.texture_size[1] <= text.height + 1, text.text
        assert left >= 0 and top >= 0, text.text
        assert right <= Window.width + 1 and bottom <= Window.height + 1, text.text


@pytest.mark.parametrize("name", VIEWS)
def test_no_word_is_cut_in_two(studio: Studio, name: str) -> None:
    _show(studio, name)
    for text in texts(studio.stage):
        font = {"font_name": theme.MONO if text.mono else theme.FONT, "bold": text.bold}
        smallest = text.smallest_mm * theme.pixels_per_mm()
        for word in text.text.split():
            assert fits(word, smallest, (text.width + 1, text.height + 1), **font), word


@pytest.mark.parametrize("name", VIEWS)
def test_what_lies_in_a_panel_stays_in_it(studio: Studio, name: str) -> None:
    _show(studio, name)
    for text in texts(studio.stage):
        parent = text.parent
        assert text.y >= parent.y - 1, text.text
        assert text.top <= parent.top + 1, text.text


@pytest.mark.parametrize("name", VIEWS)
def test_every_text_has_contrast(studio: Studio, name: str) -> None:
    _show(studio, name)
    picture = studio.picture()
    under = studio.stage.look()[2] if name == "idle-warning" else studio.stage
    for text in texts(under):
        ink = tuple(round(part * 255) for part in text.color[:3])
        seen = ground(picture, box_of(text))
        assert contrast(ink, seen) >= 7, f"{text.text!r}: {ink} on {seen}"


@pytest.mark.parametrize("name", VIEWS)
def test_every_target_is_large_enough_and_apart(studio: Studio, name: str) -> None:
    _show(studio, name)
    found = list(targets(studio).values())
    millimetre = theme.pixels_per_mm()
    for target in found:
        assert min(target.width, target.height) / millimetre >= theme.TARGET_MM, target
        assert target.x >= 0 and target.y >= 0
        assert target.x + target.width <= Window.width
        assert target.y + target.height <= Window.height
    for one, other in combinations(found, 2):
        assert _gap(one, other) / millimetre >= 2.4, (one, other)


def test_every_screen_offers_what_it_must() -> None:
    """The sample views are of every kind that the controller can show."""
    kinds = {type(state.screen).__name__ for state in VIEWS.values()}
    assert len(kinds) == 12


def _gap(one: Target, other: Target) -> float:
    across = max(one.x, other.x) - min(one.x + one.width, other.x + other.width)
    along = max(one.y, other.y) - min(one.y + one.height, other.y + other.height)
    return max(across, along)
