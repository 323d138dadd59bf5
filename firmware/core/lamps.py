"""Which pattern the lamps at the front show of a state. Pure; ``lamps_of`` is all of it."""

from __future__ import annotations

from firmware.core.state import RESTING, Phase, State
from hw.protocols import Pattern

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
    Phase.TICKET: Pattern.TAKE_PAPER,
    Phase.COLLECT: Pattern.TAKE_PAPER,
}
"""In a phase that is not named somebody is at the screen: in service."""


def lamps_of(state: State) -> Pattern:
    """A visitor's lamps are theirs; at rest they tell the village what the kiosk needs."""
    is_expected = state.cabinet.door_open or state.calling is not None
    if is_expected and state.phase in RESTING:
        return Pattern.TECHNICIAN_EXPECTED
    if state.phase is Phase.ATTRACT and state.policy.tickets and not state.printer_usable:
        return Pattern.OUT_OF_PAPER
    return _BY_PHASE.get(state.phase, Pattern.IN_SERVICE)
