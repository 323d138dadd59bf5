"""What a step of the session is made of, and the steps that visits of all kinds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from firmware.core.commands import CloseVault, Command
from firmware.core.state import Phase, State, Visit
from firmware.core.view import Notice
from hw.protocols import CardIdentity

Result = tuple[State, tuple[Command, ...]]
Handler = Callable[[State, object], Result]


@dataclass(frozen=True, slots=True)
class Transition:
    """What is done, and the phases that it may lead to (besides staying)."""

    handler: Handler
    targets: tuple[Phase, ...]


def row(handler: Callable[..., Result], *targets: Phase) -> Transition:
    """An entry of a table."""
    return Transition(handler, targets)


def arrive(state: State, identity: CardIdentity | None) -> State:
    """Somebody is here: with a card, or without one. Nothing of a former visit is left."""
    number = state.visits + 1
    visit = Visit(number, identity)
    state = replace(state, visits=number, visit=visit, notice=None, touched_at=state.now)
    return replace(state, adjusting=False)


def end(state: State, _event: object = None) -> Result:
    """The citizen's visit is over."""
    return replace(state, visit=None, notice=None).enter(Phase.GOODBYE), (CloseVault(),)


def rest(state: State) -> State:
    """Nobody is here any more, neither a citizen nor a technician."""
    serves = state.reader_online and not state.begins_no_visit
    phase = Phase.ATTRACT if serves else Phase.OUT_OF_SERVICE
    state = replace(state, visit=None, notice=None, service=None, chosen=None, adjusting=False)
    return state.enter(phase)


def tell(state: State, notice: Notice) -> Result:
    """Say what is wrong. The visit is over, unless the notice offers to try again."""
    if notice.retry:
        return replace(state, notice=notice, touched_at=state.now).enter(Phase.NOTICE), ()
    state = replace(state, notice=notice, visit=None, touched_at=state.now)
    return state.enter(Phase.NOTICE), (CloseVault(),)


def is_printing(state: State) -> bool:
    """Whether paper is on its way to the visitor now."""
    printing = state.visit.printing if state.visit else None
    return printing is not None and printing.state in ("queued", "printing", "awaiting")
