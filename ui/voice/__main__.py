"""``python -m ui.voice --out DIR``: the clips of all fixed sentences, in every language.

Run at install, and again after an update of the catalogues. What has a place for somebody's own
words or numbers is no fixed sentence: it is spoken as it comes, and never kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ui import texts
from ui.locale import po
from ui.voice.characters import spoken_character
from ui.voice.synthesis import CannotSynthesiseError, Style, write_clip

_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,'-/()&:"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is not there yet. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ui.voice", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the clips")
    parser.add_argument("--speed", type=int, default=Style().speed, help="words a minute")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    count = 0
    try:
        for language in texts.languages():
            texts.use(language.tag)
            for sentence in fixed_sentences():
                write_clip(options.out, sentence, language.tag, Style(options.speed))
                count += 1
    except (CannotSynthesiseError, OSError) as error:
        print(f"ui.voice: {error}", file=sys.stderr)
        return 1
    finally:
        texts.use(texts.SOURCE)
    print(f"{count} sentences have their clips in {options.out}")
    return 0


def fixed_sentences() -> Iterator[str]:
    """In the language in use: every sentence without a place, and the names of characters."""
    for source in _sources():
        yield texts.tr(source)
    for character in _CHARACTERS:
        yield spoken_character(character)


def _sources() -> list[str]:
    """Every catalogue knows them all: see ``python -m ui.locale``."""
    found: set[str] = set()
    for file in texts.LOCALES.glob("*/LC_MESSAGES/*.po"):
        for entry in po.entries(file.read_text(encoding="utf-8")):
            if entry.id and entry.context is None and "{" not in entry.id:
                found.add(entry.id)
    return sorted(found)


if __name__ == "__main__":
    sys.exit(main())
