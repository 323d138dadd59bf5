"""The kiosk's database: SQLite, WAL, synchronous=FULL. What commit() has returned from is
safe from a power cut. Used by the controller's thread alone.

Every public method is one transaction. Sealed columns stay sealed here. The print tables are
reached through ``Store.prints``, changes of cards through ``Store.cards``, orders through
``Store.orders``.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from firmware.card_books import CardBooks, waits_for_answer
from firmware.core.errors import StoreError
from firmware.core.request import RequestState
from firmware.core.wire import DirectoryEntry, KdfCost, LetterDown
from firmware.order_books import OrderBooks
from firmware.outbox_rows import (
    Outgoing,
    let_settled_go,
    next_number,
    outgoing,
    put_message,
    settle,
    waiting,
)
from firmware.print_books import PrintBooks
from firmware.retention import let_dead_go, let_letters_go, let_requests_go

SETTLED_KEPT = 2000
"""Receipted messages that are kept: about two months of a busy kiosk, some 4 MB."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A resident in the directory."""

    tag: bytes
    salt: bytes
    cost: KdfCost
    public_key: bytes
    sealed_profile: bytes
    revoked: bool
    role: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class SealedLetter:
    """A signed letter as it lies here. ``copies`` were printed."""

    request_id: str
    sealed: bytes
    copies: int


@dataclass(frozen=True, slots=True, repr=False)
class SealedRequest:
    """A request made here, for its own resident."""

    request_id: str
    state: RequestState
    sealed_summary: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Filing:
    """What is filed of a new request: for its resident, and for the regency."""

    number: str
    claim_code: str
    sealed_summary: bytes
    payload: bytes


class Store:
    """The database at ``file``, made if it is not there, brought up to the newest schema."""

    errors = sqlite3.Error
    """What any method may raise when the disk fails; nothing was changed then."""

    def __init__(self, file: Path) -> None:
        self.boot_id = secrets.token_hex(8)
        """Of this process alone. A card that was put back counts the same numbers once more, but
        under another of these."""
        self._let_go_upto = 0
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._folder = file.parent
            self._db = sqlite3.connect(file, isolation_level=None, timeout=10)
            file.chmod(0o600)
            self._prepare()
            self.prints = PrintBooks(self._db, self._transaction)
            self.cards = CardBooks(self._db, self._transaction)
            self.orders = OrderBooks(self._db, self._transaction, self.boot_id)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the database {file} cannot be used: {error}; check the disk, or move the file "
                "away to begin with an empty one"
            ) from error

    def _prepare(self) -> None:
        # Small pages halve what a request costs the card: see tests.bench delivery. This is for a
        # new database; one that is there keeps its own.
        self._db.execute("PRAGMA page_size = 1024")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA secure_delete = ON")
        have = self._db.execute("PRAGMA user_version").fetchone()[0]
        for number, script in _schemas():
            if number > have:
                self._db.executescript(
                    f"BEGIN; {script}; PRAGMA user_version = {number:d}; COMMIT;"
                )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    # ------------------------------------------------------------ counters

    def counter(self, name: str) -> int:
        """The present value of boot, seq, srv_seq, visits, doors or power_cuts."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return int(row[0])

    def count(self, name: str) -> int:
        """Add one, durably, and return the new value."""
        with self._transaction() as db:
            return next_number(db, name)

    # ------------------------------------------------------------ directory and PINs

    def entry(self, tag: bytes) -> Entry | None:
        """The resident filed under ``tag``."""
        row = self._db.execute(
            "SELECT tag, salt, kdf_passes, kdf_memory_kib, kdf_lanes, public_key, sealed_profile,"
            " revoked, role FROM directory WHERE tag = ?",
            (tag,),
        ).fetchone()
        if row is None:
            return None
        return Entry(row[0], row[1], KdfCost(*row[2:5]), row[5], row[6], bool(row[7]), row[8])

    def wrong_pins(self, tag: bytes) -> int:
        """Wrong PINs in a row for this card."""
        row = self._db.execute("SELECT tries FROM wrong_pin WHERE tag = ?", (tag,)).fetchone()
        return int(row[0]) if row else 0

    def count_pin_try(self, tag: bytes) -> int:
        """Count a try as wrong before it is made; ``forgive_pins`` takes it back."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO wrong_pin (tag, tries) VALUES (?, 1)"
                " ON CONFLICT (tag) DO UPDATE SET tries = tries + 1",
                (tag,),
            )
            row = db.execute("SELECT tries FROM wrong_pin WHERE tag = ?", (tag,)).fetchone()
            return int(row[0])

    def forgive_pins(self, tag: bytes) -> None:
        """The PIN was right, or an officer unlocked the card."""
        with self._transaction() as db:
            db.execute("DELETE FROM wrong_pin WHERE tag = ?", (tag,))

    # ------------------------------------------------------------ requests

    def file_request(
        self, request_id: str, tag: bytes, at: str, make: Callable[[int], Filing]
    ) -> Filing:
        """A request and its message to the regency, both or neither. ``make`` is given the
        running number and returns what is filed under it.
        """
        with self._transaction() as db:
            seq = next_number(db, "seq")
            filing = make(seq)
            db.execute(
                "INSERT INTO request (id, tag, state, sealed_summary, created_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (request_id, tag, RequestState.QUEUED.value, filing.sealed_summary, at),
            )
            put_message(db, seq, request_id, "req", request_id, filing.payload, at)
            let_requests_go(db)
        return filing

    def requests_of(self, tag: bytes) -> list[SealedRequest]:
        """The resident's requests that are not yet collected, newest first."""
        rows = self._db.execute(
            "SELECT id, state, sealed_summary FROM request WHERE tag = ? AND state != ?"
            " ORDER BY rowid DESC",  # not by time: the clock may have been wrong
            (tag, RequestState.COLLECTED.value),
        )
        return [SealedRequest(row[0], RequestState(row[1]), row[2]) for row in rows]

    # ------------------------------------------------------------ outbox

    def outgoing(self, limit: int, newest: bool = False, after: int = 0) -> list[Outgoing]:
        """What waits for the regency's receipt with a number above ``after``, oldest first; or the
        ``newest``, newest first.
        """
        return outgoing(self._db, limit, newest, after)

    def waiting(self, message_ids: Sequence[str]) -> list[Outgoing]:
        """Those of the messages that wait for the regency's receipt, oldest first."""
        return waiting(self._db, message_ids)

    def queue(self) -> tuple[int, str]:
        """How many messages wait, and when the oldest was made ('' when none)."""
        row = self._db.execute(
            "SELECT count(*), coalesce(min(created_at), '') FROM outbox"
            " WHERE settled = 0 AND dead = ''"
        ).fetchone()
        return int(row[0]), str(row[1])

    def confirm(self, message_ids: Sequence[str]) -> dict[str, str]:
        """The regency has these: let go, in one transaction. Which of them were not settled
        before, and their requests.

        A message is kept until SETTLED_KEPT newer ones are made: see ``send_again``.
        """
        with self._transaction() as db:
            rows = settle(db, message_ids)
            upto = 0
            if rows:
                upto = let_settled_go(db, rows, self._let_go_upto, SETTLED_KEPT)
                db.execute(
                    "INSERT OR REPLACE INTO meta (name, value)"
                    " VALUES ('delivered_at', CAST(strftime('%s', 'now') AS INTEGER))"
                )
        self._let_go_upto = max(upto, self._let_go_upto)
        return {row.id: row.request_id for row in rows}

    def settled_seq(self) -> int:
        """The regency has receipted or refused every message up to this number."""
        row = self._db.execute(
            "SELECT min(seq) - 1 FROM outbox WHERE settled = 0 AND dead = ''"
        ).fetchone()
        return int(row[0]) if row[0] is not None else self.counter("seq")

    def send_again(self, after: int, srv_seq: int) -> int:
        """The regency lost what came after that number: it waits again. How many messages."""
        with self._transaction() as db:
            _saw(db, srv_seq)
            hit = db.execute(
                "UPDATE outbox SET settled = 0 WHERE settled = 1 AND seq > ?", (after,)
            )
        return hit.rowcount

    def raise_seq(self, seq: int, srv_seq: int) -> None:
        """Numbers up to ``seq`` were given before, by this kiosk on another card."""
        with self._transaction() as db:
            _saw(db, srv_seq)
            db.execute("UPDATE meta SET value = max(value, ?) WHERE name = 'seq'", (seq,))

    def delivered_at(self) -> int | None:
        """When the regency last confirmed a message, in seconds since 1970; None never."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'delivered_at'").fetchone()
        return int(row[0]) if row else None

    def free_bytes(self) -> int:
        """What the disk under the database has left."""
        return shutil.disk_usage(self._folder).free

    def bury(self, message_id: str, reason: str) -> None:
        """The regency refused it: keep it, send it no more."""
        with self._transaction() as db:
            hit = db.execute(
                "UPDATE outbox SET dead = ? WHERE id = ? AND settled = 0", (reason, message_id)
            )
            if hit.rowcount:
                _advance(db, message_id, RequestState.REJECTED)

    def mark_sent(self, message_ids: Iterable[str]) -> None:
        """Requests were handed to the broker: what the citizen reads, no promise."""
        with self._transaction() as db:
            for message_id in message_ids:
                _advance(db, message_id, RequestState.SENT)

    # ------------------------------------------------------------ from the regency

    def take_entry(self, entry: DirectoryEntry) -> bool:
        """A directory entry, unless a newer one is here. A new key is a new PIN: wrong tries at
        the old one are forgiven. False when it must come again later: the key was changed here,
        and this entry may have been made before the regency heard of that.
        """
        with self._transaction() as db:
            if not entry.revoked and waits_for_answer(db, entry.tag, entry.public_key):
                return False
            _saw(db, entry.srv_seq)
            old = db.execute(
                "SELECT srv_seq, public_key FROM directory WHERE tag = ?", (entry.tag,)
            ).fetchone()
            if old is not None and old[0] > entry.srv_seq:
                return True
            if old is not None and old[1] != entry.public_key:
                db.execute("DELETE FROM wrong_pin WHERE tag = ?", (entry.tag,))
            _keep_entry(db, entry)
            if entry.revoked:  # its letters open with nothing that is served here
                db.execute("DELETE FROM letter WHERE tag = ?", (entry.tag,))
        return True

    def take_letter(self, letter: LetterDown) -> None:
        """A signed letter, unless this one or a newer one is here: what came before may have been
        sealed to a newer key meanwhile. Nor one whose card was taken out of use by a later message.
        """
        with self._transaction() as db:
            _saw(db, letter.srv_seq)
            if _is_for_nobody(db, letter):
                return
            fresh = db.execute(
                "INSERT INTO letter (request_id, tag, sealed, copies, srv_seq)"
                " VALUES (?, ?, ?, 0, ?) ON CONFLICT (request_id) DO UPDATE"
                " SET sealed = excluded.sealed, srv_seq = excluded.srv_seq, tag = excluded.tag"
                " WHERE excluded.srv_seq > letter.srv_seq",
                (letter.request_id, letter.tag, letter.sealed, letter.srv_seq),
            )
            if fresh.rowcount:  # its resident may have another card since the request was made
                db.execute(
                    "UPDATE request SET tag = ? WHERE id = ?", (letter.tag, letter.request_id)
                )
            if _is_news(db, letter.request_id, letter.srv_seq):
                _advance(db, letter.request_id, RequestState.READY)
            let_letters_go(db)

    def take_state(self, request_id: str, state: RequestState, srv_seq: int) -> None:
        """The regency's word on a request of ours, unless a newer one is here."""
        with self._transaction() as db:
            _saw(db, srv_seq)
            if _is_news(db, request_id, srv_seq):
                _advance(db, request_id, state)

    def bury_message(self, at: str, topic: str, size: int, reason: str) -> None:
        """A message that could not be used."""
        with self._transaction() as db:
            db.execute("INSERT INTO dead_letter VALUES (?, ?, ?, ?)", (at, topic, size, reason))
            db.execute(
                "INSERT INTO meta (name, value) VALUES ('dead', 1)"
                " ON CONFLICT (name) DO UPDATE SET value = value + 1"
            )
            let_dead_go(db)

    def dead_messages(self) -> int:
        """How many messages from the regency could not be used, ever; the newest are kept."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'dead'").fetchone()
        return int(row[0]) if row else 0

    # ------------------------------------------------------------ letters

    def letters_of(self, tag: bytes) -> list[SealedLetter]:
        """The resident's signed letters, newest first."""
        rows = self._db.execute(
            "SELECT request_id, sealed, copies FROM letter WHERE tag = ? ORDER BY rowid DESC",
            (tag,),
        )
        return [SealedLetter(*row) for row in rows]

    def collect(
        self, job_id: int, state: str, event_id: str, at: str, make: Callable[[int], bytes]
    ) -> None:
        """A letter is on paper: the job ends, the copy counts, the regency hears of it.
        ``make`` is given the running number and returns the message.
        """
        with self._transaction() as db:
            seq = next_number(db, "seq")
            row = db.execute(
                "UPDATE print_job SET state = ? WHERE id = ? RETURNING request_id", (state, job_id)
            ).fetchone()
            db.execute("UPDATE letter SET copies = copies + 1 WHERE request_id = ?", row)
            _advance(db, row[0], RequestState.COLLECTED)
            put_message(db, seq, event_id, "evt", row[0], make(seq), at)


# What may follow what: the regency's older word never undoes a newer state.
_ORDER = (
    RequestState.QUEUED,
    RequestState.SENT,
    RequestState.RECEIVED,
    RequestState.INCOMPLETE,
    RequestState.UNDER_REVIEW,
    RequestState.AWAITING_SIGNATURE,
    RequestState.READY,
    RequestState.COLLECTED,
)
_LOCAL = {RequestState.QUEUED, RequestState.SENT, RequestState.RECEIVED, RequestState.COLLECTED}


def _advance(db: sqlite3.Connection, request_id: str, state: RequestState) -> None:
    """Move a request on. States that this kiosk sets itself only ever move it forward; the
    regency's own may also move it back (returned for completion), but not once collected.
    """
    row = db.execute("SELECT state FROM request WHERE id = ?", (request_id,)).fetchone()
    if row is None or row[0] == RequestState.COLLECTED.value:
        return
    now = RequestState(row[0])
    if state in _LOCAL and (now not in _ORDER or _ORDER.index(state) <= _ORDER.index(now)):
        return
    db.execute("UPDATE request SET state = ? WHERE id = ?", (state.value, request_id))


def _is_news(db: sqlite3.Connection, request_id: str, srv_seq: int) -> bool:
    """Whether no newer message spoke of this request; remembers this one."""
    hit = db.execute(
        "UPDATE request SET srv_seq = ? WHERE id = ? AND srv_seq < ?",
        (srv_seq, request_id, srv_seq),
    )
    return hit.rowcount > 0


def _is_for_nobody(db: sqlite3.Connection, letter: LetterDown) -> bool:
    row = db.execute(
        "SELECT 1 FROM directory WHERE tag = ? AND revoked = 1 AND srv_seq > ?",
        (letter.tag, letter.srv_seq),
    ).fetchone()
    return row is not None


def _keep_entry(db: sqlite3.Connection, entry: DirectoryEntry) -> None:
    db.execute(
        "INSERT OR REPLACE INTO directory (tag, salt, kdf_passes, kdf_memory_kib, kdf_lanes,"
        " public_key, sealed_profile, revoked, srv_seq, role)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.tag,
            entry.salt,
            entry.kdf.passes,
            entry.kdf.memory_kib,
            entry.kdf.lanes,
            entry.public_key,
            entry.sealed_profile,
            int(entry.revoked),
            entry.srv_seq,
            entry.role,
        ),
    )


def _saw(db: sqlite3.Connection, srv_seq: int) -> None:
    db.execute("UPDATE meta SET value = max(value, ?) WHERE name = 'srv_seq'", (srv_seq,))


def _schemas() -> list[tuple[int, str]]:
    """The numbered scripts in firmware/schema, in order."""
    folder = resources.files("firmware") / "schema"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return [(int(name.removesuffix(".sql")), (folder / name).read_text()) for name in names]
