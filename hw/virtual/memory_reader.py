"""A card reader in memory: cards come and go by method calls. A driver without hardware."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hw.card.apdu import Command, Response, parse_response
from hw.card.profiles import Profile, Slots, Transmit, read_card, report_of
from hw.protocols import (
    CardNotPresent,
    CardReport,
    CardTrouble,
    ReaderOffline,
    ReaderOnline,
)
from hw.virtual.kinds import Kind, make_side
from hw.virtual.sides import Manner, Side

NAME = "memory reader"
PICC = 0
_TROUBLES = {Manner.MUTE: CardTrouble.MUTE, Manner.PULLED: CardTrouble.PULLED}


class MemoryReader:
    """Reports in the caller's thread, like the one thread of a real driver."""

    def __init__(self, profiles: Sequence[str | Profile] = ("uid_tag",)) -> None:
        self._profiles = profiles
        self._report: Callable[[CardReport], None] = _unheard
        self._there = False
        self._sam: Side | None = None
        self._is_held = False
        self._unread: Callable[[], None] | None = None

    def start(self, report: Callable[[CardReport], None]) -> None:
        self._report = report
        report(ReaderOnline(NAME))

    def close(self) -> None:
        self._report = _unheard

    def insert(self, uid: bytes, manner: str = "well", kind: str = "tag", slot: int = PICC) -> None:
        """Lay a card on the reader, where another is taken away first, or put one into the slot of
        the security module.
        """
        side = make_side(Kind(kind), uid, Manner(manner))
        if slot != PICC:
            self._sam = side
            return
        self.remove()
        sam = None if self._sam is None else _transmit_to(self._sam, None)
        slots = Slots(_transmit_to(side, _TROUBLES.get(Manner(manner))), sam, side.atr)
        self._there = True
        if self._is_held:
            self._unread = lambda: self._read(slots)
            self._report(report_of(CardTrouble.BUSY))
        else:
            self._read(slots)

    def _read(self, slots: Slots) -> None:
        self._report(report_of(read_card(self._profiles, slots)))

    def remove(self, slot: int = PICC) -> None:
        """Take the card away."""
        if slot != PICC:
            self._sam = None
        elif self._there:
            self._there, self._unread = False, None
            self._report(CardNotPresent())

    def hold(self) -> None:
        """Another program takes the reader for itself."""
        self._is_held = True

    def let_go(self) -> None:
        """It lets go of the reader: a card that lies there is read after all."""
        self._is_held, unread = False, self._unread
        self._unread = None
        if unread is not None:
            unread()

    def kill_daemon(self) -> None:
        """The reader goes away, and a card on it with it."""
        self.remove()
        self._report(ReaderOffline("unplugged"))

    def start_daemon(self) -> None:
        """The reader is back."""
        self._report(ReaderOnline(NAME))


def _transmit_to(side: Side, trouble: CardTrouble | None) -> Transmit:
    def transmit(command: Command) -> Response | CardTrouble:
        answer = parse_response(side.answer(command.encode()))
        return trouble or answer or CardTrouble.MUTE

    return transmit


def _unheard(_report: CardReport) -> None:
    """Before start there is nobody to tell."""
