"""A citizen chooses a new PIN: what is asked, what is refused, what the screen says."""

from __future__ import annotations

import pytest

from firmware.core import commands, events, pins, view
from firmware.core.projection import view_of
from firmware.core.session import step
from firmware.core.state import Phase, State
from tests.core.samples import TODAY, card, profile, resting

OLD, NEW = "481902", "735028"


def play(state: State, *happened: events.Event) -> tuple[State, list[commands.Command]]:
    asked: list[commands.Command] = []
    for event in happened:
        state, more = step(state, event)
        asked += [one for one in more if not isinstance(one, commands.ShowLamps)]
    return state, asked


def typed(pin: str) -> list[events.Event]:
    return [events.Said(view.Digit(int(digit))) for digit in pin]


def screen(state: State) -> view.Pin:
    shown = view_of(state, 1).screen
    assert isinstance(shown, view.Pin)
    return shown


@pytest.fixture
def home() -> State:
    state, _ = play(
        resting(),
        events.CardTapped(card(1)),
        events.CardKnown(1, 0.0),
        *typed(OLD),
        events.VaultOpened(1, profile(1), (), ()),
    )
    assert state.phase is Phase.HOME
    return state


@pytest.fixture
def asked_for_new(home: State) -> State:
    state, _ = play(home, events.Said(view.ChangePin()), *typed(OLD), events.PinChecked(1))
    return state


def test_the_old_pin_is_asked_once_more_and_then_a_new_one_twice(home: State) -> None:
    state, _ = play(home, events.Said(view.ChangePin()))
    assert screen(state).asks == "old"
    state, asked = play(state, *typed(OLD))
    assert asked == [commands.CheckPin(1, card(1), OLD)]
    state, _ = play(state, events.PinChecked(1))
    assert screen(state).asks == "new"
    state, asked = play(state, *typed(NEW))
    assert screen(state) == view.Pin(0, None, 0, "again")
    assert asked == []
    state, asked = play(state, *typed(NEW))
    assert asked == [commands.ChangePin(1, card(1), NEW)]
    state, _ = play(state, events.PinChanged(1))
    assert isinstance(view_of(state, 1).screen, view.Done)
    state, _ = play(state, events.Said(view.GoHome()))
    assert state.phase is Phase.HOME


def test_who_found_an_open_visit_cannot_change_the_pin(home: State) -> None:
    state, _ = play(home, events.Said(view.ChangePin()), *typed("999111"))
    state, _ = play(state, events.PinRefused(1, 10, 15.0))
    assert screen(state).asks == "old"
    assert screen(state).wait_seconds == 15
    still, asked = play(state, *typed(OLD))
    assert (screen(still).dots, asked) == (0, [])
    later, asked = play(state, events.Tick(16.0, TODAY), *typed(OLD))
    assert asked == [commands.CheckPin(1, card(1), OLD)]
    assert play(later, events.CardLocked(1))[0].visit is None


@pytest.mark.parametrize(
    ("pin", "word"),
    [
        ("444444", "sama"),
        ("345678", "berurutan"),
        ("876543", "berurutan"),
        ("890123", "berurutan"),
        ("252525", "berulang"),
        ("417417", "berulang"),
        ("010190", "tanggal lahir"),
        ("900101", "tanggal lahir"),
        ("011990", "tanggal lahir"),
        ("199001", "tanggal lahir"),
        (OLD, "PIN lama"),
    ],
)
def test_a_pin_that_is_easily_guessed_is_refused_in_a_sentence(
    asked_for_new: State, pin: str, word: str
) -> None:
    state, asked = play(asked_for_new, *typed(pin))
    shown = screen(state)
    assert shown.message is not None and word in str(shown.message)
    assert (shown.asks, shown.dots, asked) == ("new", 0, [])
    state, _ = play(state, *typed(NEW))
    assert screen(state).asks == "again"


def test_the_nik_alone_tells_the_birth_date_of_a_woman_too() -> None:
    assert pins.weakness("120884", "3510195208840003") == pins.weakness(
        "520884", "3510195208840003"
    )
    assert pins.weakness("120884", "3510195208840003") is not None
    assert pins.weakness("120885", "3510195208840003") is None
    assert pins.weakness("120884", "") is None


def test_two_that_differ_begin_again(asked_for_new: State) -> None:
    state, asked = play(asked_for_new, *typed(NEW), *typed("735029"))
    assert screen(state) == view.Pin(0, pins.NOT_THE_SAME, 0, "new")
    assert asked == []


def test_a_digit_is_taken_back(asked_for_new: State) -> None:
    state, _ = play(asked_for_new, *typed("12"), events.Said(view.Erase()))
    assert screen(state).dots == 1


def test_back_changes_nothing(asked_for_new: State) -> None:
    state, asked = play(asked_for_new, *typed(NEW), events.Said(view.Back()))
    assert state.phase is Phase.HOME
    assert state.guest.new_pin is None
    assert asked == [commands.RefreshLetters(1)]


def test_what_could_not_be_stored_is_said(asked_for_new: State) -> None:
    state, _ = play(asked_for_new, *typed(NEW), *typed(NEW), events.PinNotChanged(1))
    shown = view_of(state, 1).screen
    assert isinstance(shown, view.Notice)
    assert "PIN lama Anda tetap berlaku" in str(shown.meaning)


def test_when_it_takes_too_long_nothing_is_promised(asked_for_new: State) -> None:
    state, _ = play(asked_for_new, *typed(NEW), *typed(NEW), events.Tick(100.0, TODAY))
    shown = view_of(state, 1).screen
    assert isinstance(shown, view.Notice)
    assert "Belum pasti" in str(shown.meaning)


def test_no_digit_is_in_a_repr(asked_for_new: State) -> None:
    state, asked = play(asked_for_new, *typed(NEW), *typed(NEW))
    words = repr((asked_for_new, state, asked))
    assert OLD not in words
    assert NEW not in words
