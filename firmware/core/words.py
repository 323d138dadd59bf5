"""The words of a letter with {places} for what a citizen answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from firmware.core.view import Piece

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class WordsError(ValueError):
    """Words whose braces do not close around a name."""


def places_of(words: str) -> set[str]:
    """The names of all places; raises WordsError for a brace that belongs to none."""
    rest = _PLACE.sub("", words)
    if "{" in rest or "}" in rest:
        raise WordsError("a brace stands alone; write places as {nama_usaha}")
    return set(_PLACE.findall(words))


def filled_in(words: str, values: Mapping[str, str]) -> tuple[Piece, ...]:
    """``words`` in pieces, with the values in their places. What is empty is a row of dots."""
    pieces = []
    for number, part in enumerate(_PLACE.split(words)):
        if number % 2:
            pieces.append(Piece(values.get(part) or "……", is_given=True))
        elif part:
            pieces.append(Piece(part, is_given=False))
    return tuple(pieces)
