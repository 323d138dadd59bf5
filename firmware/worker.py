"""The vault's thread: one PIN at a time, so that a slow board is not asked for more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from firmware.core.errors import describe
from firmware.signals import PinTried, Signal, ThreadFailed
from firmware.vault import Attempt, try_pin


class Worker:
    """Works off attempts in order; PinTried follows each."""

    def __init__(self, post: Callable[[Signal], None]) -> None:
        self._post = post
        self._attempts: queue.SimpleQueue[Attempt | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="vault", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def try_pin(self, attempt: Attempt) -> None:
        """Queue an attempt."""
        self._attempts.put(attempt)

    def close(self) -> None:
        """End after the attempt at hand."""
        self._attempts.put(None)
        self._thread.join(5)

    def _run(self) -> None:
        while (attempt := self._attempts.get()) is not None:
            try:
                self._post(PinTried(attempt.visit, attempt.entry.tag, try_pin(attempt)))
            except Exception as error:  # noqa: BLE001 - the rim
                self._post(ThreadFailed(describe(error)))
            del attempt
