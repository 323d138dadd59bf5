"""The watch over pcscd's readers: which one is used, and what comes and goes on it.

A watcher speaks to pcscd and puts what it sees into a queue, ``None`` when there was nothing to
tell: whoever listens knows by the silence that a call into libpcsclite does not come back.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from smartcard import scard

from hw.card.feedback import AUTO, Feedback, find_feedback
from hw.card.profiles import Profile
from hw.card.reading import Reading, Task
from hw.card.sight import Sight
from hw.protocols import (
    CardIdentity,
    CardReport,
    CardTrouble,
    ReaderOffline,
)

_log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
WAIT_MILLISECONDS = 500
READ_SECONDS = 3.0
STUCK_SECONDS = 5.0
NO_ANSWER = "pcscd does not answer; restart it (systemctl restart pcscd)"
REFUSED = "pcscd refuses this user; polkit must allow it org.debian.pcsc-lite.access_pcsc"
_PLUGGING = "\\\\?PnP?\\Notification"  # a reader's name that stands for all that come and go
_WELL, _TIMEOUT = scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT


@dataclass(frozen=True, slots=True)
class Wishes:
    """[card] of kiosk.toml: parts of readers' names, and how cards are read."""

    reader: str = ""
    sam: str = ""
    profiles: Sequence[str | Profile] = ("uid_tag",)
    feedback: str = AUTO


@dataclass(frozen=True, slots=True)
class Used:
    """The reader that is used, and what it was found able to do."""

    reader: str
    sam: str | None
    feedback: Feedback


class Watcher:
    """Watches in a thread of its own until ``stop``."""

    def __init__(self, wishes: Wishes) -> None:
        self.heard: queue.SimpleQueue[CardReport | None] = queue.SimpleQueue()
        self.used: Used | None = None
        self._wishes = wishes
        self._over = threading.Event()
        self._late: Reading | None = None
        self._atr = b""
        self._thread = threading.Thread(target=self._run, name="card-watch", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 0) -> None:
        """End the watch, and wait for its thread so long."""
        self._over.set()
        if seconds:
            self._thread.join(seconds)

    @property
    def runs(self) -> bool:
        """Whether its thread has not ended."""
        return self._thread.is_alive()

    # ------------------------------------------------------------ pcscd and its readers

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._begin()
            except Exception as error:  # noqa: BLE001 - the rim of this thread
                _log.error("the watch over pcscd failed: %s", type(error).__name__)
                self._tell(ReaderOffline("the card reader's driver failed; it begins anew"))
            self._over.wait(RETRY_SECONDS)

    def _begin(self) -> None:
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != _WELL:
            refused = result == scard.SCARD_W_SECURITY_VIOLATION
            self._tell(ReaderOffline(REFUSED if refused else NO_ANSWER))
            return
        try:
            self._watch(context)
        finally:
            scard.SCardReleaseContext(context)

    def _watch(self, context: Any) -> None:
        """Until pcscd has gone or was stuck."""
        goes_on = True
        while goes_on and not self._over.is_set():
            names = _readers(context)
            if names is None:
                self._tell(ReaderOffline(NO_ANSWER))
                return
            reader = choose_reader(names, self._wishes.reader)
            if reader is None:
                self._tell(ReaderOffline(_no_reader(self._wishes.reader)))
                goes_on = self._await_plugging(context)
            else:
                goes_on = self._watch_reader(context, reader, names)

    def _await_plugging(self, context: Any) -> bool:
        result, _ = scard.SCardGetStatusChange(context, WAIT_MILLISECONDS, [(_PLUGGING, 0)])
        return result in (_WELL, _TIMEOUT)

    def _watch_reader(self, context: Any, reader: str, names: list[str]) -> bool:
        """Until it has gone or another is to be used (True), or pcscd itself has gone (False)."""
        sam = choose_sam([name for name in names if name != reader], self._wishes.sam)
        self.used = Used(reader, sam, find_feedback(reader, self._wishes.feedback))
        sight, state = Sight(reader), scard.SCARD_STATE_UNAWARE
        while not self._over.is_set():
            began = time.monotonic()
            awaited = [(reader, state & ~scard.SCARD_STATE_CHANGED), (_PLUGGING, 0)]
            result, states = scard.SCardGetStatusChange(context, WAIT_MILLISECONDS, awaited)
            if result == _WELL:
                _, state, atr = states[0]
                self._atr = bytes(atr)
            if result == scard.SCARD_E_UNKNOWN_READER or state & scard.SCARD_STATE_UNKNOWN:
                self._tell_all(sight.lost(f"the reader {reader} was unplugged"))
                return True
            if result not in (_WELL, _TIMEOUT):
                self._tell_all(sight.lost(f"the reader {reader} or pcscd went away"))
                return False
            if time.monotonic() - began > STUCK_SECONDS:  # what is known may be long past
                self._tell_all(sight.lost(NO_ANSWER))
                return False
            self._look(sight, state)
            if not sight.lies and _readers(context) not in (None, names):
                return True  # readers came or went: choose again
            self._tell(None)
        return False

    # ------------------------------------------------------------ the card

    def _look(self, sight: Sight, state: int) -> None:
        reports, wants_reading = sight.take(state)
        self._tell_all(reports)
        if not sight.lies:
            self._late = None
        if wants_reading:
            self._read(sight)
        elif self._late is not None:
            self._hear_late(sight, self._late)

    def _read(self, sight: Sight) -> None:
        assert self.used is not None
        used, profiles = self.used, self._wishes.profiles
        reading = Reading(Task(used.reader, used.sam, profiles, used.feedback, self._atr))
        deadline = time.monotonic() + READ_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            answer = reading.answer(min(left, RETRY_SECONDS))
            if answer is not None:
                self._tell_all(sight.known(answer))
                return
            self._tell(None)
        self._late = reading
        self._tell_all(sight.known(CardTrouble.MUTE))

    def _hear_late(self, sight: Sight, reading: Reading) -> None:
        """A card that answered after all, or that another program had kept from answering."""
        answer = reading.answer(0)
        if answer is not None:
            self._late = None
        if isinstance(answer, CardIdentity):
            self._tell_all(sight.known(answer))

    def _tell(self, report: CardReport | None) -> None:
        self.heard.put(report)

    def _tell_all(self, reports: Iterable[CardReport]) -> None:
        for report in reports:
            self._tell(report)


def _readers(context: Any) -> list[str] | None:
    """Names of all readers; None when pcscd does not answer."""
    result, names = scard.SCardListReaders(context, [])
    if result == scard.SCARD_E_NO_READERS_AVAILABLE:
        return []
    return list(names) if result == _WELL else None


def choose_reader(names: Sequence[str], wanted: str) -> str | None:
    """The reader to watch: the first whose name holds ``wanted``; without a wish the first that
    says PICC (contactless), else the first that is no SAM slot.
    """
    if wanted:
        return next((name for name in names if wanted in name), None)
    contactless = next((name for name in names if "PICC" in name), None)
    return contactless or next((name for name in names if "SAM" not in name), None)


def choose_sam(names: Sequence[str], wanted: str) -> str | None:
    """Where the security module sits: the first whose name holds ``wanted``, by itself "SAM"."""
    return next((name for name in names if (wanted or "SAM") in name), None)


def _no_reader(wanted: str) -> str:
    which = f"whose name holds {wanted!r} " if wanted else ""
    return f"no card reader {which}is connected; look at its USB cable"
