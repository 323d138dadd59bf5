"""A kiosk whose card reader can be broken: real controller, store, journal and screen socket.

Two of them. ``InMemory`` runs the controller in a thread, with the reader in memory: quick.
``OnPcscd`` runs it as a process of its own on pcscd and vpcd, and can kill it.
"""

from __future__ import annotations

import contextlib
import json
import queue
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from firmware.config import load_config
from firmware.controller import Controller
from firmware.core import seal, view
from firmware.core.state import Policy, State
from firmware.journal import Journal
from firmware.parts import assemble
from firmware.signals import Signal, Stop
from firmware.store import Store
from hw.protocols import CardReader
from hw.virtual.memory_reader import MemoryReader
from hw.virtual.reader import VirtualReader
from provisioning.layout import Devices, Ports, Regency
from provisioning.processes import Child, Children, free_ports
from tests.core.samples import card, profile
from tests.firmware import people
from tests.journeys.kiosk import PATIENCE_SECONDS, Screen

KIOSK = "3510192001-1"
RESIDENTS = (1, 2)
ANSWER = "Warung Rahasia"
_GOODBYE_SECONDS = 0.05


class Hands(Protocol):
    """Whoever lays cards on the reader and breaks it."""

    def insert(self, uid: bytes, manner: str = "well") -> None: ...
    def remove(self) -> None: ...
    def kill_daemon(self) -> None: ...
    def start_daemon(self) -> None: ...


class CardBench:
    """Residents 1 and 2 may be served here. There is no way to the regency."""

    hands: Hands

    def __init__(self, folder: Path, driver: str) -> None:
        self.folder = folder
        regency = Regency(folder / "regency")
        broker, web = free_ports(2)
        regency.create(Ports(broker, web))
        (folder / "regency" / "site.key").write_text(people.SITE_KEY.hex())
        devices = Devices(card={"driver": driver}, printer={"driver": "memory"})
        self.config = regency.add_kiosk(
            KIOSK, "Desa Contoh", folder / "kiosk", ("127.0.0.1", broker), devices
        )
        self._seed = bytes.fromhex((regency.server / "keys" / "regency.seed").read_text())
        store = Store(self._database)
        for number, resident in enumerate(RESIDENTS, 1):
            store.take_entry(people.entry(resident, number))
        store.close()
        self.accepted: set[str] = set()
        self.screen: Screen

    def start(self) -> None:
        """Start the controller and stand before its screen."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop everything, the reader too where it is ours."""
        raise NotImplementedError

    # ------------------------------------------------------------ what a visitor does

    def look(self) -> None:
        """Stand before the screen, as a UI process does that was just started."""
        self.screen = Screen(self.folder / "kiosk" / "run" / "ui.sock")

    def tap(self, resident: int = 1) -> None:
        """Lay their card on the reader until the kiosk has read it, and take it away."""
        self.hands.insert(card(resident).uid)
        self.screen.await_screen(view.Pin)
        self.hands.remove()

    def rest(self) -> None:
        """Go away, whatever is on the screen, and wait until the kiosk rests."""
        with self.impatience():
            self.screen.await_screen(view.Attract)

    @contextlib.contextmanager
    def impatience(self) -> Iterator[None]:
        """Press Finish again and again; each press also lets the kiosk look at its clock."""
        over = threading.Event()

        def press() -> None:
            while not over.wait(_GOODBYE_SECONDS):
                self.screen.says(view.Finish())

        presses = threading.Thread(target=press)
        presses.start()
        try:
            yield
        finally:
            over.set()
            presses.join()

    def note_accepted(self) -> None:
        """Remember what the screen has called accepted so far."""
        shown = (state.screen for state in self.screen.all)
        self.accepted |= {screen.number for screen in shown if isinstance(screen, view.Ticket)}

    # ------------------------------------------------------------ what is left

    def journal(self, event: str) -> list[dict[str, Any]]:
        """All that the journal tells of ``event``."""
        lines = self._journal_file.read_text().splitlines() if self._journal_file.exists() else []
        return [told for told in map(json.loads, lines) if told["event"] == event]

    def await_journal(self, event: str, more_than: int, **fields: object) -> None:
        """Until the journal tells of ``event`` with those fields once more."""
        await_true(lambda: len(self.told(event, **fields)) > more_than)

    def told(self, event: str, **fields: object) -> list[dict[str, Any]]:
        """What the journal tells of ``event`` with those fields."""
        return [one for one in self.journal(event) if fields.items() <= one.items()]

    def kept(self) -> list[str]:
        """The numbers of the requests in the outbox, opened with the regency's key."""
        store = Store(self._database)
        messages = store.outgoing(1000)
        store.close()
        numbers = []
        for message in messages:
            sealed = msgspec.convert(json.loads(message.payload)["sealed"], bytes)
            raw = seal.unseal(self._seed, sealed, seal.request_context(message.id))
            numbers.append(json.loads(raw)["number"])
        return numbers

    def leftovers(self) -> list[str]:
        """What of the residents a new screen shows, or the journal holds: should be nothing."""
        self.note_accepted()
        before, self.screen = self.screen, Screen(self.folder / "kiosk" / "run" / "ui.sock")
        before.close()
        self.screen.await_view(_anything)
        shown = " ".join(msgspec.json.encode(state).decode() for state in self.screen.all)
        secrets = {ANSWER, people.PIN}
        for resident in RESIDENTS:
            person = profile(resident)
            secrets |= {person.nik, person.nama, person.alamat, card(resident).uid.hex()}
        text = shown + self._journal_file.read_text()
        return [secret for secret in sorted(secrets) if secret in text]

    @property
    def _database(self) -> Path:
        return self.folder / "kiosk" / "state" / "kiosk.db"

    @property
    def _journal_file(self) -> Path:
        return self.folder / "kiosk" / "state" / "journal.jsonl"


class InMemory(CardBench):
    """The controller in a thread of this process."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "memory")
        self._inbox: queue.SimpleQueue[Signal] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        made: queue.SimpleQueue[CardReader] = queue.SimpleQueue()
        self._thread = threading.Thread(target=lambda: self._run(made), name="controller")
        self._thread.start()
        reader = made.get(timeout=PATIENCE_SECONDS)
        assert isinstance(reader, MemoryReader)
        self.hands: MemoryReader = reader
        self.look()

    def _run(self, made: queue.SimpleQueue[CardReader]) -> None:
        """As the composition root does, but with less patience for goodbyes."""
        config = load_config(self.config)
        state_dir = config.path(config.sections.kiosk.state_dir)
        store = Store(state_dir / "kiosk.db")
        journal = Journal(state_dir / "journal.jsonl", lambda: datetime.now().astimezone())
        parts = assemble(config, store, journal, self._inbox.put)
        first = State(Policy("Desa Contoh", goodbye=_GOODBYE_SECONDS), config.catalogue)
        made.put(parts.reader)
        Controller(parts, first, self._inbox, random.random).run()

    def close(self) -> None:
        self.screen.close()
        self._inbox.put(Stop())
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)


class OnPcscd(CardBench):
    """The controller as a process, on a reader that others use too."""

    def __init__(self, folder: Path, reader: VirtualReader) -> None:
        super().__init__(folder, "pcsc")
        self._children = Children(folder / "logs")
        self._controller: Child | None = None
        self.hands = self.reader = reader

    def start(self) -> None:
        self._controller = self._children.start(
            "controller",
            [sys.executable, "-m", "firmware", "--config", self.config],
            environment={"PCSCLITE_CSOCK_NAME": str(self.reader.socket)},
        )
        self._controller.first_line()
        self.look()

    def kill(self) -> None:
        """SIGKILL the controller, wherever it is."""
        assert self._controller is not None
        self._controller.kill()
        self.screen.drain()
        self.note_accepted()
        self.screen.close()
        self._children.forget(self._controller)

    def close(self) -> None:
        self.screen.close()
        self._children.stop()
        self.reader.thaw_daemon()
        self.reader.start_daemon()
        self.reader.remove()


def await_true(done: Callable[[], bool]) -> None:
    """Wait for it, but not for ever."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def _anything(_state: view.ViewState) -> bool:
    return True
