"""What time it is. A kiosk has no clock that lives through a power cut, so the system's may be
years wrong: it is believed as far as nothing better is known. Used by the controller's thread
alone.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime

from firmware.core.trusted_clock import Foreign, Told, TooSlow, TrustedClock
from firmware.journal import Journal
from firmware.order_books import OrderBooks

SMALL_SECONDS = 60.0
"""An offset that is not worth a jump: it may as well be the line's."""


def system_time() -> datetime:
    """Local time by the system's clock."""
    return datetime.now().astimezone()


class KioskClock:
    """``monotonic`` never goes back; ``wall`` is the system's clock, with its offset."""

    def __init__(
        self,
        books: OrderBooks,
        journal: Journal,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = system_time,
    ) -> None:
        self._books = books
        self._journal = journal
        self._monotonic = monotonic
        self._wall = wall
        self._trusted = TrustedClock()
        self._floor = books.passed_time() - monotonic()

    def fresh_nonce(self) -> str:
        """The nonce of the birth that goes up now: it asks the regency for the time."""
        nonce = secrets.token_hex(16)
        self._trusted.ask(nonce, self._monotonic())
        return nonce

    def may_ask(self) -> bool:
        """Whether the last question is old enough to be put again."""
        return self._trusted.may_ask(self._monotonic())

    def hear(self, nonce: str, seconds: int) -> Told | TooSlow | Foreign:
        """The regency told its time. It is kept, so that no later start believes an earlier one."""
        heard = self._trusted.hear(nonce, seconds, self._monotonic())
        if isinstance(heard, Told):
            self._books.note_time(seconds)
            self._floor = seconds - self._monotonic()
            self._journal.write("clock.told", offset_seconds=self.offset())
        return heard

    def trusted(self) -> float | None:
        """Seconds since 1970 by the regency's word; None while it has not told them."""
        return self._trusted.now(self._monotonic())

    def offset(self) -> int | None:
        """Seconds by which the system's clock is ahead of trusted time; None while unknown."""
        trusted = self.trusted()
        return None if trusted is None else round(self._wall().timestamp() - trusted)

    def now(self) -> datetime:
        """Local time, the best that is known: the system's where it agrees with the regency's, else
        the regency's; before the regency told it, no earlier than what has certainly passed.
        """
        system, trusted = self._wall(), self.trusted()
        if trusted is None:
            certain = self._floor + self._monotonic()
            return system if system.timestamp() >= certain else _local(certain, system)
        is_close = abs(system.timestamp() - trusted) <= SMALL_SECONDS
        return system if is_close else _local(trusted, system)

    def now_text(self) -> str:
        """The same in ISO 8601, with offset."""
        return self.now().isoformat(timespec="seconds")


def _local(seconds: float, system: datetime) -> datetime:
    return datetime.fromtimestamp(seconds, system.tzinfo)
