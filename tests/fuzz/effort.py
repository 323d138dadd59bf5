"""How much is tried: a taste in every run, forty times as much with ``pytest --long``."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings

LONG_FACTOR = 40
_factor = [1]
TRIED: Counter[str] = Counter()
"""What was fed, by name; told at the end of a long run."""


def be_thorough() -> None:
    """From now on ``examples`` gives the long form."""
    _factor[0] = LONG_FACTOR


def examples(count: int) -> settings:
    """Hypothesis settings for so many examples in every run."""
    return settings(max_examples=count * _factor[0], deadline=None)
