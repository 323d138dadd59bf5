"""Letter types as data, and the checks of what a citizen answers.

A catalogue is made at the regency from ``regency/letters/*/letter.toml`` and given to the
kiosks as JSON. Adding a letter type needs no code here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec

from firmware.core.errors import CatalogueError
from firmware.core.request import PROFILE_LABELS
from firmware.core.view import Say

# Letters of every script that Indonesian names use, digits and the punctuation of addresses.
_TEXT = re.compile(r"[^\W_](?:[^\W_]|[ .,'’()/&:;+\-])*", re.UNICODE)
_DATE = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")
_DEFAULT_DATE = re.compile(r"today(?:\+([0-9]{1,4})d)?")
LANGUAGE = re.compile(r"[a-z]{2,3}")
"""A language's tag (BCP 47): its code of ISO 639, without a region."""
MOST_DAYS = 36_525
"""A hundred years: no letter's date lies further ahead."""


class Choice(msgspec.Struct, frozen=True):
    """One answer that can be chosen instead of typed."""

    value: str


class Field(msgspec.Struct, frozen=True):
    """One question.

    ``kind``: ``text`` is typed, ``choice`` is chosen (and typed when ``other`` is true),
    ``date`` is a day as DD-MM-YYYY. ``default`` for dates: ``today`` or ``today+Nd``.
    ``not_before`` names another date field of the same letter.
    """

    name: str
    label: str
    question: str
    kind: Literal["text", "choice", "date"] = "text"
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    other: bool = False
    default: str = ""
    min_length: int = 3
    max_length: int = 60
    not_before: str = ""
    max_days_ahead: int = 366


class LetterType(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind of letter.

    ``code`` is the classification in the letter's number; ``need`` is what the citizen wants
    in plain words ("Mau buka usaha"); ``icon`` names a picture that the UI has; ``known``
    lists the profile's fields that are filled in and shown. ``texts``: for each language its own
    words for ``sentences`` (Indonesian: as they are); they are only shown. The letter and the
    answers that go into it are Indonesian.
    """

    id: str
    code: str
    title: str
    need: str
    icon: str
    known: tuple[str, ...]
    fields: tuple[Field, ...]
    texts: dict[str, dict[str, str]] = {}

    def in_words(self, text: str, language: str) -> str:
        """One of ``sentences`` in that language; as it is where nobody translated it."""
        return self.texts.get(language, {}).get(text, text)


class Catalogue(msgspec.Struct, frozen=True):
    """All letter types that a kiosk offers."""

    version: int
    letters: tuple[LetterType, ...]

    def get(self, letter_id: str) -> LetterType | None:
        """The letter type of that id, or None."""
        return next((letter for letter in self.letters if letter.id == letter_id), None)

    def title(self, title: str, language: str) -> str:
        """The title of a letter that was once asked for, in that language."""
        letter = next((letter for letter in self.letters if letter.title == title), None)
        return letter.in_words(title, language) if letter is not None else title


def sentences(letter: LetterType) -> tuple[str, ...]:
    """All of a letter that a citizen reads, in Indonesian; each once."""
    texts = [letter.title, letter.need]
    for field in letter.fields:
        texts += [field.label, field.question, field.hint, *(one.value for one in field.choices)]
    return tuple(dict.fromkeys(text for text in texts if text))


def decode_catalogue(raw: bytes) -> Catalogue:
    """Read a catalogue from JSON; raises CatalogueError with the place of the mistake."""
    try:
        catalogue = msgspec.json.decode(raw, type=Catalogue)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError(f"the letter catalogue is not readable: {error}") from error
    check_catalogue(catalogue)
    return catalogue


def check_catalogue(catalogue: Catalogue) -> None:
    """Raise CatalogueError for what the types alone cannot hold."""
    ids = [letter.id for letter in catalogue.letters]
    if len(set(ids)) != len(ids) or not ids:
        raise CatalogueError("the letter catalogue is empty or names a letter twice")
    for letter in catalogue.letters:
        _check_letter(letter)


def _check_letter(letter: LetterType) -> None:
    for language, texts in letter.texts.items():
        if LANGUAGE.fullmatch(language) is None or not all(map(str.strip, texts.values())):
            raise CatalogueError(f"letter {letter.id!r}: its texts in {language!r} are no texts")
    names = [field.name for field in letter.fields]
    if len(set(names)) != len(names):
        raise CatalogueError(f"letter {letter.id!r} names a field twice")
    strangers = sorted(set(letter.known) - set(PROFILE_LABELS))
    if strangers:
        raise CatalogueError(f"letter {letter.id!r}: a profile has no field {strangers[0]!r}")
    for field in letter.fields:
        if not 0 <= field.max_days_ahead <= MOST_DAYS:
            raise CatalogueError(
                f"letter {letter.id!r}: max_days_ahead of {field.name!r} must be 0 to {MOST_DAYS}"
            )
        if field.kind == "choice" and not field.choices:
            raise CatalogueError(f"letter {letter.id!r}: choice {field.name!r} has no choices")
        if field.not_before and field.not_before not in names:
            raise CatalogueError(
                f"letter {letter.id!r}: {field.name!r} refers to {field.not_before!r}, "
                "which is no field of this letter"
            )


def default_answer(field: Field, today: date) -> str:
    """What stands in the field before the citizen says anything."""
    if field.kind != "date":
        return field.default
    match = _DEFAULT_DATE.fullmatch(field.default)
    if match is None:
        return ""
    days = min(int(match[1] or 0), (date.max - today).days)  # a clock may stand at year 9999
    return format_date(today + timedelta(days=days))


def check_answer(field: Field, answers: Mapping[str, str], today: date) -> Say | None:
    """The sentence that says what to mend in the answer to ``field``; None when it is good."""
    value = answers.get(field.name, "").strip()
    if not value:
        return Say("Bagian ini belum diisi.")
    if field.kind == "date":
        return _check_date(field, value, answers, today)
    if field.kind == "choice" and value in {choice.value for choice in field.choices}:
        return None
    if field.kind == "choice" and not field.other:
        return Say("Pilih salah satu jawaban yang tersedia.")
    return _check_text(field, value)


def _check_text(field: Field, value: str) -> Say | None:
    if _TEXT.fullmatch(value) is None:
        return Say("Gunakan huruf, angka, dan tanda baca biasa saja, diawali huruf atau angka.")
    if len(value) < field.min_length:
        return Say("Terlalu pendek. Tulis paling sedikit {n} huruf.", {"n": str(field.min_length)})
    if len(value) > field.max_length:
        return Say("Terlalu panjang. Tulis paling banyak {n} huruf.", {"n": str(field.max_length)})
    return None


def _check_date(field: Field, value: str, answers: Mapping[str, str], today: date) -> Say | None:
    day = parse_date(value)
    if day is None:
        return Say("Tanggal ini tidak ada. Tulis tanggal-bulan-tahun, misalnya 17-08-2026.")
    if day < today:
        return Say("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya.")
    if (day - today).days > field.max_days_ahead:
        return Say(
            "Tanggal ini terlalu jauh. Paling lama {n} hari dari sekarang.",
            {"n": str(field.max_days_ahead)},
        )
    earliest = parse_date(answers.get(field.not_before, ""))
    if earliest is not None and day < earliest:
        return Say("Tanggal akhir tidak boleh sebelum tanggal awal.")
    return None


def parse_date(text: str) -> date | None:
    """DD-MM-YYYY to a day; None when it is no day of the calendar."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def format_date(day: date) -> str:
    """A day as DD-MM-YYYY."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"
