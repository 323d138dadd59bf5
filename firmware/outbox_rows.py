"""Numbers and messages to the regency, written inside a transaction of the caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]


def next_number(db: sqlite3.Connection, name: str) -> int:
    """Add one to a counter of meta; its new value."""
    row = db.execute(
        "UPDATE meta SET value = value + 1 WHERE name = ? RETURNING value", (name,)
    ).fetchone()
    return int(row[0])


def put_message(
    db: sqlite3.Connection,
    seq: int,
    message_id: str,
    kind: str,
    request_id: str,
    payload: bytes,
    at: str,
) -> None:
    """A message waits for the regency's receipt. ``kind``: req or evt."""
    db.execute(
        "INSERT INTO outbox (seq, id, kind, request_id, payload, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (seq, message_id, kind, request_id, payload, at),
    )


def put_event(db: sqlite3.Connection, event_id: str, at: str, make: Callable[[int], bytes]) -> None:
    """An event that belongs to no request; ``make`` is given its number."""
    seq = next_number(db, "seq")
    put_message(db, seq, event_id, "evt", "", make(seq), at)
