"""A kiosk without screen and devices, in a process of its own: the real store, outbox, post and
link. Citizens ask for letters at a steady pace and collect each letter that comes.

It may be killed at any moment and goes on from its disk. What it has promised to a citizen is
written to ``promised`` right after the store has said that it is safe.
"""

from __future__ import annotations

import os
import queue
import random
import secrets
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

import firmware.link
from firmware.core import seal, wire
from firmware.core.claim import make_claim_code
from firmware.core.ids import uuid7
from firmware.core.mqtt_version import Protocol
from firmware.core.request import LetterRequest
from firmware.journal import Journal
from firmware.link import Link
from firmware.outbox import Outbox
from firmware.post import Post
from firmware.signals import LinkDown, LinkUp, MessageCame, Signal, ThreadFailed
from firmware.store import Filing, Store
from tests.reliability.chaos.network import enter

HASTE = 10.0
"""The outbox's clock runs so much faster: it would else wait minutes after many cuts."""
_RECONNECT_CAP_SECONDS = 4.0
_BACKLOG_SECONDS = 20.0  # of the outbox's clock
_TURN_SECONDS = 0.1
_BEAT_SECONDS = 3.0
SIGNED_TYPE, OTHER_TYPE = "keterangan-usaha", "pengantar-skck"


def _answers(kind: str) -> dict[str, str]:
    today = datetime.now().date()
    span = {
        "berlaku_dari": f"{today:%d-%m-%Y}",
        "berlaku_sampai": f"{today + timedelta(days=60):%d-%m-%Y}",
    }
    if kind == SIGNED_TYPE:
        return {"nama_usaha": "Warung Contoh", "keperluan": "Membuka rekening bank", **span}
    return {"keperluan": "Melamar pekerjaan", **span}


@dataclass(frozen=True)
class Errand:
    """What one kiosk has to do. Of its ``requests`` the first of each ``requests // letters``
    become letters. ``port`` is where its line to the broker begins; ``network`` is the namespace in
    which it lives, None ours.
    """

    kiosk: str
    folder: Path
    files: tuple[Path, Path, Path]
    port: int
    regency_key: bytes
    nik: str
    tag: bytes
    requests: int
    letters: int
    pace_seconds: float
    protocol: Protocol = "auto"
    network: Path | None = None

    @property
    def database(self) -> Path:
        return self.folder / "kiosk.db"

    @property
    def promised(self) -> Path:
        return self.folder / "promised"


def live(errand: Errand) -> None:
    """Until killed, or until the process that made us has gone."""
    parent = os.getppid()
    if errand.network is not None:
        enter(errand.network)
    firmware.link.RECONNECT_CAP_SECONDS = _RECONNECT_CAP_SECONDS
    life = Life(errand)
    while os.getppid() == parent:
        life.turn()


def filed(database: Path) -> int:
    """How many requests were filed on this card."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM request").fetchone()[0])


class Life:
    """One start of the kiosk."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._store = Store(errand.database)
        boot = self._store.count("boot")
        self._filed = filed(errand.database)
        self._next_at = time.monotonic() + random.random() * errand.pace_seconds
        self._beat_at = 0.0
        self._is_online = False
        self._is_news = True
        self._inbox: queue.SimpleQueue[Signal] = queue.SimpleQueue()
        journal = Journal(errand.folder / "journal.jsonl", lambda: datetime.now(UTC))
        self._outbox = Outbox(self._store, random.random, _BACKLOG_SECONDS)
        self._post = Post(
            self._store,
            self._outbox,
            journal,
            _now_text,
            lambda receipt: self._link.publish("rcp", wire.encode(receipt)),
            lambda _event: None,
            self._note_news,
        )
        will = wire.encode(wire.StateUp(online=False, boot=boot))
        address = ("127.0.0.1", errand.port)
        self._link = Link(
            errand.kiosk, address, errand.files, will, self._inbox.put, errand.protocol
        )
        self._link.start()

    def turn(self) -> None:
        """Once around, as the controller does it."""
        messages: list[tuple[str, bytes]] = []
        with suppress(queue.Empty):
            self._take(self._inbox.get(timeout=_TURN_SECONDS), messages)
            while True:
                self._take(self._inbox.get_nowait(), messages)
        if messages:
            self._post.take(messages)
        self._let_citizens_in()
        self._send_due()

    def _take(self, signal: Signal, messages: list[tuple[str, bytes]]) -> None:
        match signal:
            case MessageCame(topic, payload):
                messages.append((topic, payload))
            case LinkUp():
                self._is_online = True
                self._outbox.link_up(time.monotonic() * HASTE)
                self._link.publish_state(wire.encode(self._birth()))
            case LinkDown():
                self._is_online = False
            case ThreadFailed(error):
                raise RuntimeError(error)

    def _birth(self) -> wire.StateUp:
        store = self._store
        return wire.StateUp(
            online=True,
            boot=store.counter("boot"),
            last_seq=store.counter("seq"),
            last_srv_seq=store.counter("srv_seq"),
            settled_seq=store.settled_seq(),
            boot_id=store.boot_id,
        )

    def _send_due(self) -> None:
        if not self._is_online:
            return
        now = time.monotonic()
        for kind, payload in self._outbox.parcels(now * HASTE):
            self._link.publish(kind, payload)
        if now >= self._beat_at:
            self._beat_at = now + _BEAT_SECONDS
            self._link.publish("hb", wire.encode(self._beat()))

    def _beat(self) -> wire.Heartbeat:
        devices = ("online", "online", "full", "noDevice")
        waiting, _ = self._store.queue()
        boot = self._store.counter("boot")
        return wire.Heartbeat(
            self._errand.kiosk, _now_text(), boot, 0, *devices, waiting, 0, self._filed, "chaos"
        )

    def _note_news(self) -> None:
        self._is_news = True

    # ------------------------------------------------------------ citizens

    def _let_citizens_in(self) -> None:
        now = time.monotonic()
        if self._filed < self._errand.requests and now >= self._next_at:
            self._next_at = now + self._errand.pace_seconds
            self._ask()
        if self._is_news:
            self._is_news = False
            self._collect_letters()

    def _ask(self) -> None:
        errand = self._errand
        every = errand.requests // errand.letters if errand.letters else 0
        is_signed = every > 0 and self._filed % every == 0 and self._filed < every * errand.letters
        kind = SIGNED_TYPE if is_signed else OTHER_TYPE
        request_id = uuid7(int(time.time() * 1000), secrets.randbits(74))
        filing = self._store.file_request(
            request_id, errand.tag, _now_text(), lambda seq: self._filing(request_id, kind, seq)
        )
        assert filing.number
        with errand.promised.open("a") as file:  # one write: whole or not at all
            file.write(f"{request_id}\n")
        self._filed += 1

    def _filing(self, request_id: str, kind: str, seq: int) -> Filing:
        errand, at = self._errand, _now_text()
        number, claim = f"{errand.kiosk}-{seq:05d}", make_claim_code(secrets.randbits(45))
        request = LetterRequest(
            request_id, errand.kiosk, number, errand.nik, kind, _answers(kind), claim, at
        )
        context = seal.request_context(request_id)
        body = seal.seal(errand.regency_key, msgspec.json.encode(request), context)
        message = wire.RequestUp(request_id, seq, at, body, self._store.boot_id)
        return Filing(number, claim, b"summary", wire.encode(message))

    def _collect_letters(self) -> None:
        for letter in self._store.letters_of(self._errand.tag):
            if letter.copies == 0:
                self._collect(letter.request_id)

    def _collect(self, request_id: str) -> None:
        at = _now_text()
        job = self._store.prints.add_job("letter", request_id, "page", None, at)
        event_id = uuid7(int(time.time() * 1000), secrets.randbits(74))
        self._store.collect(
            job.id,
            "CONFIRMED",
            event_id,
            at,
            lambda seq: wire.encode(
                wire.CollectedUp(
                    event_id, seq, at, request_id, "page", True, 1, self._store.boot_id
                )
            ),
        )


def _now_text() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
