"""The vault's thread: one key at a time, so that a slow board is not asked for more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from firmware.core.errors import describe
from firmware.signals import KeyMade, PinTried, Signal, ThreadFailed
from firmware.vault import Attempt, KeyOrder, make_key, try_pin


class Worker:
    """Works off attempts and orders in turn; PinTried or KeyMade follows each."""

    def __init__(self, post: Callable[[Signal], None]) -> None:
        self._post = post
        self._attempts: queue.SimpleQueue[Attempt | KeyOrder | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="vault", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def try_pin(self, attempt: Attempt) -> None:
        """Queue an attempt."""
        self._attempts.put(attempt)

    def make_key(self, order: KeyOrder) -> None:
        """Queue the making of a new key."""
        self._attempts.put(order)

    def close(self) -> None:
        """End after the attempt at hand."""
        self._attempts.put(None)
        self._thread.join(5)

    def _run(self) -> None:
        while (attempt := self._attempts.get()) is not None:
            try:
                self._post(_worked_off(attempt))
            except Exception as error:  # noqa: BLE001 - the rim
                self._post(ThreadFailed(describe(error)))
            del attempt


def _worked_off(work: Attempt | KeyOrder) -> Signal:
    if isinstance(work, KeyOrder):
        return KeyMade(work.visit, make_key(work))
    return PinTried(work.visit, work.entry.tag, try_pin(work))
