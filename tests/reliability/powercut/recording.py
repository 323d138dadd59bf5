"""The log of ``recorder.c``: compiled, read, and each operation named by stage, kind and place."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_HEAD = struct.Struct("=IIIIqq")
_SOURCE = Path(__file__).with_name("recorder.c")

KINDS = {
    "o": "open",
    "c": "close",
    "w": "write",
    "t": "truncate",
    "s": "sync",
    "r": "rename",
    "u": "unlink",
    "d": "mkdir",
    "m": "map",
    "n": "send",
    "#": "mark",
}
"""What the recorder writes down, by its letter."""


@dataclass(frozen=True, slots=True, repr=False)
class Operation:
    """One thing that the kiosk did. ``path`` is a file's, or the name of a socket; ``offset``
    is a write's place, a truncation's size, or the flags of an open.
    """

    number: int
    stage: str
    kind: str
    path: str
    second: str
    fd: int
    offset: int
    data: bytes

    @property
    def name(self) -> str:
        """For people: where in the visit, what, on what, how much."""
        place = Path(self.path).name
        more = f" -> {Path(self.second).name}" if self.second else ""
        size = f" {len(self.data)} B at {self.offset}" if self.kind == "write" else ""
        size = f" {len(self.data)} B" if self.kind == "send" else size
        return f"#{self.number} [{self.stage}] {self.kind} {place}{more}{size}"


def compile_recorder(folder: Path) -> Path:
    """The library to preload."""
    library = folder / "recorder.so"
    options = ["-O1", "-Wall", "-Wextra", "-shared", "-fPIC"]
    subprocess.run(["gcc", *options, "-o", library, _SOURCE, "-ldl"], check=True)
    return library


def watch(
    library: Path, log: Path, folders: list[Path], sockets: Mapping[str, object]
) -> dict[str, str]:
    """The environment in which a program's operations are written to ``log``."""
    return {
        "LD_PRELOAD": str(library),
        "POWERCUT_LOG": str(log),
        "POWERCUT_FOLDERS": ":".join(os.path.realpath(folder) for folder in folders),
        "POWERCUT_SOCKETS": ":".join(f"{name}={place}" for name, place in sockets.items()),
    }


def record_program(folder: Path, module: str, database: Path) -> list[Operation]:
    """Run one of our programs on a database to its end; what it did to the folder of that."""
    log = folder / "operations.log"
    watched = watch(compile_recorder(folder), log, [database.parent], {})
    program = [sys.executable, "-m", f"{__package__}.{module}", str(database)]
    subprocess.run(program, env={**os.environ, **watched}, check=True)
    return read_log(log)


def read_log(log: Path, stage: str = "start") -> list[Operation]:
    """All operations, each with its stage: at first ``stage``, then what each mark begins."""
    return list(_operations(log.read_bytes(), stage))


def _operations(raw: bytes, stage: str) -> Iterator[Operation]:
    at, number = 0, 0
    paths: dict[int, str] = {}
    while at < len(raw):
        what, *sizes, fd, offset = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        parts = []
        for size in sizes:
            parts.append(raw[at : at + size])
            at += size
        path, second, data = parts[0].decode(), parts[1].decode(), parts[2]
        kind = KINDS[chr(what)]
        if kind == "open":
            paths[fd] = path
        elif kind == "mark":
            path = data.decode()
            stage = path.removeprefix("stage ") if path.startswith("stage ") else stage
        path = path or paths.get(fd, "")
        yield Operation(number, stage, kind, path, second, fd, offset, data)
        number += 1
