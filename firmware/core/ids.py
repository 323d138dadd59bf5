"""Request ids: UUID version 7 (RFC 9562, section 5.7), which sort by time of making."""

from __future__ import annotations

from uuid import UUID


def uuid7(unix_milliseconds: int, random: int) -> str:
    """The id for a moment and 74 random bits."""
    time = (unix_milliseconds & (1 << 48) - 1) << 80
    version = 0x7 << 76
    rand_a = (random >> 62 & 0xFFF) << 64
    variant = 0b10 << 62
    rand_b = random & (1 << 62) - 1
    return str(UUID(int=time | version | rand_a | variant | rand_b))
