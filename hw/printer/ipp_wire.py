"""The little of IPP that asks a machine how it is. Pure. Source: RFC 8010, 3.

pycups cannot read octet strings, in which machines tell their toner (PWG 5100.13, 5.6), and waits
a minute for a machine that says nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

Value = int | str | bytes
Attributes = dict[str, list[Value]]

CANCEL_JOB = 0x0008
GET_JOBS = 0x000A
GET_PRINTER_ATTRIBUTES = 0x000B
OPERATION_GROUP, END = 0x01, 0x03
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
BEGIN_COLLECTION, END_COLLECTION = 0x34, 0x37
TEXT_WITH_LANGUAGE, NAME_WITH_LANGUAGE = 0x35, 0x36
NAME, KEYWORD, URI, CHARSET, LANGUAGE = 0x42, 0x44, 0x45, 0x47, 0x48
TEXTS = range(0x41, 0x4A)
FIRST_ERROR = 0x0400
FIRST_VALUE = 0x10  # tags below begin a group


class IppError(Exception):
    """The answer is no IPP, or a refusal; one sentence for a technician."""


def printer_question(uri: str, wanted: Iterable[str]) -> bytes:
    """Get-Printer-Attributes for the printer at ``uri``."""
    return _question(GET_PRINTER_ATTRIBUTES, uri, b"", wanted)


def ended_jobs_question(uri: str, most: int) -> bytes:
    """Get-Jobs: names and states of the last ``most`` jobs that have ended, newest first."""
    which = _attribute(KEYWORD, "which-jobs", "completed")
    return _question(GET_JOBS, uri, _number("limit", most) + which, ("job-name", "job-state"))


def open_jobs_question(uri: str, most: int) -> bytes:
    """Get-Jobs: ids and names of at most ``most`` jobs that have not ended."""
    which = _attribute(KEYWORD, "which-jobs", "not-completed")
    return _question(GET_JOBS, uri, _number("limit", most) + which, ("job-id", "job-name"))


def cancel_question(uri: str, job: int, user: str) -> bytes:
    """Cancel-Job for the job of that id, in the name of ``user``."""
    name = _attribute(NAME, "requesting-user-name", user)
    return _question(CANCEL_JOB, uri, _number("job-id", job) + name, ())


def _question(operation: int, uri: str, more: bytes, wanted: Iterable[str]) -> bytes:
    head = struct.pack(">BBHIB", 2, 0, operation, 1, OPERATION_GROUP)
    names = list(wanted)
    keywords = (
        _attribute(KEYWORD, "requested-attributes" if place == 0 else "", name)
        for place, name in enumerate(names)
    )
    return b"".join(
        (
            head,
            _attribute(CHARSET, "attributes-charset", "utf-8"),
            _attribute(LANGUAGE, "attributes-natural-language", "en"),
            _attribute(URI, "printer-uri", uri),
            more,
            *keywords,
            bytes((END,)),
        )
    )


def _attribute(tag: int, name: str, value: str) -> bytes:
    data = value.encode()
    return _named(tag, name) + struct.pack(">H", len(data)) + data


def _number(name: str, value: int) -> bytes:
    return _named(INTEGER, name) + struct.pack(">Hi", 4, value)


def _named(tag: int, name: str) -> bytes:
    key = name.encode()
    return struct.pack(">BH", tag, len(key)) + key


def answered(data: bytes) -> Attributes:
    """The attributes of an answer, collections left out. Raises IppError."""
    found: Attributes = {}
    for group in answered_groups(data):
        for name, values in group.items():
            found.setdefault(name, []).extend(values)
    return found


def answered_groups(data: bytes) -> list[Attributes]:
    """The same, each group by itself: one for each job of Get-Jobs. Raises IppError."""
    try:
        _, _, status, _ = struct.unpack_from(">BBHI", data)
        if status >= FIRST_ERROR:
            raise IppError(f"it refuses to tell its state (0x{status:04x})")
        groups: list[Attributes] = [{}]
        name, depth = "", 0
        for tag, key, value in _parts(data, 8):
            if tag < FIRST_VALUE:
                groups.append({})
                continue
            name = key or name
            depth += (tag == BEGIN_COLLECTION) - (tag == END_COLLECTION)
            if depth == 0 and tag != END_COLLECTION:
                groups[-1].setdefault(name, []).append(_value(tag, value))
    except struct.error as error:
        raise IppError("its answer is cut off") from error
    return groups


def _parts(data: bytes, place: int) -> Iterator[tuple[int, str, bytes]]:
    """Tag, name and value of each attribute; an empty name goes on with the one before. The
    beginning of a group is its tag alone.
    """
    while True:
        (tag,) = struct.unpack_from(">B", data, place)
        place += 1
        if tag == END:
            return
        if tag < FIRST_VALUE:
            yield tag, "", b""
            continue
        name, place = _field(data, place)
        value, place = _field(data, place)
        yield tag, name.decode("ascii", "replace"), value


def _field(data: bytes, place: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", data, place)
    end = place + 2 + length
    if end > len(data):
        raise IppError("its answer is cut off")
    return data[place + 2 : end], end


def _value(tag: int, data: bytes) -> Value:
    if tag in (INTEGER, ENUM):
        number: int = struct.unpack(">i", data)[0]
        return number
    if tag == BOOLEAN:
        return int(data != b"\x00")
    if tag in (TEXT_WITH_LANGUAGE, NAME_WITH_LANGUAGE):
        _, place = _field(data, 0)
        return _field(data, place)[0].decode("utf-8", "replace")
    return data.decode("utf-8", "replace") if tag in TEXTS else data
