"""A visitor wants larger letters or another language; the next one finds the kiosk's own screen."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from firmware.core import events, view
from firmware.core.projection import view_of
from firmware.core.session import idle_seconds, step
from firmware.core.state import Phase, State
from tests.core.samples import TODAY, card, profile, resting

OWN = view.Preferences()
CHOSEN = view.Preferences(language="jv", text_size="largest", theme="dark")


def _say(state: State, intent: view.Intent) -> State:
    return step(state, events.Said(intent))[0]


def _after(state: State, seconds: float) -> State:
    return step(state, events.Tick(state.now + seconds, TODAY))[0]


def _tap(state: State, number: int) -> State:
    return step(state, events.CardTapped(card(number)))[0]


def test_what_is_chosen_before_the_tap_holds_for_the_visit() -> None:
    state = _tap(_say(resting(), view.Prefer(CHOSEN)), 1)
    assert state.phase is Phase.LOOKING_UP
    assert view_of(state, 1).preferences == CHOSEN


def test_the_next_visitor_finds_the_kiosks_own_screen() -> None:
    state = _tap(_say(resting(), view.Prefer(CHOSEN)), 1)
    state = step(state, events.CardUnknown(state.guest.number, False))[0]
    assert state.preferences == CHOSEN
    state = _after(_after(state, state.policy.notice + 1), state.policy.goodbye + 1)
    assert state.phase is Phase.ATTRACT
    assert view_of(state, 1).preferences == OWN


def test_another_card_in_mid_visit_takes_nothing_over() -> None:
    state = _tap(_say(resting(), view.Prefer(CHOSEN)), 1)
    assert _tap(state, 2).preferences == OWN


def test_who_chose_and_went_away_leaves_nothing() -> None:
    state = _say(_say(resting(), view.Prefer(CHOSEN)), view.Adjust(True))
    assert view_of(state, 1).adjusting
    early, late = _after(state, state.policy.idle - 1), _after(state, state.policy.idle + 1)
    assert early.preferences == CHOSEN
    assert late.preferences == OWN
    assert not late.adjusting


def test_who_reads_slowly_has_longer() -> None:
    state = replace(_tap(resting(), 1), phase=Phase.HOME)
    quick = _after(state, state.policy.idle + 1)
    slow = _after(_say(state, view.Prefer(CHOSEN)), state.policy.idle + 1)
    assert idle_seconds(quick) is not None
    assert idle_seconds(slow) is None


def test_digits_are_shuffled_for_who_wants_it_and_does_not_go_by_ear() -> None:
    state = replace(_tap(resting(), 1), phase=Phase.PIN)
    for wish, shuffled in (
        (view.Preferences(), False),
        (view.Preferences(shuffled=True), True),
        (view.Preferences(shuffled=True, voice=True), False),
    ):
        screen = view_of(_say(state, view.Prefer(wish)), 1).screen
        assert isinstance(screen, view.Pin)
        assert screen.shuffled is shuffled


def test_the_panel_is_offered_where_it_opens() -> None:
    for phase in (Phase.ATTRACT, Phase.HOME, Phase.OUT_OF_SERVICE, Phase.GOODBYE, Phase.STORING):
        state = replace(_tap(resting(), 1).with_guest(profile=profile(1)), phase=phase)
        opened = _say(state, view.Adjust(True)).adjusting
        assert view_of(state, 1).adjustable is opened


def test_a_wish_that_is_none_changes_nothing() -> None:
    for wish in (view.Preferences(volume=0), view.Preferences(language="../id")):
        assert _say(resting(), view.Prefer(wish)).chosen is None


def test_a_kiosk_of_its_own_taste() -> None:
    policy = replace(resting().policy, preferences=CHOSEN)
    assert view_of(replace(resting(), policy=policy), 1).preferences == CHOSEN


def _plugged(state: State, plugged: bool) -> State:
    return step(state, events.HeadphoneChanged(plugged))[0]


def test_a_headphone_brings_the_voice_and_takes_it_along() -> None:
    state = _tap(_plugged(resting(), True), 1)
    shown = view_of(state, 1)
    assert shown.headphone
    assert shown.preferences.voice
    state = _plugged(state, False)
    assert not view_of(state, 2).headphone
    assert not view_of(state, 2).preferences.voice


def test_what_else_was_chosen_stays_when_a_headphone_comes_and_goes() -> None:
    state = _say(resting(), view.Prefer(CHOSEN))
    state = _plugged(state, True)
    assert state.preferences == replace_voice(CHOSEN, True)
    assert _plugged(state, False).preferences == CHOSEN


def test_a_voice_that_was_switched_off_stays_off_though_the_headphone_is_there() -> None:
    state = _say(_plugged(resting(), True), view.Prefer(CHOSEN))
    assert not state.preferences.voice


def replace_voice(wishes: view.Preferences, voice: bool) -> view.Preferences:
    return msgspec.structs.replace(wishes, voice=voice)


def test_a_technician_is_told_that_nothing_can_be_heard() -> None:
    state = _say(resting(), view.SoundFailed("aplay: No such file or directory" * 100))
    state = step(state, events.ServiceAsked(long=True))[0]
    screen = view_of(state, 1).screen
    assert isinstance(screen, view.TechnicianScreen)
    (line,) = screen.devices
    assert (line.id, line.health) == ("sound", "notThere")
    assert len(line.detail) == 200
    assert view_of(_say(state, view.SoundFailed("")), 2).screen.devices == ()
