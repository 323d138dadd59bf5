"""Bring over the card numbers that OpenSID keeps (``tag_id_card``): decimal tags to UIDs.

    python -m hw.card.opensid --sample-uid 04A1B2C3D4E5F6 residents.csv > uids.csv

Reads a CSV file with a header, comma, semicolon or tab between columns. Nothing is written
unless every line is well, or ``--skip-bad`` is given; complaints name lines, never people.
Exit code: 0 all well, 1 some lines were bad, 2 the file or the options cannot be used.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hw.card.tag_numbers import (
    ByteOrder,
    Habit,
    LearnTrouble,
    TagTrouble,
    learn,
    looks_reversed,
    read_tag,
    was_rounded,
)

TAG_COLUMN = "tag_id_card"
ID_COLUMN = "nik"
DETECT = "detect"
_UID_LENGTHS = (4, 7, 10)

WORDS: dict[TagTrouble, str] = {
    TagTrouble.NOT_DECIMAL: "the tag is not a decimal number",
    TagTrouble.ROUNDED: "a spreadsheet has rounded the tag; export it as text",
    TagTrouble.TOO_LARGE: "the tag is too large for a UID of ten bytes",
    TagTrouble.ZERO: "the tag is zero",
    TagTrouble.RANDOM: "the card gives another UID at every tap",
    TagTrouble.CUT: "the tag is only four bytes of a longer UID; the card must be tapped again",
    TagTrouble.MAYBE_CUT: (
        "the tag may be only four bytes of a longer UID; "
        "give --sample-uid of a card of seven bytes, or tap this card again"
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
    """Every entry's UID, or what is the matter with it."""
    uids: dict[int, bytes] = {}
    errors: list[LineError] = []
    rounded = was_rounded(entry.tag for entry in entries)
    for entry in entries:
        uid = read_tag(entry.tag, habit)
        if isinstance(uid, bytes) and len(uid) > 4 and rounded:
            uid = TagTrouble.ROUNDED
        if isinstance(uid, TagTrouble):
            errors.append(LineError(entry.line, WORDS[uid]))
        elif not entry.person:
            errors.append(LineError(entry.line, "nobody is named"))
        else:
            uids[entry.line] = uid
    owners = _owners(entries, uids)
    pairs: dict[bytes, str] = {}
    for entry in entries:
        uid_here = uids.get(entry.line)
        if uid_here is None:
            continue
        if len(owners[uid_here]) > 1:
            errors.append(LineError(entry.line, "another person has the same tag"))
        else:
            pairs[uid_here] = entry.person
    ordered = sorted(errors, key=lambda error: error.line)
    return Imported(tuple((person, uid) for uid, person in pairs.items()), tuple(ordered))


def _owners(entries: Sequence[Entry], uids: dict[int, bytes]) -> dict[bytes, set[str]]:
    owners: dict[bytes, set[str]] = {}
    for entry in entries:
        if entry.line in uids:
            owners.setdefault(uids[entry.line], set()).add(entry.person)
    return owners


def bring_over(text: str, options: argparse.Namespace) -> Imported | Unusable:
    """The file's text to pairs, as the command line asks."""
    entries = read_entries(text, options.tag_column, options.id_column)
    if isinstance(entries, Unusable):
        return entries
    if not entries:
        return Unusable("no line has a tag")
    if was_rounded(entry.person for entry in entries):  # a NIK is longer than it keeps, too
        return Unusable(f"a spreadsheet has rounded {options.id_column!r}; export it as text")
    habit: Habit | Unusable
    if options.sample_uid:
        habit = find_habit(entries, options.sample_uid)
    elif options.order == DETECT:
        return Unusable("to detect the byte order, tap a card and give its UID as --sample-uid")
    else:
        habit = Habit(ByteOrder(options.order))
    if isinstance(habit, Unusable):
        return habit
    if options.order not in (DETECT, habit.order.value):
        return Unusable(f"the samples say that the order is {habit.order.value}")
    imported = convert(entries, habit)
    if not options.sample_uid and looks_reversed([uid for _, uid in imported.pairs]):
        return Unusable(
            f"the UIDs look reversed in the order {habit.order.value}; "
            "make sure of it with a card and --sample-uid"
        )
    return imported


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module."""
    options = _parser().parse_args(arguments)
    try:
        text = Path(options.file).read_bytes().decode("utf-8-sig")
    except OSError as error:
        return _complain(f"{options.file}: {error.strerror}")
    except UnicodeDecodeError:
        return _complain(f"{options.file} is not UTF-8; save it as CSV UTF-8")
    result = bring_over(text, options)
    if isinstance(result, Unusable):
        return _complain(result.words)
    for bad in result.errors:
        print(f"line {bad.line}: {bad.words}", file=sys.stderr)
    writes = not result.errors or options.skip_bad
    if writes:
        try:
            _write(_csv_of(result.pairs, options.id_column), options.output)
        except OSError as error:
            return _complain(f"{options.output or 'standard output'}: {error.strerror}")
    done = f"{len(result.pairs)} brought over" if writes else "nothing written"
    print(f"{done}, {len(result.errors)} bad lines", file=sys.stderr)
    return 1 if result.errors else 0


def _csv_of(pairs: Iterable[tuple[str, bytes]], id_column: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((id_column, "uid"))
    writer.writerows((person, uid.hex().upper()) for person, uid in pairs)
    return out.getvalue()


def _write(text: str, output: str | None) -> None:
    """All or nothing: a file appears whole, readable by its owner alone, or not at all."""
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    target = Path(output)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _complain(words: str) -> int:
    print(words, file=sys.stderr)
    return 2


def _uid(text: str) -> bytes:
    """A UID as readers show it: hex, with or without colons, blanks or dashes."""
    try:
        uid = bytes.fromhex(text.replace(":", " ").replace("-", " "))
    except ValueError:
        raise argparse.ArgumentTypeError("a UID is hex") from None
    if len(uid) not in _UID_LENGTHS:
        raise argparse.ArgumentTypeError("a UID has 4, 7 or 10 bytes")
    return uid


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m hw.card.opensid",
        description="Turn OpenSID's decimal card tags into UIDs: CSV in, CSV out.",
    )
    parser.add_argument("file", help="CSV file, UTF-8, with a header")
    parser.add_argument("--order", choices=[DETECT, *ByteOrder], default=DETECT)
    parser.add_argument(
        "--sample-uid",
        type=_uid,
        action="append",
        default=[],
        metavar="HEX",
        help="whole UID of a card whose tag is in the file; may be given several times",
    )
    parser.add_argument("--tag-column", default=TAG_COLUMN, metavar="NAME")
    parser.add_argument("--id-column", default=ID_COLUMN, metavar="NAME")
    parser.add_argument("--skip-bad", action="store_true", help="write the good lines all the same")
    parser.add_argument("--output", metavar="FILE", help="instead of standard output; mode 600")
    return parser


if __name__ == "__main__":
    sys.exit(main())
