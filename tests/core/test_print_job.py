"""The table of a print job's moves keeps the promises made about paper."""

from __future__ import annotations

import pytest

from firmware.core.print_job import (
    FINISHED,
    MOVES,
    UNDER_WAY,
    JobState,
    Turn,
    after_stop,
    is_owed_again,
    moved,
)

J, T = JobState, Turn
OPEN = [state for state in JobState if state not in FINISHED]


def test_nothing_follows_a_last_state() -> None:
    assert {before for before, _ in MOVES}.isdisjoint(FINISHED)


def test_every_state_is_reached_and_every_open_one_can_end() -> None:
    reached = {J.QUEUED, *MOVES.values()}
    assert reached == set(JobState)
    for state in OPEN:
        assert moved(state, after_stop(state)) in FINISHED


def test_what_may_be_on_paper_is_never_called_void() -> None:
    """AWAITING has every byte at the printer: it cannot be taken back."""
    assert (J.AWAITING, T.DROPPED) not in MOVES
    assert (J.AWAITING, T.REFUSED) not in MOVES
    assert {moved(state, T.CUT_OFF) for state in UNDER_WAY} == {J.UNKNOWN}


def test_what_was_never_sent_is_never_called_printed() -> None:
    for state in (J.QUEUED, J.BLOCKED):
        ends = {after for (before, _), after in MOVES.items() if before is state} & FINISHED
        assert ends == {J.VOID}


def test_a_move_that_the_table_lacks_is_a_bug() -> None:
    with pytest.raises(ValueError, match="VOID cannot be moved by 'begun'"):
        moved(J.VOID, T.BEGUN)


@pytest.mark.parametrize(
    ("kind", "copy", "state", "again"),
    [
        ("ticket", 1, J.SENDING, True),
        ("ticket", 1, J.AWAITING, True),
        ("ticket", 2, J.SENDING, False),  # once, and no third time by itself
        ("ticket", 2, J.BLOCKED, True),  # the copy that is owed has not begun
        ("letter", 1, J.SENDING, False),
        ("letter", 1, J.QUEUED, False),
        ("service", 1, J.SENDING, False),
    ],
)
def test_what_is_printed_again_by_itself(
    kind: str, copy: int, state: JobState, again: bool
) -> None:
    assert is_owed_again(kind, copy, state) is again
