"""What a device of the cabinet is: tiny protocols and the closed unions they answer with.

This module imports nothing of ours. Words are those of CEN XFS4IoT where it has one.
A driver returns trouble; it does not raise it. Whatever a driver reports comes from the
one thread that owns the device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Protocol

# ---------------------------------------------------------------- cards


@dataclass(frozen=True, slots=True, repr=False)
class CardIdentity:
    """Who a card says it is: the profile that read it and its UID of 4, 7 or 10 bytes.

    A UID identifies a person, so ``repr`` hides it: an identity may land in a log by accident.
    """

    profile: str
    uid: bytes

    def __repr__(self) -> str:
        return f"CardIdentity(profile={self.profile!r}, uid=<{len(self.uid)} bytes>)"


class CardTrouble(StrEnum):
    """Why a card that is present was not read."""

    PULLED = "pulled"  # taken away before the answer was complete
    MUTE = "mute"  # no answer to reset, or none to a command in time
    RANDOM_UID = "randomUid"  # a UID that changes at every tap identifies nobody
    UNKNOWN_KIND = "unknownKind"  # no configured profile knows it
    NEEDS_MRZ = "needsMrz"  # a passport: it opens only to who knows its printed lines
    NOT_GENUINE = "notGenuine"  # it failed the proof that a security module asks for
    NO_SAM = "noSam"  # the proof is wanted, and no security module works
    BUSY = "busy"  # another program holds it


@dataclass(frozen=True, slots=True)
class ReaderOnline:
    """The reader called ``name`` can be used from now on."""

    name: str


@dataclass(frozen=True, slots=True)
class ReaderOffline:
    """There is no usable reader; ``reason`` is a sentence for a technician."""

    reason: str


@dataclass(frozen=True, slots=True)
class CardPresent:
    """A card was laid on the reader and read."""

    identity: CardIdentity


@dataclass(frozen=True, slots=True)
class CardUnreadable:
    """A card was laid on the reader and could not be read."""

    trouble: CardTrouble


@dataclass(frozen=True, slots=True)
class CardNotPresent:
    """The card was taken away."""


CardReport = ReaderOnline | ReaderOffline | CardPresent | CardUnreadable | CardNotPresent


class CardReader(Protocol):
    """A contactless reader. It owns one thread, which alone calls ``report``."""

    def start(self, report: Callable[[CardReport], None]) -> None:
        """Begin to watch. The first report is ``ReaderOnline`` or ``ReaderOffline``."""

    def close(self) -> None:
        """Stop the thread and let the reader go. Safe to call twice."""


# ---------------------------------------------------------------- printers


DOTS_PER_MM = 8
"""Of a ticket printer with 203 dpi."""


class Paper(StrEnum):
    """Paper supply, as XFS4IoT names it."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


class Fault(StrEnum):
    """What keeps a printer that is online from printing."""

    PAPER_OUT = "paperOut"
    PAPER_LOW = "paperLow"  # enough for a ticket, not for a letter
    PAPER_JAMMED = "paperJammed"
    COVER_OPEN = "coverOpen"
    CUTTER = "cutter"
    TOO_HOT = "tooHot"
    MEDIA_SIZE = "mediaSize"
    SUPPLY = "supply"  # toner or ink is out
    HARDWARE = "hardwareError"


@dataclass(frozen=True, slots=True)
class PrinterOnline:
    """Ready to print."""

    paper: Paper


@dataclass(frozen=True, slots=True)
class PrinterBlocked:
    """Reachable, but a person must do something first."""

    fault: Fault
    paper: Paper


@dataclass(frozen=True, slots=True)
class PrinterOffline:
    """Not reachable; ``reason`` is a sentence for a technician."""

    reason: str


PrinterStatus = PrinterOnline | PrinterBlocked | PrinterOffline


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The printer itself said that the job is on paper."""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Every byte was taken, but this printer has no way to say that it printed them."""


@dataclass(frozen=True, slots=True)
class NotStarted:
    """Not one byte of the job reached the printer: it can be tried again without a double."""

    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Cut off after the first byte: what is on the paper is unknown. ``offset`` in bytes."""

    offset: int
    status: PrinterStatus


PrintOutcome = Confirmed | Unconfirmed | NotStarted | Interrupted


class Align(Enum):
    LEFT = "left"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. ``scale`` multiplies the font's width and height (1 to 8)."""

    text: str
    bold: bool = False
    align: Align = Align.LEFT
    scale: int = 1


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of ``data``, centred; one module is ``module_dots`` wide (1 to 16)."""

    data: str
    module_dots: int = 6


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture of one bit a dot, rows packed left to right, 1 is black.

    ``width_dots`` is a multiple of 8; ``len(rows) == width_dots // 8 * height``.
    """

    width_dots: int
    rows: bytes


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank paper, in millimetres."""

    mm: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed to the cutter and cut."""


SlipPart = Line | Qr | Raster | Feed | Rule | Cut
Slip = tuple[SlipPart, ...]


def nobody_listens() -> None:
    """For a caller who does not care when the last byte is with the printer."""


class TicketPrinter(Protocol):
    """A receipt printer with a roll. All calls come from the one thread that owns it."""

    @property
    def width_dots(self) -> int:
        """Printable width, 8 dots a millimetre (203 dpi): 576 for 80-mm paper."""

    def status(self) -> PrinterStatus:
        """Ask the printer now; answers within about two seconds."""

    def print(
        self,
        slip: Slip,
        progress: Callable[[int], None],
        all_sent: Callable[[], None] = nobody_listens,
    ) -> PrintOutcome:
        """Print ``slip``. ``progress`` hears 0 before the first byte is sent, and then the
        bytes sent so far, so that the caller can make the start durable. ``all_sent`` is called
        once, when the printer has the last byte and only its word is awaited.
        """

    def close(self) -> None:
        """Let the device go. Safe to call twice."""


class PagePrinter(Protocol):
    """A printer of whole sheets. All calls come from the one thread that owns it."""

    def status(self) -> PrinterStatus:
        """Ask the printer now; answers within about five seconds."""

    def print(
        self,
        pdf: bytes,
        title: str,
        progress: Callable[[int], None],
        all_sent: Callable[[], None] = nobody_listens,
    ) -> PrintOutcome:
        """Print one PDF of F4 pages; returns when the job has ended, one way or the other.

        ``progress`` hears 0 before anything is handed over, ``all_sent`` is called when all of
        it is. ``title`` holds no personal data.
        """

    def close(self) -> None:
        """Let the device go. Safe to call twice."""


# ---------------------------------------------------------------- lamps


class DeviceState(StrEnum):
    """How a device is, as XFS4IoT names it."""

    ONLINE = "online"
    OFFLINE = "offline"  # wanted, and cannot be used
    NO_DEVICE = "noDevice"  # none wanted


class Pattern(StrEnum):
    """What the lamps say. A driver knows how."""

    IN_SERVICE = "inService"
    CARD_PLEASE = "cardPlease"
    BUSY = "busy"
    TAKE_PAPER = "takePaper"
    ATTENTION = "attention"
    OUT_OF_PAPER = "outOfPaper"
    TECHNICIAN_EXPECTED = "technicianExpected"
    OUT_OF_SERVICE = "outOfService"


class Indicator(Protocol):
    """The lamps at the front of the cabinet."""

    @property
    def state(self) -> DeviceState:
        """Whether there are lamps. Nobody can ask a lamp whether it is lit."""

    @property
    def reason(self) -> str:
        """Why there are none although they are wanted: a sentence for a technician; else empty."""

    def show(self, pattern: Pattern) -> None:
        """Show ``pattern`` until the next call. Never blocks."""

    def close(self) -> None:
        """Lamps off. Safe to call twice."""


# ---------------------------------------------------------------- inputs


@dataclass(frozen=True, slots=True)
class InputsOnline:
    """The inputs can be read from now on; the door's and the mains' present state follow."""


@dataclass(frozen=True, slots=True)
class InputsOffline:
    """The inputs cannot be read; ``reason`` is a sentence for a technician."""

    reason: str


@dataclass(frozen=True, slots=True)
class DoorOpened:
    """The cabinet's door is open."""


@dataclass(frozen=True, slots=True)
class DoorClosed:
    """The cabinet's door is closed."""


@dataclass(frozen=True, slots=True)
class ServicePressed:
    """The service button inside the cabinet. ``long``: held for three seconds or more."""

    long: bool


@dataclass(frozen=True, slots=True)
class PowerLost:
    """The mains is gone; the cabinet runs on its battery."""


@dataclass(frozen=True, slots=True)
class PowerBack:
    """The cabinet runs on the mains."""


@dataclass(frozen=True, slots=True)
class HeadphoneIn:
    """A headphone is plugged into the jack at the front."""


@dataclass(frozen=True, slots=True)
class HeadphoneOut:
    """No headphone is plugged in."""


InputReport = (
    InputsOnline
    | InputsOffline
    | DoorOpened
    | DoorClosed
    | ServicePressed
    | PowerLost
    | PowerBack
    | HeadphoneIn
    | HeadphoneOut
)


class CabinetInputs(Protocol):
    """Door switch, service button, UPS line and headphone jack. It owns one thread, which alone
    reports."""

    def start(self, report: Callable[[InputReport], None]) -> None:
        """Begin to watch. The first report is ``InputsOnline`` or ``InputsOffline``, and the
        state of door and mains as far as they are wired; a cabinet without inputs says nothing.
        """

    def close(self) -> None:
        """Stop the thread and let the pins go. Safe to call twice."""
