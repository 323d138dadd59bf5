"""Letter types as data. What is checked of an answer stands in firmware.core.answers.

A catalogue is made at the regency from ``regency/letters/*/letter.toml`` and given to the
kiosks as JSON. Adding a letter type needs no code here.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from firmware.core.errors import CatalogueError
from firmware.core.request import PROFILE_LABELS
from firmware.core.words import WordsError, places_of

LANGUAGE = re.compile(r"[a-z]{2,3}")
"""A language's tag (BCP 47): its code of ISO 639, without a region."""
FORMAT = 2
"""The newest format of catalogues that this software can honour. What an older kiosk may pass over
(a picture, a suggestion) needs no new one; what it would get wrong (another kind of question) does.
"""
MOST_DAYS = 45_000
"""Some 123 years: no letter's date lies further off, neither ahead nor back."""

Kind = Literal["text", "choice", "date", "yesno", "number", "amount", "phone", "nik", "year"]
Capitals = Literal["sentence", "words"]


class Choice(msgspec.Struct, frozen=True):
    """One answer that can be chosen instead of typed."""

    value: str


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question.

    ``kind``: ``text`` is typed; ``choice`` is chosen (and typed when ``other`` is true);
    ``yesno`` is Ya or Tidak; ``date`` is a day as DD-MM-YYYY; ``number``, ``amount`` (rupiah),
    ``year``, ``phone`` and ``nik`` are figures alone. ``default`` for dates: ``today`` or
    ``today+Nd``. ``not_before`` names another date field of the same letter; a day may lie
    ``max_days_back`` to ``max_days_ahead`` days from today. ``least`` and ``most`` bound number,
    amount and year; a ``most`` of 0 is the largest there is, for a year this one. ``suggest``:
    what is proposed while a text is typed, or the name of a list that all letters share.
    ``capitals``: of the first word, or of every one (names). ``optional``: it may stay empty.
    """

    name: str
    label: str
    question: str
    kind: Kind = "text"
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    other: bool = False
    default: str = ""
    min_length: int = 3
    max_length: int = 60
    not_before: str = ""
    max_days_ahead: int = 366
    max_days_back: int = 0
    least: int = 0
    most: int = 0
    suggest: str | tuple[str, ...] = ()
    capitals: Capitals = "sentence"
    optional: bool = False


class LetterType(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind of letter.

    ``code`` is the classification in the letter's number; ``need`` is what the citizen wants
    in plain words ("Mau buka usaha"); ``icon`` names a picture that the UI has; ``known``
    lists the profile's fields that are filled in and shown. ``texts``: for each language its own
    words for ``sentences`` (Indonesian: as they are); they are only shown. The letter and the
    answers that go into it are Indonesian. ``group`` is one of the catalogue's; ``often``: asked
    for so often that it stands on the first page. ``words``: what the letter will say, with
    {places} of the profile's and its own fields. ``proofs``: what must be brought.
    ``assisted``: asked for with an officer beside the citizen only.
    """

    id: str
    code: str
    title: str
    need: str
    icon: str
    known: tuple[str, ...]
    fields: tuple[Field, ...]
    texts: dict[str, dict[str, str]] = {}
    group: str = ""
    often: bool = False
    words: str = ""
    proofs: tuple[str, ...] = ()
    assisted: bool = False

    def in_words(self, text: str, language: str) -> str:
        """One of ``sentences`` in that language; as it is where nobody translated it."""
        return self.texts.get(language, {}).get(text, text)

    def field(self, name: str) -> Field | None:
        """The question of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """Letters that belong together for who looks for one. ``hint`` says which in a few words.
    ``texts``: both in other languages, as a letter's.
    """

    id: str
    title: str
    hint: str
    icon: str
    texts: dict[str, dict[str, str]] = {}

    def in_words(self, text: str, language: str) -> str:
        """``title`` or ``hint`` in that language."""
        return self.texts.get(language, {}).get(text, text)


class Catalogue(msgspec.Struct, frozen=True, omit_defaults=True):
    """All letter types that a kiosk offers; ``lists`` are what their fields may suggest from."""

    version: int
    letters: tuple[LetterType, ...]
    groups: tuple[Group, ...] = ()
    lists: dict[str, tuple[str, ...]] = {}
    format: int = 1

    def get(self, letter_id: str) -> LetterType | None:
        """The letter type of that id, or None."""
        return next((letter for letter in self.letters if letter.id == letter_id), None)

    def title(self, title: str, language: str) -> str:
        """The title of a letter that was once asked for, in that language."""
        letter = next((letter for letter in self.letters if letter.title == title), None)
        return letter.in_words(title, language) if letter is not None else title

    def suggestions(self, field: Field) -> tuple[str, ...]:
        """All that ``field`` may propose."""
        if isinstance(field.suggest, str):
            return self.lists.get(field.suggest, ())
        return field.suggest


def sentences(letter: LetterType) -> tuple[str, ...]:
    """All of a letter that a citizen reads, in Indonesian; each once. Its words are Indonesian."""
    texts = [letter.title, letter.need, *letter.proofs]
    for field in letter.fields:
        texts += [field.label, field.question, field.hint, *(one.value for one in field.choices)]
    return tuple(dict.fromkeys(text for text in texts if text))


def needed_format(letter: LetterType) -> int:
    """The least format of a catalogue with this letter."""
    old = all(
        field.kind in ("text", "choice", "date") and not field.optional and not field.max_days_back
        for field in letter.fields
    )
    return 1 if old and not letter.assisted else 2  # it would be offered to citizens alone


class _Header(msgspec.Struct, frozen=True):
    """What tells whether the rest can be read."""

    format: int = 1


def decode_catalogue(raw: bytes) -> Catalogue:
    """Read a catalogue from JSON; raises CatalogueError with the place of the mistake."""
    try:
        header = msgspec.json.decode(raw, type=_Header)
        if header.format > FORMAT:
            raise CatalogueError(
                f"the letter catalogue is too new: it has format {header.format}, this kiosk reads"
                f" up to {FORMAT}; update the kiosk's software first"
            )
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
    groups = {group.id for group in catalogue.groups}
    for letter in catalogue.letters:
        _check_letter(letter)
        if letter.group and letter.group not in groups:
            raise CatalogueError(f"letter {letter.id!r}: there is no group {letter.group!r}")
        for field in letter.fields:
            if isinstance(field.suggest, str) and field.suggest not in catalogue.lists:
                raise CatalogueError(f"letter {letter.id!r}: there is no list {field.suggest!r}")


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
    try:
        strangers = sorted(places_of(letter.words) - set(PROFILE_LABELS) - set(names))
    except WordsError as error:
        raise CatalogueError(f"letter {letter.id!r}: its words: {error}") from error
    if strangers:
        raise CatalogueError(f"letter {letter.id!r}: its words name {strangers[0]!r}")
    for field in letter.fields:
        if not 0 <= field.max_days_back <= MOST_DAYS:
            raise CatalogueError(
                f"letter {letter.id!r}: max_days_back of {field.name!r} must be 0 to {MOST_DAYS}"
            )
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
