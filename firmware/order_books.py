"""The order tables of the kiosk's database: which orders were seen, what became of them, and what
they changed for good. See ``firmware.store``, whose connection and transactions these are. Used
by the controller's thread alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from firmware.core.orders import Kind, Memory
from firmware.core.wire import OrderDone, encode
from firmware.outbox_rows import Transaction, put_event

REMEMBERED = 200
"""Numbers below the highest that are remembered one by one; all before count as answered."""

Outcome = Literal["done", "refused", "expired", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Seen:
    """An order whose signature was good."""

    kind: Kind
    number: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of an order; ``event_id`` and ``at`` are those of the message that says so."""

    outcome: Outcome
    detail: str
    event_id: str
    at: str


class OrderBooks:
    """Every public method is one transaction. ``boot_id`` is this start's."""

    def __init__(self, db: sqlite3.Connection, transaction: Transaction, boot_id: str) -> None:
        self._db = db
        self._transaction = transaction
        self._boot_id = boot_id

    def memory(self, kind: Kind, number: int) -> Memory:
        """What is known of orders on dn/``kind``, and of this number."""
        highest = self._meta(f"order_{kind}")
        row = self._db.execute(
            "SELECT 1 FROM order_seen WHERE kind = ? AND number = ?", (kind, number)
        ).fetchone()
        is_answered = row is not None or number <= highest - REMEMBERED
        return Memory(highest, is_answered, self._meta("clock_floor"))

    def highest(self) -> int:
        """The highest number seen on either topic."""
        return max(self._meta("order_cmd"), self._meta("order_cfg"))

    def begin(self, seen: Seen) -> None:
        """The order runs from here on, and never again."""
        with self._transaction() as db:
            _mark(db, seen, "")

    def close(self, seen: Seen, ending: Ending, changes: Mapping[str, bytes] | None = None) -> None:
        """The order's end, what it changes for good and the word of it to the regency: all or
        nothing.
        """
        with self._transaction() as db:
            _mark(db, seen, ending.outcome)
            _keep(db, changes or {})
            put_event(db, ending.event_id, ending.at, lambda seq: self._word(seq, seen, ending))

    def _word(self, seq: int, seen: Seen, ending: Ending) -> bytes:
        return encode(
            OrderDone(
                ending.event_id,
                seq,
                ending.at,
                seen.id,
                seen.number,
                ending.outcome,
                ending.detail,
                self._boot_id,
            )
        )

    def under_way(self) -> list[Seen]:
        """Orders that were marked and have no outcome, oldest first."""
        rows = self._db.execute(
            "SELECT kind, number, id, name FROM order_seen WHERE outcome = '' ORDER BY kind, number"
        )
        return [Seen(*row) for row in rows]

    def keep(self, changes: Mapping[str, bytes]) -> None:
        """What a technician changed for good, at the kiosk itself."""
        with self._transaction() as db:
            _keep(db, changes)

    def kept(self, name: str) -> bytes | None:
        """What an order, or a technician, changed for good under this name."""
        row = self._db.execute("SELECT payload FROM kept WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def passed_time(self) -> int:
        """Seconds since 1970 that have passed for certain; 0 while nobody said so."""
        return self._meta("clock_floor")

    def note_time(self, seconds: int) -> None:
        """So many seconds since 1970 have passed for certain: the regency itself said so."""
        with self._transaction() as db:
            db.execute("UPDATE meta SET value = ? WHERE name = 'clock_floor'", (seconds,))

    def _meta(self, name: str) -> int:
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return int(row[0])


def _keep(db: sqlite3.Connection, changes: Mapping[str, bytes]) -> None:
    db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", changes.items())


def _mark(db: sqlite3.Connection, seen: Seen, outcome: str) -> None:
    db.execute(
        "INSERT INTO order_seen (kind, number, id, name, outcome) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, number) DO UPDATE SET outcome = excluded.outcome",
        (seen.kind, seen.number, seen.id, seen.name, outcome),
    )
    db.execute(
        "UPDATE meta SET value = max(value, ?) WHERE name = ?", (seen.number, f"order_{seen.kind}")
    )
    db.execute(
        "DELETE FROM order_seen WHERE kind = ? AND outcome != '' AND number <="
        " (SELECT value FROM meta WHERE name = ?) - ?",
        (seen.kind, f"order_{seen.kind}", REMEMBERED),
    )
