"""Asking for a letter: which one, and its form. ``ASKING`` is its part of the session's table."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from firmware.core import filling, view
from firmware.core.commands import RefreshLetters
from firmware.core.letters import Group, LetterType
from firmware.core.state import Phase, State
from firmware.core.transition import Result, Transition, row

P = Phase
AT_ONCE = 6
"""So many letters are listed without asking for a group first."""


def go_home(state: State, _intent: object) -> Result:
    """Back to the visitor's own page."""
    guest = state.guest
    state = state.with_guest(letter=None, answers={}, position=0, filed=None, printing=None)
    state = state.with_guest(new_pin=None, errand=None, group=None)
    return state.enter(P.HOME), (RefreshLetters(guest.number),)


# ---------------------------------------------------------------- which letter


def offered(state: State) -> tuple[LetterType, ...]:
    """What this visitor may ask for: some letters only with an officer beside them."""
    is_helped = state.guest.helper is not None
    return tuple(one for one in state.catalogue.letters if is_helped or not one.assisted)


def groups(state: State) -> tuple[Group, ...]:
    """The groups that have letters; none where all letters fit a page."""
    if len(offered(state)) <= AT_ONCE:
        return ()
    used = {letter.group for letter in offered(state)}
    return tuple(group for group in state.catalogue.groups if group.id in used)


def listed(state: State) -> tuple[LetterType, ...]:
    """The letters on the page at hand: those of a group, those asked for most, or all."""
    letters, group = offered(state), state.guest.group
    if not groups(state):
        return letters
    if group is None:
        often = tuple(letter for letter in letters if letter.often) or letters
        return often[: AT_ONCE - 1]
    return tuple(letter for letter in letters if letter.group == group) if group else _loose(state)


def _loose(state: State) -> tuple[LetterType, ...]:
    """Letters in no group stand beside the groups."""
    return tuple(letter for letter in offered(state) if not letter.group)


def _new_letter(state: State, _intent: view.NewLetter) -> Result:
    return state.with_guest(group=None).enter(P.LETTERS), ()


def _choose_group(state: State, intent: view.ChooseGroup) -> Result:
    known = {group.id for group in groups(state)}
    if not known or intent.group_id not in known | {""}:
        return state, ()
    return state.with_guest(group=intent.group_id), ()


def _back_from_letters(state: State, intent: view.Back) -> Result:
    group = state.guest.group
    if group is None:
        return go_home(state, intent)
    return state.with_guest(group="" if group else None), ()


def _choose_letter(state: State, intent: view.ChooseLetter) -> Result:
    letter = next((one for one in offered(state) if one.id == intent.letter_id), None)
    if letter is None:
        return state, ()
    answers = filling.prefilled(letter, state.today)
    asked = filling.to_ask(letter, answers, state.today)
    state = state.with_guest(letter=letter, answers=answers, asked=asked, mending=False)
    if not asked:
        return state.with_guest(position=0).enter(P.REVIEW), ()
    return state.with_guest(position=asked[0]).enter(P.FORM), ()


# ---------------------------------------------------------------- its form


def _answer(state: State, intent: view.Answer) -> Result:
    field = filling.current_field(state)
    if intent.name != field.name:
        return state, ()
    answers = {**state.guest.answers, field.name: filling.clean(intent.value)}
    return state.with_guest(answers=answers), ()


def _go_on(state: State, _intent: view.Next) -> Result:
    """To the next question; on one page a question that is not good is no reason to stay."""
    guest = state.guest
    if not state.preferences.one_page and filling.problem(state, guest.position) is not None:
        return state, ()
    position = filling.following(state)
    if position is None:
        return state.with_guest(mending=False).enter(P.REVIEW), ()
    return state.with_guest(position=position), ()


def _go_back(state: State, _intent: view.Back) -> Result:
    if state.guest.mending:
        return state.with_guest(mending=False).enter(P.REVIEW), ()
    position = filling.preceding(state)
    if position is not None:
        return state.with_guest(position=position), ()
    return _another_letter(state)


def _another_letter(state: State) -> Result:
    return state.with_guest(letter=None, answers={}, asked=()).enter(P.LETTERS), ()


def _arrange(state: State, intent: view.Arrange) -> Result:
    chosen = msgspec.structs.replace(state.preferences, one_page=intent.one_page)
    return replace(state, chosen=chosen), ()


def _open_in_form(state: State, intent: view.OpenQuestion) -> Result:
    """Only where all questions stand there to be touched."""
    position = filling.position_of(state, intent.name)
    if position is None or not state.preferences.one_page:
        return state, ()
    return state.with_guest(position=position), ()


def _open_from_review(state: State, intent: view.OpenQuestion) -> Result:
    position = filling.position_of(state, intent.name)
    if position is None:
        return state, ()
    return state.with_guest(position=position, mending=True).enter(P.FORM), ()


def _back_from_review(state: State, _intent: view.Back) -> Result:
    asked = state.guest.asked
    if not asked:
        return _another_letter(state)
    return state.with_guest(position=asked[-1], mending=False).enter(P.FORM), ()


ASKING: dict[tuple[Phase, type], Transition] = {
    (P.HOME, view.NewLetter): row(_new_letter, P.LETTERS),
    (P.LETTERS, view.ChooseGroup): row(_choose_group),
    (P.LETTERS, view.ChooseLetter): row(_choose_letter, P.FORM, P.REVIEW),
    (P.LETTERS, view.Back): row(_back_from_letters, P.HOME),
    (P.FORM, view.Answer): row(_answer),
    (P.FORM, view.OpenQuestion): row(_open_in_form),
    (P.FORM, view.Arrange): row(_arrange),
    (P.FORM, view.Next): row(_go_on, P.REVIEW),
    (P.FORM, view.Back): row(_go_back, P.LETTERS, P.REVIEW),
    (P.REVIEW, view.OpenQuestion): row(_open_from_review, P.FORM),
    (P.REVIEW, view.Back): row(_back_from_review, P.FORM, P.LETTERS),
}
"""(phase, intent) -> what is done between home and sending."""
