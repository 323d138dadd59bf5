"""Command and response APDUs, pure. Source: ISO/IEC 7816-3:2006, 12.1 and 7816-4:2020, 5.2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from hw.card.status_words import StatusKind, kind_of, meaning_of

LONGEST_SHORT = 255
"""Bytes of data that a short command holds."""

_LONGEST_EXTENDED = 0xFFFF
_HEAD_BYTES = 4
_GET_RESPONSE = 0xC0
_READER_CLASS = 0xFF  # PC/SC: for the reader itself, not for the card
_PROPRIETARY = 0x80  # ISO/IEC 7816-4, 5.4.1: this bit and the two below tell the class's kind
_FURTHER_INTERINDUSTRY = 0x40
_MOST_BYTES = 1 << 16
_MOST_PIECES = 300  # 65,536 bytes in full pieces are 256

Trouble = TypeVar("Trouble")


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """A command APDU. ``expected`` is Le: bytes wanted back, 256 (extended: 65,536) for as many
    as there are, None for no answer data. ``extended`` writes the lengths in the long form.

    ``repr`` hides the data: it may be a key or a PIN.
    """

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    expected: int | None = None
    extended: bool = False

    def __repr__(self) -> str:
        head = bytes((self.cla & 0xFF, self.ins & 0xFF, self.p1 & 0xFF, self.p2 & 0xFF))
        return f"Command({head.hex()}, <{len(self.data)} bytes>, expected={self.expected})"

    def encode(self) -> bytes:
        """The bytes of the command; raises ValueError for what an APDU of its form cannot hold."""
        form = "extended" if self.extended else "short"
        longest = _LONGEST_EXTENDED if self.extended else LONGEST_SHORT
        if len(self.data) > longest:
            raise ValueError(f"an APDU holds {longest} bytes ({form} APDU), not {len(self.data)}")
        if self.expected is not None and not 1 <= self.expected <= longest + 1:
            raise ValueError(f"Le of {form} APDU is 1 to {longest + 1}")
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        return head + (self._extended_body() if self.extended else self._short_body())

    def _short_body(self) -> bytes:
        body = bytes((len(self.data),)) + self.data if self.data else b""
        return body + (b"" if self.expected is None else bytes((self.expected & 0xFF,)))

    def _extended_body(self) -> bytes:
        body = len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        if self.expected is not None:
            body += (self.expected & 0xFFFF).to_bytes(2, "big")
        return b"\x00" + body if body else b""

    @classmethod
    def decode(cls, raw: bytes) -> Command | None:
        """The command in ``raw``, any of the seven forms: cases 1, 2 to 4 short, 2 to 4 extended.

        None when the lengths do not fit; a card answers such bytes with 6700.
        """
        if len(raw) < _HEAD_BYTES:
            return None
        cla, ins, p1, p2 = raw[:_HEAD_BYTES]
        body = raw[_HEAD_BYTES:]
        if not body:
            return cls(cla, ins, p1, p2)
        if len(body) == 1:
            return cls(cla, ins, p1, p2, expected=body[0] or 256)
        extended = body[0] == 0
        cut = _cut_extended(body) if extended else _cut_short(body)
        return None if cut is None else cls(cla, ins, p1, p2, *cut, extended)


def _cut_short(body: bytes) -> tuple[bytes, int | None] | None:
    """Data and Le of a body of two bytes or more whose first is not 0: Lc."""
    end = 1 + body[0]
    data, rest = body[1:end], body[end:]
    if len(data) < body[0] or len(rest) > 1:
        return None
    return data, (rest[0] or 256) if rest else None


def _cut_extended(body: bytes) -> tuple[bytes, int | None] | None:
    """Data and Le of a body whose first byte is 0."""
    if len(body) == 3:
        return b"", int.from_bytes(body[1:], "big") or 0x10000
    length = int.from_bytes(body[1:3], "big")
    data, rest = body[3 : 3 + length], body[3 + length :]
    if not length or len(data) < length or len(rest) not in (0, 2):
        return None
    return data, (int.from_bytes(rest, "big") or 0x10000) if rest else None


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """A response APDU. ``status`` is SW1-SW2 as one number.

    ``repr`` hides the data: it may be a UID or a citizen's name.
    """

    data: bytes
    status: int

    def __repr__(self) -> str:
        return f"Response(<{len(self.data)} bytes>, {self.status:04X})"

    def encode(self) -> bytes:
        """The bytes of the response; raises ValueError for a status that is not two bytes."""
        if not 0 <= self.status <= 0xFFFF:
            raise ValueError("SW1-SW2 are two bytes")
        return self.data + self.status.to_bytes(2, "big")

    @property
    def ok(self) -> bool:
        """Whether the card did what it was asked, without a remark."""
        return self.kind is StatusKind.NORMAL

    @property
    def kind(self) -> StatusKind:
        """How the command ended."""
        return kind_of(self.status)

    @property
    def meaning(self) -> str:
        """What the status word says."""
        return meaning_of(self.status)


def parse_response(raw: bytes) -> Response | None:
    """A response from its bytes; None when they are too short to be one."""
    if len(raw) < 2:
        return None
    return Response(raw[:-2], int.from_bytes(raw[-2:], "big"))


def exchange(
    transmit: Callable[[Command], Response | Trouble], command: Command
) -> Response | Trouble:
    """Send ``command`` and collect its whole answer (ISO/IEC 7816-4, 5.3.4).

    6Cxx is answered with the same command and the right Le, once; 61xx with GET RESPONSE, until
    nothing is left. Trouble on the way is passed on. A card that never comes to an end is left
    after 65,536 bytes or 300 pieces: the answer then still has its 61xx.
    """
    answer = _with_right_length(transmit, command)
    data = b""
    for _ in range(_MOST_PIECES):
        if not isinstance(answer, Response):
            return answer
        data += answer.data
        if answer.status >> 8 != 0x61 or len(data) >= _MOST_BYTES:
            break
        answer = _with_right_length(transmit, _get_response(command, answer.status & 0xFF))
    return Response(data, answer.status) if isinstance(answer, Response) else answer


def _with_right_length(
    transmit: Callable[[Command], Response | Trouble], command: Command
) -> Response | Trouble:
    answer = transmit(command)
    if isinstance(answer, Response) and answer.status >> 8 == 0x6C:
        return transmit(replace(command, expected=answer.status & 0xFF or 256))
    return answer


def _get_response(command: Command, left: int) -> Command:
    """GET RESPONSE on the command's logical channel, without its chaining and messaging bits."""
    if command.cla & _PROPRIETARY:
        cla = 0x00  # a maker's class, or the reader's
    elif command.cla & _FURTHER_INTERINDUSTRY:
        cla = command.cla & 0x4F
    else:
        cla = command.cla & 0x03
    return Command(cla, _GET_RESPONSE, expected=left or 256)


GET_UID = Command(_READER_CLASS, 0xCA, expected=256)
"""PC/SC part 3, 3.2.2.1.3: the UID of a contactless card, asked of the reader."""
