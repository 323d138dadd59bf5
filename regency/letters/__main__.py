"""``python -m regency.letters check`` names every mistake in the letters' folders;
``python -m regency.letters export --out FILE`` writes the catalogue for the kiosks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from firmware.core.errors import CatalogueError
from regency.letters import LETTERS_DIR, load_catalogue, read_all


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 1 when a letter has a mistake or FILE is not written."""
    parser = argparse.ArgumentParser(prog="python -m regency.letters", description=__doc__)
    parser.add_argument(
        "--letters", type=Path, default=LETTERS_DIR, help="folder of the letters' folders"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="name every mistake")
    export = commands.add_parser("export", help="write the catalogue as JSON")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    if not options.letters.is_dir():
        return _fail(f"{options.letters} is no folder; --letters must name one")
    if options.command == "check":
        return _check(options.letters)
    return _export(options.letters, options.out)


def _check(folder: Path) -> int:
    from regency.letters.trial import trial_mistakes  # Typst only where it is needed

    letters, _, mistakes = read_all(folder)
    mistakes += trial_mistakes(folder, letters)
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    print(f"{len(letters)} letters read, {len(mistakes)} mistakes")
    return 1 if mistakes else 0


def _export(folder: Path, out: Path) -> int:
    try:
        catalogue = load_catalogue(folder)
    except CatalogueError as error:
        return _fail(f"not written, run check first: {error}")
    try:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(catalogue)) + b"\n")
    except OSError as error:
        return _fail(f"cannot write {out}: {error.strerror}; name a file in a folder that exists")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
