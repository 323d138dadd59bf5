"""The power is cut while a new version brings the database of an old one up to date."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path
from random import Random

import pytest

from firmware.store import Store
from tests.reliability.powercut.disk import Disk, Image, lay_out, read_in
from tests.reliability.powercut.recording import Operation, record_program
from tests.reliability.powercut.survey import quick_place

_SCHEMA = sorted((resources.files("firmware") / "schema").iterdir(), key=lambda file: file.name)
NEWEST = len(_SCHEMA)
TORN = 3

_ROWS = """
UPDATE meta SET value = 7 WHERE name = 'seq';
UPDATE meta SET value = 41 WHERE name = 'visits';
INSERT INTO directory (tag, salt, kdf_passes, kdf_memory_kib, kdf_lanes, public_key,
    sealed_profile, revoked) VALUES (x'01', x'02', 1, 64, 1, x'03', zeroblob(3000), 0);
INSERT INTO wrong_pin (tag, tries) VALUES (x'01', 14);
INSERT INTO request (id, tag, state, sealed_summary, created_at)
    VALUES ('r1', x'01', 'sent', zeroblob(900), '2026-11-24T08:00:00+07:00');
INSERT INTO letter (request_id, tag, sealed, copies) VALUES ('r0', x'01', zeroblob(60000), 2);
INSERT INTO outbox (seq, id, kind, request_id, payload, created_at)
    VALUES (7, 'r1', 'req', 'r1', zeroblob(900), '2026-11-24T08:00:00+07:00');
INSERT INTO print_job (kind, request_id, medium, copy, state, content, created_at) VALUES
    ('ticket', 'r1', 'roll', 1, 'SENDING', x'04', '2026-11-24T08:00:00+07:00'),
    ('letter', 'r0', 'roll', 2, 'CONFIRMED', NULL, '2026-11-23T08:00:00+07:00');
"""
_KEPT = (
    "SELECT name, value FROM meta WHERE name IN ('seq', 'visits')",
    "SELECT tag, salt, public_key, length(sealed_profile), revoked FROM directory",
    "SELECT tag, tries FROM wrong_pin",
    "SELECT id, state, length(sealed_summary) FROM request",
    "SELECT request_id, length(sealed), copies FROM letter",
    "SELECT seq, id, kind, length(payload), dead FROM outbox",
    "SELECT id, kind, request_id, copy, state, content FROM print_job",
)


def old_database(file: Path, version: int) -> None:
    """A database as version ``version`` left it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        for script in _SCHEMA[:version]:
            db.executescript(script.read_text())
        db.execute(f"PRAGMA user_version = {version}")
        db.executescript(_ROWS)
        if version in (2, 3):
            db.execute("UPDATE roll SET used_mm = 1234, cuts = 9, whole_mm = 78000")


def kept(file: Path) -> list[object]:
    """All that must outlive a new version."""
    with closing(sqlite3.connect(file)) as db:
        rows: list[object] = [db.execute(query).fetchall() for query in _KEPT]
        rows.append(db.execute("PRAGMA integrity_check").fetchone())
    return rows


def version_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=quick_place()) as folder:
        yield Path(folder)


class Migration:
    """One start on an old database, recorded."""

    def __init__(self, folder: Path, version: int) -> None:
        self.version = version
        self.state = folder / "state"
        self.state.mkdir()
        file = self.state / "kiosk.db"
        old_database(file, version)
        self.rows = kept(file)
        self._begin = read_in(self.state)
        self.operations = record_program(folder, "migrated", file)

    def images(self, seeds: int) -> Iterator[tuple[Operation, str, Image]]:
        """What each cut leaves, after each operation."""
        disk = Disk(self._begin)
        for op in self.operations:
            disk.take(op)
            yield op, "synced", disk.synced()
            yield op, "written", disk.written()
            for seed in range(seeds):
                yield op, f"torn {seed}", disk.torn(Random(f"{seed} {op.number}"))


def start_again(folder: Path, migration: Migration, image: Image) -> list[str]:
    """Look at what a cut left, and start on it."""
    lay_out(image, migration.state, folder)
    file = folder / "kiosk.db"
    broken = []
    if version_of(file) not in range(migration.version, NEWEST + 1):
        broken.append(f"the schema's version is {version_of(file)}")
    Store(file).close()
    if version_of(file) != NEWEST:
        broken.append(f"a start left the schema at {version_of(file)}")
    if kept(file) != migration.rows:
        broken.append("what was there is not there any more")
    return broken


def cut_everywhere(folder: Path, version: int, seeds: int, every: int = 1) -> int:
    """How many cuts there were; fails when one of them did harm."""
    migration = Migration(folder, version)
    broken, count = [], 0
    for number, (op, variant, image) in enumerate(migration.images(seeds)):
        if op.kind != "sync" and number % every:
            continue
        found = start_again(folder / f"cut{number}", migration, image)
        broken += [f"{variant} after {op.name}: {what}" for what in found]
        count += 1
    assert not broken, "\n".join(broken)
    return count


def test_cut_while_the_oldest_database_is_brought_up_to_date(quick_folder: Path) -> None:
    assert cut_everywhere(quick_folder, version=1, seeds=1, every=7) > 50


@pytest.mark.long
@pytest.mark.parametrize("version", range(1, NEWEST))
def test_cut_at_every_step_from_every_version(quick_folder: Path, version: int) -> None:
    count = cut_everywhere(quick_folder, version, TORN)
    print(f"version {version}: {count} cuts")
