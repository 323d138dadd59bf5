"""A reader's own lamps and buzzer: told in its own language, through the CCID escape.

Escape commands reach a reader by SCardControl (PC/SC part 10). libccid lets them through when bit
0 of ``ifdDriverOptions`` in its Info.plist is set; where that is not so, where the reader knows no
such command or its driver has no SCardControl (vpcd), feedback is left out and nothing else
changes: the screen says the same.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from smartcard import scard

ESCAPE = scard.SCARD_CTL_CODE(1)  # libccid's IOCTL_SMARTCARD_VENDOR_IFD_EXCHANGE
PROBE_SECONDS = 1.0
SHOWN_SECONDS = 0.8
AUTO, NONE = "auto", "none"
_WELL = scard.SCARD_S_SUCCESS


class Heard(Enum):
    """What a citizen should notice without looking at the screen."""

    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Language:
    """The commands of a kind of reader. ``name_part`` is in the names of its kind; ``asks`` is
    harmless and every one of them answers it; ``prepares`` is sent once; ``after`` puts out what
    does not go out by itself.
    """

    name_part: str
    asks: bytes
    prepares: tuple[bytes, ...]
    read: tuple[bytes, ...]
    refused: tuple[bytes, ...]
    after: tuple[bytes, ...] = ()

    def commands(self, heard: Heard) -> tuple[bytes, ...]:
        """What says ``heard``."""
        return self.read if heard is Heard.READ else self.refused


LANGUAGES: dict[str, Language] = {
    # ACS, ACR122U Application Programming Interface: Bi-color LED and Buzzer Control, Get the
    # Firmware Version, Set Buzzer Output Enable for Card Detection (off: a beep means "read").
    # The byte after FF 00 40: bits 0-1 final state of red and green, 2-3 change it, 4-5 state in
    # which blinking begins, 6-7 blink. Then 04, on and off in 100 ms, how often, buzzer while on.
    "acr122u": Language(
        name_part="ACR122",
        asks=bytes.fromhex("FF00480000"),
        prepares=(bytes.fromhex("FF00520000"),),
        read=(bytes.fromhex("FF0040AC0402010101"),),
        refused=(bytes.fromhex("FF00405C0401010301"),),
    ),
    # ACS, ACR1252U Reference Manual, Peripherals Control: Get Firmware Version, LED Control (bit 0
    # red, bit 1 green), Buzzer Control (in 10 ms). The lamps stay as they are put.
    "acr1252u": Language(
        name_part="ACR1252",
        asks=bytes.fromhex("E000001800"),
        prepares=(),
        read=(bytes.fromhex("E00000290102"), bytes.fromhex("E0000028010A")),
        refused=(bytes.fromhex("E00000290101"), bytes.fromhex("E00000280132")),
        after=(bytes.fromhex("E00000290100"),),
    ),
}
"""By the words of ``[card] feedback``."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one reader was found able to say: nothing, without a language."""

    language: Language | None = None

    @property
    def ability(self) -> str:
        """For the self-test."""
        return "none" if self.language is None else "lamp and buzzer"

    def give(self, card: Any, heard: Heard) -> None:
        """Say it over the open connection ``card``; lasts about a second."""
        language = self.language
        if language is None:
            return
        for command in language.commands(heard):
            _control(card, command)
        if language.after:
            time.sleep(SHOWN_SECONDS)
            for command in language.after:
                _control(card, command)


def language_of(reader: str, wanted: str) -> Language | None:
    """The language to try with the reader of that name; ``wanted`` as in ``[card] feedback``."""
    if wanted != AUTO:
        return LANGUAGES.get(wanted)
    return next((one for one in LANGUAGES.values() if one.name_part in reader), None)


def find_feedback(reader: str, wanted: str) -> Feedback:
    """Ask the reader whether it understands. A driver that hangs is left alone after a second."""
    language = language_of(reader, wanted)
    if language is None:
        return Feedback()
    understood = _in_time(lambda: _understands(reader, language))
    return Feedback(language if understood else None)


def _in_time(ask: Callable[[], bool]) -> bool:
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    work = threading.Thread(target=lambda: answers.put(ask()), name="card-feedback", daemon=True)
    work.start()
    try:
        return answers.get(timeout=PROBE_SECONDS)
    except queue.Empty:
        return False


def _understands(reader: str, language: Language) -> bool:
    """Ask over a connection to the reader itself: no card need lie there."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != _WELL:
        return False
    try:
        result, card, _ = scard.SCardConnect(context, reader, scard.SCARD_SHARE_DIRECT, 0)
        if result != _WELL:
            return False
        understood = _control(card, language.asks)
        for command in language.prepares if understood else ():
            _control(card, command)
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        return understood
    finally:
        scard.SCardReleaseContext(context)


def _control(card: Any, command: bytes) -> bool:
    result, answer = scard.SCardControl(card, ESCAPE, list(command))
    return bool(result == _WELL and answer)
