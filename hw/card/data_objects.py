"""Data objects one level deep, pure: for files whose tags do not tell what is inside.

DG2 of a passport has 7F2E, by its tag a template, around bytes that are no data objects; and
secure messaging counts every byte, also those that ``tlv.decode`` passes over.
"""

from __future__ import annotations

from hw.card.tlv import Header, read_header


def split(data: bytes) -> list[tuple[int, bytes]] | None:
    """Tags and values of the objects that fill ``data``; None when they do not."""
    found: list[tuple[int, bytes]] = []
    while data:
        header = read_header(data)
        if not isinstance(header, Header) or header.whole > len(data):
            return None
        found.append((header.tag, data[header.size : header.whole]))
        data = data[header.whole :]
    return found


def inside(data: bytes, *path: int) -> bytes | None:
    """The value that a path of tags leads to."""
    for wanted in path:
        value = next((value for tag, value in split(data) or [] if tag == wanted), None)
        if value is None:
            return None
        data = value
    return data
