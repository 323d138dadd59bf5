"""Colours and sizes of text: each palette can be read, and the screen follows the wish at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from firmware.core.view import Preferences, TextSize, Theme
from tests.ui.looking import texts
from ui import theme
from ui.offscreen import Studio
from ui.palettes import PAIRS, PALETTES, contrast
from ui.samples import view_states

VIEWS = view_states()


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    theme.use("normal", "normal")


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("pair", PAIRS, ids=" on ".join)
def test_every_ink_can_be_read_on_its_grounds(name: Theme, pair: tuple[str, str]) -> None:
    ink, ground = (getattr(PALETTES[name], part) for part in pair)
    assert contrast(ink, ground) >= 7


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("disabled", [False, True])
def test_every_button_can_be_read_pressed_or_not(name: Theme, disabled: bool) -> None:
    theme.use(name, "normal")
    for kind in ("primary", "second", "plain", "quiet", "key", "tool", "chosen", "strip"):
        look = theme.look(kind, disabled)
        assert contrast(look.ink, look.face) >= 7
        assert contrast(look.ink, look.pressed) >= 7


def test_a_wish_for_other_colours_is_met_at_once_and_taken_back(stage_studio: Studio) -> None:
    for wished in ("dark", "contrast", "normal"):
        wish = Preferences(theme=wished)  # type: ignore[arg-type]
        stage_studio.stage.show(replace(VIEWS["home"], preferences=wish))
        corner = stage_studio.picture().getpixel((3, 796))
        ground = PALETTES[wished].CREAM  # type: ignore[index]
        assert corner == tuple(round(part * 255) for part in ground[:3])
    stage_studio.stage.prepare()
    assert theme.palette() == PALETTES["normal"]


def test_a_wish_for_larger_text_is_met_at_once(stage_studio: Studio) -> None:
    heights = []
    sizes: tuple[TextSize, ...] = ("normal", "large", "largest")
    for size in sizes:
        wish = Preferences(text_size=size)
        stage_studio.stage.show(replace(VIEWS["wait"], preferences=wish))
        stage_studio.settle()
        shown = {text.text: text.texture_size[1] for text in texts(stage_studio.stage)}
        heights.append(shown["Mohon tunggu sebentar."])
    assert heights == sorted(set(heights))


def test_what_no_palette_has_is_no_colour() -> None:
    with pytest.raises(AttributeError, match="MAUVE"):
        _ = theme.MAUVE
