"""The session as a transition table: ``step(state, event) -> (state, commands)``.

Pure. What is not in the table does not change anything: a press that comes too late, an
answer to a visit that is over. The diagram in docs/architecture.md is drawn from TABLE, which
is a citizen's visit (firmware.core.citizen), with a new PIN in it (firmware.core.new_pin) and
what needs no card (firmware.core.walk_in),
an officer's (firmware.core.officer) and a technician's (firmware.core.technician).
"""

from __future__ import annotations

from dataclasses import replace

from firmware.core import comfort, new_pin, officer, remote, technician, view, walk_in
from firmware.core.citizen import VISIT
from firmware.core.commands import Command, ShowLamps
from firmware.core.events import (
    DoorChanged,
    Event,
    LinkChanged,
    PowerChanged,
    PowerEnding,
    PrinterChanged,
    ReaderChanged,
    Said,
    ServiceAsked,
    Tick,
)
from firmware.core.lamps import lamps_of
from firmware.core.notices import (
    CODE_NOT_ANSWERED,
    NOT_ANSWERED,
    POWER_ENDS,
    SLOW,
    UNSURE_CHANGED,
    UNSURE_ENROLLED,
    UNSURE_STORED,
)
from firmware.core.state import AT_TECHNICIAN, ATTENDED, LISTENING, RESTING, WORKING, Phase, State
from firmware.core.transition import Result, Transition, end, is_printing, rest, row, tell

P = Phase


def step(state: State, event: Event) -> Result:
    """The next state, and what must be done for it."""
    before = state
    trigger = event.intent if isinstance(event, Said) else event
    if isinstance(event, Said) and state.phase in LISTENING:
        state = replace(state, touched_at=state.now)
    transition = TABLE.get((state.phase, type(trigger))) or ANYWHERE.get(type(trigger))
    if transition is None or _is_late(state, trigger):
        return state, ()
    state, commands = transition.handler(state, trigger)
    assert state.phase == before.phase or state.phase in transition.targets
    state, wishes = technician.grant_wishes(remote.settle(state))
    return state, commands + wishes + _lamps(before, state)


def _is_late(state: State, trigger: object) -> bool:
    """Whether this answers a visit that is over."""
    number, service = getattr(trigger, "visit", None), getattr(trigger, "service", None)
    if service is not None:
        return state.service is None or state.service.number != service
    return number is not None and (state.visit is None or state.visit.number != number)


def _lamps(before: State, after: State) -> tuple[Command, ...]:
    """The lamps follow the pair of states, not the branch that led there."""
    pattern = lamps_of(after)
    return (ShowLamps(pattern),) if pattern is not lamps_of(before) else ()


# ---------------------------------------------------------------- devices


def _reader(state: State, event: ReaderChanged) -> Result:
    state = replace(state, reader_online=event.online)
    return _in_or_out_of_service(state), ()


def _in_or_out_of_service(state: State) -> State:
    """Only where nobody is served: a visit that has begun may end in peace."""
    return rest(state) if state.phase in (P.ATTRACT, P.OUT_OF_SERVICE) else state


def _printer(state: State, event: PrinterChanged) -> Result:
    return replace(state, printer_usable=event.usable), ()


def _link(state: State, event: LinkChanged) -> Result:
    return replace(state, link_online=event.online), ()


def _door(state: State, event: DoorChanged) -> Result:
    """Who pressed the button inside and then closed the door has gone: the technician's screen must
    not open for the next citizen. A door that was never open (there is no switch) says nothing.
    """
    if state.cabinet.door_open and not event.open:
        state = replace(state, service_wanted=False)
    return replace(state, cabinet=replace(state.cabinet, door_open=event.open)), ()


def _power(state: State, event: PowerChanged) -> Result:
    cabinet = replace(state.cabinet, on_mains=event.on_mains)
    if event.on_mains:
        cabinet = replace(cabinet, ending=False)
    return _in_or_out_of_service(replace(state, cabinet=cabinet)), ()


def _power_ending(state: State, _event: PowerEnding) -> Result:
    state = replace(state, cabinet=replace(state.cabinet, ending=True))
    return _out_of_power(_in_or_out_of_service(state))


def _out_of_power(state: State) -> Result:
    """A visitor is told while there is time to read it; paper under way comes out first."""
    ends = state.cabinet.ending and state.phase in ATTENDED and not is_printing(state)
    return tell(state, POWER_ENDS) if ends else (state, ())


# ---------------------------------------------------------------- time


def _tick(state: State, event: Tick) -> Result:
    state = replace(state, now=event.seconds, today=event.today)
    waited = state.now - state.entered_at
    if state.phase in WORKING and waited > state.policy.busy:
        return tell(state, _TOO_LONG.get(state.phase, SLOW))
    if state.phase is P.NOTICE and state.now - state.touched_at > state.policy.notice:
        return end(state)
    if state.phase is P.GOODBYE and waited > state.policy.goodbye:
        return rest(state), ()
    if state.phase in ATTENDED:
        return _out_of_power(state) if state.cabinet.ending else _watch_idle(state)
    if state.phase in AT_TECHNICIAN:
        return technician.tick(state)
    return comfort.forget(state), ()


_TOO_LONG = {
    P.ASKING: NOT_ANSWERED,
    P.FINDING: CODE_NOT_ANSWERED,
    P.STORING: UNSURE_STORED,
    P.CHANGING_PIN: UNSURE_CHANGED,
    P.ENROLLING: UNSURE_ENROLLED,
}
"""What is said when the kiosk's own work does not end, where more than time was lost."""


def _watch_idle(state: State) -> Result:
    if is_printing(state) and state.now - state.entered_at <= state.policy.print:
        return replace(state, touched_at=state.now), ()
    if state.now - state.touched_at > comfort.idle(state) + comfort.answer(state):
        return end(state)
    return state, ()


def idle_seconds(state: State) -> int | None:
    """Seconds until the visit ends by itself, once the visitor must be asked; else None."""
    if state.phase not in ATTENDED or is_printing(state):
        return None
    quiet = state.now - state.touched_at
    if quiet <= comfort.idle(state):
        return None
    return max(0, round(comfort.idle(state) + comfort.answer(state) - quiet))


def _still_here(state: State, _intent: view.StillHere) -> Result:
    return state, ()  # the touch itself was noted by step


# ---------------------------------------------------------------- the table


_TIME = row(_tick, P.GOODBYE, P.NOTICE, P.ATTRACT, P.OUT_OF_SERVICE)

TABLE: dict[tuple[Phase, type], Transition] = {
    **VISIT,
    **walk_in.WALK_IN,
    **new_pin.CHANGE,
    **officer.OFFICER,
    **technician.SERVICE,
}
"""(phase, event or intent) -> what is done. Read it as the story of a visit."""

ANYWHERE: dict[type, Transition] = {
    Tick: _TIME,
    ReaderChanged: row(_reader, P.ATTRACT, P.OUT_OF_SERVICE),
    PrinterChanged: row(_printer),
    LinkChanged: row(_link),
    DoorChanged: row(_door),
    PowerChanged: row(_power, P.ATTRACT, P.OUT_OF_SERVICE),
    PowerEnding: row(_power_ending, P.ATTRACT, P.OUT_OF_SERVICE, P.NOTICE),
    ServiceAsked: row(technician.remember),
    view.StillHere: row(_still_here),
    **comfort.CHOICES,
    **remote.ORDERS,
}
"""What is done in every phase that does not say otherwise. What the service button asks for in
a citizen's visit is done once the kiosk is at rest, so each of these may then lead on."""

assert RESTING.isdisjoint(ATTENDED | WORKING)
