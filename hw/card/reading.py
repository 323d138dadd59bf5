"""One attempt at the card on a PC/SC reader, in a thread of its own.

A mute card makes SCardTransmit hang for ever, and SCardCancel does not help. So whoever asks
waits as long as it likes, and no longer: the thread ends by itself when the card is taken away.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from smartcard import scard

from hw.card.apdu import Command, Response, parse_response
from hw.card.feedback import Feedback, Heard
from hw.card.profiles import Profile, Slots, Transmit, read_card
from hw.protocols import CardIdentity, CardTrouble

_log = logging.getLogger(__name__)

SLIPPED_SECONDS = 0.5
BUSY_SECONDS = 0.5
BUSY_TRIES = 3
_ANY_PROTOCOL = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
_WELL = scard.SCARD_S_SUCCESS

TROUBLES: dict[int, CardTrouble] = {
    scard.SCARD_E_SHARING_VIOLATION: CardTrouble.BUSY,
    scard.SCARD_W_REMOVED_CARD: CardTrouble.PULLED,
    scard.SCARD_E_NO_SMARTCARD: CardTrouble.PULLED,
    scard.SCARD_E_NOT_TRANSACTED: CardTrouble.PULLED,
    scard.SCARD_W_RESET_CARD: CardTrouble.PULLED,
    scard.SCARD_E_READER_UNAVAILABLE: CardTrouble.PULLED,
    scard.SCARD_E_NO_SERVICE: CardTrouble.PULLED,
    scard.SCARD_F_COMM_ERROR: CardTrouble.PULLED,
    scard.SCARD_E_UNKNOWN_READER: CardTrouble.PULLED,
    scard.SCARD_E_INVALID_HANDLE: CardTrouble.PULLED,
}
"""SCARD results and what they mean for the citizen; all others: the card does not answer."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be read where: names of readers (``sam`` None: there is none), profiles, and the
    card's answer to reset, which came with the news of the card.
    """

    reader: str
    sam: str | None
    profiles: Sequence[str | Profile]
    feedback: Feedback
    atr: bytes


class Reading:
    """Begins to read at once."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._answers: queue.SimpleQueue[CardIdentity | CardTrouble] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="card-read", daemon=True).start()

    def answer(self, seconds: float) -> CardIdentity | CardTrouble | None:
        """What was read; None when it is not known within ``seconds``. Told only once."""
        try:
            return self._answers.get(timeout=seconds) if seconds else self._answers.get_nowait()
        except queue.Empty:
            return None

    def _run(self) -> None:
        try:
            if not self._read(last=False):
                time.sleep(SLIPPED_SECONDS)
                self._read(last=True)
        except Exception as error:  # noqa: BLE001 - the rim of this thread
            _log.error(
                "a card could not be read: %s", type(error).__name__
            )  # no word of the card's
            self._answers.put(CardTrouble.UNKNOWN_KIND)

    def _read(self, last: bool) -> bool:
        """Read and tell. False, and nothing told, when the card slipped, or was swapped faster
        than pcscd looks, and it is worth another try.
        """
        with _context() as context:
            if context is None:
                self._answers.put(CardTrouble.PULLED)
                return True
            connected = _connect(context, self._task.reader)
            if isinstance(connected, CardTrouble):
                return self._told(connected, last)
            card, transmit = connected
            with _sam(context, self._task.sam) as sam:
                answer = read_card(self._task.profiles, Slots(transmit, sam, self._task.atr))
            if self._told(answer, last):
                heard = Heard.REFUSED if isinstance(answer, CardTrouble) else Heard.READ
                self._task.feedback.give(card, heard)
                scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
                return True
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
            return False

    def _told(self, answer: CardIdentity | CardTrouble, last: bool) -> bool:
        if answer is CardTrouble.PULLED and not last:
            return False
        self._answers.put(answer)
        return True


@contextmanager
def open_slots(reader: str, sam: str | None) -> Iterator[Slots | CardTrouble]:
    """The slots of this reader, for whoever asks the card himself; the trouble without a card."""
    with _context() as context:
        connected = _connect(context, reader) if context is not None else CardTrouble.PULLED
        if isinstance(connected, CardTrouble):
            yield connected
            return
        card, transmit = connected
        try:
            with _sam(context, sam) as module:
                yield Slots(transmit, module, _atr(card))
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


@contextmanager
def _context() -> Iterator[Any | None]:
    """A context of this thread's own; None when pcscd does not answer."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != _WELL:
        yield None
        return
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def _connect(context: Any, reader: str) -> tuple[Any, Transmit] | CardTrouble:
    """Connect, shared; another program that holds the card is given a moment to end."""
    connected = _connect_once(context, reader)
    for _ in range(BUSY_TRIES - 1):
        if connected is not CardTrouble.BUSY:
            break
        time.sleep(BUSY_SECONDS)
        connected = _connect_once(context, reader)
    return connected


def _connect_once(context: Any, reader: str) -> tuple[Any, Transmit] | CardTrouble:
    result, card, protocol = scard.SCardConnect(
        context, reader, scard.SCARD_SHARE_SHARED, _ANY_PROTOCOL
    )
    if result != _WELL:
        return TROUBLES.get(result, CardTrouble.MUTE)
    headers = {scard.SCARD_PROTOCOL_T0: scard.SCARD_PCI_T0}
    return card, _transmit_to(card, headers.get(protocol, scard.SCARD_PCI_T1))


def _transmit_to(card: Any, header: int) -> Transmit:
    def transmit(command: Command) -> Response | CardTrouble:
        result, raw = scard.SCardTransmit(card, header, list(command.encode()))
        if result != _WELL:
            return TROUBLES.get(result, CardTrouble.MUTE)
        # Some drivers report success and hand back nothing when the card has gone.
        return parse_response(bytes(raw)) or CardTrouble.PULLED

    return transmit


@contextmanager
def _sam(context: Any, reader: str | None) -> Iterator[Transmit | None]:
    """The security module's slot, connected when a profile first speaks to it.

    Trouble with it is NO_SAM, whatever the reason: the citizen's card is not to blame, and to lay
    it on again would not help.
    """
    if reader is None:
        yield None
        return
    opened: list[tuple[Any, Transmit] | CardTrouble] = []

    def transmit(command: Command) -> Response | CardTrouble:
        if not opened:
            opened.append(_connect(context, reader))
        module = opened[0]
        answer = module if isinstance(module, CardTrouble) else module[1](command)
        return CardTrouble.NO_SAM if isinstance(answer, CardTrouble) else answer

    try:
        yield transmit
    finally:
        for module in opened:
            if not isinstance(module, CardTrouble):
                scard.SCardDisconnect(module[0], scard.SCARD_LEAVE_CARD)


def _atr(card: Any) -> bytes:
    """The card's answer to reset; empty when it cannot be had."""
    result, *_, atr = scard.SCardStatus(card)
    return bytes(atr) if result == _WELL else b""
