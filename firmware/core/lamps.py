"""Which pattern the lamps at the front show of a state. Pure; ``lamps_of`` is all of it."""

from __future__ import annotations

from firmware.core.state import RESTING, Phase, State
from firmware.core.view import PrintState
from hw.protocols import Fault, Pattern

_BY_PHASE: dict[Phase, Pattern] = {
    Phase.OUT_OF_SERVICE: Pattern.OUT_OF_SERVICE,
    Phase.TECHNICIAN: Pattern.TECHNICIAN_EXPECTED,
    Phase.ATTRACT: Pattern.CARD_PLEASE,
    Phase.LOOKING_UP: Pattern.BUSY,
    Phase.ASKING: Pattern.BUSY,
    Phase.OPENING: Pattern.BUSY,
    Phase.STORING: Pattern.BUSY,
    Phase.CHECKING_PIN: Pattern.BUSY,
    Phase.CHANGING_PIN: Pattern.BUSY,
    Phase.ENROLLING: Pattern.BUSY,
    Phase.ENROL_CARD: Pattern.CARD_PLEASE,
    Phase.UNLOCK: Pattern.CARD_PLEASE,
    Phase.NOTICE: Pattern.ATTENTION,
}
"""In a phase that is not named somebody is at the screen: in service."""

_BY_PRINT: dict[PrintState, Pattern] = {
    "queued": Pattern.BUSY,
    "printing": Pattern.TAKE_PAPER,
    "awaiting": Pattern.TAKE_PAPER,
    "printed": Pattern.TAKE_PAPER,
    "unconfirmed": Pattern.TAKE_PAPER,
    "blocked": Pattern.ATTENTION,
    "unknown": Pattern.ATTENTION,
    "unavailable": Pattern.ATTENTION,
}
"""While a ticket or a letter is at hand: nobody is sent for paper that does not come."""


def _of_paper(state: State) -> Pattern | None:
    """None where no paper is at hand."""
    printing = state.visit.printing if state.visit else None
    if printing is None or state.phase not in (Phase.TICKET, Phase.COLLECT):
        return None
    if state.phase is Phase.TICKET and printing.fault is Fault.PAPER_OUT:
        return Pattern.OUT_OF_PAPER
    return _BY_PRINT[printing.state]


def lamps_of(state: State) -> Pattern:
    """A visitor's lamps are theirs; at rest they tell the village what the kiosk needs."""
    is_expected = state.cabinet.door_open or state.calling is not None
    if is_expected and state.phase in RESTING:
        return Pattern.TECHNICIAN_EXPECTED
    if state.phase is Phase.ATTRACT and state.policy.tickets and not state.printer_usable:
        return Pattern.OUT_OF_PAPER
    return _of_paper(state) or _BY_PHASE.get(state.phase, Pattern.IN_SERVICE)
