"""A card reader in memory: cards come and go by method calls. A driver without hardware."""

from __future__ import annotations

from collections.abc import Callable

from hw.card.apdu import Command, Response, parse_response
from hw.card.profiles import Slots, read_card, report_of
from hw.protocols import (
    CardNotPresent,
    CardReport,
    CardTrouble,
    ReaderOffline,
    ReaderOnline,
)
from hw.virtual.card import Manner, answer_command

NAME = "memory reader"


class MemoryReader:
    """Reports in the caller's thread, like the one thread of a real driver."""

    def __init__(self) -> None:
        self._report: Callable[[CardReport], None] = _unheard
        self._there = False

    def start(self, report: Callable[[CardReport], None]) -> None:
        self._report = report
        report(ReaderOnline(NAME))

    def close(self) -> None:
        self._report = _unheard

    def insert(self, uid: bytes, manner: str = "well") -> None:
        """Lay a card on the reader."""
        troubles = {Manner.MUTE: CardTrouble.MUTE, Manner.PULLED: CardTrouble.PULLED}
        trouble = troubles.get(Manner(manner))

        def transmit(command: Command) -> Response | CardTrouble:
            answer = parse_response(answer_command(uid, command.encode()))
            return trouble or answer or CardTrouble.MUTE

        answer = read_card(["uid_tag"], Slots(transmit))
        self._there = True
        self._report(report_of(answer))

    def remove(self) -> None:
        """Take the card away."""
        if self._there:
            self._there = False
            self._report(CardNotPresent())

    def kill_daemon(self) -> None:
        """The reader goes away, and a card on it with it."""
        self.remove()
        self._report(ReaderOffline("unplugged"))

    def start_daemon(self) -> None:
        """The reader is back."""
        self._report(ReaderOnline(NAME))


def _unheard(_report: CardReport) -> None:
    """Before start there is nobody to tell."""
