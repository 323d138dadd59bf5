"""The life of a print job as a table of allowed moves. Pure.

A job is durable before its first byte and never more certain than the printer is. Nobody can
print exactly once: a job that was cut off after its first byte is UNKNOWN, never "failed". The
diagram in docs/architecture.md is drawn from MOVES.
"""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands, as it is written in the kiosk's database."""

    QUEUED = "QUEUED"  # not one byte is on its way
    SENDING = "SENDING"  # its first byte may be on its way
    AWAITING = "AWAITING"  # the printer has every byte; only its word is missing
    BLOCKED = "BLOCKED"  # not begun: a person must help, or the printer is away
    CONFIRMED = "CONFIRMED"  # the printer said that it is on paper
    UNCONFIRMED = "UNCONFIRMED"  # all sent to a printer that cannot say so
    UNKNOWN = "UNKNOWN"  # cut off: nobody can know what is on the paper
    VOID = "VOID"  # not printed, and never will be


class Turn(StrEnum):
    """What happens to a job."""

    BEGUN = "begun"
    ALL_SENT = "all sent"
    CONFIRMED = "printer confirms"
    UNCONFIRMED = "printer cannot say"
    REFUSED = "nothing sent, somebody waits"
    MENDED = "mended, or asked again"
    CUT_OFF = "cut off"
    DROPPED = "nobody waits"


_J, _T = JobState, Turn

MOVES: dict[tuple[JobState, Turn], JobState] = {
    (_J.QUEUED, _T.BEGUN): _J.SENDING,
    (_J.QUEUED, _T.REFUSED): _J.BLOCKED,
    (_J.QUEUED, _T.DROPPED): _J.VOID,
    (_J.SENDING, _T.ALL_SENT): _J.AWAITING,
    (_J.SENDING, _T.CONFIRMED): _J.CONFIRMED,
    (_J.SENDING, _T.UNCONFIRMED): _J.UNCONFIRMED,
    (_J.SENDING, _T.REFUSED): _J.BLOCKED,
    (_J.SENDING, _T.DROPPED): _J.VOID,
    (_J.SENDING, _T.CUT_OFF): _J.UNKNOWN,
    (_J.AWAITING, _T.CONFIRMED): _J.CONFIRMED,
    (_J.AWAITING, _T.UNCONFIRMED): _J.UNCONFIRMED,
    (_J.AWAITING, _T.CUT_OFF): _J.UNKNOWN,
    (_J.BLOCKED, _T.MENDED): _J.QUEUED,
    (_J.BLOCKED, _T.DROPPED): _J.VOID,
}
"""What may follow what. All else is a bug."""

FINISHED = frozenset({_J.CONFIRMED, _J.UNCONFIRMED, _J.UNKNOWN, _J.VOID})
"""States that nothing follows."""

MAY_BE_ON_PAPER = frozenset(FINISHED - {_J.VOID})
"""States that use up a copy's number: the next print of the same thing is the next copy."""

UNDER_WAY = frozenset({_J.SENDING, _J.AWAITING})
"""States in which a stop leaves nobody knowing what is on the paper."""


def moved(state: JobState, turn: Turn) -> JobState:
    """The state after ``turn``; ValueError when the table has no such move."""
    after = MOVES.get((state, turn))
    if after is None:
        raise ValueError(f"a print job that is {state} cannot be moved by {turn.value!r}")
    return after


def after_stop(state: JobState) -> Turn:
    """What a stop of the controller was to a job in this state."""
    return Turn.CUT_OFF if state in UNDER_WAY else Turn.DROPPED


def is_owed_again(kind: str, copy: int, state: JobState) -> bool:
    """Whether a job that a stop or a fault took in ``state`` is printed again by itself.

    Only a ticket is: once more when it may be on paper (its copy says SALINAN), and as often
    as it takes while not a byte of it was sent. A letter waits for a person's choice.
    """
    return kind == "ticket" and (state not in UNDER_WAY or copy == 1)
