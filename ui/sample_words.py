"""The sample views in another language: their letters say what those of the house say.

A kiosk gets a letter's texts from its catalogue, in the visitor's language already. Samples take
them from the letters' own files, where this is a checkout.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from firmware.core.view import Option, Question, Say, ViewState

_LETTERS = Path(__file__).parents[1] / "regency" / "letters"


def in_language(state: ViewState, language: str) -> ViewState:
    """``state`` as a visitor sees it who chose ``language``."""
    wish = msgspec.structs.replace(state.preferences, language=language)
    screen = _spoken(state.screen, _words(language))
    return msgspec.structs.replace(state, screen=screen, preferences=wish)


@functools.cache
def _words(language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for file in sorted(_LETTERS.glob(f"*/texts.{language}.toml")):
        words |= tomllib.loads(file.read_text(encoding="utf-8"))
    return words


def _spoken(part: Any, words: dict[str, str]) -> Any:
    if isinstance(part, str):
        return words.get(part, part)
    if isinstance(part, tuple):
        return tuple(_spoken(one, words) for one in part)
    if not isinstance(part, msgspec.Struct) or isinstance(part, Say):
        return part
    names = set(part.__struct_fields__)
    if isinstance(part, Question | Option):  # what is answered stays Indonesian
        names.discard("value")
    spoken = {name: _spoken(getattr(part, name), words) for name in names}
    return msgspec.structs.replace(part, **spoken)
