"""How typing goes, without a window: which keys there are, what each does to the text."""

from __future__ import annotations

from typing import Literal

from firmware.core.view import KeyOrder

LONGEST = 120
SHIFT, ERASE, OTHER = "^", "<", "#"
"""Keys that type nothing: capitals, erase, and the other layer."""

Capitals = Literal["sentence", "words"]
Rows = tuple[str, ...]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SIGNS = "'-/,.&:()"
_WIDE: dict[KeyOrder, Rows] = {
    "qwerty": ("1234567890<", "qwertyuiop()", "asdfghjkl'-/", "^zxcvbnm,.&:"),
    "abc": ("1234567890<", "abcdefghijkl", "mnopqrstuvwx", "^yz'-/,.&:()"),
}
_QWERTY: Rows = ("qwertyuiop", "asdfghjkl'", "^zxcvbnm#<")
_WIDE_COLUMNS, _QWERTY_COLUMNS, _FEWEST = 12, 10, 4


def layers(order: KeyOrder, columns: int) -> tuple[Rows, ...]:
    """The rows of keys of each layer, none longer than ``columns`` keys. All on one layer where
    there is width for it; QWERTY needs ten columns and is in the order of the alphabet below that.
    """
    columns = max(_FEWEST, columns)
    if columns >= _WIDE_COLUMNS:
        return (_WIDE[order],)
    if order == "qwerty" and columns >= _QWERTY_COLUMNS:
        first = _QWERTY
    else:
        first = _dealt(_LETTERS, columns)
    return first, _dealt("1234567890" + _SIGNS, columns, len(first))


def _dealt(chars: str, columns: int, rows: int = 0) -> Rows:
    """In rows of ``columns``, the keys that type nothing at the end; at least ``rows`` rows."""
    keys = chars + SHIFT + OTHER + ERASE if chars == _LETTERS else chars + OTHER + ERASE
    least = -(-len(keys) // columns)
    each = -(-len(keys) // max(least, rows))
    return tuple(keys[at : at + each] for at in range(0, len(keys), each))


def typed(value: str, char: str) -> str:
    """``value`` with ``char`` at its end; no space at the beginning or after another."""
    is_needless = char == " " and (not value or value.endswith(" "))
    return value if is_needless or len(value) >= LONGEST else value + char


def erased(value: str) -> str:
    """``value`` without its last character."""
    return value[:-1]


def begins_word(value: str, capitals: Capitals) -> bool:
    """Whether the next letter is a capital by itself."""
    return not value or (capitals == "words" and value[-1] in " -(/")
