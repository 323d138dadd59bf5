"""A new PIN, for a citizen or an officer: the present one once more, a new one, and that again.

``CHANGE`` is its part of the session's table. ``choose`` is what enrolment shares with it.
"""

from __future__ import annotations

from dataclasses import replace

from firmware.core import pins, view
from firmware.core.asking import go_home
from firmware.core.citizen import (
    AGAIN,
    FINISH,
    LETTERS,
    TAKEN,
    damaged,
    locked,
    unknown,
    wrong_pin,
)
from firmware.core.commands import ChangePin, CheckPin
from firmware.core.events import (
    CardLocked,
    CardTaken,
    CardTapped,
    CardUnknown,
    LettersChanged,
    PinChanged,
    PinChecked,
    PinNotChanged,
    PinRefused,
    VaultDamaged,
)
from firmware.core.notices import PIN_NOT_CHANGED
from firmware.core.state import NewPin, Phase, State
from firmware.core.transition import Result, Transition, row, tell
from firmware.core.view import Say

P = Phase


def choose(new: NewPin, digit: int, nik: str, born: str) -> tuple[NewPin, Say | None]:
    """A digit of a new PIN; with what is wrong when the sixth of them ended it badly. It is
    chosen once ``asks`` is ``again`` and ``typed`` equals ``chosen``.
    """
    new = replace(new, typed=new.typed + str(digit))
    if len(new.typed) < view.PIN_LENGTH:
        return new, None
    if new.asks == "again":
        if new.typed == new.chosen:
            return new, None
        return replace(new, asks="new", typed="", chosen=""), pins.NOT_THE_SAME
    if new.typed == new.old:
        return replace(new, typed=""), pins.SAME_AS_BEFORE
    problem = pins.weakness(new.typed, nik, born)
    if problem is not None:
        return replace(new, typed=""), problem
    return replace(new, asks="again", typed="", chosen=new.typed), None


def is_chosen(new: NewPin) -> bool:
    """Whether the same new PIN was typed twice."""
    return new.asks == "again" and new.typed == new.chosen


def _new_pin(state: State) -> NewPin:
    new = state.guest.new_pin
    assert new is not None
    return new


def _begin(state: State, _intent: view.ChangePin) -> Result:
    return state.with_guest(new_pin=NewPin("old"), pin_message=None).enter(P.NEW_PIN), ()


def _digit(state: State, intent: view.Digit) -> Result:
    new = _new_pin(state)
    if state.now < state.guest.pin_from or not 0 <= intent.digit <= 9:
        return state, ()
    return _old_digit(state, intent) if new.asks == "old" else _new_digit(state, intent)


def _old_digit(state: State, intent: view.Digit) -> Result:
    guest, new = state.guest, _new_pin(state)
    typed = new.typed + str(intent.digit)
    state = state.with_guest(new_pin=replace(new, typed=typed), pin_message=None)
    if len(typed) < view.PIN_LENGTH:
        return state, ()
    state = state.with_guest(new_pin=NewPin("old", old=typed)).enter(P.CHECKING_PIN)
    return state, (CheckPin(guest.number, guest.card, typed),)


def _new_digit(state: State, intent: view.Digit) -> Result:
    guest = state.guest
    nik, born = (guest.profile.nik, guest.profile.tanggal_lahir) if guest.profile else ("", "")
    new, problem = choose(_new_pin(state), intent.digit, nik, born)
    if not is_chosen(new):
        return state.with_guest(new_pin=new, pin_message=problem), ()
    state = state.with_guest(new_pin=None, pin_message=None).enter(P.CHANGING_PIN)
    return state, (ChangePin(guest.number, guest.card, new.chosen),)


def _erase(state: State, _intent: view.Erase) -> Result:
    new = _new_pin(state)
    return state.with_guest(new_pin=replace(new, typed=new.typed[:-1])), ()


def _checked(state: State, _event: PinChecked) -> Result:
    new = replace(_new_pin(state), asks="new", typed="")
    state = state.with_guest(new_pin=new, pin_message=None)
    return replace(state, touched_at=state.now).enter(P.NEW_PIN), ()


def _refused(state: State, event: PinRefused) -> Result:
    state = state.with_guest(
        new_pin=NewPin("old"),
        pin_message=wrong_pin(event),
        pin_from=state.now + event.wait_seconds,
    )
    return replace(state, touched_at=state.now).enter(P.NEW_PIN), ()


def _changed(state: State, _event: PinChanged) -> Result:
    return replace(state, touched_at=state.now).enter(P.PIN_CHANGED), ()


def _not_changed(state: State, _event: PinNotChanged) -> Result:
    return tell(state, PIN_NOT_CHANGED)


def _back(state: State, intent: object) -> Result:
    """To the visitor's own page, which is another for an officer."""
    if state.guest.officer is None:
        return go_home(state, intent)
    return state.with_guest(new_pin=None, pin_message=None).enter(P.OFFICER), ()


_BACK = row(_back, P.HOME, P.OFFICER)
_FAILED = row(_not_changed, P.NOTICE)

BEGIN = row(_begin, P.NEW_PIN)

CHANGE: dict[tuple[Phase, type], Transition] = {
    (P.HOME, view.ChangePin): BEGIN,
    (P.NEW_PIN, view.Digit): row(_digit, P.CHECKING_PIN, P.CHANGING_PIN),
    (P.NEW_PIN, view.Erase): row(_erase),
    (P.NEW_PIN, view.Back): _BACK,
    (P.NEW_PIN, view.Finish): FINISH,
    (P.NEW_PIN, CardTapped): AGAIN,
    (P.NEW_PIN, CardTaken): TAKEN,
    (P.CHECKING_PIN, PinChecked): row(_checked, P.NEW_PIN),
    (P.CHECKING_PIN, PinRefused): row(_refused, P.NEW_PIN),
    (P.CHECKING_PIN, CardLocked): row(locked, P.NOTICE),
    (P.CHECKING_PIN, CardUnknown): row(unknown, P.NOTICE),
    (P.CHECKING_PIN, VaultDamaged): row(damaged, P.NOTICE),
    (P.CHECKING_PIN, PinNotChanged): _FAILED,
    (P.CHECKING_PIN, CardTapped): AGAIN,
    (P.CHECKING_PIN, CardTaken): TAKEN,
    (P.CHANGING_PIN, PinChanged): row(_changed, P.PIN_CHANGED),
    (P.CHANGING_PIN, PinNotChanged): _FAILED,
    (P.PIN_CHANGED, LettersChanged): LETTERS,
    (P.PIN_CHANGED, view.GoHome): _BACK,
    (P.PIN_CHANGED, view.Finish): FINISH,
    (P.PIN_CHANGED, CardTapped): AGAIN,
    (P.PIN_CHANGED, CardTaken): TAKEN,
}
"""(phase, event or intent) -> what is done. Read it as the story of a new PIN."""
