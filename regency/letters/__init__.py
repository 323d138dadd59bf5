"""The letters that villages give: a folder for each type, with ``letter.toml`` (what is asked),
``letter.typ`` (how it looks) and ``texts.LANGUAGE.toml`` (what is asked, in another language).
A new folder is a new letter; no code is needed.

``python -m regency.letters check`` names every mistake in them; ``export`` writes the
catalogue that kiosks read.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec

from firmware.core.errors import CatalogueError
from firmware.core.letters import Catalogue, check_catalogue
from regency.letters.files import Mistake
from regency.letters.reading import read_letters

LETTERS_DIR = Path(__file__).parent

__all__ = ["LETTERS_DIR", "Mistake", "load_catalogue", "read_letters"]


def load_catalogue(folder: Path = LETTERS_DIR, plain: bool = False) -> Catalogue:
    """All letter types in ``folder``, by id. Raises CatalogueError that names every mistake.

    ``version`` is a checksum of the content: equal versions are equal catalogues. ``plain``:
    without other languages, for kiosks whose software knows of none.
    """
    letters, mistakes = read_letters(folder)
    if mistakes:
        raise CatalogueError("; ".join(str(mistake) for mistake in mistakes))
    if plain:
        letters = tuple(msgspec.structs.replace(letter, texts={}) for letter in letters)
    version = zlib.crc32(msgspec.json.encode(letters))
    catalogue = Catalogue(version=version, letters=letters)
    check_catalogue(catalogue)
    return catalogue
