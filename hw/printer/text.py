"""Text that any receipt printer can print.

Names come from people and from the network. A control character in them would be a printer
command; a letter that the code page lacks would be another letter on paper.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable

UNKNOWN = "?"
TYPOGRAPHIC = {
    "‘": "'", "’": "'", "‚": ",", "‛": "'", "ʼ": "'", "ʻ": "'", "′": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": "...", "•": "*", "·": ".", "×": "x", "÷": ":", "€": "EUR", "№": "No.",
    "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Ł": "L", "ł": "l", "Ø": "O", "ø": "o",
    "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "ß": "ss", "Þ": "Th", "þ": "th",
    "ı": "i", "→": "->", "←": "<-", "✓": "v", "☐": "[ ]",
}  # fmt: skip
LEFT_OUT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def printable(text: str, known: Callable[[str], bool]) -> str:
    """``text`` in letters for which ``known`` holds. ASCII 0x20 to 0x7E must be among them."""
    return "".join(_letter(char, known) for char in unicodedata.normalize("NFC", text))


def _letter(char: str, known: Callable[[str], bool]) -> str:
    if " " <= char <= "~":
        return char
    if char in "\t\n\r\v\f":
        return " "
    category = unicodedata.category(char)
    if category in LEFT_OUT:
        return ""
    if category == "Zs":
        return " "
    if known(char):
        return char
    return _transliterated(char)


def _transliterated(char: str) -> str:
    if char in TYPOGRAPHIC:
        return TYPOGRAPHIC[char]
    plain = unicodedata.normalize("NFKD", char).translate(_PLAIN_SIGNS)
    kept = "".join(part for part in plain if " " <= part <= "~")
    if kept:
        return kept
    return "" if unicodedata.combining(char) else UNKNOWN


_PLAIN_SIGNS = str.maketrans(TYPOGRAPHIC)


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of at most ``columns`` letters, broken between words where that is possible."""
    if len(text) <= columns:
        return [text]
    return textwrap.wrap(
        text, max(1, columns), break_long_words=True, break_on_hyphens=False, tabsize=1
    ) or [""]
