"""What a virtual card is, whatever its kind: bytes of a command in, bytes of an answer out."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from hw.card.apdu import Command

STORAGE_ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
"""PC/SC part 3, 3.1.3.2.3.2: a reader writes it for a MIFARE Classic 1K."""

ATR = bytes.fromhex("3B80800101")  # PC/SC part 3: ISO 14443-4 card without historical bytes

GOOD = bytes.fromhex("9000")
SECURITY_STATUS = bytes.fromhex("6982")
NOT_IN_FORCE = bytes.fromhex("6985")
SM_OBJECTS_WRONG = bytes.fromhex("6988")
NOT_FOUND = bytes.fromhex("6A82")
NOT_SUPPORTED = bytes.fromhex("6A81")
WRONG_OFFSET = bytes.fromhex("6B00")
WRONG_LENGTH = bytes.fromhex("6700")
NO_INSTRUCTION = bytes.fromhex("6D00")

_GET_UID = b"\xff\xca\x00\x00"


class Manner(StrEnum):
    """How a card behaves once it is asked something."""

    WELL = "well"
    MUTE = "mute"  # takes every command and never answers
    PULLED = "pulled"  # is taken away in the middle of a command, by itself the first
    FORGED = "forged"  # answers, but does not know the secrets that it should


class Side(Protocol):
    """The card's side of a conversation."""

    @property
    def atr(self) -> bytes:
        """The answer to reset."""

    def reset(self) -> None:
        """Power was off, or the reader reset the card: nothing is selected or proven now."""

    def answer(self, command: bytes) -> bytes:
        """The response APDU to a command APDU."""


def header_of(asked: Command) -> bytes:
    """CLA, INS, P1 and P2."""
    return bytes((asked.cla, asked.ins, asked.p1, asked.p2))


def answer_uid(uid: bytes, command: bytes) -> bytes | None:
    """The reader's answer to GET UID, which never reaches the card; None for another command."""
    if command[:4] != _GET_UID:
        return None
    return uid + GOOD if uid else NOT_SUPPORTED


def read_binary(file: bytes, asked: Command) -> bytes:
    """The answer to READ BINARY of a file."""
    offset = asked.p1 << 8 | asked.p2
    if offset >= len(file):
        return WRONG_OFFSET
    return file[offset : offset + (asked.expected or 0)] + GOOD


class Tag:
    """A card that has a UID and nothing else."""

    atr = ATR

    def __init__(self, uid: bytes) -> None:
        self._uid = uid

    def reset(self) -> None:
        """There is nothing to forget."""

    def answer(self, command: bytes) -> bytes:
        told = answer_uid(self._uid, command)
        if told is not None:
            return told
        return NOT_FOUND if command[:2] == b"\x00\xa4" else NO_INSTRUCTION


class Sticker:
    """A tag that knows no ISO 7816 commands at all: the reader tells its UID, and fails with
    whatever else it is made to pass on.
    """

    atr = STORAGE_ATR

    def __init__(self, uid: bytes) -> None:
        self._uid = uid

    def reset(self) -> None:
        """There is nothing to forget."""

    def answer(self, command: bytes) -> bytes:
        return answer_uid(self._uid, command) or b""
