"""The vault's side of a kiosk on a bench: its keys are made when the test lets them be."""

from __future__ import annotations

import os
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

from firmware.cards import Cards
from firmware.core import commands, events, seal
from firmware.enrolling import Enrolling
from firmware.journal import Journal
from firmware.signals import Signal
from firmware.store import Store
from firmware.vault import Attempt, KeyOrder, MadeKey, try_pin
from firmware.visits import Visits
from firmware.worker import Worker
from hw.protocols import CardIdentity
from tests.core.samples import PLAIN, card, profile
from tests.firmware import people

REGENCY_KEY = seal.public_key_of(people.REGENCY_SEED)
AT = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
KIOSK = "3510192001-1"


class Inline(Worker):
    """A worker that waits until the test lets it answer."""

    def __init__(self) -> None:
        super().__init__(_ignore)
        self.waiting: deque[Attempt] = deque()
        self.orders: deque[KeyOrder] = deque()

    def try_pin(self, attempt: Attempt) -> None:
        self.waiting.append(attempt)

    def make_key(self, order: KeyOrder) -> None:
        self.orders.append(order)


def _ignore(_signal: Signal) -> None:
    pass


def cheap_key(order: KeyOrder) -> MadeKey:
    """As the vault makes one, at less cost."""
    salt = os.urandom(seal.SALT_BYTES)
    seed = seal.resident_seed(order.uid, order.pin, salt, people.CHEAP)
    return MadeKey(salt, people.CHEAP, seed, seal.public_key_of(seed))


class Kiosk:
    """A vault whose directory is in ``folder``."""

    def __init__(self, folder: Path, kiosk: str = KIOSK) -> None:
        self.folder = folder
        self.told: list[events.Event] = []
        self.store = Store(folder / "kiosk.db")
        self.worker = Inline()
        self.journal = Journal(folder / "journal.jsonl", lambda: AT)
        self.visits = Visits(
            kiosk,
            (people.SITE_KEY, REGENCY_KEY),
            self.store,
            self.journal,
            self.worker,
            self.told.append,
        )
        self.cards = Cards(
            kiosk, REGENCY_KEY, self.store, self.journal, self.worker, self.visits, self.told.append
        )

        self.enrolling = Enrolling(
            kiosk,
            (people.SITE_KEY, REGENCY_KEY),
            self.store,
            self.journal,
            self.worker,
            self.visits,
            self.told.append,
        )
        self.visits.officers_see(self.enrolling.newest)

    def look_up(self, person: int, now: float = 0.0) -> events.Event:
        self.visits.look_up(commands.LookUp(1, card(person)), now)
        return self.told[-1]

    def type_pin(self, pin: str, now: float = 0.0, visit: int = 1, person: int = 1) -> events.Event:
        self.visits.open(commands.OpenVault(visit, card(person), pin), now)
        self.answer(now)
        return self.told[-1]

    def check_pin(self, pin: str, now: float = 0.0, person: int = 1) -> events.Event:
        self.visits.check(commands.CheckPin(1, card(person), pin), now)
        self.answer(now)
        return self.told[-1]

    def answer(self, now: float = 0.0) -> None:
        attempt = self.worker.waiting.popleft()
        self.visits.pin_tried(attempt.visit, attempt.entry.tag, try_pin(attempt), now)

    def change_pin(self, pin: str, identity: CardIdentity | None = None) -> events.Event:
        self.cards.change_pin(commands.ChangePin(1, identity or card(1), pin))
        if self.worker.orders:
            order = self.worker.orders.popleft()
            self.cards.key_made(order.visit, cheap_key(order), AT)
        return self.told[-1]

    def enrol(self, nik: str, person: int, pin: str, visit: int = 1) -> events.Event:
        self.enrolling.enrol(commands.Enrol(visit, nik, card(person), pin))
        if self.worker.orders:
            order = self.worker.orders.popleft()
            assert self.enrolling.key_made(order.visit, cheap_key(order), AT)
        stored = (events.EnrolmentStored, events.EnrolmentNotStored)
        return next(told for told in reversed(self.told) if isinstance(told, stored))

    def submit(self) -> events.RequestStored:
        self.visits.submit(commands.Submit(1, PLAIN.id, profile(1), {}), PLAIN, AT)
        stored = self.told[-1]
        assert isinstance(stored, events.RequestStored)
        return stored
