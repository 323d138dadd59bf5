"""Everything that a step of a visit can ask for. The controller carries it out."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.core.finds import Purpose
from firmware.core.request import Profile
from hw.protocols import CardIdentity, Pattern


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find the card in the directory: answers CardKnown, CardUnknown or CardLocked."""

    visit: int
    identity: CardIdentity


@dataclass(frozen=True, slots=True, repr=False)
class OpenVault:
    """Try the PIN: answers VaultOpened, PinRefused or CardLocked."""

    visit: int
    identity: CardIdentity
    pin: str

    def __repr__(self) -> str:
        return f"OpenVault(visit={self.visit}, <hidden>)"


@dataclass(frozen=True, slots=True, repr=False)
class CheckPin:
    """Try the present PIN once more: answers PinChecked, PinRefused or CardLocked."""

    visit: int
    identity: CardIdentity
    pin: str

    def __repr__(self) -> str:
        return f"CheckPin(visit={self.visit}, <hidden>)"


@dataclass(frozen=True, slots=True, repr=False)
class ChangePin:
    """Make ``pin`` the PIN of the open vault: answers PinChanged or PinNotChanged."""

    visit: int
    identity: CardIdentity
    pin: str

    def __repr__(self) -> str:
        return f"ChangePin(visit={self.visit}, <hidden>)"


@dataclass(frozen=True, slots=True)
class AwaitTaps:
    """Have a card laid on the reader twice: answers TapAwaited, CardAgreed, CardNotAgreed."""

    visit: int


@dataclass(frozen=True, slots=True, repr=False)
class Enrol:
    """Ask the regency to enrol this card: answers EnrolmentStored or EnrolmentNotStored."""

    visit: int
    nik: str
    identity: CardIdentity
    pin: str

    def __repr__(self) -> str:
        return f"Enrol(visit={self.visit}, <hidden>)"


@dataclass(frozen=True, slots=True, repr=False)
class UnlockCard:
    """Forget the wrong PINs of this card: answers CardUnlocked."""

    visit: int
    identity: CardIdentity


@dataclass(frozen=True, slots=True)
class CloseVault:
    """Forget everything that the visit's PIN opened."""


@dataclass(frozen=True, slots=True, repr=False)
class Submit:
    """Make the request durable: answers RequestStored or RequestNotStored."""

    visit: int
    letter_id: str
    profile: Profile
    answers: dict[str, str]
    helper: CardIdentity | None = None

    def __repr__(self) -> str:
        return f"Submit(visit={self.visit}, letter_id={self.letter_id!r}, <hidden>)"


@dataclass(frozen=True, slots=True)
class PrintTicket:
    """Print the ticket of this request: PrintReported follows, more than once."""

    request_id: str


@dataclass(frozen=True, slots=True)
class PrintSigned:
    """Print this signed letter: PrintReported follows, more than once."""

    visit: int
    request_id: str


@dataclass(frozen=True, slots=True)
class RefreshLetters:
    """Read the visitor's letters and requests again: answers LettersChanged."""

    visit: int


@dataclass(frozen=True, slots=True, repr=False)
class FindCode:
    """Ask the regency what this code belongs to: answers CodeFound or CodeNotFound."""

    visit: int
    purpose: Purpose
    code: str

    def __repr__(self) -> str:
        return f"FindCode(visit={self.visit}, purpose={self.purpose!r}, <hidden>)"


@dataclass(frozen=True, slots=True)
class ShowLamps:
    """Show this pattern."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Examine:
    """Ask all devices how they are: answers Examined, again whenever something changes."""

    service: int


@dataclass(frozen=True, slots=True)
class PrintTestSlip:
    """Print a test slip under this name: PrintReported follows, more than once."""

    name: str


@dataclass(frozen=True, slots=True)
class Diagnose:
    """Say how the kiosk is connected and what its journal holds: answers Diagnosed."""

    service: int


@dataclass(frozen=True, slots=True)
class SetServiceMode:
    """Serve nobody from now on, or citizens again, for good: answers ServiceModeSet."""

    on: bool


@dataclass(frozen=True, slots=True)
class RenewRoll:
    """Count the roll's paper from the beginning: answers RollRenewed."""

    service: int


@dataclass(frozen=True, slots=True)
class PrintStatusSlip:
    """Print how this kiosk is; without a printer that can, nothing comes."""


Command = (
    LookUp
    | OpenVault
    | CheckPin
    | ChangePin
    | AwaitTaps
    | Enrol
    | UnlockCard
    | CloseVault
    | Submit
    | PrintTicket
    | PrintSigned
    | RefreshLetters
    | FindCode
    | ShowLamps
    | Examine
    | PrintTestSlip
    | RenewRoll
    | Diagnose
    | SetServiceMode
    | PrintStatusSlip
)
