"""What was probably meant by a word of kiosk.toml that nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def nearest(word: str, known: Collection[str]) -> str:
    """The end of a sentence: the word of ``known`` that is most like ``word``, or all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known are {', '.join(sorted(known))}" if known else "there are none"
