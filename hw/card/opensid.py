"""Bring over the card numbers that OpenSID keeps (``tag_id_card``): decimal tags to UIDs.

    python -m hw.card.opensid --tap 2 --output uids.csv residents.csv

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
from pathlib import Path

from hw.card.samples import tap_samples
from hw.card.tag_numbers import ByteOrder, Habit, looks_reversed, was_rounded
from hw.card.tag_table import Imported, Unusable, convert, find_habit, read_entries
from hw.registry import make_card_reader

TAG_COLUMN = "tag_id_card"
ID_COLUMN = "nik"
DETECT = "detect"
_UID_LENGTHS = (4, 7, 10)
_PATIENCE_SECONDS = 60.0


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
        return Unusable("to detect the byte order, tap a card: --tap, or --sample-uid with its UID")
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
            "make sure of it with a card and --tap"
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
    samples = _tapped(options)
    if isinstance(samples, str):
        return _complain(samples)
    options.sample_uid += samples
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


def _tapped(options: argparse.Namespace) -> tuple[bytes, ...] | str:
    if not options.tap:
        return ()
    reader = make_card_reader({"driver": "pcsc", "reader": options.reader})
    return tap_samples(reader, options.tap, _PATIENCE_SECONDS, _say)


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
    _say(words)
    return 2


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


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
    parser.add_argument(
        "--tap",
        type=int,
        choices=range(1, 10),
        metavar="N",
        help="read the UIDs of N such cards from the card reader",
    )
    parser.add_argument("--reader", default="", metavar="NAME", help="part of the reader's name")
    parser.add_argument("--tag-column", default=TAG_COLUMN, metavar="NAME")
    parser.add_argument("--id-column", default=ID_COLUMN, metavar="NAME")
    parser.add_argument("--skip-bad", action="store_true", help="write the good lines all the same")
    parser.add_argument("--output", metavar="FILE", help="instead of standard output; mode 600")
    return parser


if __name__ == "__main__":
    sys.exit(main())
