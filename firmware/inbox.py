"""The controller's inbox: what threads enqueued, one after the other, messages by the bunch."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from itertools import islice

from firmware.signals import MessageCame, Signal

MOST_MESSAGES = 50


class Inbox:
    """Reads ``signals``; the controller's thread alone does."""

    def __init__(self, signals: queue.SimpleQueue[Signal]) -> None:
        self._signals = signals
        self._ahead: Signal | None = None

    def next(self, seconds: float) -> list[Signal]:
        """The next signal, none when ``seconds`` passed without any; and when it is a message, all
        that came right after it: receipts that are taken together share a commit.
        """
        signals = list(islice(self._waiting(seconds), 1))
        while signals and isinstance(signals[-1], MessageCame) and len(signals) < MOST_MESSAGES:
            after = next(self._waiting(0), None)
            if not isinstance(after, MessageCame):
                self._ahead = after
                break
            signals.append(after)
        return signals

    def rest(self) -> Iterator[Signal]:
        """All that is there already."""
        return self._waiting(0)

    def _waiting(self, seconds: float) -> Iterator[Signal]:
        """What waits, each for so long at most."""
        while True:
            ahead, self._ahead = self._ahead, None
            try:
                yield ahead or self._signals.get(block=seconds > 0, timeout=seconds or None)
            except queue.Empty:
                return
