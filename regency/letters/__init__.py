"""The letters that villages give: a folder for each type, with ``letter.toml`` (what is asked)
and ``letter.typ`` (how it looks). A new folder is a new letter; no code is needed.

``python -m regency.letters check`` names every mistake in them; ``export`` writes the
catalogue that kiosks read.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec

from firmware.core.errors import CatalogueError
from firmware.core.letters import Catalogue, check_catalogue
from regency.letters.reading import Mistake, read_letters

LETTERS_DIR = Path(__file__).parent

__all__ = ["LETTERS_DIR", "Mistake", "load_catalogue", "read_letters"]


def load_catalogue(folder: Path = LETTERS_DIR) -> Catalogue:
    """All letter types in ``folder``, by id. Raises CatalogueError that names every mistake.

    ``version`` is a checksum of the content: equal versions are equal catalogues.
    """
    letters, mistakes = read_letters(folder)
    if mistakes:
        raise CatalogueError("; ".join(str(mistake) for mistake in mistakes))
    version = zlib.crc32(msgspec.json.encode(letters))
    catalogue = Catalogue(version=version, letters=letters)
    check_catalogue(catalogue)
    return catalogue
