"""What PC/SC's words for the state of a reader mean. Pure: state words in, reports out.

A state word is ``dwEventState`` of SCardGetStatusChange: flags below, and in the upper half how
often a card came or went, which is all that is seen of a swap faster than pcscd looks.
"""

from __future__ import annotations

from smartcard.scard import (
    SCARD_STATE_EXCLUSIVE,
    SCARD_STATE_MUTE,
    SCARD_STATE_PRESENT,
    SCARD_STATE_UNAVAILABLE,
)

from hw.card.profiles import report_of
from hw.protocols import (
    CardIdentity,
    CardNotPresent,
    CardReport,
    CardTrouble,
    ReaderOffline,
    ReaderOnline,
)

Reports = tuple[CardReport, ...]


class Sight:
    """What is known of one reader, and of the card on it."""

    def __init__(self, reader: str) -> None:
        self.reader = reader
        self.lies = False
        self._works = False
        self._trouble: CardTrouble | None = None
        self._count = 0

    def take(self, state: int) -> tuple[Reports, bool]:
        """What is to be told of ``state``, and whether the card is to be read now."""
        if state & SCARD_STATE_UNAVAILABLE:
            return self.lost(f"the reader {self.reader} fails; unplug it and plug it in"), False
        told: Reports = () if self._works else (ReaderOnline(self.reader),)
        self._works = True
        count, present = state >> 16, bool(state & SCARD_STATE_PRESENT)
        if not present or count != self._count:
            told += self._gone()
        self._count = count
        if not present:
            return told, False
        if state & SCARD_STATE_MUTE:
            return told + self.known(CardTrouble.MUTE), False
        return told, not self.lies or self._may_be_free(state)

    def known(self, answer: CardIdentity | CardTrouble) -> Reports:
        """What is to be told of a card that was read: once, and again when more is known."""
        trouble = answer if isinstance(answer, CardTrouble) else None
        if self.lies and trouble is self._trouble:
            return ()
        self.lies, self._trouble = True, trouble
        return (report_of(answer),)

    def lost(self, reason: str) -> Reports:
        """What is to be told when the reader cannot be used."""
        self._works = False
        return (*self._gone(), ReaderOffline(reason))

    def _may_be_free(self, state: int) -> bool:
        """Whether the program that held the card may have let go of it."""
        return self._trouble is CardTrouble.BUSY and not state & SCARD_STATE_EXCLUSIVE

    def _gone(self) -> Reports:
        self._trouble = None
        lay, self.lies = self.lies, False
        return (CardNotPresent(),) if lay else ()
