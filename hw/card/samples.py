"""UIDs of cards in somebody's hand, which are handed on and never shown."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable

from hw.protocols import (
    CardNotPresent,
    CardPresent,
    CardReader,
    CardReport,
    CardUnreadable,
    ReaderOffline,
)


def tap_samples(
    reader: CardReader, count: int, seconds: float, say: Callable[[str], None]
) -> tuple[bytes, ...] | str:
    """The UIDs of ``count`` different cards, or a sentence on why there are none; ``seconds`` is
    the patience with each. ``say`` hears what to do. ``reader`` is closed after.
    """
    reports: queue.SimpleQueue[CardReport] = queue.SimpleQueue()
    reader.start(reports.put)
    try:
        return _listen(reports, count, seconds, say)
    finally:
        reader.close()


def _listen(
    reports: queue.SimpleQueue[CardReport], count: int, seconds: float, say: Callable[[str], None]
) -> tuple[bytes, ...] | str:
    uids: list[bytes] = []
    deadline = time.monotonic() + seconds
    say(_asks(1, count))
    while len(uids) < count:
        try:
            report = reports.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return "nobody laid a card there"
        match report:
            case ReaderOffline(reason):
                return reason
            case CardUnreadable(trouble):
                say(f"the card was not read ({trouble}); take it away and try again")
            case CardPresent(identity) if identity.uid in uids:
                say("that is the same card; take another")
            case CardPresent(identity):
                uids.append(identity.uid)
                deadline = time.monotonic() + seconds
                say("read; take it away")
            case CardNotPresent():
                say(_asks(len(uids) + 1, count))
    return tuple(uids)


def _asks(number: int, count: int) -> str:
    return f"lay card {number} of {count} on the reader"
