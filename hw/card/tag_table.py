"""A village's table of card numbers: who has which tag, and what of it can be relied on. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hw.card.tag_numbers import (
    Habit,
    LearnTrouble,
    TagTrouble,
    digits_of,
    learn,
    read_tag,
    was_rounded,
)

WORDS: dict[TagTrouble, str] = {
    TagTrouble.NOT_DECIMAL: "the tag is not a decimal number",
    TagTrouble.ROUNDED: "a spreadsheet has rounded the tag; export it as text",
    TagTrouble.TOO_LARGE: "the tag is too large for a UID of ten bytes",
    TagTrouble.ZERO: "the tag is zero",
    TagTrouble.RANDOM: "the card gives another UID at every tap",
    TagTrouble.CUT: "the tag is only four bytes of a longer UID; tap the card again at enrolment",
    TagTrouble.MAYBE_CUT: (
        "the tag may be only four bytes of a longer UID; "
        "give --tap a card of seven bytes, or tap this one again at enrolment"
    ),
}


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A line of the file. ``repr`` hides whose it is."""

    line: int
    tag: str
    person: str

    def __repr__(self) -> str:
        return f"Entry(line={self.line})"


@dataclass(frozen=True, slots=True)
class LineError:
    """What is the matter with a line, in words without anybody's data."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why nothing at all can be brought over, as a sentence."""

    words: str


@dataclass(frozen=True, slots=True, repr=False)
class Imported:
    """Pairs of person and UID, and the lines that gave none. ``repr`` hides the pairs."""

    pairs: tuple[tuple[str, bytes], ...]
    errors: tuple[LineError, ...]

    def __repr__(self) -> str:
        return f"Imported(<{len(self.pairs)} pairs>, errors={self.errors!r})"


def read_entries(text: str, tag_column: str, id_column: str) -> tuple[Entry, ...] | Unusable:
    """The lines that have a tag."""
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(header))
    try:
        columns = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        for wanted in (tag_column, id_column):
            if columns.count(wanted) != 1:
                return Unusable(f"the header must name the column {wanted!r}, once")
        return tuple(_entries(reader, tag_column, id_column))
    except csv.Error as error:
        return Unusable(f"line {reader.line_num} is no CSV: {error}")


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _entries(reader: csv.DictReader[str], tag_column: str, id_column: str) -> Iterable[Entry]:
    for row in reader:
        tag = (row[tag_column] or "").strip()
        if tag and tag != "NULL":  # as database tools write "none"
            yield Entry(reader.line_num, tag, (row[id_column] or "").strip())


def find_habit(entries: Sequence[Entry], samples: Sequence[bytes]) -> Habit | Unusable:
    """How the village's reader writes, from cards whose whole UIDs are known and whose tags are
    among the entries. All must agree: a village may have had two readers.
    """
    habits: set[Habit] = set()
    for number, uid in enumerate(samples, start=1):
        learnt = {learn(entry.tag, uid) for entry in entries}
        if LearnTrouble.SAME_BOTH_WAYS in learnt:
            return Unusable(f"sample {number} reads the same from behind; take another card")
        found = {habit for habit in learnt if isinstance(habit, Habit)}
        if not found:
            return Unusable(f"no line has the tag of sample {number}")
        habits |= found
    if len({habit.order for habit in habits}) > 1:
        return Unusable("the samples disagree: the tags were made with readers of both orders")
    wholes = {habit.whole for habit in habits}
    whole = next((known for known in (False, True) if known in wholes), None)
    return Habit(habits.pop().order, whole)


def convert(entries: Sequence[Entry], habit: Habit) -> Imported:
    """Every entry's UID, or what is the matter with it. A UID of two people is nobody's."""
    rounded = was_rounded(entry.tag for entry in entries)
    uids = {entry.line: _uid_of(entry, habit, rounded) for entry in entries}
    owners = _owners(entries, uids)
    pairs: dict[bytes, str] = {}
    errors: list[LineError] = []
    for entry in entries:
        uid = uids[entry.line]
        if isinstance(uid, str):
            errors.append(LineError(entry.line, uid))
        elif len(owners[uid]) > 1:
            errors.append(LineError(entry.line, "another person has the same tag"))
        else:
            pairs[uid] = entry.person
    return Imported(tuple((person, uid) for uid, person in pairs.items()), tuple(errors))


def _uid_of(entry: Entry, habit: Habit, rounded: bool) -> bytes | str:
    """The entry's UID, or words on why it has none. ``rounded``: long numbers are not true."""
    uid = read_tag(entry.tag, habit)
    if isinstance(uid, TagTrouble):
        return WORDS[uid]
    if rounded and len(uid) > 4:
        return WORDS[TagTrouble.ROUNDED]
    if not entry.person.strip("0"):  # OpenSID's NIK of who has none yet is 0
        return "nobody is named"
    if digits_of(entry.person) is TagTrouble.ROUNDED:
        return "a spreadsheet has rounded whose tag it is"
    return uid


def _owners(entries: Sequence[Entry], uids: dict[int, bytes | str]) -> dict[bytes, set[str]]:
    owners: dict[bytes, set[str]] = {}
    for entry in entries:
        uid = uids[entry.line]
        if isinstance(uid, bytes):
            owners.setdefault(uid, set()).add(entry.person)
    return owners
