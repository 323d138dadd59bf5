"""The time that orders are judged by: the regency's own, signed, and counted on from there.

A kiosk has no clock that lives through a power cut, and whoever holds its board may set the
system's clock as they like. So a birth carries a nonce, the regency answers with the order
``clock`` that repeats it and tells its time, and from then on that time plus what a clock that
never goes back has counted is trusted. Pure: seconds come in, nothing is read.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_ANSWER_SECONDS = 120.0
"""A clock that answers later says too little: it is asked for again."""
ASK_AT_MOST_EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Told:
    """The time is known now."""


@dataclass(frozen=True, slots=True)
class TooSlow:
    """The answer took so long that it may be used no more: ask again."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """It answers no question that is open: an old one, or somebody's replay."""


class TrustedClock:
    """Seconds since 1970 once the regency has told them. ``monotonic`` is always the present
    reading of a clock that never goes back.
    """

    def __init__(self) -> None:
        self._nonce = ""
        self._asked_at = float("-inf")
        self._epoch: float | None = None

    def ask(self, nonce: str, monotonic: float) -> None:
        """A birth with ``nonce`` goes up now; what was known stays known meanwhile."""
        self._nonce = nonce
        self._asked_at = monotonic

    def may_ask(self, monotonic: float) -> bool:
        """Whether the last question is old enough to be put again."""
        return monotonic - self._asked_at >= ASK_AT_MOST_EVERY_SECONDS

    def hear(self, nonce: str, time: int, monotonic: float) -> Told | TooSlow | Foreign:
        """The regency told its time. A nonce is used up by its answer.

        Counted from the question, not from the answer: whoever holds an answer back can only
        make orders end sooner, never later.
        """
        if not self._nonce or nonce != self._nonce:
            return Foreign()
        self._nonce = ""
        if monotonic - self._asked_at > LONGEST_ANSWER_SECONDS:
            return TooSlow()
        self._epoch = time - self._asked_at
        return Told()

    def now(self, monotonic: float) -> float | None:
        """Seconds since 1970, or None while nobody has told the time."""
        return None if self._epoch is None else self._epoch + monotonic
