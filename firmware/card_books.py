"""What the kiosk's database knows of cards: keys that changed here, enrolments made here.
Reached through ``Store.cards``; every public method is one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from firmware.core.errors import StoreError
from firmware.core.wire import KdfCost
from firmware.outbox_rows import Transaction, next_number, put_event, put_message


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """All that lies here sealed to one resident: by request, letters and summaries."""

    letters: dict[str, bytes]
    summaries: dict[str, bytes]


@dataclass(frozen=True, slots=True, repr=False)
class NewKey:
    """What takes the place of a resident's key and of all that was sealed to it. What ``sealed``
    does not name stays as it is. ``payload`` is the message to the regency.
    """

    salt: bytes
    cost: KdfCost
    public_key: bytes
    sealed_profile: bytes
    payload: bytes
    sealed: Sealed = field(default_factory=lambda: Sealed({}, {}))


EnrolmentState = Literal["waiting", "accepted", "refused"]
NEWEST = 20


@dataclass(frozen=True, slots=True, repr=False)
class FiledEnrolment:
    """A card that waits for the regency's word. ``sealed_note`` is for the officer."""

    id: str
    tag: bytes
    public_key: bytes
    sealed_note: bytes
    at: str


@dataclass(frozen=True, slots=True, repr=False)
class SeenEnrolment:
    """What became of one; ``reason`` is the regency's when it was refused."""

    id: str
    sealed_note: bytes
    state: EnrolmentState
    reason: str


class CardBooks:
    """The directory's own changes, over the store's connection and transactions."""

    def __init__(self, db: sqlite3.Connection, transaction: Transaction) -> None:
        self._db = db
        self._transaction = transaction

    def change_key(
        self, tag: bytes, message_id: str, at: str, make: Callable[[int, Sealed], NewKey]
    ) -> None:
        """Another key for this resident, all of it or nothing: after a power cut there is the
        old one or the new one. ``make`` is given the running number and what lies here. Raises
        StoreError when the card was taken out of use meanwhile.
        """
        with self._transaction() as db:
            seq = next_number(db, "seq")
            new = make(seq, _sealed(db, tag))
            hit = db.execute(
                "UPDATE directory SET salt = ?, kdf_passes = ?, kdf_memory_kib = ?, kdf_lanes = ?,"
                " public_key = ?, sealed_profile = ?, change_id = ?"
                " WHERE tag = ? AND revoked = 0",
                (
                    new.salt,
                    new.cost.passes,
                    new.cost.memory_kib,
                    new.cost.lanes,
                    new.public_key,
                    new.sealed_profile,
                    message_id,
                    tag,
                ),
            )
            if not hit.rowcount:
                raise StoreError("the card went out of use meanwhile")
            _seal_anew(db, new.sealed)
            db.execute("DELETE FROM wrong_pin WHERE tag = ?", (tag,))
            put_message(db, seq, message_id, "evt", "", new.payload, at)

    def file_enrolment(self, filed: FiledEnrolment, make: Callable[[int], bytes]) -> None:
        """An enrolment and its message to the regency, both or neither. ``make`` is given the
        running number and returns the message. Of older ones no more is kept than is shown.
        """
        with self._transaction() as db:
            db.execute(
                "INSERT INTO enrolment (id, tag, public_key, sealed_note, at)"
                " VALUES (?, ?, ?, ?, ?)",
                (filed.id, filed.tag, filed.public_key, filed.sealed_note, filed.at),
            )
            put_event(db, filed.id, filed.at, make)
            db.execute(
                "DELETE FROM enrolment WHERE rowid NOT IN"
                " (SELECT rowid FROM enrolment ORDER BY rowid DESC LIMIT ?)",
                (NEWEST,),
            )

    def enrolments(self) -> list[SeenEnrolment]:
        """The newest enrolments made here, newest first."""
        rows = self._db.execute(
            "SELECT e.id, e.sealed_note, coalesce(o.dead, ''),"
            " EXISTS (SELECT 1 FROM directory d WHERE d.tag = e.tag"
            " AND d.public_key = e.public_key AND d.revoked = 0)"
            " FROM enrolment e LEFT JOIN outbox o ON o.id = e.id ORDER BY e.rowid DESC"
        )
        return [SeenEnrolment(row[0], row[1], _state(row[2], row[3]), row[2]) for row in rows]

    def revocation(self, tag: bytes) -> int:
        """The number of the message that took the card out of use here; 0 when none has."""
        row = self._db.execute(
            "SELECT srv_seq FROM directory WHERE tag = ? AND revoked = 1", (tag,)
        ).fetchone()
        return int(row[0]) if row else 0

    def waits_for_answer(self, tag: bytes, public_key: bytes) -> bool:
        """Whether the card has another key here than ``public_key``, and the regency has not
        said yet what it thinks of that.
        """
        return waits_for_answer(self._db, tag, public_key)


def waits_for_answer(db: sqlite3.Connection, tag: bytes, public_key: bytes) -> bool:
    """As ``CardBooks.waits_for_answer``, inside a transaction."""
    row = db.execute(
        "SELECT 1 FROM directory JOIN outbox ON outbox.id = directory.change_id"
        " WHERE directory.tag = ? AND directory.public_key != ?"
        " AND outbox.settled = 0 AND outbox.dead = ''",
        (tag, public_key),
    ).fetchone()
    return row is not None


def _state(refused: str, is_there: int) -> EnrolmentState:
    if refused:
        return "refused"
    return "accepted" if is_there else "waiting"


def _sealed(db: sqlite3.Connection, tag: bytes) -> Sealed:
    letters = db.execute("SELECT request_id, sealed FROM letter WHERE tag = ?", (tag,))
    requests = db.execute("SELECT id, sealed_summary FROM request WHERE tag = ?", (tag,))
    return Sealed(dict(letters.fetchall()), dict(requests.fetchall()))


def _seal_anew(db: sqlite3.Connection, sealed: Sealed) -> None:
    db.executemany(
        "UPDATE letter SET sealed = ? WHERE request_id = ?",
        [(body, request_id) for request_id, body in sealed.letters.items()],
    )
    db.executemany(
        "UPDATE request SET sealed_summary = ? WHERE id = ?",
        [(body, request_id) for request_id, body in sealed.summaries.items()],
    )
