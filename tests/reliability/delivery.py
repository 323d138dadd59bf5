"""Kiosk and regency at both ends of a line that loses, doubles, delays and reorders: the real
outbox, post, exchange and intake over the real databases; only the broker is a list here.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import insert, select, update

from firmware.core import seal, wire
from firmware.core.claim import make_claim_code
from firmware.core.ids import uuid7
from firmware.core.request import LetterRequest, RequestState
from firmware.journal import Journal
from firmware.outbox import Outbox
from firmware.post import Post
from firmware.store import Filing
from firmware.store import Store as KioskStore
from regency import tables as t
from regency.exchange import Exchange
from regency.intake import Intake
from regency.journal import queue_down
from regency.letters import load_catalogue
from regency.store import Store as RegencyStore
from regency.together import Arrival
from tests.regency.letter_parts import ANSWERS, SITI, SONGGON

KIOSK = f"{SONGGON.code}-1"
SEED = b"\x05" * seal.SEED_BYTES
PUBLIC = seal.public_key_of(SEED)
TAG = b"\x07" * 32
AT = "2026-11-24T08:00:00+07:00"
CATALOGUE = load_catalogue()
Message = tuple[str, bytes]


def hours_pass() -> Callable[[], float]:
    """A clock that makes everything overdue."""
    hours = itertools.count(0, 3600 * 2)
    return lambda: float(next(hours))


class Kiosk:
    """A kiosk without screen and devices: what it files, sends and hears."""

    def __init__(self, folder: Path, up: list[Message]) -> None:
        self.file = folder / "kiosk.db"
        self._up = up
        self._journal = Journal(folder / "journal.jsonl", lambda: datetime.now(UTC))
        self._names = itertools.count(1)
        self.now = 0.0
        self.filed: list[str] = []
        self.collected: list[str] = []
        self.start()

    def start(self) -> None:
        """Power is there: everything is read from the disk anew."""
        self.store = KioskStore(self.file)
        self.outbox = Outbox(self.store, lambda: 0.5)
        self.post = Post(
            self.store,
            self.outbox,
            self._journal,
            lambda: AT,
            lambda receipt: self._say("up/rcp", receipt),
            lambda _event: None,
            lambda: None,
        )
        self.store.count("boot")

    def stop(self) -> None:
        """Power is gone."""
        self.store.close()

    def be_born(self) -> None:
        """The link is up: the birth goes first."""
        self.outbox.link_up(self.now)
        store = self.store
        birth = wire.StateUp(
            True,
            store.counter("boot"),
            store.counter("seq"),
            store.counter("srv_seq"),
            "",
            store.settled_seq(),
            boot_id=store.boot_id,
        )
        self._say("st", birth)

    def file_request(self) -> str:
        """A citizen presses "send"; what is returned was promised."""
        count = next(self._names)
        request_id = uuid7(1_700_000_000_000 + count, count)
        claim = make_claim_code(count)
        self.store.file_request(
            request_id, TAG, AT, lambda seq: self._filing(request_id, claim, seq)
        )
        self.filed.append(request_id)
        return request_id

    def _filing(self, request_id: str, claim: str, seq: int) -> Filing:
        number = f"{KIOSK}-{seq:05d}"
        request = LetterRequest(
            request_id, KIOSK, number, SITI.nik, "keterangan-usaha", ANSWERS, claim, AT
        )
        body = seal.seal(PUBLIC, msgspec.json.encode(request), seal.request_context(request_id))
        message = wire.RequestUp(request_id, seq, AT, body, self.store.boot_id)
        return Filing(number, claim, b"summary", wire.encode(message))

    def print_letter(self, request_id: str) -> None:
        """The letter comes out of the printer."""
        job = self.store.prints.add_job("letter", request_id, "roll", None, AT)
        event_id = uuid7(1_800_000_000_000, next(self._names))
        self.store.collect(
            job.id,
            "CONFIRMED",
            event_id,
            AT,
            lambda seq: wire.encode(
                wire.CollectedUp(
                    event_id, seq, AT, request_id, "roll", True, job.copy, self.store.boot_id
                )
            ),
        )
        self.collected.append(event_id)

    def kept(self) -> set[str]:
        """Ids of the messages on the card, whether they wait or are settled."""
        with closing(sqlite3.connect(self.file)) as db:
            return {row[0] for row in db.execute("SELECT id FROM outbox WHERE dead = ''")}

    def letters(self) -> list[str]:
        """Requests whose letters lie here."""
        return [letter.request_id for letter in self.store.letters_of(TAG)]

    def send_due(self) -> None:
        """What the controller does from time to time."""
        self.now += 400.0
        parcels = self.outbox.parcels(self.now)
        self._up += [(wire.up_topic(KIOSK, kind), payload) for kind, payload in parcels]

    def hear(self, message: Message) -> None:
        """A message from the regency."""
        self.hear_all([message])

    def hear_all(self, messages: Iterable[Message]) -> None:
        """Messages that wait at once."""
        self.post.take(messages)

    def _say(self, kind: str, message: msgspec.Struct) -> None:
        self._up.append((f"k1/{KIOSK}/{kind}", wire.encode(message)))


class Regency:
    """The other end, without its web."""

    def __init__(self, folder: Path, down: list[Message]) -> None:
        self.file = folder / "regency.db"
        self._down = down
        self.mute = False
        self.signed: list[str] = []
        self.start()
        with self.store.engine.begin() as db:
            db.execute(insert(t.villages).values(code=SONGGON.code, data={}))
            row = {"village": SONGGON.code, "revoked": False, "last_srv_seq": 0}
            db.execute(insert(t.kiosks).values(id=KIOSK, **row))
            db.execute(insert(t.residents).values(nik=SITI.nik, village=SONGGON.code, profile={}))

    def start(self) -> None:
        """The server starts: everything is read from the disk anew."""
        self.store = RegencyStore(f"sqlite:///{self.file}", "secret")
        self.exchange = Exchange(
            Intake(self.store, CATALOGUE, SEED), self.store, self._publish, clock=hours_pass()
        )

    def stop(self) -> None:
        """The server dies."""
        self.store.close()

    def hear(self, message: Message) -> None:
        """A message from the kiosk."""
        self.exchange.take(*message)

    def hear_all(self, messages: Iterable[Message]) -> None:
        """Messages that wait at once."""
        self.exchange.take_all(Arrival(*message) for message in messages)

    @contextmanager
    def refusing_rows(self, which: str = "true") -> Iterator[None]:
        """The database itself fails when such a request is written, whatever went before it."""
        trigger = (
            f"CREATE TRIGGER spoilt BEFORE INSERT ON requests WHEN {which}"
            " BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
        )
        with self.store.engine.begin() as db:
            db.exec_driver_sql(trigger)
        try:
            yield
        finally:
            with self.store.engine.begin() as db:
                db.exec_driver_sql("DROP TRIGGER spoilt")

    def sign(self, request_id: str) -> None:
        """The letter is ready and goes down."""
        with self.store.engine.begin() as db:
            ready = {"state": RequestState.READY.value}
            db.execute(update(t.requests).where(t.requests.c.id == request_id).values(**ready))
            queue_down(db, KIOSK, lambda seq: wire.LetterDown(seq, request_id, TAG, b"sealed"))
        self.signed.append(request_id)
        self.exchange.notify(KIOSK)

    def requests(self) -> dict[str, str]:
        """The state of each request that is committed."""
        with self.store.engine.begin() as db:
            rows = db.execute(select(t.requests.c.id, t.requests.c.state))
            return {row.id: row.state for row in rows}

    def collected(self) -> list[str]:
        """Ids of the collected events that are committed."""
        with self.store.engine.begin() as db:
            return list(db.execute(select(t.collected.c.event_id)).scalars())

    def undelivered(self) -> int:
        """How many messages down have no receipt."""
        return len(self.store.undelivered(KIOSK, 0))

    def alarms(self) -> list[str]:
        """What somebody should look at."""
        with self.store.engine.begin() as db:
            return list(db.execute(select(t.alarms.c.what)).scalars())

    def dead_letters(self) -> list[str]:
        """Why messages could not be used."""
        with self.store.engine.begin() as db:
            return list(db.execute(select(t.dead_letters.c.reason)).scalars())

    def _publish(self, topic: str, payload: bytes) -> None:
        if not self.mute:  # it died between its commit and this
            self._down.append((topic, payload))


def copy_of(database: Path) -> bytes:
    """A copy of a SQLite database, as a backup or the image of a card holds it."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        return copy.serialize()


def put_back(database: Path, copy: bytes) -> None:
    """The copy is the database now."""
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)
    database.write_bytes(copy)


class Line:
    """Both ends and what is under way between them."""

    def __init__(self, folder: Path) -> None:
        self.up: list[Message] = []
        self.down: list[Message] = []
        self.kiosk = Kiosk(folder, self.up)
        self.regency = Regency(folder, self.down)

    def next_up(self, which: int) -> int:
        """The place of a message up that may arrive next. Of several workers any may be quicker
        than another; but births go to one of them, in the kiosk's own order.
        """
        place = which % len(self.up)
        births = [at for at, (topic, _) in enumerate(self.up) if topic.endswith("/st")]
        return births[0] if place in births else place

    def close(self) -> None:
        """Let both databases go."""
        self.kiosk.stop()
        self.regency.stop()

    def deliver(self) -> None:
        """All that is under way arrives, in order."""
        while self.up:
            self.regency.hear(self.up.pop(0))
        while self.down:
            self.kiosk.hear(self.down.pop(0))

    def heal(self) -> None:
        """A good line from now on: all is delivered in order until nothing moves any more."""
        self.regency.mute = False
        self.kiosk.be_born()
        for _ in range(200):
            self.kiosk.send_due()
            if not (self.up or self.down):
                return
            self.deliver()
        waiting = [json.loads(raw).get("type", "") for _topic, raw in self.up + self.down]
        raise AssertionError(f"the line never comes to rest: {waiting}")
