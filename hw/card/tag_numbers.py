"""Card numbers as keyboard readers type them: a UID as one decimal number, turned back into bytes.

Such readers differ in byte order, pad with zeros, and some send only four bytes of a longer UID
(sources: ISO/IEC 14443-3:2018, 6.5.4 for what a UID may look like; what OpenSID's users report).
A number alone does not tell which; one card whose number is known does: ``learn``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Literal

_DIGITS = {4: 10, 7: 17, 10: 25}
"""Bytes of a UID, and the digits of the largest number they can make."""

_EXACT_DIGITS = 15
"""A spreadsheet keeps so many digits of a number and writes zeros for the rest."""

_CASCADE_TAG = 0x88  # table 8: stands before the first three bytes of a longer UID
_RANDOM = 0x08  # table 9: made up anew at every tap
_NXP = 0x04  # ISO/IEC 7816-6: the maker whose seven-byte UIDs are the commonest
_PLAIN = re.compile(r"""(?:'|=")?([0-9]+)"?""")
_FLOATING = re.compile(r"[0-9]+\.0*")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")


class ByteOrder(StrEnum):
    """Which byte of the UID is the number's most significant one."""

    BIG = "big"  # the first
    LITTLE = "little"  # the last


class TagTrouble(StrEnum):
    """Why a number is no UID that can be relied on."""

    NOT_DECIMAL = "notDecimal"
    ROUNDED = "rounded"  # a spreadsheet has thrown away its last digits
    TOO_LARGE = "tooLarge"  # for ten bytes
    ZERO = "zero"
    RANDOM = "random"  # a UID that changes at every tap
    CUT = "cut"  # four bytes of a longer UID
    MAYBE_CUT = "maybeCut"  # four bytes that begin as longer UIDs do


class LearnTrouble(StrEnum):
    """Why a known card does not tell how its reader writes."""

    NOT_DECIMAL = "notDecimal"
    OTHER_CARD = "otherCard"  # the number is not this UID in any way known
    SAME_BOTH_WAYS = "sameBothWays"  # the UID reads the same from behind


@dataclass(frozen=True, slots=True)
class Habit:
    """How a reader writes UIDs. ``whole``: longer UIDs come whole (True), cut to four bytes
    (False), or nobody knows (None).
    """

    order: ByteOrder
    whole: bool | None = None


def read_tag(text: str, habit: Habit) -> bytes | TagTrouble:
    """The UID, 4, 7 or 10 bytes: as few as hold the number and its leading zeros."""
    digits = digits_of(text)
    if isinstance(digits, TagTrouble):
        return digits
    number = int(digits)
    if number == 0:
        return TagTrouble.ZERO
    width = min(len(digits), _DIGITS[10])
    length = next(n for n, most in _DIGITS.items() if number < 1 << 8 * n and width <= most)
    uid = number.to_bytes(length, _endian(habit.order))
    return _short_trouble(uid, habit) or uid


def digits_of(text: str) -> str | TagTrouble:
    """The number in a cell as plain digits, leading zeros kept; spreadsheets' wrappings
    (``'0012``, ``="0012"``, ``12.0``) are taken off while that loses nothing.
    """
    text = text.strip()
    if _SCIENTIFIC.fullmatch(text):
        return TagTrouble.ROUNDED
    if _FLOATING.fullmatch(text):
        text = text.partition(".")[0]
        if len(text) > _EXACT_DIGITS:
            return TagTrouble.ROUNDED
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        return TagTrouble.NOT_DECIMAL
    significant = plain[1].lstrip("0")
    if len(significant) > _DIGITS[10] or int(significant or "0") >= 1 << 80:
        return TagTrouble.TOO_LARGE
    return plain[1]


def _endian(order: ByteOrder) -> Literal["big", "little"]:
    return "big" if order is ByteOrder.BIG else "little"


def _short_trouble(uid: bytes, habit: Habit) -> TagTrouble | None:
    """What four bytes alone give away."""
    if len(uid) != 4:
        return None
    if uid[0] == _CASCADE_TAG or habit.whole is False:
        return TagTrouble.CUT
    if uid[0] == _RANDOM:
        return TagTrouble.RANDOM
    if uid[0] == _NXP and habit.whole is None:
        return TagTrouble.MAYBE_CUT
    return None


def learn(text: str, uid: bytes) -> Habit | LearnTrouble:
    """How the reader writes that made the number ``text`` of the card ``uid``, all of whose
    bytes are known.
    """
    digits = digits_of(text)
    if isinstance(digits, TagTrouble):
        return LearnTrouble.NOT_DECIMAL
    number = int(digits)
    pieces = (uid[:4], uid[-4:], bytes((_CASCADE_TAG,)) + uid[:3]) if len(uid) > 4 else ()
    whole = _orders(number, [uid])
    cut = _orders(number, pieces)
    if len(whole or cut) > 1:
        return LearnTrouble.SAME_BOTH_WAYS
    for order in whole:
        return Habit(order, True if len(uid) > 4 else None)
    for order in cut:
        return Habit(order, False)
    return LearnTrouble.OTHER_CARD


def _orders(number: int, pieces: Collection[bytes]) -> set[ByteOrder]:
    return {
        order
        for order, piece in product(ByteOrder, pieces)
        if int.from_bytes(piece, _endian(order)) == number
    }


def was_rounded(texts: Iterable[str]) -> bool:
    """Whether a spreadsheet has rounded a column: every long number ends in zeros, which by
    chance happens to one column in a thousand at most.
    """
    digits = [text for text in map(digits_of, texts) if not isinstance(text, TagTrouble)]
    tails = [text.lstrip("0")[_EXACT_DIGITS:] for text in digits]
    tail = "".join(tails)
    return len(tail) >= 3 and not tail.strip("0")


def looks_reversed(uids: Collection[bytes]) -> bool:
    """Whether most of these end alike and begin differently. A longer UID begins with its
    maker's number (14443-3, 6.5.4), and a village's cards are of few makers.
    """
    longer = [uid for uid in uids if len(uid) > 4]
    if len(longer) < 8:
        return False
    first, last = (Counter(uid[at] for uid in longer).most_common(1)[0][1] for at in (0, -1))
    return last > len(longer) // 2 >= first
