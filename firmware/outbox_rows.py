"""Numbers and messages to the regency, written inside a transaction of the caller's."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from firmware.core.request import RequestState

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]

_WAITING = "SELECT seq, id, kind, request_id, payload FROM outbox WHERE settled = 0 AND dead = ''"
_OLDEST = f"{_WAITING} AND seq > ? ORDER BY seq LIMIT ?"
_NEWEST = f"{_WAITING} AND seq > ? ORDER BY seq DESC LIMIT ?"
_THESE = f"{_WAITING} AND id IN (SELECT value FROM json_each(?)) ORDER BY seq"  # noqa: S608 - our own words

# All receipts that came together in one statement.
_SETTLE = """UPDATE outbox SET settled = 1
    WHERE id IN (SELECT value FROM json_each(?)) AND settled = 0 RETURNING seq, id, request_id"""
_RECEIVE = """UPDATE request SET state = ?
    WHERE id IN (SELECT value FROM json_each(?)) AND state IN (?, ?)"""


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """A message that the regency must receive."""

    seq: int
    id: str
    kind: str
    request_id: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """A message that the regency has; ``request_id`` is empty for an event of no request."""

    seq: int
    id: str
    request_id: str


def outgoing(db: sqlite3.Connection, limit: int, newest: bool, after: int) -> list[Outgoing]:
    """What waits for a receipt with a number above ``after``: the oldest, or newest, first."""
    return [Outgoing(*row) for row in db.execute(_NEWEST if newest else _OLDEST, (after, limit))]


def waiting(db: sqlite3.Connection, message_ids: Sequence[str]) -> list[Outgoing]:
    """Those of the messages that wait for a receipt, oldest first."""
    return [Outgoing(*row) for row in db.execute(_THESE, (json.dumps(message_ids),))]


def settle(db: sqlite3.Connection, message_ids: Sequence[str]) -> list[Settled]:
    """The regency has these: those that were not settled before. A request is received, unless
    more is known of it.
    """
    rows = db.execute(_SETTLE, (json.dumps(message_ids),)).fetchall()
    if rows:
        queued, sent = RequestState.QUEUED.value, RequestState.SENT.value
        names = json.dumps([row[1] for row in rows])
        db.execute(_RECEIVE, (RequestState.RECEIVED.value, names, queued, sent))
    return [Settled(*row) for row in rows]


def let_settled_go(db: sqlite3.Connection, fresh: Sequence[Settled], since: int, kept: int) -> int:
    """Away with settled and refused messages that are older than the ``kept`` newest: ``fresh``
    ones, and what grew so old since this was done up to the number ``since``. Up to which number
    it was done. A backlog that waits is not read each time.
    """
    (upto,) = db.execute("SELECT value - ? FROM meta WHERE name = 'seq'", (kept,)).fetchone()
    old = [(one.seq,) for one in fresh if one.seq <= upto]
    db.executemany("DELETE FROM outbox WHERE seq = ?", old)
    if upto > since:
        db.execute(
            "DELETE FROM outbox WHERE (settled = 1 OR dead != '') AND seq > ? AND seq <= ?",
            (since, upto),
        )
    return int(upto)


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
