"""BER-TLV data objects, as cards use them. Source: ISO/IEC 8825-1:2021, 8.1; 7816-4:2020, 5.2.2.

Tags are numbers made of their bytes, as the standards print them: 0x6F, 0x5F1F, 0x7F49.
Cards know definite lengths only. What a card sends is hostile: bad input is a ``TlvTrouble``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_MORE = 0x80
_INDEFINITE = 0x80
LONGEST_TAG = 3
LONGEST_LENGTH_FIELD = 5
DEEPEST = 16
"""Templates within templates; a passport's are five deep at most."""


class TlvTrouble(StrEnum):
    """Why bytes are not BER-TLV as cards use it."""

    TRUNCATED = "truncated"  # ends within a tag, a length or a value
    BAD_TAG = "badTag"  # longer than three bytes, or a second byte of 80
    INDEFINITE = "indefinite"  # length byte 80, which 7816-4 does not allow
    BAD_LENGTH = "badLength"  # a length field of more than five bytes
    TOO_DEEP = "tooDeep"  # nested more than 16 times


@dataclass(frozen=True, slots=True)
class Header:
    """Tag and length of a data object. ``size`` is how many bytes they took themselves."""

    tag: int
    length: int
    size: int

    @property
    def whole(self) -> int:
        """Bytes of the whole data object: how much of a file must be read."""
        return self.size + self.length


@dataclass(frozen=True, slots=True, repr=False)
class Tlv:
    """A data object: ``value`` if it is primitive, ``children`` if it is constructed."""

    tag: int
    value: bytes = b""
    children: tuple[Tlv, ...] = ()

    def __repr__(self) -> str:
        inside = ", ".join(map(repr, self.children)) or f"<{len(self.value)} bytes>"
        return f"Tlv({self.tag:02X}, {inside})"

    def encode(self) -> bytes:
        """Its bytes, with the shortest length field. Raises ValueError for what is no tag, and
        for a value in a constructed or children in a primitive object.
        """
        if is_constructed(self.tag):
            if self.value:
                raise ValueError(f"{self.tag:02X} is constructed: it has children, not a value")
            return encode(self.tag, b"".join(child.encode() for child in self.children))
        if self.children:
            raise ValueError(f"{self.tag:02X} is primitive: it has a value, not children")
        return encode(self.tag, self.value)


def encode(tag: int, value: bytes) -> bytes:
    """A data object of ``tag`` around ``value``, which for a template holds encoded objects."""
    return _tag_bytes(tag) + _length_bytes(len(value)) + value


def is_constructed(tag: int) -> bool:
    """Whether a data object of this tag holds others (bit 6 of its first byte)."""
    return bool(_tag_bytes(tag)[0] & _CONSTRUCTED)


def read_header(raw: bytes) -> Header | TlvTrouble:
    """Tag and length at the start of ``raw``; eight bytes of a file are always enough."""
    return _header(raw, 0)


def decode(raw: bytes) -> tuple[Tlv, ...] | TlvTrouble:
    """The data objects in ``raw``, one after the other, templates opened.

    Bytes 00 before, between and after objects are passed over (7816-4 lets a card leave them
    where something was erased).
    """
    return _decode(raw, 0)


def find(objects: Iterable[Tlv], *path: int) -> Tlv | None:
    """The first object at the end of ``path``: ``find(objects, 0x6F, 0xA5, 0x88)`` is the first
    88 of the first A5 that has one, and so on upwards. None without one.
    """
    wanted, rest = path[0], path[1:]
    for one in objects:
        if one.tag == wanted:
            found = find(one.children, *rest) if rest else one
            if found is not None:
                return found
    return None


def _decode(raw: bytes, depth: int) -> tuple[Tlv, ...] | TlvTrouble:
    if depth > DEEPEST:
        return TlvTrouble.TOO_DEEP
    objects: list[Tlv] = []
    place = 0
    while place < len(raw):
        if raw[place] == 0:
            place += 1
            continue
        header = _header(raw, place)
        if isinstance(header, TlvTrouble):
            return header
        value = raw[place + header.size : place + header.whole]
        if len(value) < header.length:
            return TlvTrouble.TRUNCATED
        one = _object(raw[place], header.tag, value, depth)
        if isinstance(one, TlvTrouble):
            return one
        objects.append(one)
        place += header.whole
    return tuple(objects)


def _object(first: int, tag: int, value: bytes, depth: int) -> Tlv | TlvTrouble:
    if not first & _CONSTRUCTED:
        return Tlv(tag, value)
    children = _decode(value, depth + 1)
    return children if isinstance(children, TlvTrouble) else Tlv(tag, children=children)


def _header(raw: bytes, start: int) -> Header | TlvTrouble:
    tag_size = _tag_size(raw, start)
    if isinstance(tag_size, TlvTrouble):
        return tag_size
    end = start + tag_size
    tag = int.from_bytes(raw[start:end], "big")
    if end >= len(raw):
        return TlvTrouble.TRUNCATED
    first = raw[end]
    if first < _INDEFINITE:
        return Header(tag, first, tag_size + 1)
    if first == _INDEFINITE:
        return TlvTrouble.INDEFINITE
    more = first & 0x7F
    if 1 + more > LONGEST_LENGTH_FIELD:
        return TlvTrouble.BAD_LENGTH
    field = raw[end + 1 : end + 1 + more]
    if len(field) < more:
        return TlvTrouble.TRUNCATED
    return Header(tag, int.from_bytes(field, "big"), tag_size + 1 + more)


def _tag_size(raw: bytes, start: int) -> int | TlvTrouble:
    """How many bytes the tag at ``start`` has. Nothing to read is truncated, 00 is no tag."""
    if start >= len(raw):
        return TlvTrouble.TRUNCATED
    if raw[start] == 0:
        return TlvTrouble.BAD_TAG
    if raw[start] & _LONG_TAG != _LONG_TAG:
        return 1
    for size in range(2, LONGEST_TAG + 1):
        if start + size > len(raw):
            return TlvTrouble.TRUNCATED
        byte = raw[start + size - 1]
        if size == 2 and byte == _MORE:
            return TlvTrouble.BAD_TAG  # 8825-1, 8.1.2.4.2 c: no leading zeros in a tag number
        if not byte & _MORE:
            return size
    return TlvTrouble.BAD_TAG


def _tag_bytes(tag: int) -> bytes:
    raw = tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big") if tag > 0 else b"\x00"
    if _tag_size(raw, 0) != len(raw):
        raise ValueError(f"{tag:X} is no BER-TLV tag of at most {LONGEST_TAG} bytes")
    return raw


def _length_bytes(length: int) -> bytes:
    if length < 0x80:
        return bytes((length,))
    size = (length.bit_length() + 7) // 8
    return bytes((0x80 | size,)) + length.to_bytes(size, "big")
