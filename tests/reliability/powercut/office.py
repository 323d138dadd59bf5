"""The regency's end of the visit: the real exchange and intake over a real database, which can
be put back to what it was after any message.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from firmware.core import orders, seal
from firmware.core.request import RequestState
from regency import tables as t
from regency.exchange import Exchange
from regency.intake import Intake
from regency.journal import queue_down
from regency.letters import load_catalogue
from regency.orders import Orders
from regency.store import Store
from tests.core.samples import profile
from tests.firmware import people
from tests.regency.letter_parts import SONGGON
from tests.reliability.delivery import copy_of

KIOSK = f"{SONGGON.code}-1"
SEED = b"\x05" * seal.SEED_BYTES
PUBLIC = seal.public_key_of(SEED)
COMMAND_SEED = b"\x06" * orders.SEED_BYTES
COMMAND_KEY = orders.public_key_of(COMMAND_SEED)
CITIZEN = 1
_ROW = bytes(range(72))
ROLL = zlib.compress(_ROW * 240)
"""The letter's picture for the roll: 3 cm of stripes."""
LETTER = b"%PDF-fictional"
"""The letter's PDF, as ``people`` makes it."""
_CATALOGUE = load_catalogue()


@dataclass(frozen=True, slots=True)
class Moment:
    """The database after so many messages from the kiosk and so many acts of the regency's own."""

    messages: int
    acts: int
    database: bytes


class Office:
    """One kiosk, one resident. ``publish`` hears what goes down to the kiosk."""

    def __init__(self, file: Path, publish: Callable[[str, bytes], None]) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._store = Store(f"sqlite:///{file}", "secret")
        self._exchange = Exchange(
            Intake(self._store, _CATALOGUE, SEED), self._store, publish, COMMAND_SEED
        )
        self._orders = Orders(self._store, COMMAND_SEED)
        self.moments: list[Moment] = []
        self._messages = self._acts = 0
        self._keeps = False

    def open(self) -> None:
        """The first day: a village, its kiosk, a resident whose card was enrolled."""
        nik = profile(CITIZEN).nik
        with self._store.engine.begin() as db:
            db.execute(insert(t.villages).values(code=SONGGON.code, data={}))
            row = {"village": SONGGON.code, "revoked": False, "last_srv_seq": 0}
            db.execute(insert(t.kiosks).values(id=KIOSK, **row))
            db.execute(insert(t.residents).values(nik=nik, village=SONGGON.code, profile={}))
            queue_down(db, KIOSK, lambda seq: people.entry(CITIZEN, seq))

    def keep_moments(self) -> None:
        """From now on remember the database after each change."""
        self._keeps = True
        self._keep()

    def take(self, topic: str, payload: bytes) -> None:
        """A message from the kiosk."""
        with self._lock:
            self._exchange.take(topic, payload)
            self._messages += 1
            self._keep()

    def sign(self) -> None:
        """Every request that waits is approved; its letter goes down."""
        with self._lock:
            for request_id in [i for i, state in self.requests().items() if state == "received"]:
                self._sign(request_id)
            self._act()
            self._exchange.notify(KIOSK)

    def give(self, name: str, args: dict[str, Any]) -> None:
        """An order goes down."""
        with self._lock:
            self._orders.give(KIOSK, name, args, 3600, "tests")
            self._act()
            self._exchange.send_orders()

    def _act(self) -> None:
        self._acts += 1
        self._keep()

    def _sign(self, request_id: str) -> None:
        with self._store.engine.begin() as db:
            ready = {"state": RequestState.READY.value}
            db.execute(update(t.requests).where(t.requests.c.id == request_id).values(**ready))
            queue_down(db, KIOSK, lambda seq: people.letter(CITIZEN, request_id, seq, ROLL))

    def _keep(self) -> None:
        if self._keeps:
            self.moments.append(Moment(self._messages, self._acts, copy_of(self._file)))

    # ------------------------------------------------------------ what is known here

    def requests(self) -> dict[str, str]:
        """The state of each request."""
        with self._lock, self._store.engine.begin() as db:
            rows = db.execute(select(t.requests.c.id, t.requests.c.state))
            return {row.id: row.state for row in rows}

    def numbers(self) -> list[str]:
        """The numbers of all requests."""
        with self._lock, self._store.engine.begin() as db:
            return list(db.execute(select(t.requests.c.number)).scalars())

    def collected(self) -> int:
        """How often a letter was told to be on paper."""
        with self._lock, self._store.engine.begin() as db:
            return len(db.execute(select(t.collected.c.event_id)).all())

    def undelivered(self) -> int:
        """How many messages down have no receipt, and orders no answer."""
        with self._lock:
            return len(self._store.undelivered(KIOSK, 0)) + len(self._orders.waiting(KIOSK))

    def orders(self) -> tuple[tuple[str, str], ...]:
        """What was ordered, and what became of it."""
        with self._lock:
            return tuple((row.name, row.outcome) for row in self._orders.of(KIOSK))

    def complaints(self) -> list[str]:
        """Alarms, and messages that could not be used."""
        with self._lock, self._store.engine.begin() as db:
            alarms = list(db.execute(select(t.alarms.c.what)).scalars())
            return alarms + list(db.execute(select(t.dead_letters.c.reason)).scalars())

    def close(self) -> None:
        """Let the database go."""
        self._store.close()
