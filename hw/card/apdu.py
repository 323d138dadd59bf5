"""Command and response APDUs, pure. Source: ISO/IEC 7816-4, PC/SC part 3 (section 3.2.2)."""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_SHORT = 255

STATUS_WORDS: dict[int, str] = {
    0x9000: "no further qualification",
    0x6281: "part of the returned data may be corrupted",
    0x6282: "end of file reached before reading all",
    0x6300: "no information given, state changed",
    0x6581: "memory failure",
    0x6700: "wrong length",
    0x6881: "logical channel not supported",
    0x6882: "secure messaging not supported",
    0x6982: "security status not satisfied",
    0x6983: "authentication method blocked",
    0x6985: "conditions of use not satisfied",
    0x6986: "command not allowed, no current EF",
    0x6A80: "incorrect parameters in the data field",
    0x6A81: "function not supported",
    0x6A82: "file or application not found",
    0x6A86: "incorrect parameters P1-P2",
    0x6B00: "wrong parameters P1-P2",
    0x6D00: "instruction not supported",
    0x6E00: "class not supported",
    0x6F00: "no precise diagnosis",
}
"""SW1-SW2 and what they mean; the commonest of ISO/IEC 7816-4, tables 5 and 6."""


@dataclass(frozen=True, slots=True)
class Command:
    """A short command APDU. ``expected`` is Le: bytes wanted back, 256 for as many as there
    are, None for no answer data.
    """

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    expected: int | None = None

    def encode(self) -> bytes:
        """The bytes of the command; raises ValueError for what a short APDU cannot hold."""
        if len(self.data) > _LONGEST_SHORT:
            raise ValueError(f"a short APDU holds {_LONGEST_SHORT} bytes, not {len(self.data)}")
        if self.expected is not None and not 1 <= self.expected <= _LONGEST_SHORT + 1:
            raise ValueError("Le of a short APDU is 1 to 256")
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        body = bytes((len(self.data),)) + self.data if self.data else b""
        tail = b"" if self.expected is None else bytes((self.expected & 0xFF,))
        return head + body + tail


@dataclass(frozen=True, slots=True)
class Response:
    """A response APDU. ``status`` is SW1-SW2 as one number."""

    data: bytes
    status: int

    @property
    def ok(self) -> bool:
        """Whether the card did what it was asked."""
        return self.status == 0x9000 or self.status >> 8 == 0x61

    @property
    def meaning(self) -> str:
        """What the status word says."""
        if self.status >> 8 == 0x61:
            return f"{self.status & 0xFF} more bytes can be had"
        if self.status >> 8 == 0x6C:
            return f"wrong Le, {self.status & 0xFF} would be right"
        if self.status >> 4 == 0x63C:
            return f"verification failed, {self.status & 0xF} tries left"
        return STATUS_WORDS.get(self.status, f"unknown status {self.status:04X}")


def parse_response(raw: bytes) -> Response | None:
    """A response from its bytes; None when they are too short to be one."""
    if len(raw) < 2:
        return None
    return Response(raw[:-2], int.from_bytes(raw[-2:], "big"))


GET_UID = Command(0xFF, 0xCA, expected=256)
"""PC/SC part 3, 3.2.2.1.3: the UID of a contactless card, asked of the reader."""
