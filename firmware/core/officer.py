"""An officer's visit: cards are enrolled and unlocked, forgotten PINs chosen anew, citizens helped
with letters, the own PIN is changed. ``OFFICER`` is its
part of the table.

It begins like a citizen's, with the officer's own card and PIN. The citizen whose card is enrolled
chooses the PIN; the officer never needs to know it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from firmware.core import view
from firmware.core.citizen import AGAIN, FINISH, card_again
from firmware.core.commands import AwaitTaps, Command, Enrol, UnlockCard
from firmware.core.events import (
    CardAgreed,
    CardFailed,
    CardNotAgreed,
    CardTapped,
    CardUnlocked,
    EnrolmentNotStored,
    EnrolmentsSeen,
    EnrolmentStored,
    OfficerOpened,
    TapAwaited,
)
from firmware.core.new_pin import BEGIN, choose, is_chosen
from firmware.core.nik import NIK_DIGITS, nik_problem
from firmware.core.notices import NOT_ENROLLED_NOW, UNREADABLE
from firmware.core.state import Helper, NewPin, OfficerWork, Phase, State
from firmware.core.transition import Result, Transition, row, tell
from firmware.core.view import Say

P = Phase

_REFUSED_TAPS: dict[str, Say] = {
    "different": Say("Itu kartu lain, atau kartu yang nomornya berubah-ubah. Ulangi dari awal."),
    "notRemoved": Say("Kartu belum diangkat. Ulangi dari awal."),
    "randomUid": Say("Kartu ini memberi nomor yang berubah-ubah. Pakai e-KTP."),
    "unreadable": Say("Kartu tidak terbaca. Ulangi dari awal."),
    "readerLost": Say("Pembaca kartu terputus. Ulangi dari awal."),
    "noCard": Say("Belum ada kartu yang ditempelkan. Ulangi dari awal."),
    "onlyOneTap": Say("Kartu baru sekali ditempelkan. Ulangi dari awal."),
    "officerCard": Say("Itu kartu petugas. Tempelkan kartu warga."),
}
_UNLOCKED: dict[str, Say] = {
    "unlocked": Say("Kunci kartu sudah dibuka. Pemilik dapat mencoba PIN lagi."),
    "notLocked": Say("Kartu ini tidak terkunci di anjungan ini."),
    "unknown": Say("Kartu ini belum terdaftar di anjungan ini."),
}


def work_of(state: State) -> OfficerWork:
    """What the officer does; only in phases that have one."""
    work = state.guest.officer
    assert work is not None
    return work


def _with(state: State, **changes: Any) -> State:
    return state.with_guest(officer=replace(work_of(state), **changes))


def _opened(state: State, event: OfficerOpened) -> Result:
    state = state.with_guest(officer=OfficerWork(event.name, event.enrolments))
    return replace(state, touched_at=state.now).enter(P.OFFICER), ()


def _seen(state: State, event: EnrolmentsSeen) -> Result:
    if state.guest.officer is None:
        return state, ()
    return _with(state, enrolments=event.enrolments), ()


def _back(state: State, _intent: object) -> Result:
    work = work_of(state)
    state = state.with_guest(officer=OfficerWork(work.name, work.enrolments))
    return state.enter(P.OFFICER), ()


# ---------------------------------------------------------------- enrolment


def _begin(state: State, _intent: view.EnrolCard) -> Result:
    return state.enter(P.ENROL_NIK), ()


def _begin_reset(state: State, _intent: view.ResetPin) -> Result:
    return _with(state, is_reset=True).enter(P.ENROL_NIK), ()


def _nik_digit(state: State, intent: view.Digit) -> Result:
    work = work_of(state)
    if not 0 <= intent.digit <= 9 or len(work.nik) >= NIK_DIGITS:
        return state, ()
    return _with(state, nik=work.nik + str(intent.digit), problem=None), ()


def _nik_erase(state: State, _intent: view.Erase) -> Result:
    return _with(state, nik=work_of(state).nik[:-1], problem=None), ()


def _nik_done(state: State, _intent: view.Next) -> Result:
    problem = nik_problem(work_of(state).nik)
    if problem is not None:
        return _with(state, problem=problem), ()
    return _await_taps(state, None)


def _await_taps(state: State, problem: Say | None) -> Result:
    state = _with(state, awaits="firstTap", problem=problem).enter(P.ENROL_CARD)
    return state, (AwaitTaps(state.guest.number),)


def _tap_awaited(state: State, event: TapAwaited) -> Result:
    problem = work_of(state).problem if event.awaits == "firstTap" else None
    state = _with(state, awaits=event.awaits, problem=problem)
    return replace(state, touched_at=state.now), ()


def _not_agreed(state: State, event: CardNotAgreed) -> Result:
    return _await_taps(replace(state, touched_at=state.now), _REFUSED_TAPS[event.why])


def _agreed(state: State, event: CardAgreed) -> Result:
    state = _with(state, identity=event.identity, new_pin=NewPin("new"), problem=None)
    return replace(state, touched_at=state.now).enter(P.ENROL_PIN), ()


def _pin_digit(state: State, intent: view.Digit) -> Result:
    work = work_of(state)
    assert work.new_pin is not None and work.identity is not None
    if not 0 <= intent.digit <= 9:
        return state, ()
    new, problem = choose(work.new_pin, intent.digit, work.nik, "")
    if not is_chosen(new):
        return _with(state, new_pin=new, problem=problem), ()
    command: Command = Enrol(state.guest.number, work.nik, work.identity, new.chosen)
    return _with(state, new_pin=None, problem=None).enter(P.ENROLLING), (command,)


def _pin_erase(state: State, _intent: view.Erase) -> Result:
    new = work_of(state).new_pin
    assert new is not None
    return _with(state, new_pin=replace(new, typed=new.typed[:-1])), ()


def _stored(state: State, event: EnrolmentStored) -> Result:
    state = _with(state, enrolment_id=event.enrolment_id, identity=None)
    return replace(state, touched_at=state.now).enter(P.ENROLLED), ()


def _not_stored(state: State, _event: EnrolmentNotStored) -> Result:
    return tell(state, NOT_ENROLLED_NOW)


# ---------------------------------------------------------------- a locked card


def _begin_unlock(state: State, _intent: view.UnlockCard) -> Result:
    return _with(state, problem=None, news=None).enter(P.UNLOCK), ()


def _tapped(state: State, event: CardTapped) -> Result:
    state = replace(state, touched_at=state.now)
    return state, (UnlockCard(state.guest.number, event.identity),)


def _failed(state: State, event: CardFailed) -> Result:
    state = replace(state, touched_at=state.now)
    return _with(state, news=None, problem=UNREADABLE[event.trouble].title), ()


def _unlocked(state: State, event: CardUnlocked) -> Result:
    return _with(state, news=_UNLOCKED[event.was], problem=None), ()


_PIN_PHASES = (P.NEW_PIN, P.CHECKING_PIN, P.CHANGING_PIN, P.PIN_CHANGED)
# ---------------------------------------------------------------- beside a citizen


def _begin_assisting(state: State, _intent: view.AssistCitizen) -> Result:
    return _with(state, problem=None, news=None).enter(P.ASSIST), ()


def _citizen_came(state: State, event: CardTapped) -> Result:
    """The citizen's own visit, with their own card and PIN; the officer's is over."""
    helper = Helper(work_of(state).name, state.guest.card)
    if event.identity == helper.identity:
        return _with(state, problem=_REFUSED_TAPS["officerCard"]), ()
    state, commands = card_again(state, event)
    return (state.with_guest(helper=helper) if state.visit else state), commands


_BACK = row(_back, P.OFFICER)
_SEEN = row(_seen)

OFFICER: dict[tuple[Phase, type], Transition] = {
    (P.OPENING, OfficerOpened): row(_opened, P.OFFICER),
    (P.OFFICER, EnrolmentsSeen): _SEEN,
    (P.OFFICER, view.EnrolCard): row(_begin, P.ENROL_NIK),
    (P.OFFICER, view.ChangePin): BEGIN,
    (P.OFFICER, view.UnlockCard): row(_begin_unlock, P.UNLOCK),
    (P.OFFICER, view.ResetPin): row(_begin_reset, P.ENROL_NIK),
    (P.OFFICER, view.AssistCitizen): row(_begin_assisting, P.ASSIST),
    (P.ASSIST, CardTapped): row(_citizen_came, P.LOOKING_UP, P.GOODBYE),
    (P.ASSIST, CardFailed): row(_failed),
    (P.ASSIST, view.Back): _BACK,
    (P.ASSIST, view.Finish): FINISH,
    (P.OFFICER, view.Finish): FINISH,
    (P.OFFICER, CardTapped): AGAIN,
    (P.ENROL_NIK, view.Digit): row(_nik_digit),
    (P.ENROL_NIK, view.Erase): row(_nik_erase),
    (P.ENROL_NIK, view.Next): row(_nik_done, P.ENROL_CARD),
    (P.ENROL_NIK, view.Back): _BACK,
    (P.ENROL_NIK, view.Finish): FINISH,
    (P.ENROL_CARD, TapAwaited): row(_tap_awaited),
    (P.ENROL_CARD, CardNotAgreed): row(_not_agreed, P.ENROL_CARD),
    (P.ENROL_CARD, CardAgreed): row(_agreed, P.ENROL_PIN),
    (P.ENROL_CARD, view.Back): _BACK,
    (P.ENROL_CARD, view.Finish): FINISH,
    (P.ENROL_PIN, view.Digit): row(_pin_digit, P.ENROLLING),
    (P.ENROL_PIN, view.Erase): row(_pin_erase),
    (P.ENROL_PIN, view.Back): _BACK,
    (P.ENROL_PIN, view.Finish): FINISH,
    (P.ENROLLING, EnrolmentStored): row(_stored, P.ENROLLED),
    (P.ENROLLING, EnrolmentNotStored): row(_not_stored, P.NOTICE),
    (P.ENROLLED, EnrolmentsSeen): _SEEN,
    (P.ENROLLED, view.GoHome): _BACK,
    (P.ENROLLED, view.Finish): FINISH,
    (P.UNLOCK, CardTapped): row(_tapped),
    (P.UNLOCK, CardFailed): row(_failed),
    (P.UNLOCK, CardUnlocked): row(_unlocked),
    (P.UNLOCK, view.Back): _BACK,
    (P.UNLOCK, view.Finish): FINISH,
    **dict.fromkeys(((phase, EnrolmentsSeen) for phase in _PIN_PHASES), _SEEN),
}
"""(phase, event or intent) -> what is done. Read it as the story of an officer's visit."""
