"""What a text that is being typed may become: lists matched by the beginnings of words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST = 4
"""So many are proposed at once."""


def folded(text: str) -> list[str]:
    """The words of ``text`` without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"[^\W_]+", bare)


def suggested(known: Iterable[str], typed: str, most: int = MOST) -> tuple[str, ...]:
    """Up to ``most`` of ``known`` in which every word of ``typed`` begins a word, in order. Those
    that begin with what was typed come first; what stands there already is not proposed.
    """
    words = folded(typed)
    found = [(_rank(folded(text), words), text) for text in known if text.strip() != typed.strip()]
    fitting = [(rank, text) for rank, text in found if rank is not None]
    fitting.sort(key=lambda pair: pair[0])
    return tuple(text for _, text in fitting[:most])


def _rank(words: list[str], typed: list[str]) -> int | None:
    """How many words stand before the first that fits; None when not all fit."""
    place, first = 0, 0
    for number, beginning in enumerate(typed):
        while place < len(words) and not words[place].startswith(beginning):
            place += 1
        if place == len(words):
            return None
        first = place if number == 0 else first
        place += 1
    return first
