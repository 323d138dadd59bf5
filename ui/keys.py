"""Four keys instead of a finger: which key of a keyboard means what.

A pad of four keys shows itself as a USB keyboard. A key that repeats while it is held counts
once: a trembling hand holds keys long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

HOLD_SECONDS = 1.2


class PadKey(StrEnum):
    """The keys of the pad, by what they do."""

    PREVIOUS = "previous"
    NEXT = "next"
    PICK = "pick"
    REPEAT = "repeat"


class UnknownKeyError(Exception):
    """A mapping that names no key, or one key twice; the text says which."""


CODES: Mapping[str, int] = {
    "backspace": 8,
    "tab": 9,
    "enter": 13,
    "keypadenter": 271,
    "up": 273,
    "down": 274,
    "right": 275,
    "left": 276,
    "insert": 277,
    "home": 278,
    "end": 279,
    "pageup": 280,
    "pagedown": 281,
    **{f"f{number}": 281 + number for number in range(1, 13)},
}
"""Names of the keys that a pad may send, and Kivy's numbers of them. Those that type a letter
are left out on purpose.
"""
DEFAULT = "previous=left,up next=right,down,tab pick=enter,keypadenter repeat=home"

_NUMBER_PAD = 256
"""The 0 of a number pad; 1 to 9 follow."""
_ALT_CTRL = frozenset({"alt", "alt-gr", "ctrl", "meta"})


def mapping(text: str) -> dict[int, PadKey]:
    """``previous=left,up next=right`` as codes. Raises UnknownKeyError."""
    keys: dict[int, PadKey] = {}
    for part in text.split():
        meaning, _, names = part.partition("=")
        if meaning not in set(PadKey):
            raise UnknownKeyError(f"{meaning!r} is none of {', '.join(PadKey)}")
        for name in names.split(","):
            code = CODES.get(name)
            if code is None:
                raise UnknownKeyError(f"{name!r} is none of {', '.join(CODES)}")
            if code in keys:
                raise UnknownKeyError(f"{name!r} is mapped twice")
            keys[code] = PadKey(meaning)
    if missing := set(PadKey) - set(keys.values()):
        raise UnknownKeyError(f"no key means {', '.join(sorted(missing))}")
    return keys


class Keys:
    """Sorts key events. ``on_pad(key)``, ``on_help()`` when REPEAT is held, ``on_text(char)`` for a
    full keyboard's letters (``\\b`` takes one away). ``later(act, seconds)`` gives a way to
    cancel it.
    """

    def __init__(
        self,
        keys: Mapping[int, PadKey],
        later: Callable[[Callable[[], None], float], Callable[[], None]],
        on_pad: Callable[[PadKey], None],
        on_help: Callable[[], None],
        on_text: Callable[[str], None],
    ) -> None:
        self._keys = keys
        self._later = later
        self._on_pad, self._on_help, self._on_text = on_pad, on_help, on_text
        self._down: set[int] = set()
        self._cancel: Callable[[], None] | None = None

    def press(self, code: int, modifiers: frozenset[str]) -> None:
        """A key went down. Whatever is held with Alt, Ctrl or a logo key means nothing."""
        if code in self._down or modifiers & _ALT_CTRL:
            return
        self._down.add(code)
        meaning = self._keys.get(code)
        if meaning is PadKey.REPEAT:
            self._cancel = self._later(self._held, HOLD_SECONDS)
        elif meaning is not None:
            self._on_pad(_turned(meaning, code, modifiers))
        elif code == CODES["backspace"]:
            self._on_text("\b")
        elif char := _char_of(code, modifiers):
            self._on_text(char)

    def release(self, code: int) -> None:
        """A key came up."""
        self._down.discard(code)
        if self._keys.get(code) is PadKey.REPEAT and self._cancel is not None:
            self._cancel()
            self._cancel = None
            self._on_pad(PadKey.REPEAT)

    def _held(self) -> None:
        self._cancel = None
        self._on_help()


def _char_of(code: int, modifiers: frozenset[str]) -> str:
    """The letter or digit of a key, else nothing: what Shift makes of the others differs from
    keyboard to keyboard, and stands on the screen's own.
    """
    if _NUMBER_PAD <= code < _NUMBER_PAD + 10:
        return str(code - _NUMBER_PAD)
    if not 32 <= code < 127:
        return ""
    is_upper = ("shift" in modifiers) != ("capslock" in modifiers)
    char = chr(code)
    if char.isalpha():
        return char.upper() if is_upper else char
    return "" if "shift" in modifiers else char


def _turned(meaning: PadKey, code: int, modifiers: frozenset[str]) -> PadKey:
    """Shift and Tab go the other way, as people with a full keyboard know it."""
    is_back_tab = code == CODES["tab"] and "shift" in modifiers and meaning is PadKey.NEXT
    return PadKey.PREVIOUS if is_back_tab else meaning
