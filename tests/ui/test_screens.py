"""Every screen on every panel: nothing is cut off, all can be read, all can be touched."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple, get_args

import pytest
from msgspec.structs import replace

from firmware.core.view import Preferences, Screen, TextSize, Theme, ViewState
from tests.ui.layouts import come_to_rest, faults, inked, over
from tests.ui.looking import contrast, ground, texts
from ui import theme
from ui.offscreen import Studio
from ui.panels import PANELS
from ui.sample_words import in_language
from ui.samples import view_states
from ui.texts import languages
from ui.widgets import Text

VIEWS = view_states()
LANGUAGES = [language.tag for language in languages()]
SIZES: tuple[TextSize, ...] = get_args(TextSize)
THEMES: tuple[Theme, ...] = get_args(Theme)


class Way(NamedTuple):
    """How all screens are looked at."""

    panel: str
    language: str
    text_size: TextSize

    def wish(self, theme: Theme = "normal") -> Preferences:
        return Preferences(language=self.language, text_size=self.text_size, theme=theme)


ALL_WAYS = [Way(*way) for way in product(PANELS, LANGUAGES, SIZES)]
FEW_WAYS = [
    Way("10-inch-1280x800", "id", "normal"),
    Way("10-inch-1280x800", "jv", "largest"),
    Way("10-inch-1024x600", "en", "large"),
    Way("7-inch-800x480", "id", "largest"),
    Way("7-inch-1024x600", "jv", "normal"),
    Way("7-inch-720x1280-upright", "en", "normal"),
]
"""Every panel, language and size of text at least once; all pairs under --long."""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    theme.use("normal", "normal")


def _shown(view: ViewState, wish: Preferences) -> ViewState:
    changed = replace(view.preferences, text_size=wish.text_size, theme=wish.theme)
    return in_language(replace(view, preferences=changed), wish.language)


def _is_covered(view: ViewState) -> bool:
    return view.idle_seconds is not None or view.preferences.hidden


def _faults(way: Way) -> list[str]:
    studio = Studio.on(PANELS[way.panel])
    found: list[str] = []
    for name, view in VIEWS.items():
        studio.stage.prepare()
        studio.stage.show(_shown(view, way.wish()))
        found += [f"{name}, {fault}" for fault in faults(studio, _is_covered(view))]
    studio.close()
    return found


@pytest.mark.parametrize("way", FEW_WAYS, ids="-".join)
def test_every_screen_is_whole_and_can_be_touched(way: Way) -> None:
    assert _faults(way) == []


@pytest.mark.long
@pytest.mark.parametrize("way", ALL_WAYS, ids="-".join)
def test_every_screen_is_so_in_every_language_and_size_on_every_panel(way: Way) -> None:
    assert _faults(way) == []


def test_without_our_own_typeface_the_screen_is_whole(stage_studio: Studio) -> None:
    panel = PANELS["10-inch-1280x800"]
    theme.configure(panel.dpi, panel.size, theme.NO_FONTS)
    for name, view in VIEWS.items():
        stage_studio.stage.prepare()
        stage_studio.stage.show(view)
        assert (name, faults(stage_studio, _is_covered(view))) == (name, [])
    theme.configure(panel.dpi, panel.size)


_SEEN = ("attract", "home-many", "form-text-problem", "form-choice-made", "ticket-blocked")


def _contrasts(studio: Studio, name: str, wish: Preferences) -> list[tuple[str, float]]:
    studio.stage.prepare()
    studio.stage.show(_shown(VIEWS[name], wish))
    picture = studio.picture()
    root = over(studio) if _is_covered(VIEWS[name]) else studio.stage
    return [(text.text, contrast(_ink(text), ground(picture, inked(text)))) for text in texts(root)]


def _ink(text: Text) -> tuple[int, int, int]:
    red, green, blue = (round(part * 255) for part in text.color[:3])
    return red, green, blue


@pytest.mark.parametrize("colours", THEMES)
def test_what_is_written_can_be_read_in_the_picture(stage_studio: Studio, colours: Theme) -> None:
    for name in _SEEN:
        for text, seen in _contrasts(stage_studio, name, Preferences(theme=colours)):
            assert seen >= 7, (name, text)


@pytest.mark.long
@pytest.mark.parametrize("colours", THEMES)
def test_all_that_is_written_can_be_read(stage_studio: Studio, colours: Theme) -> None:
    for name in VIEWS:
        for text, seen in _contrasts(stage_studio, name, Preferences(theme=colours)):
            assert seen >= 7, (name, text)


def test_larger_text_is_larger_on_every_panel() -> None:
    for panel in PANELS.values():
        studio = Studio.on(panel)
        sizes = []
        told = VIEWS["wait"].screen.message.text  # type: ignore[union-attr]
        for size in SIZES:
            studio.stage.show(_shown(VIEWS["wait"], Preferences(text_size=size)))
            come_to_rest()
            sizes += [text.drawn_size for text in texts(studio.stage) if text.text == told]
        studio.close()
        assert sizes[0] < min(sizes[1:])


def test_the_samples_are_of_every_kind_that_there_is() -> None:
    assert {type(state.screen) for state in VIEWS.values()} == set(get_args(Screen))
