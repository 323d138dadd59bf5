"""What threads tell the controller, besides the events of a visit. Threads only enqueue."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.core.events import Event
from firmware.core.view import Intent
from firmware.vault import Damaged, MadeKey, OpenVault
from hw.protocols import CardReport, InputReport, PrinterStatus, PrintOutcome


@dataclass(frozen=True, slots=True)
class CardReported:
    """From the card reader's thread."""

    report: CardReport


@dataclass(frozen=True, slots=True)
class InputReported:
    """From the thread of door, service button and UPS line."""

    report: InputReport


@dataclass(frozen=True, slots=True)
class PrinterSeen:
    """From a printer's thread: ``medium`` is roll or page."""

    medium: str
    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """From the ticket printer's thread: this unit is there ('' tells no name), and what it was
    found able to say, as it is kept and in one word.
    """

    unit: str
    abilities: str
    confirms: str


@dataclass(frozen=True, slots=True)
class JobWent:
    """From a printer's thread, now and then: so many bytes are with the printer, or all."""

    job_id: int
    sent_bytes: int
    all_sent: bool


@dataclass(frozen=True, slots=True)
class JobEnded:
    """From a printer's thread."""

    job_id: int
    outcome: PrintOutcome


@dataclass(frozen=True, slots=True, repr=False)
class PinTried:
    """From the vault's thread: ``vault`` is None when the PIN was wrong."""

    visit: int
    tag: bytes
    vault: OpenVault | Damaged | None


@dataclass(frozen=True, slots=True, repr=False)
class KeyMade:
    """From the vault's thread: the key of a new PIN."""

    visit: int
    key: MadeKey


@dataclass(frozen=True, slots=True)
class LinkUp:
    """From the link's thread: connected and subscribed."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """From the link's thread."""

    detail: str


@dataclass(frozen=True, slots=True, repr=False)
class MessageCame:
    """From the link's thread."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class ScreenConnected:
    """From the screen server's thread."""


@dataclass(frozen=True, slots=True)
class ScreenLost:
    """From the screen server's thread."""

    detail: str


@dataclass(frozen=True, slots=True)
class ScreenSaid:
    """From the screen server's thread."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class ThreadFailed:
    """From a thread's rim: an error that should not be. ``error`` holds its type and place."""

    error: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Asked to stop (SIGTERM)."""


Signal = (
    Event
    | CardReported
    | InputReported
    | PrinterSeen
    | UnitSeen
    | JobWent
    | JobEnded
    | PinTried
    | KeyMade
    | LinkUp
    | LinkDown
    | MessageCame
    | ScreenConnected
    | ScreenLost
    | ScreenSaid
    | ThreadFailed
    | Stop
)
