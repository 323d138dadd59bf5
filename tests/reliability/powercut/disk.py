"""A disk as a power cut leaves it. Files and folders remember what was synced and what was only
written; an image is what was synced and some of the rest.

The rules are those of a POSIX file system that orders its own book-keeping (ext4, f2fs):
``fsync`` of a file makes its bytes and size durable, not its name; ``fsync`` of the folder makes
the names in it durable; renames, creations and removals reach the disk in their order, or not at
all; bytes that were not synced reach it in any order, in sectors of 512 bytes. A disk that lies
about ``fsync`` is beyond this model.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.reliability.powercut.recording import Operation

SECTOR_BYTES = 512
Image = dict[str, bytes]
"""Path -> content of every file."""


@dataclass(frozen=True, slots=True)
class _Write:
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class _Truncate:
    size: int


_Change = _Write | _Truncate


@dataclass(slots=True)
class _File:
    """``synced`` is safe; ``changes`` were made since, oldest first."""

    synced: bytes = b""
    content: bytearray = field(default_factory=bytearray)
    changes: list[_Change] = field(default_factory=list)

    def change(self, change: _Change) -> None:
        _apply(self.content, change)
        self.changes.append(change)

    def sync(self) -> None:
        self.synced = bytes(self.content)
        self.changes.clear()


def _apply(content: bytearray, change: _Change) -> None:
    match change:
        case _Write(offset, data):
            if len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset : offset + len(data)] = data
        case _Truncate(size):
            del content[size:]
            content.extend(bytes(size - len(content)))


@dataclass(frozen=True, slots=True)
class _Naming:
    """In ``folder``: ``gone`` is a name no more, ``name`` is one for ``file``."""

    folder: str
    gone: str = ""
    name: str = ""
    file: _File | None = None


class Disk:
    """What lies under some folders. Folders themselves are durable as soon as they are made."""

    def __init__(self, synced: Image) -> None:
        self._names = {path: _File(data, bytearray(data)) for path, data in synced.items()}
        self._synced_names = dict(self._names)
        self._namings: list[_Naming] = []
        self._open: dict[int, _File | str] = {}
        self.mapped: set[str] = set()

    def move(self, there: str, here: str) -> None:
        """What lay under ``there`` lies under ``here``; nothing is open."""

        def moved(path: str) -> str:
            return path.replace(there, here, 1)

        self._open.clear()
        self._names = {moved(path): file for path, file in self._names.items()}
        self._synced_names = {moved(path): file for path, file in self._synced_names.items()}
        self._namings = [
            _Naming(moved(n.folder), moved(n.gone), moved(n.name), n.file) for n in self._namings
        ]

    # ------------------------------------------------------------ what the program does

    def take(self, operation: Operation) -> None:
        """The operation was done."""
        do = _DO.get(operation.kind)
        if do is not None:
            do(self, operation)

    def _opened(self, op: Operation) -> None:
        is_new = op.path not in self._names
        if is_new and not op.offset & os.O_CREAT:  # a folder
            self._open[op.fd] = op.path
            return
        if is_new:
            self._name(_Naming(_folder(op.path), name=op.path, file=_File()))
        file = self._open[op.fd] = self._names[op.path]
        if op.offset & os.O_TRUNC:
            file.change(_Truncate(0))

    def _closed(self, op: Operation) -> None:
        self._open.pop(op.fd, None)

    def _written(self, op: Operation) -> None:
        self._file(op).change(_Write(op.offset, op.data))

    def _truncated(self, op: Operation) -> None:
        self._file(op).change(_Truncate(op.offset))

    def _synced(self, op: Operation) -> None:
        target = self._open[op.fd]
        if isinstance(target, _File):
            target.sync()
            return
        here = [naming for naming in self._namings if naming.folder == target]
        self._namings = [naming for naming in self._namings if naming.folder != target]
        for naming in here:
            _rename(self._synced_names, naming)

    def _renamed(self, op: Operation) -> None:
        assert _folder(op.path) == _folder(op.second), "between folders: not in this model"
        file = self._names[op.path]
        self._name(_Naming(_folder(op.path), gone=op.path, name=op.second, file=file))

    def _unlinked(self, op: Operation) -> None:
        if op.path in self._names:  # a socket is none of ours
            self._name(_Naming(_folder(op.path), gone=op.path))

    def _mapped(self, op: Operation) -> None:
        self.mapped.add(op.path)

    def _name(self, naming: _Naming) -> None:
        self._namings.append(naming)
        _rename(self._names, naming)

    def _file(self, op: Operation) -> _File:
        file = self._open[op.fd]
        assert isinstance(file, _File), f"{op.name}: not a file"
        return file

    # ------------------------------------------------------------ what a cut leaves

    def written(self) -> Image:
        """Everything reached the disk (or: the program alone was killed)."""
        return {path: bytes(file.content) for path, file in self._names.items()}

    def synced(self) -> Image:
        """Only what was synced did."""
        return {path: file.synced for path, file in self._synced_names.items()}

    def torn(self, random: Random) -> Image:
        """Some of the rest did: names up to a moment, and of the writes either those up to a
        moment, the last one torn, or any sectors.
        """
        names = dict(self._synced_names)
        for naming in self._namings[: random.randint(0, len(self._namings))]:
            _rename(names, naming)
        in_order = random.random() < 0.5
        some = _first_ones if in_order else _any_sectors
        return {path: _partly(file, random, some) for path, file in names.items()}


def _partly(
    file: _File, random: Random, some: Callable[[list[_Change], Random], list[_Change]]
) -> bytes:
    content = bytearray(file.synced)
    for change in some(file.changes, random):
        _apply(content, change)
    return bytes(content)


def _first_ones(changes: list[_Change], random: Random) -> list[_Change]:
    """Those up to a moment; of the last one its first sectors."""
    count = random.randint(0, len(changes))
    whole, rest = changes[:count], changes[count : count + 1]
    torn = [part for change in rest for part in _parts(change)]
    return [*whole, *torn[: random.randint(0, max(0, len(torn) - 1))]]


def _any_sectors(changes: list[_Change], random: Random) -> list[_Change]:
    """Each sector of each write by itself, in their order; sizes as they come."""
    parts = [part for change in changes for part in _parts(change)]
    return [part for part in parts if random.random() < 0.5]


def _parts(change: _Change) -> list[_Change]:
    """What of a change reaches the disk whole or not at all: what lies in one sector."""
    if isinstance(change, _Truncate):
        return [change]
    start, end = change.offset, change.offset + len(change.data)
    edges = [start, *range(start - start % SECTOR_BYTES + SECTOR_BYTES, end, SECTOR_BYTES), end]
    return [
        _Write(here, change.data[here - start : there - start])
        for here, there in itertools.pairwise(edges)
    ]


def _rename(names: dict[str, _File], naming: _Naming) -> None:
    names.pop(naming.gone, None)
    if naming.file is not None:
        names[naming.name] = naming.file


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def lay_out(image: Image, there: Path, here: Path) -> None:
    """Write the files of an image that lay under ``there`` to ``here``."""
    here.mkdir(parents=True, exist_ok=True)
    for path, content in image.items():
        if Path(path).is_relative_to(there):
            target = here / Path(path).relative_to(there)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def read_in(folder: Path) -> Image:
    """All files under a folder as they are."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


_DO: dict[str, Callable[[Disk, Operation], None]] = {
    "open": Disk._opened,
    "close": Disk._closed,
    "write": Disk._written,
    "truncate": Disk._truncated,
    "sync": Disk._synced,
    "rename": Disk._renamed,
    "unlink": Disk._unlinked,
    "map": Disk._mapped,
}
