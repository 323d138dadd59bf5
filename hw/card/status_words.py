"""SW1-SW2, the two bytes that end every response. Source: ISO/IEC 7816-4:2020, 5.6, tables 5 and 6.

A few commands give a status word a meaning of their own; ``PCSC_KEY_STATUS_WORDS`` are those of
PC/SC part 3 for a reader's keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class StatusKind(StrEnum):
    """How the command ended, as table 5 divides them."""

    NORMAL = "normal"
    WARNING = "warning"  # done, but with a remark
    EXECUTION_ERROR = "executionError"  # begun, and failed
    CHECKING_ERROR = "checkingError"  # refused before it began
    UNKNOWN = "unknown"  # none of the standard's: a maker's own, or noise


STATUS_WORDS: dict[int, str] = {
    0x9000: "no further qualification",
    0x6200: "warning without more information, state unchanged",
    0x6281: "part of the returned data may be corrupted",
    0x6282: "end of file reached before reading all",
    0x6283: "the selected file is deactivated",
    0x6284: "file or data control information is badly formatted",
    0x6285: "the selected file is in termination state",
    0x6286: "no input from a sensor on the card",
    0x6287: "a referenced record is deactivated",
    0x6300: "no information given, state changed",
    0x6340: "unsuccessful comparison",
    0x6381: "file filled up by the last write",
    0x6400: "execution error, state unchanged",
    0x6401: "the card wants an immediate response",
    0x6481: "shared access to the logical channel denied",
    0x6482: "opening of the logical channel denied",
    0x6500: "execution error, state changed",
    0x6581: "memory failure",
    0x6600: "a security-related issue",
    0x6700: "wrong length",
    0x6701: "not a command APDU of this standard",
    0x6702: "Lc is not the one expected",
    0x6800: "functions in CLA not supported",
    0x6881: "logical channel not supported",
    0x6882: "secure messaging not supported",
    0x6883: "last command of the chain expected",
    0x6884: "command chaining not supported",
    0x6900: "command not allowed",
    0x6981: "command incompatible with the file's structure",
    0x6982: "security status not satisfied",
    0x6983: "authentication method blocked",
    0x6984: "reference data not usable",
    0x6985: "conditions of use not satisfied",
    0x6986: "command not allowed, no current EF",
    0x6987: "expected secure messaging objects missing",
    0x6988: "incorrect secure messaging objects",
    0x6A00: "wrong parameters",
    0x6A80: "incorrect parameters in the data field",
    0x6A81: "function not supported",
    0x6A82: "file or application not found",
    0x6A83: "record not found",
    0x6A84: "not enough memory in the file",
    0x6A85: "Nc inconsistent with the TLV structure",
    0x6A86: "incorrect parameters P1-P2",
    0x6A87: "Nc inconsistent with parameters P1-P2",
    0x6A88: "referenced data not found",
    0x6A89: "file exists already",
    0x6A8A: "DF name exists already",
    0x6B00: "wrong parameters P1-P2",
    0x6D00: "instruction not supported",
    0x6E00: "class not supported",
    0x6F00: "no precise diagnosis",
}
"""Every status word that the standard names one by one."""

PCSC_KEY_STATUS_WORDS: dict[int, str] = {
    0x6982: "card key not supported",
    0x6983: "reader key not supported",
    0x6984: "plain transmission not supported",
    0x6985: "secured transmission not supported",
    0x6986: "volatile memory not available",
    0x6987: "non-volatile memory not available",
    0x6988: "key number not valid",
    0x6989: "key length not correct",
}
"""What a reader means by these in answer to LOAD KEYS (PC/SC part 3, 3.2.2.1.4)."""

_KINDS: dict[int, StatusKind] = {
    0x61: StatusKind.NORMAL,
    0x62: StatusKind.WARNING,
    0x63: StatusKind.WARNING,
    0x64: StatusKind.EXECUTION_ERROR,
    0x65: StatusKind.EXECUTION_ERROR,
    0x66: StatusKind.EXECUTION_ERROR,
    **dict.fromkeys(range(0x67, 0x70), StatusKind.CHECKING_ERROR),
}


def kind_of(status: int) -> StatusKind:
    """How the command ended, by SW1."""
    if status == 0x9000:
        return StatusKind.NORMAL
    return _KINDS.get(status >> 8, StatusKind.UNKNOWN)


def meaning_of(status: int, special: Mapping[int, str] | None = None) -> str:
    """The status word in words; ``special`` are meanings that the command itself gives."""
    if special is not None and status in special:
        return special[status]
    if status in STATUS_WORDS:
        return STATUS_WORDS[status]
    high, low = status >> 8, status & 0xFF
    if high == 0x61:
        return f"{low or 256} more bytes can be had"
    if high == 0x6C:
        return f"wrong Le, {low or 256} would be right"
    if status >> 4 == 0x63C:
        return f"verification failed, {low & 0xF} tries left"
    if high in (0x62, 0x64) and 0x02 <= low <= 0x80:
        return f"the card wants to be asked for {low} bytes"
    return f"unknown status {status:04X}"
