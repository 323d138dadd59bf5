"""Everything that can happen to a visit. Drivers, workers and the clock enqueue these.

Answers to a command carry the number of the visit that asked, so that a late answer to one
citizen's question can never reach another citizen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from firmware.core.finds import FoundLetter, FoundRequest
from firmware.core.letters import Catalogue
from firmware.core.request import Profile
from firmware.core.state import Policy
from firmware.core.view import (
    DeviceLine,
    EnrolmentItem,
    Intent,
    Known,
    PendingItem,
    PrintState,
    ReadyItem,
    TapStep,
)
from firmware.core.wire import AskedOutcome
from hw.protocols import CardIdentity, CardTrouble, Fault


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went on: ``seconds`` of a clock that never goes back, and the calendar's day."""

    seconds: float
    today: date


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """The card reader came or went."""

    online: bool


@dataclass(frozen=True, slots=True)
class PrinterChanged:
    """The ticket printer can print, or cannot."""

    usable: bool


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The regency can be reached, or cannot."""

    online: bool


@dataclass(frozen=True, slots=True)
class CardTapped:
    """A card was read."""

    identity: CardIdentity


@dataclass(frozen=True, slots=True)
class CardFailed:
    """A card could not be read."""

    trouble: CardTrouble


@dataclass(frozen=True, slots=True)
class CardTaken:
    """The card left the reader."""


@dataclass(frozen=True, slots=True)
class CardKnown:
    """The card is in the directory. A PIN may be tried after ``wait_seconds``."""

    visit: int
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class CardAsked:
    """The card is not in the directory; the regency was asked."""

    visit: int


@dataclass(frozen=True, slots=True)
class CardUnknown:
    """The card is not in the directory, or (``revoked``) was taken out of use. ``asked``: what
    came of asking the regency.
    """

    visit: int
    revoked: bool
    asked: AskedOutcome = "unknown"


@dataclass(frozen=True, slots=True)
class CardLocked:
    """Too many wrong PINs: only an officer can unlock this card."""

    visit: int


@dataclass(frozen=True, slots=True)
class PinRefused:
    """The PIN did not open the profile. ``tries_left`` before an officer is needed."""

    visit: int
    tries_left: int
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class VaultOpened:
    """The PIN was right: the profile, the letters to collect, the requests on their way."""

    visit: int
    profile: Profile
    ready: tuple[ReadyItem, ...]
    pending: tuple[PendingItem, ...]


@dataclass(frozen=True, slots=True)
class VaultDamaged:
    """The PIN was right, but the profile cannot be read."""

    visit: int


@dataclass(frozen=True, slots=True)
class PinChecked:
    """The present PIN was typed rightly once more."""

    visit: int


@dataclass(frozen=True, slots=True)
class PinChanged:
    """The new PIN is durable here: from now on it alone opens the card at this kiosk."""

    visit: int


@dataclass(frozen=True, slots=True)
class PinNotChanged:
    """Nothing was changed: the PIN is the old one."""

    visit: int


@dataclass(frozen=True, slots=True, repr=False)
class OfficerOpened:
    """The PIN was right, and the card is an officer's."""

    visit: int
    name: str
    enrolments: tuple[EnrolmentItem, ...]


@dataclass(frozen=True, slots=True)
class TapAwaited:
    """Of the card to be enrolled, this is awaited now."""

    visit: int
    awaits: TapStep


@dataclass(frozen=True, slots=True, repr=False)
class CardAgreed:
    """Both taps gave this card."""

    visit: int
    identity: CardIdentity


@dataclass(frozen=True, slots=True)
class CardNotAgreed:
    """The card cannot be enrolled. ``why``: a value of hw.card.enrolment.Why, or officerCard."""

    visit: int
    why: str


@dataclass(frozen=True, slots=True)
class EnrolmentStored:
    """The enrolment is durable here and on its way to the regency; the card opens nothing yet."""

    visit: int
    enrolment_id: str


@dataclass(frozen=True, slots=True)
class EnrolmentNotStored:
    """Nothing was enrolled."""

    visit: int


@dataclass(frozen=True, slots=True, repr=False)
class EnrolmentsSeen:
    """The newest enrolments made here are now these."""

    visit: int
    enrolments: tuple[EnrolmentItem, ...]


@dataclass(frozen=True, slots=True)
class CardUnlocked:
    """The card was locked and is not any more; or it was not; or nobody knows it here."""

    visit: int
    was: Literal["unlocked", "notLocked", "unknown"]


@dataclass(frozen=True, slots=True)
class LettersChanged:
    """The visitor's letters and requests are now these."""

    visit: int
    ready: tuple[ReadyItem, ...]
    pending: tuple[PendingItem, ...]


@dataclass(frozen=True, slots=True, repr=False)
class CodeFound:
    """The regency knows the code. A request's letter stays with the kiosk's own part that asked;
    ``printable`` says whether it is there.
    """

    visit: int
    found: FoundRequest | FoundLetter
    printable: bool = False

    def __repr__(self) -> str:
        return f"CodeFound(visit={self.visit}, <hidden>)"


WhyNotFound = Literal["unknown", "limited", "offline"]


@dataclass(frozen=True, slots=True)
class CodeNotFound:
    """Nobody knows the code; or it could not be asked for."""

    visit: int
    why: WhyNotFound


@dataclass(frozen=True, slots=True)
class RequestStored:
    """The request is durable at the kiosk. Only now may a screen say "accepted"."""

    visit: int
    request_id: str
    number: str
    claim_code: str


@dataclass(frozen=True, slots=True)
class RequestNotStored:
    """The request could not be made durable: nothing was accepted."""

    visit: int


@dataclass(frozen=True, slots=True)
class PrintReported:
    """The print job of this request (or of a test slip, by its name) is now in this state."""

    request_id: str
    state: PrintState
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """The regency's receipt for this request is here."""

    request_id: str


@dataclass(frozen=True, slots=True)
class ServiceAsked:
    """The service button was pressed: short for a status slip, ``long`` for the technician."""

    long: bool


@dataclass(frozen=True, slots=True)
class DoorChanged:
    """The cabinet's door was opened or closed; or, not ``seen``, it counts as closed because its
    switch cannot be read any more.
    """

    open: bool
    seen: bool = True


@dataclass(frozen=True, slots=True)
class PowerChanged:
    """The cabinet runs on the mains, or on its battery."""

    on_mains: bool


@dataclass(frozen=True, slots=True)
class PowerEnding:
    """The battery is nearly used up: the kiosk will stop in less than a minute."""


@dataclass(frozen=True, slots=True)
class HeadphoneChanged:
    """A headphone was plugged in, or pulled out."""

    plugged: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """How the devices and the kiosk are now, for the technician's visit ``service``."""

    service: int
    devices: tuple[DeviceLine, ...]
    facts: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """How the kiosk is connected, and its journal as texts of QR codes."""

    service: int
    facts: tuple[Known, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RollRenewed:
    """The roll's paper is counted from the beginning; not so when the store failed."""

    service: int
    done: bool


@dataclass(frozen=True, slots=True)
class IdentifyAsked:
    """The regency looks for this kiosk: make it known for so many seconds."""

    kiosk: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ServiceModeSet:
    """The regency ordered, or a technician chose, to serve nobody, or citizens again."""

    on: bool


@dataclass(frozen=True, slots=True)
class SettingsCame:
    """The regency ordered other settings or another letter catalogue."""

    policy: Policy
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Said:
    """A finger said this on the screen."""

    intent: Intent


Event = (
    Tick
    | ReaderChanged
    | PrinterChanged
    | LinkChanged
    | CardTapped
    | CardFailed
    | CardTaken
    | CardKnown
    | CardAsked
    | CardUnknown
    | CardLocked
    | PinRefused
    | VaultOpened
    | VaultDamaged
    | OfficerOpened
    | TapAwaited
    | CardAgreed
    | CardNotAgreed
    | EnrolmentStored
    | EnrolmentNotStored
    | EnrolmentsSeen
    | CardUnlocked
    | PinChecked
    | PinChanged
    | PinNotChanged
    | LettersChanged
    | CodeFound
    | CodeNotFound
    | RequestStored
    | RequestNotStored
    | PrintReported
    | Delivered
    | ServiceAsked
    | DoorChanged
    | PowerChanged
    | HeadphoneChanged
    | PowerEnding
    | Examined
    | Diagnosed
    | RollRenewed
    | IdentifyAsked
    | ServiceModeSet
    | SettingsCame
    | Said
)
