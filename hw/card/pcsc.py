"""A PC/SC reader through pcscd, by ``smartcard.scard`` alone: pyscard's own monitor thread
dies in silence when pcscd restarts.

One thread watches. A card is read in a short-lived thread of its own, since a mute card makes
SCardTransmit hang for ever and SCardCancel does not help: that thread is then abandoned, and
ends when the card is taken away.
"""

from __future__ import annotations

import difflib
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from smartcard import scard

from hw.card.apdu import Command, Response, parse_response
from hw.card.profiles import PROFILES, Slots, read_card, report_of
from hw.protocols import (
    CardIdentity,
    CardNotPresent,
    CardPresent,
    CardReport,
    CardTrouble,
    CardUnreadable,
    ReaderOffline,
    ReaderOnline,
)

RETRY_SECONDS = 0.5
WAIT_MILLISECONDS = 500
READ_SECONDS = 3.0
SLIPPED_SECONDS = 0.5
BUSY_TRIES = 4
_KEYS = ("driver", "reader", "profiles")

_TROUBLES: dict[int, CardTrouble] = {
    scard.SCARD_E_SHARING_VIOLATION: CardTrouble.BUSY,
    scard.SCARD_W_REMOVED_CARD: CardTrouble.PULLED,
    scard.SCARD_E_NO_SMARTCARD: CardTrouble.PULLED,
    scard.SCARD_E_NOT_TRANSACTED: CardTrouble.PULLED,
    scard.SCARD_W_RESET_CARD: CardTrouble.PULLED,
    scard.SCARD_E_READER_UNAVAILABLE: CardTrouble.PULLED,
    scard.SCARD_E_NO_SERVICE: CardTrouble.PULLED,
    scard.SCARD_F_COMM_ERROR: CardTrouble.PULLED,
    scard.SCARD_E_UNKNOWN_READER: CardTrouble.PULLED,
}
"""SCARD results and what they mean for the citizen; all others: the card does not answer."""


class PcscReader:
    """Watches the reader whose name holds ``wanted``; see ``choose_reader`` for an empty one."""

    def __init__(self, wanted: str = "", profiles: Sequence[str] = ("uid_tag",)) -> None:
        self._wanted = wanted
        self._profiles = tuple(profiles)
        self._report: Callable[[CardReport], None] = _unheard
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="card-reader", daemon=True)
        self._said: ReaderOnline | ReaderOffline | None = None
        self._card_known = False
        self._card_count = 0

    @classmethod
    def from_config(cls, section: Mapping[str, Any]) -> PcscReader:
        """From the [card] table; raises ValueError with one sentence."""
        for key in section:
            if key not in _KEYS:
                raise ValueError(f"[card] has no key {key!r}; {_nearest(key, _KEYS)}")
        wanted = section.get("reader", "")
        if not isinstance(wanted, str):
            raise ValueError("[card] reader must be text: a part of the reader's name")
        profiles = section.get("profiles", ["uid_tag"])
        if not isinstance(profiles, list) or not profiles:
            raise ValueError('[card] profiles must be a list of names, for example ["uid_tag"]')
        for name in profiles:
            if name not in PROFILES:
                raise ValueError(
                    f"[card] profiles names {name!r}; {_nearest(str(name), tuple(PROFILES))}"
                )
        return cls(wanted, profiles)

    def start(self, report: Callable[[CardReport], None]) -> None:
        self._report = report
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(WAIT_MILLISECONDS / 1000 + READ_SECONDS + 1)

    # ------------------------------------------------------------ the watching thread

    def _run(self) -> None:
        while not self._closing.is_set():
            result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
            if result != scard.SCARD_S_SUCCESS:
                self._say(ReaderOffline("pcscd does not answer; is the service running?"))
            else:
                self._watch(context)
                scard.SCardReleaseContext(context)
            self._closing.wait(RETRY_SECONDS)

    def _watch(self, context: Any) -> None:
        """Until something is wrong with pcscd, or the readers change."""
        result, names = scard.SCardListReaders(context, [])
        reader = choose_reader(names if result == scard.SCARD_S_SUCCESS else [], self._wanted)
        if reader is None:
            self._say(ReaderOffline(_no_reader(self._wanted)))
            return
        self._say(ReaderOnline(reader))
        self._watch_reader(context, reader)

    def _watch_reader(self, context: Any, reader: str) -> None:
        known = [(reader, scard.SCARD_STATE_UNAWARE)]
        while not self._closing.is_set():
            result, states = scard.SCardGetStatusChange(context, WAIT_MILLISECONDS, known)
            if result == scard.SCARD_E_TIMEOUT:
                if self._better_reader(context, reader):
                    return
                continue
            if result != scard.SCARD_S_SUCCESS:
                break
            _, state, _ = states[0]
            if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
                break
            self._card_changed(reader, state)
            known = [(reader, state & ~scard.SCARD_STATE_CHANGED)]
        self._card_gone()
        if not self._closing.is_set():
            self._say(ReaderOffline(f"the reader {reader} or pcscd went away"))

    def _better_reader(self, context: Any, reader: str) -> bool:
        """Whether another reader is to be watched now, and no card lies on this one."""
        result, names = scard.SCardListReaders(context, [])
        found = result == scard.SCARD_S_SUCCESS
        return found and not self._card_known and choose_reader(names, self._wanted) != reader

    def _card_changed(self, reader: str, state: int) -> None:
        count = state >> 16  # of insertions and removals: a quick swap shows only here
        if not state & scard.SCARD_STATE_PRESENT or count != self._card_count:
            self._card_gone()
        self._card_count = count
        if not state & scard.SCARD_STATE_PRESENT or self._card_known:
            return
        if state & scard.SCARD_STATE_MUTE:
            self._card_there(CardUnreadable(CardTrouble.MUTE))
        else:
            self._card_there(report_of(_read_in_time(reader, self._profiles)))

    def _card_there(self, report: CardPresent | CardUnreadable) -> None:
        if not self._card_known:
            self._card_known = True
            self._report(report)

    def _card_gone(self) -> None:
        if self._card_known:
            self._card_known = False
            self._report(CardNotPresent())

    def _say(self, report: ReaderOnline | ReaderOffline) -> None:
        """Report once that the reader is gone, whatever the reason of the day."""
        still_gone = isinstance(report, ReaderOffline) and isinstance(self._said, ReaderOffline)
        if report != self._said and not still_gone:
            self._said = report
            self._report(report)


def choose_reader(names: Sequence[str], wanted: str) -> str | None:
    """The reader to watch: the first whose name holds ``wanted``; without a wish the first that
    says PICC (contactless), else the first that is no SAM slot.
    """
    if wanted:
        return next((name for name in names if wanted in name), None)
    contactless = next((name for name in names if "PICC" in name), None)
    return contactless or next((name for name in names if "SAM" not in name), None)


def _read_in_time(reader: str, profiles: Sequence[str]) -> CardIdentity | CardTrouble:
    """Read in a thread of its own; MUTE when it does not end in READ_SECONDS."""
    answers: queue.SimpleQueue[CardIdentity | CardTrouble] = queue.SimpleQueue()
    worker = threading.Thread(
        target=lambda: answers.put(_read(reader, profiles)), name="card-read", daemon=True
    )
    worker.start()
    try:
        return answers.get(timeout=READ_SECONDS)
    except queue.Empty:
        return CardTrouble.MUTE


def _read(reader: str, profiles: Sequence[str]) -> CardIdentity | CardTrouble:
    """Read; once more when the card slipped, or was swapped faster than pcscd looks."""
    answer = _read_once(reader, profiles)
    if answer is not CardTrouble.PULLED:
        return answer
    time.sleep(SLIPPED_SECONDS)
    return _read_once(reader, profiles) if _is_present(reader) else answer


def _is_present(reader: str) -> bool:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != scard.SCARD_S_SUCCESS:
        return False
    result, states = scard.SCardGetStatusChange(context, 0, [(reader, scard.SCARD_STATE_UNAWARE)])
    scard.SCardReleaseContext(context)
    return result == scard.SCARD_S_SUCCESS and bool(states[0][1] & scard.SCARD_STATE_PRESENT)


def _read_once(reader: str, profiles: Sequence[str]) -> CardIdentity | CardTrouble:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != scard.SCARD_S_SUCCESS:
        return CardTrouble.PULLED
    try:
        return _read_with(context, reader, profiles)
    finally:
        scard.SCardReleaseContext(context)


def _read_with(context: Any, reader: str, profiles: Sequence[str]) -> CardIdentity | CardTrouble:
    connected = _connect(context, reader)
    if isinstance(connected, CardTrouble):
        return connected
    card, protocol = connected

    def transmit(command: Command) -> Response | CardTrouble:
        result, raw = scard.SCardTransmit(card, protocol, list(command.encode()))
        if result != scard.SCARD_S_SUCCESS:
            return _TROUBLES.get(result, CardTrouble.MUTE)
        # Some drivers report success and hand back nothing when the card has gone.
        return parse_response(bytes(raw)) or CardTrouble.PULLED

    try:
        return read_card(profiles, Slots(transmit))
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


def _connect(context: Any, reader: str) -> tuple[Any, int] | CardTrouble:
    """Connect, shared; another program that holds the card is given a moment to end."""
    trouble = CardTrouble.BUSY
    for _ in range(BUSY_TRIES):
        result, card, protocol = scard.SCardConnect(
            context,
            reader,
            scard.SCARD_SHARE_SHARED,
            scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
        )
        if result == scard.SCARD_S_SUCCESS:
            protocols = {scard.SCARD_PROTOCOL_T0: scard.SCARD_PCI_T0}
            return card, protocols.get(protocol, scard.SCARD_PCI_T1)
        trouble = _TROUBLES.get(result, CardTrouble.MUTE)
        if trouble is not CardTrouble.BUSY:
            break
        time.sleep(READ_SECONDS / (BUSY_TRIES + 2))
    return trouble


def _no_reader(wanted: str) -> str:
    which = f"whose name holds {wanted!r} " if wanted else ""
    return f"no card reader {which}is connected; look at its USB cable"


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"


def _unheard(_report: CardReport) -> None:
    """Before start there is nobody to tell."""
