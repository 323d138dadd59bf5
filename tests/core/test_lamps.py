"""Which lamps burn in which state, and visits while the mains is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.core import commands, events, view
from firmware.core.lamps import lamps_of
from firmware.core.projection import view_of
from firmware.core.session import step
from firmware.core.state import Cabinet, Phase, Printing, State, Visit
from hw.protocols import Fault, Pattern
from tests.core.samples import card, resting

ON_BATTERY = events.PowerChanged(on_mains=False)
ON_MAINS = events.PowerChanged(on_mains=True)


def ready() -> State:
    return replace(resting(), printer_usable=True)


def saving() -> State:
    """A kiosk whose battery is for a clean end only."""
    return replace(ready(), policy=replace(resting().policy, on_battery=False))


def shown(state: State, *happened: events.Event) -> tuple[State, list[Pattern]]:
    """The state afterwards, and the patterns that the lamps were told to show."""
    patterns = []
    for event in happened:
        state, asked = step(state, event)
        patterns += [one.pattern for one in asked if isinstance(one, commands.ShowLamps)]
    return state, patterns


def test_a_kiosk_at_rest_asks_for_a_card() -> None:
    assert lamps_of(ready()) is Pattern.CARD_PLEASE


def test_without_a_ticket_printer_that_can_print_it_asks_for_paper() -> None:
    _, patterns = shown(
        ready(), events.PrinterChanged(usable=False), events.PrinterChanged(usable=True)
    )
    assert patterns == [Pattern.OUT_OF_PAPER, Pattern.CARD_PLEASE]


def test_a_kiosk_that_has_no_ticket_printer_never_asks_for_paper() -> None:
    state = ready()
    state = replace(state, printer_usable=False, policy=replace(state.policy, tickets=False))
    assert lamps_of(state) is Pattern.CARD_PLEASE


def test_an_open_door_is_seen_at_rest_and_not_over_a_visit() -> None:
    _, patterns = shown(
        ready(),
        events.DoorChanged(open=True),
        events.CardTapped(card(1)),
        events.DoorChanged(open=False),
    )
    assert patterns == [Pattern.TECHNICIAN_EXPECTED, Pattern.BUSY]


def test_a_technician_at_the_screen_is_seen_from_afar() -> None:
    _, patterns = shown(ready(), events.ServiceAsked(long=True), events.Said(view.Leave()))
    assert patterns == [Pattern.TECHNICIAN_EXPECTED, Pattern.CARD_PLEASE]


def test_the_reader_s_loss_is_out_of_service_whatever_the_paper_says() -> None:
    _, patterns = shown(
        ready(), events.PrinterChanged(usable=False), events.ReaderChanged(online=False)
    )
    assert patterns == [Pattern.OUT_OF_PAPER, Pattern.OUT_OF_SERVICE]


@pytest.mark.parametrize(
    ("how", "ticket", "letter"),
    [
        ("queued", Pattern.BUSY, Pattern.BUSY),
        ("printing", Pattern.TAKE_PAPER, Pattern.TAKE_PAPER),
        ("awaiting", Pattern.TAKE_PAPER, Pattern.TAKE_PAPER),
        ("printed", Pattern.TAKE_PAPER, Pattern.TAKE_PAPER),
        ("unconfirmed", Pattern.TAKE_PAPER, Pattern.TAKE_PAPER),
        ("blocked", Pattern.OUT_OF_PAPER, Pattern.ATTENTION),
        ("unknown", Pattern.ATTENTION, Pattern.ATTENTION),
        ("unavailable", Pattern.ATTENTION, Pattern.ATTENTION),
    ],
)
def test_nobody_is_sent_for_paper_that_does_not_come(
    how: view.PrintState, ticket: Pattern, letter: Pattern
) -> None:
    fault = Fault.PAPER_OUT if how == "blocked" else None
    visit = Visit(1, card(1), printing=Printing("r1", how, fault))
    at = {phase: replace(ready(), phase=phase, visit=visit) for phase in Phase}
    assert lamps_of(at[Phase.TICKET]) is ticket
    assert lamps_of(at[Phase.COLLECT]) is letter


def test_a_jam_is_told_on_the_screen() -> None:
    visit = Visit(1, card(1), printing=Printing("r1", "blocked", Fault.PAPER_JAMMED))
    assert lamps_of(replace(ready(), phase=Phase.TICKET, visit=visit)) is Pattern.ATTENTION


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_lamps(phase: Phase) -> None:
    assert lamps_of(replace(ready(), phase=phase)) in Pattern


# ---------------------------------------------------------------- the mains


def test_on_battery_visits_go_on_and_the_screen_says_so() -> None:
    state, _ = shown(ready(), ON_BATTERY, events.CardTapped(card(1)))
    assert state.phase is Phase.LOOKING_UP
    assert not view_of(state, 1).lights.mains


def test_a_kiosk_that_saves_its_battery_is_out_of_service_until_the_mains_is_back() -> None:
    state, patterns = shown(saving(), ON_BATTERY)
    screen = view_of(state, 1).screen
    assert isinstance(screen, view.OutOfService)
    assert str(screen.meaning) == "Listrik padam; anjungan memakai baterai."
    state, _ = shown(state, events.CardTapped(card(1)))
    assert state.phase is Phase.OUT_OF_SERVICE
    assert state.visit is None
    state, more = shown(state, ON_MAINS)
    assert state.phase is Phase.ATTRACT
    assert [*patterns, *more] == [Pattern.OUT_OF_SERVICE, Pattern.CARD_PLEASE]


def test_a_visit_that_had_begun_may_end_in_peace() -> None:
    state, _ = shown(saving(), events.CardTapped(card(1)))
    visit = state.visits
    state, _ = shown(state, ON_BATTERY, events.CardKnown(visit, 0.0), events.CardTapped(card(1)))
    assert state.phase is Phase.PIN


def test_another_card_ends_that_visit_and_begins_none() -> None:
    state, _ = shown(saving(), events.CardTapped(card(1)))
    state, _ = shown(state, ON_BATTERY, events.CardKnown(state.visits, 0.0))
    state, asked = step(state, events.CardTapped(card(2)))
    assert state.phase is Phase.GOODBYE
    assert state.visit is None
    assert asked[0] == commands.CloseVault()


def test_a_cabinet_starts_shut_and_with_power() -> None:
    assert resting().cabinet == Cabinet(door_open=False, on_mains=True)
