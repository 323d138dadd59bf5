"""letter.toml to LetterType, with every mistake named: file, line, what is wrong, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import msgspec

from firmware.core.letters import Capitals, Field, Kind, LetterType
from regency.letters.files import Mistake, read_toml
from regency.letters.rules import broken_rules
from regency.letters.texts import read_texts

_FOLDER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TYPES = {str: "text in quotes", int: "a whole number", bool: "true or false", list: "a list"}
_LETTER_KEYS: dict[str, type | tuple[type, ...]] = {
    "code": str,
    "title": str,
    "need": str,
    "icon": str,
    "known": list,
    "fields": list,
    "group": str,
    "often": bool,
    "assisted": bool,
    "words": str,
    "proofs": list,
}
_FIELD_KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "label": str,
    "question": str,
    "kind": str,
    "hint": str,
    "choices": list,
    "other": bool,
    "default": str,
    "min_length": int,
    "max_length": int,
    "not_before": str,
    "max_days_ahead": int,
    "max_days_back": int,
    "least": int,
    "most": int,
    "suggest": (str, list),
    "capitals": str,
    "optional": bool,
}
_KINDS = get_args(Kind)


def read_letters(folder: Path) -> tuple[tuple[LetterType, ...], tuple[Mistake, ...]]:
    """All letters that are right, and all mistakes in the others."""
    letters: list[LetterType] = []
    mistakes: list[Mistake] = []
    for place in sorted(path for path in folder.iterdir() if _is_letter_folder(path)):
        letter, found = _read_letter(place)
        mistakes.extend(found)
        if letter is not None:
            letters.append(letter)
    if not letters and not mistakes:
        mistakes.append(Mistake(folder, 0, "there is no letter here; make a folder for one"))
    return tuple(letters), tuple(mistakes)


def _is_letter_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "__"))


def _read_letter(place: Path) -> tuple[LetterType | None, list[Mistake]]:
    file = place / "letter.toml"
    mistakes = list(_folder_mistakes(place))
    read = read_toml(file)
    if isinstance(read, Mistake):
        return None, [*mistakes, read]
    source, table = read
    lines = Lines(source)
    found = list(_shape_mistakes(table))
    if not found:
        letter = _make(place.name, table)
        found = list(broken_rules(letter))
        if not found and not mistakes:
            texts, mistakes = read_texts(place, letter)
            if not mistakes:
                return msgspec.structs.replace(letter, texts=texts), []
    mistakes.extend(Mistake(file, lines.find(index, key), text) for index, key, text in found)
    return None, sorted(mistakes, key=lambda mistake: (str(mistake.file), mistake.line))


def _folder_mistakes(place: Path) -> Iterator[Mistake]:
    if _FOLDER.fullmatch(place.name) is None:
        yield Mistake(
            place, 0, "the folder's name is the letter's id: use a-z, 0-9 and single dashes only"
        )
    if not (place / "letter.typ").is_file():
        yield Mistake(place / "letter.typ", 0, "the file is missing; it says how the letter looks")


# ---------------------------------------------------------------- shape

_Found = tuple[int | None, str, str]
"""Which field (None: the letter itself), which key, what is wrong."""


def _shape_mistakes(table: Mapping[str, Any]) -> Iterator[_Found]:
    """Unknown and missing keys, and values of the wrong type."""
    required = {"code", "title", "need", "icon", "known", "fields"}
    yield from _table_mistakes(None, table, _LETTER_KEYS, required)
    for key in ("known", "proofs"):
        if isinstance(table.get(key), list):
            yield from _list_mistakes(None, key, table[key])
    fields = table.get("fields", [])
    for index, field in enumerate(fields if isinstance(fields, list) else []):
        if not isinstance(field, dict):
            yield None, "fields", "write every question as a [[fields]] table of its own"
            continue
        yield from _table_mistakes(index, field, _FIELD_KEYS, {"name", "label", "question"})
        yield from _field_mistakes(index, field)


def _field_mistakes(index: int, field: Mapping[str, Any]) -> Iterator[_Found]:
    for key in ("choices", "suggest"):
        if isinstance(field.get(key), list):
            yield from _list_mistakes(index, key, field[key])
    for key, known in (("kind", _KINDS), ("capitals", get_args(Capitals))):
        value = field.get(key, known[0])
        if isinstance(value, str) and value not in known:
            yield index, key, f"{key} {value!r} does not exist{nearest(value, known)}"


def _table_mistakes(
    index: int | None,
    table: Mapping[str, Any],
    keys: Mapping[str, type | tuple[type, ...]],
    required: set[str],
) -> Iterator[_Found]:
    for key, value in table.items():
        if key not in keys:
            yield index, key, f"key {key!r} does not exist{nearest(key, tuple(keys))}"
        elif type(value) not in _kinds_of(keys[key]):
            kinds = " or ".join(_TYPES[kind] for kind in _kinds_of(keys[key]))
            yield index, key, f"{key} must be {kinds}"
        elif value == "" and key in required:
            yield index, key, f"{key} is empty; write what belongs there"
    for key in sorted(required - table.keys()):
        yield index, key, f"{key} is missing{'' if index is None else ' in this field'}; add it"


def _kinds_of(kind: type | tuple[type, ...]) -> tuple[type, ...]:
    return kind if isinstance(kind, tuple) else (kind,)


def _list_mistakes(index: int | None, key: str, values: list[Any]) -> Iterator[_Found]:
    if not all(isinstance(value, str) and value.strip() for value in values):
        yield index, key, f"{key} must be a list of texts in quotes, none of them empty"


def nearest(word: str, known: tuple[str, ...]) -> str:
    """The end of a sentence: which one may have been meant."""
    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"


def _make(letter_id: str, table: Mapping[str, Any]) -> LetterType:
    fields = [
        {**field, "choices": [{"value": value} for value in field.get("choices", [])]}
        for field in table["fields"]
    ]
    return msgspec.convert({**table, "id": letter_id, "fields": fields}, LetterType)


class Lines:
    """Where a key stands in a letter.toml; tomllib does not say."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines()

    def find(self, index: int | None, key: str) -> int:
        """The line of ``key`` in the letter (None) or its field ``index``, from 1; the line
        of the table where the key is missing.
        """
        current, header = -1, 1
        for number, line in enumerate(self._lines, start=1):
            if re.match(r"\s*\[\[\s*\"?fields\"?\s*\]\]", line):
                current += 1
                header = number if current == index else header
            elif current == (-1 if index is None else index) and re.match(
                rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line
            ):
                return number
        return header


assert set(_FIELD_KEYS) == set(Field.__struct_fields__)
assert {*_LETTER_KEYS, "id", "texts"} == set(LetterType.__struct_fields__)
