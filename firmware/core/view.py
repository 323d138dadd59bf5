"""All that a screen shows (ViewState) and all that a finger can say (Intent).

The UI imports this module and nothing else of ours. Both travel as JSON lines over a Unix
socket: one whole ViewState a line down, one Intent a line up.

Texts are Indonesian source strings with named places (``Say``): the UI looks them up in its
catalogue of the visitor's language, then fills the places. What is a plain ``str`` is shown as it
is: names, numbers, and a letter's texts, which the letter catalogue has in that language already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

PIN_LENGTH = 6

LOUDEST = 5
"""The largest ``Preferences.volume``."""

TextSize = Literal["normal", "large", "largest"]
Theme = Literal["normal", "dark", "contrast"]
KeyOrder = Literal["abc", "qwerty"]


class Preferences(msgspec.Struct, frozen=True):
    """How a visitor wants the screen; it goes back to the kiosk's own after every visit.

    ``language``: a tag of BCP 47 for which the UI has a catalogue. ``volume``: 1 to LOUDEST, of the
    spoken guidance that ``voice`` switches on. ``shuffled``: the PIN's digits stand in another
    order each time. ``hidden``: nothing is drawn, for who finishes the visit by ear. ``one_page``:
    all questions of a form on one page.
    """

    language: str = "id"
    text_size: TextSize = "normal"
    theme: Theme = "normal"
    keys: KeyOrder = "qwerty"
    voice: bool = False
    volume: int = 3
    shuffled: bool = False
    hidden: bool = False
    one_page: bool = False


class Say(msgspec.Struct, frozen=True):
    """A sentence for the citizen: Indonesian text and what goes into its ``{places}``.

    ``{n}`` is a count and nothing else: languages with a plural choose by it.
    """

    text: str
    params: Mapping[str, str | Say] = {}

    def __str__(self) -> str:
        return self.text.format(**self.params)


class Known(msgspec.Struct, frozen=True):
    """A label and its value, as filled in or answered."""

    label: Say | str
    value: Say | str


class LetterItem(msgspec.Struct, frozen=True):
    """A letter type that can be asked for. ``proofs``: what must be brought for it."""

    id: str
    title: str
    need: str
    icon: str
    proofs: tuple[str, ...] = ()


class LetterGroup(msgspec.Struct, frozen=True):
    """Letters that belong together; ``hint`` names some of them in a few words."""

    id: str
    title: str
    hint: str
    icon: str


class ReadyItem(msgspec.Struct, frozen=True):
    """A signed letter that can be printed now. ``copies`` printed so far at this kiosk."""

    request_id: str
    title: str
    number: str
    copies: int


class PendingItem(msgspec.Struct, frozen=True):
    """A request that is on its way; ``state`` says who has it now."""

    request_id: str
    title: Say | str
    number: str
    state: Say


class EnrolmentItem(msgspec.Struct, frozen=True):
    """An enrolment made at this kiosk. ``nik`` is empty where it was another officer's;
    ``reason`` is the regency's when it was refused.
    """

    id: str
    nik: str
    state: Literal["waiting", "accepted", "refused"]
    reason: str

    def __repr__(self) -> str:
        return f"EnrolmentItem(id={self.id!r}, state={self.state!r}, <hidden>)"


TapStep = Literal["firstTap", "removal", "secondTap"]


class Option(msgspec.Struct, frozen=True):
    """An answer that can be chosen: ``value`` goes into the letter, ``text`` is shown."""

    value: str
    text: Say | str


class Piece(msgspec.Struct, frozen=True):
    """A part of a letter's words; ``is_given``: it comes from the citizen."""

    text: str
    is_given: bool


class Shortcut(msgspec.Struct, frozen=True):
    """A day that is often the answer."""

    value: str
    shown: Say


QuestionKind = Literal["text", "choice", "date", "number", "amount", "phone", "nik", "year"]


class Question(msgspec.Struct, frozen=True):
    """One question of a form. ``position`` of ``total``, from 1; ``total`` is 0 when it is looked
    at once more, by itself. ``value`` may be unfinished; ``problem`` is what to mend in it, None
    when it is good.

    ``suggestions``: what a text that begins like ``value`` may become. ``shortcuts``: days to
    choose at once; ``start`` is where the wheels of a date stand while it has none. ``reading``: a
    number in words. ``capitals``: whether every word begins with one, or the first.
    """

    name: str
    label: str
    question: str
    hint: str
    kind: QuestionKind
    choices: tuple[Option, ...]
    other: bool
    value: str
    problem: Say | None
    position: int
    total: int
    suggestions: tuple[str, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    start: str = ""
    reading: str = ""
    capitals: Literal["sentence", "words"] = "sentence"


class Answered(msgspec.Struct, frozen=True):
    """A question and its answer as they are looked through; ``value`` as letters write it."""

    name: str
    label: str
    value: Say | str
    problem: Say | None = None


# ---------------------------------------------------------------- screens


class Attract(msgspec.Struct, frozen=True, tag="attract"):
    """Nobody is here: lay the card on the reader."""


class Wait(msgspec.Struct, frozen=True, tag="wait"):
    """The kiosk is busy for a moment; nothing can be pressed."""

    message: Say


PinAsked = Literal["pin", "old", "new", "again"]


class Pin(msgspec.Struct, frozen=True, tag="pin"):
    """Type a PIN: ``dots`` of PIN_LENGTH typed. While ``wait_seconds`` > 0 no digit counts.

    ``asks``: the one that opens the visit; or, to change it, the ``old`` one, a ``new`` one, and
    the new one ``again``. ``shuffled``: the digits stand in another order each time.
    """

    dots: int
    message: Say | None
    wait_seconds: int
    asks: PinAsked = "pin"
    shuffled: bool = False


class Home(msgspec.Struct, frozen=True, tag="home"):
    """The visitor's own page. ``helper`` is the officer who stands beside them."""

    name: str
    ready: tuple[ReadyItem, ...]
    pending: tuple[PendingItem, ...]
    helper: str = ""


class LetterList(msgspec.Struct, frozen=True, tag="letters"):
    """Choose a letter. Where there are many: those asked for most and ``more``, which leads to
    the ``groups``; one of those leads to its letters, with its name as ``title``.
    """

    items: tuple[LetterItem, ...]
    groups: tuple[LetterGroup, ...] = ()
    more: bool = False
    title: str = ""


class Form(msgspec.Struct, frozen=True, tag="form"):
    """One question, with what is known already beside it. ``rows``: all questions, where the
    visitor wants them on one page; the one at hand is open among them. ``keys``: how the letters
    of the keyboard are ordered.
    """

    title: str
    known: tuple[Known, ...]
    question: Question
    rows: tuple[Answered, ...] = ()
    keys: KeyOrder = "qwerty"


class Review(msgspec.Struct, frozen=True, tag="review"):
    """Everything once more before it is sent. ``words``: what the letter will say; ``proofs``:
    what must be brought.
    """

    title: str
    known: tuple[Known, ...]
    answers: tuple[Answered, ...]
    words: tuple[Piece, ...] = ()
    proofs: tuple[str, ...] = ()


PrintState = Literal[
    "queued",
    "printing",
    "awaiting",
    "printed",
    "unconfirmed",
    "blocked",
    "unknown",
    "unavailable",
]
"""``queued``: another print is still coming out. ``printing``: it is being sent. ``awaiting``:
the printer has all of it and has not said yet that it is on paper. ``printed``: the printer said
so. ``unconfirmed``: it took the job and cannot tell.
``blocked``: it waits for a person (``message`` says for what). ``unknown``: cut off in the
middle. ``unavailable``: there is no working printer, nothing was printed."""


class Ticket(msgspec.Struct, frozen=True, tag="ticket"):
    """The request is durable. ``delivered``: the regency's receipt is here."""

    title: str
    number: str
    claim_code: str
    print_state: PrintState
    message: Say | None
    delivered: bool


class Collect(msgspec.Struct, frozen=True, tag="collect"):
    """A signed letter is being printed."""

    title: str
    number: str
    print_state: PrintState
    message: Say | None


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """Something is not as hoped: what happened, what it means, what to do next.

    ``retry``: the visitor may try again from here. Without it only Finish is offered.
    """

    title: Say
    meaning: Say
    next_step: Say
    retry: bool


class Done(msgspec.Struct, frozen=True, tag="done"):
    """Something was done: what, and what it means. ``look``: it is finished, it waits for
    somebody (clock), or it was refused (warning).
    """

    title: Say
    meaning: Say
    look: Literal["success", "clock", "warning"] = "success"


class OfficerScreen(msgspec.Struct, frozen=True, tag="officer"):
    """The officer's own page: what became of the newest enrolments made here."""

    name: str
    enrolments: tuple[Known, ...]


class NikEntry(msgspec.Struct, frozen=True, tag="nik"):
    """Type a NIK; ``title`` says what for, ``problem`` what to mend in it."""

    value: str
    problem: Say | None
    title: Say = Say("Ketik NIK warga")


class TapCard(msgspec.Struct, frozen=True, tag="tapCard"):
    """An officer is asked for a citizen's card. ``news``: what became of the last one."""

    title: Say
    meaning: Say
    problem: Say | None
    news: Say | None


class Help(msgspec.Struct, frozen=True, tag="help"):
    """What this is and how it is used. ``with_card``: the visitor is at home with a card."""

    with_card: bool


class CodeEntry(msgspec.Struct, frozen=True, tag="code"):
    """Type a code of ten letters and digits: of a ticket (``collect``), or of a letter whose
    genuineness is asked (``check``). ``problem`` is what to mend, or why it was not found.
    """

    purpose: Literal["collect", "check"]
    value: str
    problem: Say | None

    def __repr__(self) -> str:
        return "CodeEntry(<hidden>)"


class FoundRequest(msgspec.Struct, frozen=True, tag="foundRequest"):
    """The request of a ticket. ``ready``: its letter can be printed now (PrintLetter)."""

    request_id: str
    title: str
    number: str
    state: Say
    ready: bool

    def __repr__(self) -> str:
        return "FoundRequest(<hidden>)"


class CheckedLetter(msgspec.Struct, frozen=True, tag="checkedLetter"):
    """The regency has signed such a letter: what must stand on the paper in hand."""

    title: str
    facts: tuple[Known, ...]


class OutOfService(msgspec.Struct, frozen=True, tag="outOfService"):
    """The kiosk cannot serve now."""

    meaning: Say
    next_step: Say


class Identify(msgspec.Struct, frozen=True, tag="identify"):
    """Nobody is here, and somebody looks for this kiosk: which it is, in large letters. A card
    begins a visit as ever where ``meaning`` says so.
    """

    kiosk: str
    meaning: Say
    next_step: Say


class Goodbye(msgspec.Struct, frozen=True, tag="goodbye"):
    """The visit is over."""


DeviceId = Literal["reader", "ticketPrinter", "pagePrinter", "lamps", "inputs", "sound"]
Health = Literal["asked", "well", "needsPerson", "notThere"]
"""``asked``: the device has not answered yet."""


class DeviceLine(msgspec.Struct, frozen=True):
    """One device in a technician's words. ``advice`` is None when nothing is to be done;
    ``detail`` is the device's own name and abilities, or what its driver says.
    """

    id: DeviceId
    device: Say
    health: Health
    status: Say
    advice: Say | None = None
    detail: Say | str = ""


class TechnicianScreen(msgspec.Struct, frozen=True, tag="technician"):
    """For the technician at the open cabinet. ``news``: what became of what was pressed.

    ``slip_under_way``: a test slip is being printed. Nothing here is of a citizen.
    """

    devices: tuple[DeviceLine, ...]
    facts: tuple[Known, ...]
    news: Say | None
    slip_under_way: bool


class DiagnosisScreen(msgspec.Struct, frozen=True, tag="diagnosis"):
    """For the technician: how this kiosk is connected, and its journal to be photographed.

    ``code`` is the text of QR code ``number`` of ``total``, from 1; nothing in it is of a citizen.
    """

    facts: tuple[Known, ...]
    code: str
    number: int
    total: int
    service_mode: bool


Screen = (
    Attract
    | Wait
    | Pin
    | Home
    | LetterList
    | Form
    | Review
    | Ticket
    | Collect
    | Notice
    | Done
    | OfficerScreen
    | NikEntry
    | TapCard
    | Help
    | CodeEntry
    | FoundRequest
    | CheckedLetter
    | OutOfService
    | Identify
    | Goodbye
    | TechnicianScreen
    | DiagnosisScreen
)


class Lights(msgspec.Struct, frozen=True):
    """The small signs at the screen's edge: what works now."""

    reader: bool
    printer: bool
    link: bool
    mains: bool = True


class ViewState(msgspec.Struct, frozen=True):
    """All that the screen shows. ``idle_seconds``: the visit ends in so many seconds unless
    the visitor says StillHere; None while there is time. ``place`` is the village's name.
    ``adjusting``: over the screen lies the panel where the preferences are chosen;
    ``adjustable``: it can be opened now.
    ``headphone``: one is plugged in, so that nobody else hears what is said.
    """

    serial: int
    place: str
    lights: Lights
    screen: Screen
    idle_seconds: int | None = None
    preferences: Preferences = Preferences()
    adjusting: bool = False
    headphone: bool = False
    adjustable: bool = True


# ---------------------------------------------------------------- intents


class Digit(msgspec.Struct, frozen=True, tag="digit"):
    """A PIN digit, 0 to 9."""

    digit: int


class Erase(msgspec.Struct, frozen=True, tag="erase"):
    """Take the last PIN digit back."""


class NewLetter(msgspec.Struct, frozen=True, tag="newLetter"):
    """From home: ask for a letter."""


class AskHelp(msgspec.Struct, frozen=True, tag="askHelp"):
    """From the start or from home: how does this work?"""


class EnterCode(msgspec.Struct, frozen=True, tag="enterCode"):
    """From the start or from home: collect a letter with a ticket's code, or check a letter."""

    purpose: Literal["collect", "check"]


class TypeCode(msgspec.Struct, frozen=True, tag="typeCode"):
    """The present text of the code, sent at each key."""

    value: str

    def __repr__(self) -> str:
        return "TypeCode(<hidden>)"


class ChooseLetter(msgspec.Struct, frozen=True, tag="chooseLetter"):
    """From the list: this letter type."""

    letter_id: str


class ChooseGroup(msgspec.Struct, frozen=True, tag="chooseGroup"):
    """From the list: the letters of this group; an empty one stands for all groups."""

    group_id: str


class ChangePin(msgspec.Struct, frozen=True, tag="changePin"):
    """From home: choose a new PIN."""


class EnrolCard(msgspec.Struct, frozen=True, tag="enrolCard"):
    """From the officer's page: enrol a citizen's card."""


class ResetPin(msgspec.Struct, frozen=True, tag="resetPin"):
    """From the officer's page: a citizen forgot the PIN and chooses another one."""


class AssistCitizen(msgspec.Struct, frozen=True, tag="assistCitizen"):
    """From the officer's page: help a citizen with a letter, those that need an officer too."""


class UnlockCard(msgspec.Struct, frozen=True, tag="unlockCard"):
    """From the officer's page: unlock a card after too many wrong PINs."""


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """The present text of the answer to ``name``: sent at each key, to be checked as typed."""

    name: str
    value: str


class OpenQuestion(msgspec.Struct, frozen=True, tag="openQuestion"):
    """From the review, or a form on one page: this question."""

    name: str


class Arrange(msgspec.Struct, frozen=True, tag="arrange"):
    """From a form: all questions on one page, or one a page."""

    one_page: bool


class Next(msgspec.Struct, frozen=True, tag="next"):
    """Go on: to the next question that is not answered, to the review, or (from there) send."""


class Back(msgspec.Struct, frozen=True, tag="back"):
    """One step back."""


class PrintLetter(msgspec.Struct, frozen=True, tag="printLetter"):
    """From home: print this ready letter."""

    request_id: str


class Retry(msgspec.Struct, frozen=True, tag="retry"):
    """From a notice or a print that did not work: try again."""


class GoHome(msgspec.Struct, frozen=True, tag="goHome"):
    """From ticket, collect or what was done: anything else?"""


class Finish(msgspec.Struct, frozen=True, tag="finish"):
    """End the visit."""


class StillHere(msgspec.Struct, frozen=True, tag="stillHere"):
    """The visitor answers the idle warning."""


class Adjust(msgspec.Struct, frozen=True, tag="adjust"):
    """Open the panel where the preferences are chosen, or close it."""

    open: bool


class Prefer(msgspec.Struct, frozen=True, tag="prefer"):
    """The visitor wants the screen so from now on."""

    preferences: Preferences


class SoundFailed(msgspec.Struct, frozen=True, tag="soundFailed"):
    """From the screen's own program: nothing can be heard, ``reason`` for a technician says why;
    empty when it can be heard again. It tells nothing of what was to be heard.
    """

    reason: str


class RunSelftest(msgspec.Struct, frozen=True, tag="runSelftest"):
    """From the technician's screen: ask all devices again."""


class PrintTestSlip(msgspec.Struct, frozen=True, tag="printTestSlip"):
    """From the technician's screen: print a test slip."""


class PaperChanged(msgspec.Struct, frozen=True, tag="paperChanged"):
    """From the technician's screen: a new roll is in the ticket printer."""


class Diagnose(msgspec.Struct, frozen=True, tag="diagnose"):
    """From the technician's screen: connections and journal. Next turns to the next code."""


class SetServiceMode(msgspec.Struct, frozen=True, tag="setServiceMode"):
    """From the technician's screen: serve nobody, or citizens again."""

    on: bool


class Leave(msgspec.Struct, frozen=True, tag="leave"):
    """From the technician's screen: serve citizens again."""


Intent = (
    Digit
    | Erase
    | NewLetter
    | AskHelp
    | EnterCode
    | TypeCode
    | ChooseLetter
    | ChooseGroup
    | ChangePin
    | EnrolCard
    | UnlockCard
    | ResetPin
    | AssistCitizen
    | Answer
    | OpenQuestion
    | Arrange
    | Next
    | Back
    | PrintLetter
    | Retry
    | GoHome
    | Finish
    | StillHere
    | Adjust
    | Prefer
    | SoundFailed
    | RunSelftest
    | PrintTestSlip
    | PaperChanged
    | Diagnose
    | SetServiceMode
    | Leave
)
