"""The letters that villages give: a folder for each type, with ``letter.toml`` (what is asked),
``letter.typ`` (how it looks) and ``texts.LANGUAGE.toml`` (what is asked, in another language).
A new folder is a new letter; no code is needed. What they share, the groups on the screen and
lists to suggest from, stands in ``catalogue.toml``.

``python -m regency.letters check`` names every mistake in them; ``export`` writes the
catalogue that kiosks read.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec

from firmware.core.errors import CatalogueError
from firmware.core.letters import Catalogue, LetterType, check_catalogue, needed_format
from regency.letters.files import Mistake
from regency.letters.reading import read_letters
from regency.letters.shared import Shared, read_shared, shared_mistakes

LETTERS_DIR = Path(__file__).parent

__all__ = ["LETTERS_DIR", "Mistake", "load_catalogue", "read_all", "read_letters"]


def load_catalogue(folder: Path = LETTERS_DIR, plain: bool = False) -> Catalogue:
    """All letter types in ``folder``, by id. Raises CatalogueError that names every mistake.

    ``version`` is a checksum of the content: equal versions are equal catalogues. ``plain``:
    without other languages, groups and words, for kiosks whose software knows of none; and
    without the letters that it could not ask for.
    """
    letters, shared, mistakes = read_all(folder)
    if mistakes:
        raise CatalogueError("; ".join(str(mistake) for mistake in mistakes))
    catalogue = Catalogue(0, letters, shared.groups, shared.lists)
    if plain:
        catalogue = _plain(catalogue)
    needed = max(map(needed_format, catalogue.letters), default=1)
    catalogue = msgspec.structs.replace(catalogue, format=needed)
    check_catalogue(catalogue)
    return msgspec.structs.replace(catalogue, version=zlib.crc32(msgspec.json.encode(catalogue)))


def _plain(catalogue: Catalogue) -> Catalogue:
    """Only what there was from the beginning."""
    replace = msgspec.structs.replace
    return Catalogue(
        0,
        tuple(
            replace(
                letter,
                fields=tuple(replace(f, suggest=(), capitals="sentence") for f in letter.fields),
                texts={},
                group="",
                often=False,
                words="",
                proofs=(),
            )
            for letter in catalogue.letters
            if needed_format(letter) == 1
        ),
    )


def read_all(folder: Path) -> tuple[tuple[LetterType, ...], Shared, tuple[Mistake, ...]]:
    """The letters, what they share, and every mistake in both."""
    letters, mistakes = read_letters(folder)
    shared, wrong = read_shared(folder)
    return letters, shared, mistakes + wrong + tuple(shared_mistakes(folder, letters, shared))
