"""Pseudo-APDUs of PC/SC part 3 (supplement for contactless cards, 3.2.2.1): what a reader does
itself for cards that know no ISO 7816 commands, such as MIFARE tags.

Whoever sends them should know that many readers implement only some, and that answers to
``load_key`` use the meanings in ``PCSC_KEY_STATUS_WORDS``.
"""

from __future__ import annotations

from enum import IntEnum

from hw.card.apdu import GET_UID, Command

_READER_CLASS = 0xFF
_ALL = 256
_AUTHENTICATE_VERSION = 0x01
_LONGEST_READ = 256


class KeyType(IntEnum):
    """Which of a sector's two keys."""

    A = 0x60
    B = 0x61


def get_uid() -> Command:
    """3.2.2.1.3: the UID, all of it."""
    return GET_UID


def get_historical_bytes() -> Command:
    """3.2.2.1.3: the historical bytes of a type A card's ATS, without CRC."""
    return Command(_READER_CLASS, 0xCA, p1=0x01, expected=_ALL)


def load_key(number: int, key: bytes, *, lasting: bool = False) -> Command:
    """3.2.2.1.4: put ``key`` in the reader's place ``number``; ``lasting``: over a power cut, too.

    It goes in plain text, so only readers on the cabinet's own cable may be given one. Raises
    ValueError for a number or a length that the command cannot hold.
    """
    if not key:
        raise ValueError("a key has at least one byte")
    structure = 0x20 if lasting else 0x00
    return Command(_READER_CLASS, 0x82, structure, _byte(number, "key number"), key)


def general_authenticate(block: int, kind: KeyType, number: int) -> Command:
    """3.2.2.1.6: open ``block``'s sector with the key that was loaded as ``number``."""
    high, low = _address(block)
    data = bytes((_AUTHENTICATE_VERSION, high, low, kind, _byte(number, "key number")))
    return Command(_READER_CLASS, 0x86, data=data)


def read_binary(block: int, length: int) -> Command:
    """3.2.2.1.8: ``length`` bytes (1 to 256) from ``block`` on."""
    if not 1 <= length <= _LONGEST_READ:
        raise ValueError(f"a read is 1 to {_LONGEST_READ} bytes")
    return Command(_READER_CLASS, 0xB0, *_address(block), expected=length)


def update_binary(block: int, data: bytes) -> Command:
    """3.2.2.1.9: write ``data`` (1 to 255 bytes) from ``block`` on."""
    if not 1 <= len(data) <= 255:
        raise ValueError("a write is 1 to 255 bytes")
    return Command(_READER_CLASS, 0xD6, *_address(block), data)


def _address(block: int) -> tuple[int, int]:
    if not 0 <= block <= 0xFFFF:
        raise ValueError("an address is two bytes")
    return block >> 8, block & 0xFF


def _byte(value: int, what: str) -> int:
    if not 0 <= value <= 0xFF:
        raise ValueError(f"a {what} is one byte")
    return value
