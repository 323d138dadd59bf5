"""What a visitor can have another way: chosen by touch, shown at once, and given back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from firmware.core.view import (
    Adjust,
    Goodbye,
    Intent,
    OutOfService,
    Prefer,
    Preferences,
    Wait,
)
from tests.ui.looking import targets, texts
from ui.inspect import targets_under
from ui.offscreen import Studio
from ui.samples import view_states
from ui.texts import languages

VIEWS = view_states()
_NO_CHOICE = (Goodbye, OutOfService, Wait)
_OWN = VIEWS["adjusting"].preferences
_CHOICES: dict[str, Preferences] = {
    **{f"language-{one.tag}": replace(_OWN, language=one.tag) for one in languages()},
    "text-large": replace(_OWN, text_size="large"),
    "text-largest": replace(_OWN, text_size="largest"),
    "theme-dark": replace(_OWN, theme="dark"),
    "theme-contrast": replace(_OWN, theme="contrast"),
    "voice": replace(_OWN, voice=True),
    "louder": replace(_OWN, volume=4),
    "softer": replace(_OWN, volume=2),
    "keys-abc": replace(_OWN, keys="abc"),
    "one-page": replace(_OWN, one_page=True),
    "shuffled": replace(_OWN, shuffled=True),
    "hidden": replace(_OWN, hidden=True),
}


def _touch(studio: Studio, target_id: str) -> Intent:
    """Press it, on whichever leaf it stands."""
    studio.intents.clear()
    for _ in range(9):
        found = targets(studio)
        if target_id in found:
            break
        found_more = [one for one in studio.stage.walk() if getattr(one, "target_id", "") == "more"]
        found_more[0].dispatch("on_tap")
    assert target_id in targets(studio)
    pressed = [one for one in studio.stage.walk() if getattr(one, "target_id", "") == target_id]
    pressed[0].dispatch("on_tap")
    assert len(studio.intents) == 1
    return studio.intents[0]


@pytest.mark.parametrize("target_id", _CHOICES)
def test_each_tile_says_what_is_wished(stage_studio: Studio, target_id: str) -> None:
    stage_studio.stage.show(VIEWS["adjusting"])
    assert _touch(stage_studio, target_id) == Prefer(_CHOICES[target_id])


def test_the_panel_is_opened_from_every_page_where_one_can_choose_and_closed_again(
    stage_studio: Studio,
) -> None:
    for name, view in VIEWS.items():
        stage_studio.stage.show(view)
        stage_studio.settle()
        offered = {one.id for one in targets_under(stage_studio.stage.strip)}
        assert ("adjust" in offered) is not isinstance(view.screen, _NO_CHOICE), name
    stage_studio.stage.show(VIEWS["adjusting"])
    assert _touch(stage_studio, "adjusted") == Adjust(False)
    stage_studio.stage.show(replace(VIEWS["adjusting"], adjusting=False))
    assert "new-letter" in targets(stage_studio)


def test_what_is_chosen_is_seen_without_colour(stage_studio: Studio) -> None:
    stage_studio.stage.show(VIEWS["adjusting"])
    stage_studio.settle()
    icons = {
        getattr(one, "target_id", ""): getattr(one, "icon", "") for one in stage_studio.stage.walk()
    }
    assert icons["theme-normal"] == "success"
    assert icons["theme-dark"] == ""


def test_a_darkened_screen_shows_nothing_but_the_way_back(stage_studio: Studio) -> None:
    stage_studio.stage.show(VIEWS["hidden"])
    picture = stage_studio.picture()
    assert picture.getpixel((640, 30)) == picture.getpixel((20, 780)) == (0, 0, 0)
    assert _touch_cover(stage_studio) == Prefer(replace(VIEWS["hidden"].preferences, hidden=False))
    stage_studio.stage.prepare()
    stage_studio.settle()
    assert "Tampilkan layar" not in [text.text for text in texts(stage_studio.stage)]


def _touch_cover(studio: Studio) -> Intent:
    from kivy.core.window import Window
    from kivy.tests.common import UnitTestTouch

    studio.intents.clear()
    touch = UnitTestTouch(Window.width / 2, Window.height / 2 - 20)
    touch.touch_down()
    studio.settle()
    touch.touch_up()
    studio.settle()
    assert len(studio.intents) == 1
    return studio.intents[0]
