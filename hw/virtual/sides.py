"""What a virtual card is, whatever its kind: bytes of a command in, bytes of an answer out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

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
    PULLED = "pulled"  # is taken away in the middle of the first command
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A short command APDU, taken apart. ``expected`` is Le: 0 without one, else 1 to 256."""

    header: bytes
    data: bytes
    expected: int

    @property
    def ins(self) -> int:
        return self.header[1]

    @property
    def offset(self) -> int:
        """P1-P2 as READ BINARY has them."""
        return int.from_bytes(self.header[2:4], "big")


def take_apart(command: bytes) -> Asked | None:
    """A short APDU of any of the four cases (ISO/IEC 7816-3, 12.1.3); None when it is none."""
    header, body = command[:4], command[4:]
    if len(header) < 4:
        return None
    if len(body) <= 1:
        return Asked(header, b"", (body[0] or 256) if body else 0)
    count, data, rest = body[0], body[1 : 1 + body[0]], body[1 + body[0] :]
    if len(data) < count or len(rest) > 1 or not count:
        return None
    return Asked(header, data, (rest[0] or 256) if rest else 0)


def answer_uid(uid: bytes, command: bytes) -> bytes | None:
    """The reader's answer to GET UID, which never reaches the card; None for another command."""
    if command[:4] != _GET_UID:
        return None
    return uid + GOOD if uid else NOT_SUPPORTED


def read_binary(file: bytes, asked: Asked) -> bytes:
    """The answer to READ BINARY of a file."""
    if asked.offset >= len(file):
        return WRONG_OFFSET
    return file[asked.offset : asked.offset + asked.expected] + GOOD


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
