"""The mains is gone and the battery nearly used up."""

from __future__ import annotations

from dataclasses import replace

from firmware.core import events, view
from firmware.core.notices import POWER_ENDS
from firmware.core.projection import view_of
from firmware.core.session import step
from firmware.core.state import Phase, Printing, State
from tests.core.samples import TODAY, card, profile, resting


def hear(state: State, *happened: events.Event) -> State:
    for event in happened:
        state = step(state, event)[0]
    return state


def at_home() -> State:
    state = hear(resting(), events.CardTapped(card(1)))
    return replace(state.with_guest(profile=profile(1)), phase=Phase.HOME)


GONE = (events.PowerChanged(on_mains=False), events.PowerEnding())


def test_a_visitor_is_told_and_the_visit_is_closed() -> None:
    state = hear(at_home(), *GONE)
    assert view_of(state, 1).screen == POWER_ENDS
    assert state.visit is None


def test_paper_under_way_comes_out_first() -> None:
    state = replace(at_home().with_guest(printing=Printing("r1")), phase=Phase.TICKET)
    state = hear(state, *GONE)
    assert state.phase is Phase.TICKET
    state = hear(state, events.PrintReported("r1", "printed"), events.Tick(state.now + 1, TODAY))
    assert view_of(state, 1).screen == POWER_ENDS


def test_no_visit_begins_any_more_and_the_screen_says_why() -> None:
    state = hear(resting(), *GONE, events.CardTapped(card(1)))
    screen = view_of(state, 1).screen
    assert isinstance(screen, view.OutOfService)
    assert "baterai" in str(screen.meaning)


def test_the_mains_is_back() -> None:
    state = hear(resting(), *GONE, events.PowerChanged(on_mains=True))
    assert state.phase is Phase.ATTRACT
