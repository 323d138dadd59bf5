"""The power is cut while a busy kiosk's log is written back into its database, and begun anew."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from firmware.store import Store
from tests.reliability.powercut.busy import LETTERS_KEPT, VISITS, letter, tag
from tests.reliability.powercut.disk import Disk, Image, lay_out, read_in
from tests.reliability.powercut.recording import Operation, record_program
from tests.reliability.powercut.survey import quick_place

SOME = 60
SEED = 5


class Busy:
    """The recorded days."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.state.mkdir()
        self.operations = record_program(folder, "busy", self.state / "kiosk.db")
        self.end = read_in(self.state)

    def points(self) -> list[int]:
        """Where a cut meets the database itself, a truncation, a sync or the log's new beginning;
        the other writes only make the log longer.
        """
        return [
            op.number
            for op in self.operations
            if op.kind in ("sync", "truncate", "unlink")
            or (op.kind == "write" and (op.path.endswith("kiosk.db") or op.offset < 8192))
        ]

    def cuts(self, points: set[int], seeds: int) -> Iterator[tuple[Operation, str, Image, Counter]]:  # type: ignore[type-arg]
        """What each cut leaves, and how many of each thing were durable by then."""
        disk, durable = Disk({}), Counter[str]()
        for op in self.operations:
            disk.take(op)
            if op.kind == "mark":
                durable[op.path.split()[1]] += 1
            if op.number in points:
                yield op, "synced", disk.synced(), durable
                for seed in range(seeds):
                    yield op, f"torn {seed}", disk.torn(Random(f"{seed} {op.number}")), durable


def what_is_lost(file: Path, durable: Counter[str]) -> Iterator[str]:
    """Start, and look for everything that had been durable."""
    store = Store(file)
    with closing(sqlite3.connect(file)) as db:
        integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
        if integrity != "ok":
            yield f"the database is damaged: {integrity}"
        counts = dict(db.execute("SELECT state, count(*) FROM request GROUP BY state"))
        seqs = [row[0] for row in db.execute("SELECT seq FROM outbox ORDER BY seq")]
    if sum(counts.values()) < durable["filed"] or counts.get("collected", 0) < durable["collected"]:
        yield f"{dict(durable)} were durable, requests are {counts}"
    if store.counter("seq") < durable["filed"] + durable["collected"] or len(set(seqs)) < len(seqs):
        yield f"numbers up to {store.counter('seq')} are given"
    if store.counter("srv_seq") < durable["come"]:
        yield f"message {store.counter('srv_seq')} is the last that is known"
    for visit in range(max(0, durable["come"] - LETTERS_KEPT + 1), durable["come"]):
        kept = next(iter(store.letters_of(tag(visit))), None)
        if kept is None or kept.sealed != letter(visit):
            yield f"letter {visit} is not what it was"
        elif visit < durable["collected"] and kept.copies != 1:
            yield f"letter {visit} has {kept.copies} copies"
    lost = [v for v in range(durable["tried"]) if store.wrong_pins(tag(v)) != 1]
    if lost:
        yield f"wrong PINs of {lost} are forgotten"
    store.close()


@pytest.fixture(scope="module")
def busy() -> Iterator[Busy]:
    with tempfile.TemporaryDirectory(dir=quick_place()) as folder:
        yield Busy(Path(folder))


def cut(busy: Busy, points: set[int], seeds: int) -> int:
    broken, count = [], 0
    for op, variant, image, durable in busy.cuts(points, seeds):
        folder = busy.folder / f"cut{count}"
        lay_out(image, busy.state, folder)
        found = what_is_lost(folder / "kiosk.db", durable)
        broken += [f"{variant} after {op.name}: {what}" for what in found]
        for file in folder.iterdir():
            file.unlink()
        count += 1
    assert not broken, "\n".join(broken)
    return count


def test_the_log_was_written_back_in_the_midst_of_it(busy: Busy) -> None:
    disk = Disk({})
    for operation in busy.operations:
        disk.take(operation)
    assert disk.written() == busy.end
    begun = [op for op in busy.operations if op.path.endswith("-wal") and op.offset == 0]
    assert len([op for op in begun if op.kind == "write"]) > 2
    marks = [op.path for op in busy.operations if op.kind == "mark"]
    assert marks[-1] == f"durable collected {VISITS - 1}"


def test_cut_while_the_log_is_written_back(busy: Busy) -> None:
    chosen = Random(SEED).sample(busy.points(), SOME)
    assert cut(busy, set(chosen), seeds=1) == 2 * SOME


@pytest.mark.long
def test_cut_at_every_point_of_busy_days(busy: Busy) -> None:
    count = cut(busy, set(busy.points()), seeds=3)
    print(f"busy days: {count} cuts")
    assert count > 1000
