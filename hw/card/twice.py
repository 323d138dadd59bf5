"""Whether a card would do for an enrolment, tried with a card in the hand."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable

from hw.card.enrolment import Agreed, Awaits, Enrolment, Outcome, Refused, Why, hear, time_is_up
from hw.protocols import CardReader, CardReport

ASKS = {
    Awaits.FIRST_TAP: "lay the card on the reader",
    Awaits.REMOVAL: "take it away",
    Awaits.SECOND_TAP: "lay it there again",
}
WORDS = {
    Why.DIFFERENT: "the second tap gave another UID: another card, or one whose UID changes",
    Why.NOT_REMOVED: "the card was not taken away between the taps",
    Why.RANDOM_UID: "its UID changes at every tap: it identifies nobody",
    Why.UNREADABLE: "the card was not read",
    Why.READER_LOST: "the reader went away",
    Why.NO_CARD: "nobody laid a card there",
    Why.ONLY_ONE_TAP: "nobody laid the card there again",
}


def tap_twice(reader: CardReader, seconds: float, say: Callable[[str], None]) -> Outcome:
    """Ask for both taps; ``seconds`` is the patience with each. ``reader`` is closed after."""
    reports: queue.SimpleQueue[CardReport] = queue.SimpleQueue()
    reader.start(reports.put)
    try:
        return _listen(reports, seconds, say)
    finally:
        reader.close()


def _listen(
    reports: queue.SimpleQueue[CardReport], seconds: float, say: Callable[[str], None]
) -> Outcome:
    stands: Enrolment | Outcome = Enrolment()
    asked: Awaits | None = None
    deadline = time.monotonic()
    while isinstance(stands, Enrolment):
        if stands.awaits is not asked:
            asked, deadline = stands.awaits, time.monotonic() + seconds
            say(ASKS[asked])
        try:
            report = reports.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return time_is_up(stands)
        stands = hear(stands, report)
    return stands


def words_of(outcome: Outcome) -> str:
    """The outcome, for a technician."""
    match outcome:
        case Agreed():
            return "both taps gave the same UID: the card can be enrolled"
        case Refused(why, trouble):
            return WORDS[why] + (f" ({trouble})" if trouble is not None else "")
