"""A citizen's visit as a transition table: ``step(state, event) -> (state, commands)``.

Pure. What is not in the table does not change anything: a press that comes too late, an
answer to a visit that is over. The diagram in docs/architecture.md is drawn from TABLE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from firmware.core import filling, view
from firmware.core.commands import (
    CloseVault,
    Command,
    LookUp,
    OpenVault,
    PrintSigned,
    PrintTicket,
    RefreshLetters,
    ShowLamps,
    Submit,
)
from firmware.core.events import (
    CardFailed,
    CardKnown,
    CardLocked,
    CardTaken,
    CardTapped,
    CardUnknown,
    Delivered,
    Event,
    LettersChanged,
    LinkChanged,
    PinRefused,
    PrinterChanged,
    PrintReported,
    ReaderChanged,
    RequestNotStored,
    RequestStored,
    Said,
    Tick,
    VaultDamaged,
    VaultOpened,
)
from firmware.core.notices import (
    DAMAGED,
    LOCKED,
    NOT_ENROLLED,
    NOT_STORED,
    REVOKED,
    SLOW,
    UNREADABLE,
    UNSURE_STORED,
)
from firmware.core.state import ATTENDED, RESTING, WORKING, Filed, Phase, Printing, State, Visit
from firmware.core.view import Notice, Say
from hw.protocols import Pattern

Result = tuple[State, tuple[Command, ...]]
Handler = Callable[[State, object], Result]

P = Phase


@dataclass(frozen=True, slots=True)
class Transition:
    """What is done, and the phases that it may lead to (besides staying)."""

    handler: Handler
    targets: tuple[Phase, ...]


def step(state: State, event: Event) -> Result:
    """The next state, and what must be done for it."""
    before = state
    trigger = event.intent if isinstance(event, Said) else event
    if isinstance(event, Said) and state.phase in ATTENDED | {P.NOTICE}:
        state = replace(state, touched_at=state.now)
    transition = TABLE.get((state.phase, type(trigger))) or ANYWHERE.get(type(trigger))
    if transition is None or _is_late(state, trigger):
        return state, ()
    state, commands = transition.handler(state, trigger)
    assert state.phase == before.phase or state.phase in transition.targets
    return state, commands + _lamps(before, state)


def _is_late(state: State, trigger: object) -> bool:
    """Whether this answers a visit that is over."""
    number = getattr(trigger, "visit", None)
    return number is not None and (state.visit is None or state.visit.number != number)


_LAMPS: dict[Phase, Pattern] = {
    P.OUT_OF_SERVICE: Pattern.OUT_OF_SERVICE,
    P.ATTRACT: Pattern.CARD_PLEASE,
    P.LOOKING_UP: Pattern.BUSY,
    P.OPENING: Pattern.BUSY,
    P.STORING: Pattern.BUSY,
    P.NOTICE: Pattern.ATTENTION,
    P.TICKET: Pattern.TAKE_PAPER,
    P.COLLECT: Pattern.TAKE_PAPER,
}


def _lamps(before: State, after: State) -> tuple[Command, ...]:
    """The lamps follow the pair of phases, not the branch that led there."""
    old = _LAMPS.get(before.phase, Pattern.IN_SERVICE)
    new = _LAMPS.get(after.phase, Pattern.IN_SERVICE)
    return (ShowLamps(new),) if old != new else ()


# ---------------------------------------------------------------- coming and going


def _begin(state: State, event: CardTapped) -> Result:
    """A new visit. Whatever was there of a former one is gone first."""
    number = state.visits + 1
    visit = Visit(number=number, identity=event.identity)
    state = replace(state, visits=number, visit=visit, notice=None, touched_at=state.now)
    return state.enter(P.LOOKING_UP), (CloseVault(), LookUp(number, event.identity))


def _card_again(state: State, event: CardTapped) -> Result:
    """In mid-visit: the visitor's own card changes nothing, another's begins a new visit."""
    if event.identity == state.guest.identity:
        return replace(state, touched_at=state.now), ()
    return _begin(state, event)


def _end(state: State, _event: object = None) -> Result:
    return replace(state, visit=None, notice=None).enter(P.GOODBYE), (CloseVault(),)


def _rest(state: State) -> State:
    phase = P.ATTRACT if state.reader_online else P.OUT_OF_SERVICE
    return replace(state, visit=None, notice=None).enter(phase)


def _tell(state: State, notice: Notice) -> Result:
    """Say what is wrong. The visit is over, unless the notice offers to try again."""
    if notice.retry:
        return replace(state, notice=notice, touched_at=state.now).enter(P.NOTICE), ()
    state = replace(state, notice=notice, visit=None, touched_at=state.now)
    return state.enter(P.NOTICE), (CloseVault(),)


def _card_failed(state: State, event: CardFailed) -> Result:
    return _tell(state, UNREADABLE[event.trouble])


def _card_taken(state: State, _event: CardTaken) -> Result:
    return _end(state) if state.policy.card_must_stay else (state, ())


def _reader(state: State, event: ReaderChanged) -> Result:
    state = replace(state, reader_online=event.online)
    return (_rest(state) if state.phase in (P.ATTRACT, P.OUT_OF_SERVICE) else state), ()


def _printer(state: State, event: PrinterChanged) -> Result:
    return replace(state, printer_usable=event.usable), ()


def _link(state: State, event: LinkChanged) -> Result:
    return replace(state, link_online=event.online), ()


# ---------------------------------------------------------------- time


def _tick(state: State, event: Tick) -> Result:
    state = replace(state, now=event.seconds, today=event.today)
    waited = state.now - state.entered_at
    if state.phase in WORKING and waited > state.policy.busy:
        return _tell(state, UNSURE_STORED if state.phase is P.STORING else SLOW)
    if state.phase is P.NOTICE and state.now - state.touched_at > state.policy.notice:
        return _end(state)
    if state.phase is P.GOODBYE and waited > state.policy.goodbye:
        return _rest(state), ()
    if state.phase in ATTENDED:
        return _watch_idle(state)
    return state, ()


def _watch_idle(state: State) -> Result:
    if is_printing(state) and state.now - state.entered_at <= state.policy.print:
        return replace(state, touched_at=state.now), ()
    if state.now - state.touched_at > state.policy.idle + state.policy.answer:
        return _end(state)
    return state, ()


def is_printing(state: State) -> bool:
    """Whether paper is on its way to the visitor now."""
    printing = state.visit.printing if state.visit else None
    return printing is not None and printing.state == "printing"


def idle_seconds(state: State) -> int | None:
    """Seconds until the visit ends by itself, once the visitor must be asked; else None."""
    if state.phase not in ATTENDED or is_printing(state):
        return None
    quiet = state.now - state.touched_at
    if quiet <= state.policy.idle:
        return None
    return max(0, round(state.policy.idle + state.policy.answer - quiet))


def _still_here(state: State, _intent: view.StillHere) -> Result:
    return state, ()  # the touch itself was noted by step


# ---------------------------------------------------------------- card and PIN


def _known(state: State, event: CardKnown) -> Result:
    state = state.with_guest(pin="", pin_message=None, pin_from=state.now + event.wait_seconds)
    return replace(state, touched_at=state.now).enter(P.PIN), ()


def _unknown(state: State, event: CardUnknown) -> Result:
    return _tell(state, REVOKED if event.revoked else NOT_ENROLLED)


def _locked(state: State, _event: CardLocked) -> Result:
    return _tell(state, LOCKED)


def _digit(state: State, intent: view.Digit) -> Result:
    guest = state.guest
    if state.now < guest.pin_from or not 0 <= intent.digit <= 9:
        return state, ()
    pin = guest.pin + str(intent.digit)
    if len(pin) < view.PIN_LENGTH:
        return state.with_guest(pin=pin, pin_message=None), ()
    state = state.with_guest(pin="", pin_message=None).enter(P.OPENING)
    return state, (OpenVault(guest.number, guest.identity, pin),)


def _erase(state: State, _intent: view.Erase) -> Result:
    return state.with_guest(pin=state.guest.pin[:-1]), ()


def _refused(state: State, event: PinRefused) -> Result:
    message = Say("PIN belum tepat. Masih ada {n} kesempatan.", {"n": str(event.tries_left)})
    state = state.with_guest(pin_message=message, pin_from=state.now + event.wait_seconds)
    return replace(state, touched_at=state.now).enter(P.PIN), ()


def _opened(state: State, event: VaultOpened) -> Result:
    state = state.with_guest(profile=event.profile, ready=event.ready, pending=event.pending)
    return replace(state, touched_at=state.now).enter(P.HOME), ()


def _damaged(state: State, _event: VaultDamaged) -> Result:
    return _tell(state, DAMAGED)


def _letters_changed(state: State, event: LettersChanged) -> Result:
    return state.with_guest(ready=event.ready, pending=event.pending), ()


# ---------------------------------------------------------------- asking for a letter


def _go_home(state: State, _intent: object) -> Result:
    guest = state.guest
    state = state.with_guest(letter=None, answers={}, position=0, filed=None, printing=None)
    return state.enter(P.HOME), (RefreshLetters(guest.number),)


def _new_letter(state: State, _intent: view.NewLetter) -> Result:
    return state.enter(P.LETTERS), ()


def _choose_letter(state: State, intent: view.ChooseLetter) -> Result:
    letter = state.catalogue.get(intent.letter_id)
    if letter is None:
        return state, ()
    answers = filling.prefilled(letter, state.today)
    state = state.with_guest(letter=letter, answers=answers, position=0)
    return state.enter(P.FORM if letter.fields else P.REVIEW), ()


def _answer(state: State, intent: view.Answer) -> Result:
    field = filling.current_field(state)
    if intent.name != field.name:
        return state, ()
    answers = {**state.guest.answers, field.name: filling.clean(intent.value)}
    return state.with_guest(answers=answers), ()


def _next_question(state: State, _intent: view.Next) -> Result:
    if filling.problem(state, state.guest.position) is not None:
        return state, ()
    position = state.guest.position + 1
    if position < len(filling.letter_of(state).fields):
        return state.with_guest(position=position), ()
    return state.enter(P.REVIEW), ()


def _previous_question(state: State, _intent: view.Back) -> Result:
    if state.guest.position > 0:
        return state.with_guest(position=state.guest.position - 1), ()
    return state.with_guest(letter=None, answers={}).enter(P.LETTERS), ()


def _back_from_review(state: State, _intent: view.Back) -> Result:
    letter = filling.letter_of(state)
    if not letter.fields:
        return state.with_guest(letter=None, answers={}).enter(P.LETTERS), ()
    return state.with_guest(position=len(letter.fields) - 1).enter(P.FORM), ()


def _submit(state: State, _intent: view.Next) -> Result:
    """Send, unless an answer is no longer good (midnight may have passed meanwhile)."""
    wrong = filling.first_problem(state)
    if wrong is not None:
        return state.with_guest(position=wrong).enter(P.FORM), ()
    guest = state.guest
    assert guest.profile is not None
    answers = filling.final_answers(state)
    command = Submit(guest.number, filling.letter_of(state).id, guest.profile, answers)
    return state.enter(P.STORING), (command,)


def _stored(state: State, event: RequestStored) -> Result:
    title = filling.letter_of(state).title
    filed = Filed(event.request_id, title, event.number, event.claim_code)
    state = state.with_guest(filed=filed, printing=Printing(event.request_id))
    state = replace(state, touched_at=state.now).enter(P.TICKET)
    return state, (PrintTicket(event.request_id),)


def _not_stored(state: State, _event: RequestNotStored) -> Result:
    return _tell(state, NOT_STORED)


def _retry_notice(state: State, _intent: view.Retry) -> Result:
    if state.notice is None or not state.notice.retry:
        return state, ()
    return replace(state, notice=None).enter(P.REVIEW), ()


# ---------------------------------------------------------------- paper


def _printed(state: State, event: PrintReported) -> Result:
    printing = state.guest.printing
    if printing is None or printing.request_id != event.request_id:
        return state, ()
    state = state.with_guest(printing=replace(printing, state=event.state, fault=event.fault))
    return replace(state, touched_at=state.now), ()


def _delivered(state: State, event: Delivered) -> Result:
    filed = state.guest.filed
    if filed is None or filed.request_id != event.request_id:
        return state, ()
    return state.with_guest(filed=replace(filed, delivered=True)), ()


def _ticket_again(state: State, _intent: view.Retry) -> Result:
    filed = state.guest.filed
    if filed is None or is_printing(state) or _is_on_paper(state):
        return state, ()
    state = state.with_guest(printing=Printing(filed.request_id)).enter(P.TICKET)
    return state, (PrintTicket(filed.request_id),)


def _is_on_paper(state: State) -> bool:
    printing = state.guest.printing
    return printing is not None and printing.state == "printed"


def _print_letter(state: State, intent: view.PrintLetter) -> Result:
    guest = state.guest
    if not any(item.request_id == intent.request_id for item in guest.ready):
        return state, ()
    state = state.with_guest(printing=Printing(intent.request_id)).enter(P.COLLECT)
    return state, (PrintSigned(guest.number, intent.request_id),)


def _letter_again(state: State, _intent: view.Retry) -> Result:
    guest = state.guest
    if guest.printing is None or is_printing(state) or _is_on_paper(state):
        return state, ()
    request_id = guest.printing.request_id
    state = state.with_guest(printing=Printing(request_id)).enter(P.COLLECT)
    return state, (PrintSigned(guest.number, request_id),)


# ---------------------------------------------------------------- the table


def _row(handler: Callable[..., Result], *targets: Phase) -> Transition:
    return Transition(handler, targets)


_AGAIN = _row(_card_again, P.LOOKING_UP)
_FINISH = _row(_end, P.GOODBYE)
_TAKEN = _row(_card_taken, P.GOODBYE)
_HOME = _row(_go_home, P.HOME)
_TIME = _row(_tick, P.GOODBYE, P.NOTICE, P.ATTRACT, P.OUT_OF_SERVICE)

TABLE: dict[tuple[Phase, type], Transition] = {
    (P.OUT_OF_SERVICE, CardTapped): _row(_begin, P.LOOKING_UP),
    (P.ATTRACT, CardTapped): _row(_begin, P.LOOKING_UP),
    (P.ATTRACT, CardFailed): _row(_card_failed, P.NOTICE),
    (P.LOOKING_UP, CardKnown): _row(_known, P.PIN),
    (P.LOOKING_UP, CardUnknown): _row(_unknown, P.NOTICE),
    (P.LOOKING_UP, CardLocked): _row(_locked, P.NOTICE),
    (P.LOOKING_UP, CardTapped): _AGAIN,
    (P.LOOKING_UP, CardTaken): _TAKEN,
    (P.PIN, view.Digit): _row(_digit, P.OPENING),
    (P.PIN, view.Erase): _row(_erase),
    (P.PIN, view.Finish): _FINISH,
    (P.PIN, CardTapped): _AGAIN,
    (P.PIN, CardTaken): _TAKEN,
    (P.OPENING, VaultOpened): _row(_opened, P.HOME),
    (P.OPENING, PinRefused): _row(_refused, P.PIN),
    (P.OPENING, CardLocked): _row(_locked, P.NOTICE),
    (P.OPENING, CardUnknown): _row(_unknown, P.NOTICE),
    (P.OPENING, VaultDamaged): _row(_damaged, P.NOTICE),
    (P.OPENING, CardTapped): _AGAIN,
    (P.OPENING, CardTaken): _TAKEN,
    (P.HOME, view.NewLetter): _row(_new_letter, P.LETTERS),
    (P.HOME, view.PrintLetter): _row(_print_letter, P.COLLECT),
    (P.HOME, LettersChanged): _row(_letters_changed),
    (P.HOME, view.Finish): _FINISH,
    (P.HOME, CardTapped): _AGAIN,
    (P.HOME, CardTaken): _TAKEN,
    (P.LETTERS, view.ChooseLetter): _row(_choose_letter, P.FORM, P.REVIEW),
    (P.LETTERS, view.Back): _HOME,
    (P.LETTERS, view.Finish): _FINISH,
    (P.LETTERS, CardTapped): _AGAIN,
    (P.LETTERS, CardTaken): _TAKEN,
    (P.FORM, view.Answer): _row(_answer),
    (P.FORM, view.Next): _row(_next_question, P.REVIEW),
    (P.FORM, view.Back): _row(_previous_question, P.LETTERS),
    (P.FORM, view.Finish): _FINISH,
    (P.FORM, CardTapped): _AGAIN,
    (P.FORM, CardTaken): _TAKEN,
    (P.REVIEW, view.Next): _row(_submit, P.STORING, P.FORM),
    (P.REVIEW, view.Back): _row(_back_from_review, P.FORM, P.LETTERS),
    (P.REVIEW, view.Finish): _FINISH,
    (P.REVIEW, CardTapped): _AGAIN,
    (P.REVIEW, CardTaken): _TAKEN,
    (P.STORING, RequestStored): _row(_stored, P.TICKET),
    (P.STORING, RequestNotStored): _row(_not_stored, P.NOTICE),
    (P.TICKET, PrintReported): _row(_printed),
    (P.TICKET, Delivered): _row(_delivered),
    (P.TICKET, view.Retry): _row(_ticket_again),
    (P.TICKET, view.GoHome): _HOME,
    (P.TICKET, view.Finish): _FINISH,
    (P.TICKET, CardTapped): _AGAIN,
    (P.COLLECT, PrintReported): _row(_printed),
    (P.COLLECT, view.Retry): _row(_letter_again),
    (P.COLLECT, view.GoHome): _HOME,
    (P.COLLECT, view.Finish): _FINISH,
    (P.COLLECT, CardTapped): _AGAIN,
    (P.NOTICE, view.Retry): _row(_retry_notice, P.REVIEW),
    (P.NOTICE, view.Finish): _FINISH,
    (P.NOTICE, CardTapped): _row(_begin, P.LOOKING_UP),
    (P.NOTICE, CardFailed): _row(_card_failed, P.NOTICE),
    (P.GOODBYE, CardTapped): _row(_begin, P.LOOKING_UP),
    (P.GOODBYE, CardFailed): _row(_card_failed, P.NOTICE),
}
"""(phase, event or intent) -> what is done. Read it as the story of a visit."""

ANYWHERE: dict[type, Transition] = {
    Tick: _TIME,
    ReaderChanged: _row(_reader, P.ATTRACT, P.OUT_OF_SERVICE),
    PrinterChanged: _row(_printer),
    LinkChanged: _row(_link),
    view.StillHere: _row(_still_here),
}
"""What is done in every phase that does not say otherwise."""

assert RESTING.isdisjoint(ATTENDED | WORKING)
