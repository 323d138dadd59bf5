"""What a letter must keep to beyond the types of its keys. One sentence for each breach."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches

from firmware.core.answers import check_answer, default_answer
from firmware.core.calendar import parse_date
from firmware.core.letters import MOST_DAYS, Field, LetterType
from firmware.core.request import PROFILE_LABELS
from firmware.core.words import WordsError, places_of

Broken = tuple[int | None, str, str]
"""Which field (None: the letter itself), which key, what is wrong and what to do."""

_CODE = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ICON = re.compile(r"[a-z][a-z0-9-]*")
_DATE_DEFAULT = re.compile(r"today(?:\+[0-9]{1,4}d)?")
_LONGEST = 200
_LONGEST_WORDS = 400
_SOME_DAY = date(2026, 1, 1)  # defaults are relative; any day shows whether they fit


def broken_rules(letter: LetterType) -> Iterator[Broken]:
    """Every rule that ``letter`` breaks."""
    if _CODE.fullmatch(letter.code) is None:
        yield None, "code", f"code {letter.code!r} must be figures and points, like 503 or 500.3"
    if _ICON.fullmatch(letter.icon) is None:
        yield None, "icon", f"icon {letter.icon!r} must be a picture's name in a-z, 0-9 and dashes"
    yield from _known(letter.known)
    yield from _twice(letter.fields)
    yield from _words(letter)
    for index, field in enumerate(letter.fields):
        yield from ((index, key, text) for key, text in _field(field, letter.fields[:index]))


def _known(known: tuple[str, ...]) -> Iterator[Broken]:
    for name in known:
        if name not in PROFILE_LABELS:
            near = get_close_matches(name, PROFILE_LABELS, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"there are: {_list(PROFILE_LABELS)}"
            yield None, "known", f"known: a profile has no {name!r}; {advice}"
    for name, times in Counter(known).items():
        if times > 1:
            yield None, "known", f"known names {name!r} twice; leave one out"


def _words(letter: LetterType) -> Iterator[Broken]:
    """Every place in the letter's words is a field of the profile or of the letter."""
    there = {*PROFILE_LABELS, *(field.name for field in letter.fields)}
    try:
        places = places_of(letter.words)
    except WordsError as error:
        yield None, "words", f"words: {error}"
        return
    for name in sorted(places - there):
        near = get_close_matches(name, there, n=1)
        advice = f"did you mean {{{near[0]}}}?" if near else "ask for it in a field"
        yield None, "words", f"words: there is no {{{name}}} to fill in; {advice}"
    if letter.words and len(letter.words) > _LONGEST_WORDS:
        yield None, "words", f"words must be {_LONGEST_WORDS} letters or fewer, to fit the screen"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _twice(fields: tuple[Field, ...]) -> Iterator[Broken]:
    seen: set[str] = set()
    for index, field in enumerate(fields):
        if field.name in seen:
            yield index, "name", f"field {field.name!r} is there twice; give one another name"
        seen.add(field.name)


def _field(field: Field, earlier: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    if _NAME.fullmatch(field.name) is None:
        yield "name", f"name {field.name!r} must be a-z, 0-9 and _, and begin with a letter"
    yield from _lengths(field)
    if field.kind == "choice":
        yield from _choice(field)
    elif field.choices or field.other:
        key = "choices" if field.choices else "other"
        yield key, f'{key} belongs to kind = "choice", but {field.name!r} is {field.kind}'
    if field.kind == "date":
        yield from _date(field, earlier)
    elif field.not_before or field.max_days_back:
        key = "not_before" if field.not_before else "max_days_back"
        yield key, f'{key} belongs to kind = "date", but {field.name!r} is none'
    yield from _bounds(field)
    if field.suggest and field.kind != "text":
        yield "suggest", f'suggest belongs to kind = "text", but {field.name!r} is {field.kind}'
    if field.kind not in ("choice", "date") and field.default and _refuses(field):
        yield "default", f"the default of {field.name!r} would itself be refused as an answer"


def _lengths(field: Field) -> Iterator[tuple[str, str]]:
    if field.min_length < 1:
        yield "min_length", "min_length must be 1 or more"
    if field.max_length > _LONGEST:
        yield "max_length", f"max_length must be {_LONGEST} or less, or the letter has no room"
    if field.max_length < field.min_length:
        yield "max_length", "max_length is less than min_length: no answer would be right"
    if field.max_days_ahead < 0:
        yield "max_days_ahead", "max_days_ahead must be 0 or more"
    for key in ("max_days_ahead", "max_days_back"):
        if getattr(field, key) > MOST_DAYS:
            yield key, f"{key} must be {MOST_DAYS} or less"
    if field.max_days_back < 0:
        yield "max_days_back", "max_days_back must be 0 or more"


def _bounds(field: Field) -> Iterator[tuple[str, str]]:
    if (field.least or field.most) and field.kind not in ("number", "amount", "year"):
        key = "least" if field.least else "most"
        yield key, f"{key} belongs to number, amount and year, but {field.name!r} is {field.kind}"
    if field.least < 0:
        yield "least", "least must be 0 or more"
    if field.most < 0 or (field.most and field.most < field.least):
        yield "most", "most is less than least: no answer would be right"


def _choice(field: Field) -> Iterator[tuple[str, str]]:
    values = [choice.value for choice in field.choices]
    if not values:
        yield "choices", f"choice {field.name!r} has no choices; list at least one"
    for value, times in Counter(values).items():
        if times > 1:
            yield "choices", f"{value!r} can be chosen twice; leave one out"
    if field.default and field.default not in values:
        yield "default", f"the default of {field.name!r} is none of its choices"


def _date(field: Field, earlier: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    if field.default and _DATE_DEFAULT.fullmatch(field.default) is None:
        yield "default", 'the default of a date must be "today" or like "today+180d"'
        return
    day = parse_date(default_answer(field, _SOME_DAY))
    if day is not None and (day - _SOME_DAY).days > field.max_days_ahead:
        yield "default", "the default lies beyond max_days_ahead; make one of them fit"
    if field.not_before and not any(
        other.name == field.not_before and other.kind == "date" for other in earlier
    ):
        yield (
            "not_before",
            f"not_before names {field.not_before!r}, which is no date field asked before this one",
        )


def _refuses(field: Field) -> bool:
    return check_answer(field, {field.name: field.default}, _SOME_DAY) is not None
