"""An order desk over a real store, with a regency that signs and clocks that a test sets."""

from __future__ import annotations

import itertools
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from firmware.config import KioskConfig, Sections
from firmware.core import orders, wire
from firmware.core.events import Event
from firmware.core.letters import Catalogue
from firmware.core.orders import Kind
from firmware.core.settings import check_settings
from firmware.core.view import DeviceLine, Say
from firmware.journal import Journal
from firmware.kiosk_clock import KioskClock
from firmware.order_desk import Hands, OrderDesk
from firmware.store import Store
from firmware.tuning import Tuning
from tests.core.samples import CATALOGUE

KIOSK = "3510192001-1"
SEED = b"\x05" * orders.SEED_BYTES
NOW = 1_800_000_000
PLAIN: dict[str, Any] = {
    "kiosk": {
        "id": KIOSK,
        "place": "Desa Contoh",
        "state_dir": "state",
        "runtime_dir": "run",
        "catalogue": "catalogue.json",
        "site_key": "site.key",
        "regency_key": "regency.pub",
    },
    "link": {"host": "localhost", "ca": "ca", "certificate": "c", "key": "k"},
    "ui": {"socket": "ui.sock"},
}


def packed(catalogue: Catalogue) -> bytes:
    """A catalogue as it travels."""
    return zlib.compress(msgspec.json.encode(catalogue))


class PowerCutError(Exception):
    """The power goes while an order runs: nothing after that line happens."""


class Bench:
    """``wall`` is the system's clock, which may be wrong; ``truth`` is the regency's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth = float(NOW)
        self.wall = float(NOW)
        self.told: list[Event] = []
        self.births: list[str] = []
        self.file_catalogue = CATALOGUE
        self.prints_tickets = True
        self.examined = 0
        self.dies_at_work = False
        self._numbers = itertools.count(1)
        self.start()

    def start(self) -> None:
        """The controller starts: everything is read from the disk anew."""
        self.monotonic = 100.0  # it begins again after a power cut
        self.store = Store(self.folder / "kiosk.db")
        self.journal = Journal(self.folder / "journal.jsonl", lambda: datetime.now(UTC))
        sections = check_settings(PLAIN, Sections, "kiosk.toml")
        config = KioskConfig(sections, self.folder, b"", b"", self.file_catalogue)
        self.tuning = Tuning(config, self.store.orders, self.journal)
        self.clock = KioskClock(
            self.store.orders,
            self.journal,
            lambda: self.monotonic,
            lambda: datetime.fromtimestamp(self.wall, UTC),
        )
        self.desk = OrderDesk(
            KIOSK,
            orders.public_key_of(SEED),
            self.tuning,
            self.store.orders,
            self.journal,
            self.clock,
            self._hands(),
        )

    def _hands(self) -> Hands:
        return Hands(
            self.told.append,
            self._devices,
            lambda: self.births.append(self.clock.fresh_nonce()),
            lambda: None,
            lambda: None,
            self.prints_tickets,
        )

    def _devices(self) -> tuple[DeviceLine, ...]:
        self.examined += 1
        if self.dies_at_work:
            raise PowerCutError
        return (
            DeviceLine("reader", Say("Pembaca kartu"), "well", Say("Baik")),
            DeviceLine("lamps", Say("Lampu"), "notThere", Say("Tidak menjawab")),
        )

    def lose_power(self) -> None:
        """Off, and on again."""
        self.store.close()
        self.start()
        self.desk.recover()

    def wait(self, seconds: float) -> None:
        """Time goes by, at both ends."""
        self.monotonic += seconds
        self.truth += seconds
        self.wall += seconds

    def tell_time(self) -> None:
        """A birth, and the regency's answer."""
        self.tell(self.clock.fresh_nonce())

    def tell(self, nonce: str) -> None:
        """The regency answers a birth that had this nonce."""
        self.give(orders.CLOCK, {"nonce": nonce, "time": int(self.truth)}, number=0)

    def give(self, name: str, args: dict[str, Any] | None = None, **changes: Any) -> wire.Order:
        """The regency gives an order; the desk hears it."""
        order, kind = self.an_order(name, args or {}, **changes), kind_of(name)
        self.hear(kind, orders.sign(SEED, kind, order))
        return order

    def an_order(self, name: str, args: dict[str, Any], **changes: Any) -> wire.Order:
        """An order with the next number, for an hour."""
        number, now = changes.pop("number", None), int(self.truth)
        number = next(self._numbers) if number is None else number
        order = wire.Order(KIOSK, number, f"order-{number}", now, now + 3600, name, args)
        return msgspec.structs.replace(order, **changes)

    def hear(self, kind: Kind, raw: bytes) -> None:
        """A message on dn/``kind``."""
        self.desk.take(kind, raw)

    def answers(self) -> list[tuple[int, str]]:
        """Numbers of orders and what became of them, as the outbox tells it."""
        return [(done.number, done.outcome) for done in self.words()]

    def words(self) -> list[wire.OrderDone]:
        """All that the outbox tells of orders."""
        raw = [message.payload for message in self.store.outgoing(1000)]
        done = [wire.decode_event(payload) for payload in raw]
        return [word for word in done if isinstance(word, wire.OrderDone)]

    def close(self) -> None:
        """Let the files go."""
        self.store.close()
        self.journal.close()


def kind_of(name: str) -> Kind:
    """The topic on which an order comes; dn/cmd for what is none."""
    return orders.ALLOWED[name][0] if name in orders.ALLOWED else "cmd"
