"""Filling in a form: the answers of the visit at hand, and what is still wrong in them."""

from __future__ import annotations

from datetime import date

from firmware.core.answers import check_answer, default_answer
from firmware.core.letters import Field, LetterType
from firmware.core.state import State
from firmware.core.view import Say

_LONGEST_ANSWER = 200


def letter_of(state: State) -> LetterType:
    """The letter being asked for; only in phases that have one."""
    letter = state.guest.letter
    assert letter is not None
    return letter


def current_field(state: State) -> Field:
    """The question on the screen."""
    return letter_of(state).fields[state.guest.position]


def prefilled(letter: LetterType, today: date) -> dict[str, str]:
    """Answers that stand in the form before the citizen says anything."""
    return {field.name: default_answer(field, today) for field in letter.fields}


def to_ask(letter: LetterType, answers: dict[str, str], today: date) -> tuple[int, ...]:
    """The questions that must be asked: what is filled in well already is seen in the review."""
    return tuple(
        position
        for position, field in enumerate(letter.fields)
        if not answers[field.name] or check_answer(field, answers, today) is not None
    )


def clean(text: str) -> str:
    """What was typed, without control characters and not endless."""
    return "".join(char for char in text if char.isprintable())[:_LONGEST_ANSWER]


def problem(state: State, position: int) -> Say | None:
    """What to mend in the answer at ``position``; None when it is good."""
    field = letter_of(state).fields[position]
    return check_answer(field, state.guest.answers, state.today)


def first_problem(state: State) -> int | None:
    """The first question whose answer is not good; None when all are."""
    positions = range(len(letter_of(state).fields))
    return next((n for n in positions if problem(state, n) is not None), None)


def following(state: State) -> int | None:
    """The question after the one at hand; None when all is answered well."""
    guest = state.guest
    if guest.mending or state.preferences.one_page:
        return first_problem(state)
    later = (n for n in guest.asked if n > guest.position)
    return next(later, first_problem(state))


def preceding(state: State) -> int | None:
    """The question before the one at hand; None when it is the first."""
    guest = state.guest
    earlier = [n for n in guest.asked if n < guest.position]
    return earlier[-1] if earlier and not state.preferences.one_page else None


def position_of(state: State, name: str) -> int | None:
    """Where the question of that name stands."""
    names = [field.name for field in letter_of(state).fields]
    return names.index(name) if name in names else None


def final_answers(state: State) -> dict[str, str]:
    """The answers as they are sent: no spaces at the ends, none doubled."""
    answers = state.guest.answers
    return {field.name: " ".join(answers[field.name].split()) for field in letter_of(state).fields}
