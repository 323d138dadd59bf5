"""What the screen shows while a letter is asked for. Pure; a part of firmware.core.projection."""

from __future__ import annotations

from collections.abc import Callable

from firmware.core import amounts, asking, filling, view
from firmware.core.answers import NO, YES, written
from firmware.core.calendar import format_date, long_date, parse_date
from firmware.core.letters import Field, Group, LetterType
from firmware.core.request import PROFILE_LABELS
from firmware.core.shortcuts import shortcuts
from firmware.core.state import Phase, State
from firmware.core.suggestions import suggested
from firmware.core.view import Answered, Known, LetterItem, Option, Say
from firmware.core.words import filled_in

_YES_NO = {YES: Say("Ya"), NO: Say("Tidak")}


def _letters(state: State) -> view.Screen:
    groups, group = asking.groups(state), state.guest.group
    items = tuple(
        LetterItem(
            letter.id,
            _in(state, letter, letter.title),
            _in(state, letter, letter.need),
            letter.icon,
            _proofs(state, letter),
        )
        for letter in asking.listed(state)
    )
    if group == "":
        shown = tuple(
            view.LetterGroup(g.id, _in(state, g, g.title), _in(state, g, g.hint), g.icon)
            for g in groups
        )
        return view.LetterList(items, shown)
    title = next((_in(state, g, g.title) for g in groups if g.id == group), "")
    return view.LetterList(items, more=bool(groups) and group is None, title=title)


def _in(state: State, of: LetterType | Group, text: str) -> str:
    """A text of a letter or group in the visitor's language."""
    return of.in_words(text, state.preferences.language)


def _proofs(state: State, letter: LetterType) -> tuple[str, ...]:
    return tuple(_in(state, letter, proof) for proof in letter.proofs)


def _known(state: State, letter: LetterType) -> tuple[Known, ...]:
    profile = state.guest.profile
    return tuple(Known(PROFILE_LABELS[name], getattr(profile, name)) for name in letter.known)


def _form(state: State) -> view.Screen:
    letter = filling.letter_of(state)
    rows = _rows(state, letter) if state.preferences.one_page else ()
    return view.Form(
        _in(state, letter, letter.title),
        _known(state, letter),
        _question(state),
        rows,
        state.preferences.keys,
    )


def _question(state: State) -> view.Question:
    letter, field, guest = filling.letter_of(state), filling.current_field(state), state.guest
    position, value = guest.position, guest.answers[field.name]
    is_counted = position in guest.asked and not guest.mending
    return view.Question(
        name=field.name,
        label=_in(state, letter, field.label),
        question=_in(state, letter, field.question),
        hint=_in(state, letter, field.hint),
        kind="choice" if field.kind == "yesno" else field.kind,
        choices=_choices(state, letter, field),
        other=field.other,
        value=value,
        problem=filling.problem(state, position),
        position=guest.asked.index(position) + 1 if is_counted else 0,
        total=len(guest.asked) if is_counted else 0,
        suggestions=_suggestions(state, field, value),
        shortcuts=shortcuts(field, guest.answers, state.today) if field.kind == "date" else (),
        start=format_date(state.today) if field.kind == "date" else "",
        reading=_reading(field, value),
        capitals=field.capitals,
    )


def _choices(state: State, letter: LetterType, field: Field) -> tuple[Option, ...]:
    if field.kind == "yesno":
        return tuple(Option(value, shown) for value, shown in _YES_NO.items())
    return tuple(Option(choice.value, _in(state, letter, choice.value)) for choice in field.choices)


def _suggestions(state: State, field: Field, value: str) -> tuple[str, ...]:
    if field.kind != "text":
        return ()
    return suggested(state.catalogue.suggestions(field), value)


def _reading(field: Field, value: str) -> str:
    if field.kind not in ("number", "amount") or not value.isdecimal() or len(value) > 15:
        return ""
    words = amounts.in_words(int(value))
    return f"{words} rupiah" if field.kind == "amount" else words


def _rows(state: State, letter: LetterType) -> tuple[Answered, ...]:
    answers = filling.final_answers(state)
    return tuple(
        Answered(
            field.name,
            _in(state, letter, field.label),
            _answer(state, letter, field, answers[field.name]),
            filling.problem(state, position),
        )
        for position, field in enumerate(letter.fields)
    )


def _answer(state: State, letter: LetterType, field: Field, answer: str) -> Say | str:
    """What was chosen is shown as it was offered; what was typed, as letters write it."""
    if field.kind == "yesno":
        return _YES_NO.get(answer, answer)
    return _in(state, letter, answer) if field.kind == "choice" else written(field, answer)


def _review(state: State) -> view.Screen:
    letter = filling.letter_of(state)
    return view.Review(
        _in(state, letter, letter.title),
        _known(state, letter),
        _rows(state, letter),
        filled_in(letter.words, _values(state, letter)) if letter.words else (),
        _proofs(state, letter),
    )


def _values(state: State, letter: LetterType) -> dict[str, str]:
    """What the places of a letter's words stand for."""
    answers, profile = filling.final_answers(state), state.guest.profile
    values = {name: getattr(profile, name) for name in PROFILE_LABELS}
    for field in letter.fields:
        day = parse_date(answers[field.name]) if field.kind == "date" else None
        values[field.name] = long_date(day) if day else written(field, answers[field.name])
    return values


ASKING_SCREENS: dict[Phase, Callable[[State], view.Screen]] = {
    Phase.LETTERS: _letters,
    Phase.FORM: _form,
    Phase.REVIEW: _review,
}
