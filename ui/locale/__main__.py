"""``python -m ui.locale update``: new sentences come into all catalogues. ``check`` names what
they lack. ``add LANGUAGE`` begins another one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog

from ui.locale import catalogues
from ui.locale.extract import NotALiteralError
from ui.texts import LOCALES

_TAG = re.compile(r"[a-z]{2,3}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m ui.locale", description=__doc__)
    parser.add_argument("--folder", type=Path, default=LOCALES, help="of the catalogues")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("update", help="take new sentences in, drop those that are said no more")
    commands.add_parser("check", help="name every mistake")
    adding = commands.add_parser("add", help="begin the catalogue of another language")
    adding.add_argument("language", help="two or three small letters, ISO 639: mad, osi")
    options = parser.parse_args(arguments)
    try:
        wanted = catalogues.template()
    except NotALiteralError as error:
        return _fail(str(error))
    if options.command == "add":
        return _add(options.folder, options.language, wanted)
    if options.command == "update":
        for file in catalogues.files(options.folder):
            changed = catalogues.update(file, wanted)
            print(f"{file}: {'brought up to date' if changed else 'nothing new'}")
        return 0
    return _check(options.folder, wanted)


def _add(folder: Path, language: str, wanted: Catalog) -> int:
    if _TAG.fullmatch(language) is None:
        return _fail(f"{language!r} is no tag of ISO 639; write two or three small letters")
    if (folder / language).exists():
        return _fail(f"{folder / language} is there already; use update")
    print(f"now translate {catalogues.add(folder, language, wanted)}")
    return 0


def _check(folder: Path, wanted: Catalog) -> int:
    count = 0
    for file in catalogues.files(folder):
        for mistake in catalogues.mistakes(file, wanted):
            count += 1
            print(f"{file}: {mistake}", file=sys.stderr)
    print(
        f"{len(wanted)} sentences in {len(catalogues.files(folder))} catalogues, {count} mistakes"
    )
    return 1 if count else 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
