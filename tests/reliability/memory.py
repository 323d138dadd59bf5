"""Reading another process's memory, as root may (proc(5), /proc/PID/mem)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.reliability.needles import Found, Needle

_WAYS = {"plain": "utf-8", "UTF-16LE": "utf-16-le"}
"""How Python and C keep our texts; nobody keeps base64 of a name by accident."""


def can_read_memory() -> bool:
    """Whether this user may: once a process forbade dumps, root alone."""
    return os.geteuid() == 0


def memory_of(pid: int) -> Iterator[tuple[str, bytes]]:
    """Every mapping that can be written to, with its name."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            addresses, access, *_ = line.split()
            first, last = (int(part, 16) for part in addresses.split("-"))
            if not access.startswith("rw"):
                continue
            with contextlib.suppress(OSError):  # gone meanwhile, or a device's
                memory.seek(first)
                yield line.split(maxsplit=5)[-1], memory.read(last - first)


def search_memory(pid: int, needles: Iterable[Needle]) -> list[Found]:
    """The needles that are in a process's memory, as texts of one or two bytes a letter."""
    ways = [(needle.what, name, way) for needle in needles for name, way in _ways(needle)]
    found = []
    for place, content in memory_of(pid):
        for what, name, way in ways:
            offset = content.find(way)
            if offset >= 0:
                found.append(Found(what, place, name, offset))
    return found


def _ways(needle: Needle) -> Iterator[tuple[str, bytes]]:
    try:
        text = needle.raw.decode()
    except UnicodeDecodeError:
        yield "plain", needle.raw
        return
    for name, encoding in _WAYS.items():
        yield name, text.encode(encoding)
