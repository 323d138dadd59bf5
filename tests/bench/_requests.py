"""Requests as a citizen's visit makes them, and what a bare SQLite does with as many bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import msgspec

from firmware.core import seal, wire
from firmware.core.claim import make_claim_code
from firmware.core.ids import uuid7
from firmware.core.request import LetterRequest
from firmware.outbox_rows import next_number, put_message
from firmware.store import Filing, Store
from tests.regency.letter_parts import ANSWERS, SITI
from tests.reliability.delivery import AT, KIOSK, PUBLIC

TAG = b"t" * 32
SUMMARY = b"s" * 1500


def message(number: int) -> wire.RequestUp:
    """The request of that number, sealed to the regency."""
    request_id = uuid7(1_700_000_000_000 + number, number)
    request = LetterRequest(
        request_id,
        KIOSK,
        f"{KIOSK}-{number:05d}",
        SITI.nik,
        "keterangan-usaha",
        ANSWERS,
        make_claim_code(number),
        AT,
    )
    body = seal.seal(PUBLIC, msgspec.json.encode(request), seal.request_context(request_id))
    return wire.RequestUp(request_id, number, AT, body)


def named() -> Callable[[str], bytes]:
    """The same request under any id of 36 characters; sealing is not what is measured."""
    one = message(1)
    before, after = wire.encode(one).split(one.id.encode(), 1)
    return lambda name: before + name.encode() + after


def filer(store: Store) -> Callable[[], str]:
    """Files a request each time."""
    payload = named()
    count = 0

    def file() -> str:
        nonlocal count
        count += 1
        name = f"{count:036d}"
        body = payload(name)
        store.file_request(name, TAG, AT, lambda seq: Filing(f"n{seq}", "c", SUMMARY, body))
        return name

    return file


def fill(database: Path, messages: Iterable[tuple[str, bytes]]) -> None:
    """A kiosk's database with these requests in its outbox: as if they had been filed."""
    Store(database).close()
    with closing(sqlite3.connect(database)) as db, db:
        for name, payload in messages:
            db.execute(
                "INSERT INTO request (id, tag, state, sealed_summary, created_at)"
                " VALUES (?, ?, 'queued', ?, ?)",
                (name, TAG, SUMMARY, AT),
            )
            put_message(db, next_number(db, "seq"), name, "req", name, payload, AT)


def bare(file: Path, size: int) -> Callable[[], None]:
    """So many bytes into one table of a bare SQLite, synchronous=FULL, one commit each."""
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE request (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)")
    return lambda: db.execute("INSERT INTO request (payload) VALUES (?)", (b"p" * size,)) and None


def bytes_written() -> int:
    """All that this process has written, in bytes (wchar of /proc/self/io)."""
    rows = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(rows["wchar"])
