"""A citizen's visit, from the tap to goodbye: ``VISIT`` is its part of the session's table."""

from __future__ import annotations

from dataclasses import replace

from firmware.core import asking, filling, view
from firmware.core.commands import (
    CloseVault,
    LookUp,
    OpenVault,
    PrintSigned,
    PrintTicket,
    Submit,
)
from firmware.core.events import (
    CardAsked,
    CardFailed,
    CardKnown,
    CardLocked,
    CardTaken,
    CardTapped,
    CardUnknown,
    Delivered,
    LettersChanged,
    PinRefused,
    PrintReported,
    RequestNotStored,
    RequestStored,
    VaultDamaged,
    VaultOpened,
)
from firmware.core.notices import (
    DAMAGED,
    LOCKED,
    NOT_ANSWERED,
    NOT_ENROLLED,
    NOT_KNOWN_OFFLINE,
    NOT_STORED,
    REVOKED,
    UNREADABLE,
)
from firmware.core.state import Filed, Phase, Printing, State
from firmware.core.transition import Result, Transition, arrive, end, is_printing, row, tell
from firmware.core.view import Say

P = Phase

# ---------------------------------------------------------------- coming and going


def _begin(state: State, event: CardTapped) -> Result:
    """A new visit. Whatever was there of a former one is gone first. On a battery that is to
    be saved, or in service mode, none begins; a former one is over all the same, since its card
    is another.
    """
    if state.begins_no_visit:
        return (state, ()) if state.visit is None else end(state)
    if state.phase is not P.ATTRACT:  # what was chosen before the tap was chosen by this visitor
        state = replace(state, chosen=None)
    state = arrive(state, event.identity)
    return state.enter(P.LOOKING_UP), (CloseVault(), LookUp(state.visits, event.identity))


def card_again(state: State, event: CardTapped) -> Result:
    """In mid-visit: the visitor's own card changes nothing, another's begins a new visit."""
    if event.identity == state.guest.identity:
        return replace(state, touched_at=state.now), ()
    return _begin(state, event)


def _card_failed(state: State, event: CardFailed) -> Result:
    return tell(state, UNREADABLE[event.trouble])


def card_taken(state: State, _event: CardTaken) -> Result:
    return end(state) if state.policy.card_must_stay else (state, ())


def _taken_in_notice(state: State, event: CardTaken) -> Result:
    """A notice that offers to try again has a visit behind it; any other one only lingers."""
    return (state, ()) if state.visit is None else card_taken(state, event)


# ---------------------------------------------------------------- card and PIN


def _known(state: State, event: CardKnown) -> Result:
    state = state.with_guest(pin="", pin_message=None, pin_from=state.now + event.wait_seconds)
    return replace(state, touched_at=state.now).enter(P.PIN), ()


def unknown(state: State, event: CardUnknown) -> Result:
    if event.revoked:
        return tell(state, REVOKED)
    return tell(state, _NOT_KNOWN.get(event.asked, NOT_ENROLLED))


_NOT_KNOWN = {"offline": NOT_KNOWN_OFFLINE, "limited": NOT_ANSWERED}


def _asked(state: State, _event: CardAsked) -> Result:
    return state.enter(P.ASKING), ()


def locked(state: State, _event: CardLocked) -> Result:
    return tell(state, LOCKED)


def _digit(state: State, intent: view.Digit) -> Result:
    guest = state.guest
    if state.now < guest.pin_from or not 0 <= intent.digit <= 9:
        return state, ()
    pin = guest.pin + str(intent.digit)
    if len(pin) < view.PIN_LENGTH:
        return state.with_guest(pin=pin, pin_message=None), ()
    state = state.with_guest(pin="", pin_message=None).enter(P.OPENING)
    return state, (OpenVault(guest.number, guest.card, pin),)


def _erase(state: State, _intent: view.Erase) -> Result:
    return state.with_guest(pin=state.guest.pin[:-1]), ()


def wrong_pin(event: PinRefused) -> Say:
    """What is said of a PIN that was wrong."""
    return Say("PIN belum tepat. Masih ada {n} kesempatan.", {"n": str(event.tries_left)})


def _refused(state: State, event: PinRefused) -> Result:
    message = wrong_pin(event)
    state = state.with_guest(pin_message=message, pin_from=state.now + event.wait_seconds)
    return replace(state, touched_at=state.now).enter(P.PIN), ()


def _opened(state: State, event: VaultOpened) -> Result:
    state = state.with_guest(profile=event.profile, ready=event.ready, pending=event.pending)
    return replace(state, touched_at=state.now).enter(P.HOME), ()


def damaged(state: State, _event: VaultDamaged) -> Result:
    return tell(state, DAMAGED)


def _letters_changed(state: State, event: LettersChanged) -> Result:
    return state.with_guest(ready=event.ready, pending=event.pending), ()


# ---------------------------------------------------------------- sending it


def _submit(state: State, _intent: view.Next) -> Result:
    """Send, unless an answer is no longer good (midnight may have passed meanwhile)."""
    wrong = filling.first_problem(state)
    if wrong is not None:
        return state.with_guest(position=wrong, mending=True).enter(P.FORM), ()
    guest = state.guest
    assert guest.profile is not None
    answers = filling.final_answers(state)
    helper = guest.helper.identity if guest.helper else None
    letter_id = filling.letter_of(state).id
    command = Submit(guest.number, letter_id, guest.profile, answers, helper)
    return state.enter(P.STORING), (command,)


def _stored(state: State, event: RequestStored) -> Result:
    title = filling.letter_of(state).title
    filed = Filed(event.request_id, title, event.number, event.claim_code)
    state = state.with_guest(filed=filed, printing=Printing(event.request_id))
    state = replace(state, touched_at=state.now).enter(P.TICKET)
    return state, (PrintTicket(event.request_id),)


def _not_stored(state: State, _event: RequestNotStored) -> Result:
    return tell(state, NOT_STORED)


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

AGAIN = row(card_again, P.LOOKING_UP, P.GOODBYE)
FINISH = row(end, P.GOODBYE)
TAKEN = row(card_taken, P.GOODBYE)
HOME = row(asking.go_home, P.HOME)
LETTERS = row(_letters_changed)
PRINT_LETTER = row(_print_letter, P.COLLECT)
"""Rows that every visit with a card has."""

VISIT: dict[tuple[Phase, type], Transition] = {
    **asking.ASKING,
    (P.OUT_OF_SERVICE, CardTapped): row(_begin, P.LOOKING_UP),
    (P.ATTRACT, CardTapped): row(_begin, P.LOOKING_UP),
    (P.ATTRACT, CardFailed): row(_card_failed, P.NOTICE),
    (P.LOOKING_UP, CardKnown): row(_known, P.PIN),
    (P.LOOKING_UP, CardUnknown): row(unknown, P.NOTICE),
    (P.LOOKING_UP, CardLocked): row(locked, P.NOTICE),
    (P.LOOKING_UP, CardTapped): AGAIN,
    (P.LOOKING_UP, CardTaken): TAKEN,
    (P.LOOKING_UP, CardAsked): row(_asked, P.ASKING),
    (P.ASKING, CardKnown): row(_known, P.PIN),
    (P.ASKING, CardUnknown): row(unknown, P.NOTICE),
    (P.ASKING, CardLocked): row(locked, P.NOTICE),
    (P.ASKING, CardTapped): AGAIN,
    (P.ASKING, CardTaken): TAKEN,
    (P.PIN, view.Digit): row(_digit, P.OPENING),
    (P.PIN, view.Erase): row(_erase),
    (P.PIN, view.Finish): FINISH,
    (P.PIN, CardTapped): AGAIN,
    (P.PIN, CardTaken): TAKEN,
    (P.OPENING, VaultOpened): row(_opened, P.HOME),
    (P.OPENING, PinRefused): row(_refused, P.PIN),
    (P.OPENING, CardLocked): row(locked, P.NOTICE),
    (P.OPENING, CardUnknown): row(unknown, P.NOTICE),
    (P.OPENING, VaultDamaged): row(damaged, P.NOTICE),
    (P.OPENING, CardTapped): AGAIN,
    (P.OPENING, CardTaken): TAKEN,
    (P.HOME, view.PrintLetter): PRINT_LETTER,
    (P.HOME, LettersChanged): LETTERS,
    (P.HOME, view.Finish): FINISH,
    (P.HOME, CardTapped): AGAIN,
    (P.HOME, CardTaken): TAKEN,
    (P.LETTERS, view.Finish): FINISH,
    (P.LETTERS, CardTapped): AGAIN,
    (P.LETTERS, CardTaken): TAKEN,
    (P.FORM, view.Finish): FINISH,
    (P.FORM, CardTapped): AGAIN,
    (P.FORM, CardTaken): TAKEN,
    (P.REVIEW, view.Next): row(_submit, P.STORING, P.FORM),
    (P.REVIEW, view.Finish): FINISH,
    (P.REVIEW, CardTapped): AGAIN,
    (P.REVIEW, CardTaken): TAKEN,
    (P.STORING, RequestStored): row(_stored, P.TICKET),
    (P.STORING, RequestNotStored): row(_not_stored, P.NOTICE),
    (P.TICKET, PrintReported): row(_printed),
    (P.TICKET, Delivered): row(_delivered),
    (P.TICKET, view.Retry): row(_ticket_again),
    (P.TICKET, view.GoHome): HOME,
    (P.TICKET, view.Finish): FINISH,
    (P.TICKET, CardTapped): AGAIN,
    (P.COLLECT, PrintReported): row(_printed),
    (P.COLLECT, view.Retry): row(_letter_again),
    (P.COLLECT, view.Finish): FINISH,
    (P.COLLECT, CardTapped): AGAIN,
    (P.NOTICE, view.Retry): row(_retry_notice, P.REVIEW),
    (P.NOTICE, view.Finish): FINISH,
    (P.NOTICE, CardTapped): row(_begin, P.LOOKING_UP, P.GOODBYE),
    (P.NOTICE, CardTaken): row(_taken_in_notice, P.GOODBYE),
    (P.NOTICE, CardFailed): row(_card_failed, P.NOTICE),
    (P.GOODBYE, CardTapped): row(_begin, P.LOOKING_UP),
    (P.GOODBYE, CardFailed): row(_card_failed, P.NOTICE),
}
"""(phase, event or intent) -> what is done. Read it as the story of a visit."""
