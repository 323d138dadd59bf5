"""The state of a kiosk's face: what phase a visit is in and all that is known of it.

Everything personal stands in ``Visit``. It is dropped as one, so that nothing of one citizen
can be left for the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from firmware.core.finds import FoundLetter, FoundRequest, Purpose
from firmware.core.letters import Catalogue, LetterType
from firmware.core.request import Profile
from firmware.core.view import (
    DeviceLine,
    EnrolmentItem,
    Known,
    Notice,
    PendingItem,
    PinAsked,
    Preferences,
    PrintState,
    ReadyItem,
    Say,
    TapStep,
)
from hw.protocols import CardIdentity, Fault

DEFAULT_PREFERENCES = Preferences()


class Phase(StrEnum):
    """Where a visit stands."""

    OUT_OF_SERVICE = "outOfService"
    ATTRACT = "attract"
    LOOKING_UP = "lookingUp"
    ASKING = "asking"
    PIN = "pin"
    OPENING = "opening"
    HOME = "home"
    NEW_PIN = "newPin"
    CHECKING_PIN = "checkingPin"
    CHANGING_PIN = "changingPin"
    PIN_CHANGED = "pinChanged"
    OFFICER = "officer"
    ENROL_NIK = "enrolNik"
    ENROL_CARD = "enrolCard"
    ENROL_PIN = "enrolPin"
    ENROLLING = "enrolling"
    ENROLLED = "enrolled"
    UNLOCK = "unlock"
    ASSIST = "assist"
    HELP = "help"
    CODE = "code"
    FINDING = "finding"
    FOUND = "found"
    CHECKED = "checked"
    LETTERS = "letters"
    FORM = "form"
    REVIEW = "review"
    STORING = "storing"
    TICKET = "ticket"
    COLLECT = "collect"
    NOTICE = "notice"
    GOODBYE = "goodbye"
    TECHNICIAN = "technician"
    DIAGNOSIS = "diagnosis"


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient the kiosk is; all in seconds.

    After ``idle`` without a touch the visitor is asked, and has ``answer`` to say so.
    ``busy`` bounds every wait for the kiosk's own work, ``print`` every wait for paper.
    ``on_battery``: visits may begin while the mains is gone. ``tickets``: there is a printer
    for them. ``preferences``: the screen of who has chosen nothing. A technician's visit ends
    after ``technician`` without a touch, or ``idle`` once the door was closed: the screen is at
    the front, where anybody can touch it.
    """

    place: str
    idle: float = 60
    answer: float = 30
    card_must_stay: bool = False
    goodbye: float = 4
    notice: float = 30
    busy: float = 20
    print: float = 120
    technician: float = 600
    on_battery: bool = True
    tickets: bool = True
    preferences: Preferences = DEFAULT_PREFERENCES


@dataclass(frozen=True, slots=True, repr=False)
class Filed:
    """A request that is durable."""

    request_id: str
    title: str
    number: str
    claim_code: str
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Printing:
    """What is being printed and how far it is."""

    request_id: str
    state: PrintState = "printing"
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, repr=False)
class NewPin:
    """A PIN that is being chosen. ``asks`` says what is typed now; ``typed`` is what was typed
    of it so far. ``old`` is the present one, ``chosen`` the new one when it was typed once.
    """

    asks: PinAsked
    typed: str = ""
    old: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class OfficerWork:
    """What an officer does: the card that is being enrolled, or unlocked. ``enrolments`` are
    the newest made at this kiosk. ``is_reset``: the card is known, its PIN was forgotten.
    """

    name: str
    enrolments: tuple[EnrolmentItem, ...] = ()
    nik: str = ""
    awaits: TapStep = "firstTap"
    identity: CardIdentity | None = None
    new_pin: NewPin | None = None
    enrolment_id: str = ""
    problem: Say | None = None
    news: Say | None = None
    is_reset: bool = False


@dataclass(frozen=True, slots=True)
class Helper:
    """An officer who stands beside a citizen."""

    name: str
    identity: CardIdentity


@dataclass(frozen=True, slots=True, repr=False)
class Errand:
    """A code that is being typed, and what the regency said of it."""

    purpose: Purpose
    code: str = ""
    problem: Say | None = None
    found: FoundRequest | FoundLetter | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Visit:
    """All that is known of the person at the screen. ``identity`` is None where a code, or a
    question, takes the place of a card.

    ``group``: whose letters are listed; empty for the groups themselves, None for the first page.
    ``asked``: the places of the form's questions that are put one by one. ``mending``: the one at
    hand was opened from the review.
    """

    number: int
    identity: CardIdentity | None
    pin: str = ""
    pin_message: Say | None = None
    pin_from: float = 0.0
    profile: Profile | None = None
    ready: tuple[ReadyItem, ...] = ()
    pending: tuple[PendingItem, ...] = ()
    letter: LetterType | None = None
    answers: dict[str, str] = field(default_factory=dict)
    position: int = 0
    asked: tuple[int, ...] = ()
    mending: bool = False
    group: str | None = None
    filed: Filed | None = None
    printing: Printing | None = None
    new_pin: NewPin | None = None
    officer: OfficerWork | None = None
    errand: Errand | None = None
    helper: Helper | None = None

    @property
    def card(self) -> CardIdentity:
        """The visitor's card; only in phases that a card leads to."""
        assert self.identity is not None
        return self.identity

    def __repr__(self) -> str:
        return f"Visit(number={self.number}, <hidden>)"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How the kiosk is connected, and its journal as texts of QR codes; ``at`` counts from 0."""

    facts: tuple[Known, ...]
    codes: tuple[str, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """A technician at the screen. Nothing here is of a citizen: of a card that was laid on the
    reader to try it, only how it was read. ``card_advice`` is None when it was read well.
    ``is_shut_out``: the cabinet's door was closed meanwhile.
    """

    number: int
    devices: tuple[DeviceLine, ...] = ()
    facts: tuple[Known, ...] = ()
    card: Say | None = None
    card_advice: Say | None = None
    news: Say | None = None
    slip_under_way: bool = False
    is_shut_out: bool = False
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What the switches inside the cabinet say; a cabinet without them is shut and has power.
    ``ending``: its battery is nearly used up. ``headphone``: one is plugged in at the front.
    """

    door_open: bool = False
    on_mains: bool = True
    ending: bool = False
    headphone: bool = False


@dataclass(frozen=True, slots=True)
class Calling:
    """This kiosk makes itself known while nobody is there: somebody looks for it."""

    kiosk: str
    until: float


@dataclass(frozen=True, slots=True)
class State:
    """All that ``session.step`` knows.

    ``service_wanted`` and ``slip_wanted``: the service button was pressed in a citizen's visit,
    and what it asked for waits for the visit's end. ``in_service_mode``: the regency ordered that
    nobody is served. ``coming``: settings that hold once the kiosk is at rest. ``chosen``: how
    the visitor wants the screen, None until they say; ``adjusting``: they are about to.
    ``sound_trouble``: why the screen's voice cannot be heard; empty when it can.
    """

    policy: Policy
    catalogue: Catalogue
    phase: Phase = Phase.OUT_OF_SERVICE
    now: float = 0.0
    today: date = date.min
    touched_at: float = 0.0
    entered_at: float = 0.0
    reader_online: bool = False
    printer_usable: bool = False
    link_online: bool = False
    visits: int = 0
    visit: Visit | None = None
    notice: Notice | None = None
    cabinet: Cabinet = Cabinet()
    services: int = 0
    service: Service | None = None
    service_wanted: bool = False
    slip_wanted: bool = False
    in_service_mode: bool = False
    calling: Calling | None = None
    coming: tuple[Policy, Catalogue] | None = None
    chosen: Preferences | None = None
    adjusting: bool = False
    sound_trouble: str = ""

    @property
    def guest(self) -> Visit:
        """The visit; only in phases that have one."""
        assert self.visit is not None
        return self.visit

    @property
    def saves_battery(self) -> bool:
        """Whether no visit may begin because the mains is gone."""
        return not self.cabinet.on_mains and not self.policy.on_battery

    @property
    def begins_no_visit(self) -> bool:
        """Whether a card that is laid on the reader begins no visit."""
        return self.saves_battery or self.in_service_mode or self.cabinet.ending

    @property
    def preferences(self) -> Preferences:
        """How the screen is now. Who plugs a headphone in wants to hear."""
        if self.chosen is None and self.cabinet.headphone:
            return msgspec.structs.replace(self.policy.preferences, voice=True)
        return self.chosen or self.policy.preferences

    def title(self, title: str) -> str:
        """A letter's Indonesian title as the visitor reads it."""
        return self.catalogue.title(title, self.preferences.language)

    @property
    def technician(self) -> Service:
        """The technician's visit; only in its phase."""
        assert self.service is not None
        return self.service

    def enter(self, phase: Phase) -> State:
        """The same state in another phase, from now on."""
        return replace(self, phase=phase, entered_at=self.now)

    def with_guest(self, **changes: Any) -> State:
        """The same state with changes to the visit."""
        return replace(self, visit=replace(self.guest, **changes))

    def with_service(self, **changes: Any) -> State:
        """The same state with changes to the technician's visit."""
        return replace(self, service=replace(self.technician, **changes))


RESTING = frozenset({Phase.OUT_OF_SERVICE, Phase.ATTRACT, Phase.GOODBYE})
"""Phases in which nobody is known."""

ATTENDED = frozenset(
    {
        Phase.PIN,
        Phase.HOME,
        Phase.NEW_PIN,
        Phase.PIN_CHANGED,
        Phase.OFFICER,
        Phase.ENROL_NIK,
        Phase.ENROL_CARD,
        Phase.ENROL_PIN,
        Phase.ENROLLED,
        Phase.UNLOCK,
        Phase.ASSIST,
        Phase.HELP,
        Phase.CODE,
        Phase.FOUND,
        Phase.CHECKED,
        Phase.LETTERS,
        Phase.FORM,
        Phase.REVIEW,
        Phase.TICKET,
        Phase.COLLECT,
    }
)
"""Phases in which the kiosk waits for the visitor, and asks when they are quiet for long."""

AT_TECHNICIAN = frozenset({Phase.TECHNICIAN, Phase.DIAGNOSIS})
"""Phases of a technician's visit."""

LISTENING = ATTENDED | AT_TECHNICIAN | {Phase.NOTICE, Phase.ATTRACT}
"""Phases in which somebody may be at the screen: a touch counts, and preferences are chosen."""

WORKING = frozenset(
    {
        Phase.LOOKING_UP,
        Phase.ASKING,
        Phase.OPENING,
        Phase.FINDING,
        Phase.STORING,
        Phase.CHECKING_PIN,
        Phase.CHANGING_PIN,
        Phase.ENROLLING,
    }
)
"""Phases in which the visitor waits for the kiosk."""
