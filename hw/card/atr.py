"""What an answer to reset tells, pure. Source: ISO/IEC 7816-3, section 8.2; PC/SC part 3,
section 3.1.3.2.3.2 (contactless storage cards).
"""

from __future__ import annotations

_DIRECT, _INVERSE = 0x3B, 0x3F
_PCSC_STORAGE = bytes.fromhex("A000000306")
"""The PC/SC workgroup's identifier: the reader itself wrote this ATR, for a card without one."""


def historical_bytes(atr: bytes) -> bytes:
    """The bytes that the card's maker chose; none when ``atr`` is no ATR."""
    if len(atr) < 2 or atr[0] not in (_DIRECT, _INVERSE):
        return b""
    count, more, place = atr[1] & 0x0F, atr[1] >> 4, 2
    while more and place < len(atr):
        place += more.bit_count()  # TA, TB, TC and TD, as far as they are there
        has_next = bool(more & 0b1000)
        more = atr[place - 1] >> 4 if has_next and place <= len(atr) else 0
    return atr[place : place + count]


def is_storage_card(atr: bytes) -> bool:
    """Whether the card knows no ISO 7816 commands: a MIFARE Classic, an NTAG sticker. Only the
    reader's own commands reach it; another may be answered by an error as of a pulled card.
    """
    return _PCSC_STORAGE in historical_bytes(atr)
