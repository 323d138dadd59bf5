"""A kiosk for tests of whole visits: real controller, reader and printer, no regency, and a
visitor who speaks to the screen's socket as the UI does.
"""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from firmware.closed_memory import ENVIRONMENT
from firmware.core import seal, view
from firmware.core.view import ViewState
from firmware.store import Store
from hw.virtual.printer import VirtualPrinter
from hw.virtual.reader import VirtualReader
from provisioning.layout import Devices, Ports, Regency
from provisioning.processes import Child, Children, free_ports
from tests.core.samples import card
from tests.firmware import people

KIOSK = "3510192001-1"
PATIENCE_SECONDS = 30.0


class Screen:
    """The screen's end of the socket: views come in, intents go out."""

    def __init__(self, path: Path) -> None:
        self._socket = _connect(path)
        self._views: queue.SimpleQueue[ViewState | None] = queue.SimpleQueue()
        self.all: list[ViewState] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            for line in self._socket.makefile("rb"):
                self._views.put(msgspec.json.decode(line, type=ViewState))
        self._views.put(None)

    def says(self, intent: view.Intent) -> None:
        self._socket.sendall(msgspec.json.encode(intent) + b"\n")

    def await_view(self, seen: Callable[[ViewState], bool]) -> ViewState:
        """The first view for which ``seen`` is true, from the last one seen on."""
        if self.all and seen(self.all[-1]):
            return self.all[-1]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            state = self._views.get(timeout=max(0.01, deadline - time.monotonic()))
            assert state is not None, "the controller has gone"
            self.all.append(state)
            if seen(state):
                return state

    def await_screen(self, kind: type) -> Any:
        return self.await_view(lambda state: isinstance(state.screen, kind)).screen

    def drain(self) -> None:
        """Take in whatever has come already."""
        with contextlib.suppress(queue.Empty):
            while (state := self._views.get(timeout=0.2)) is not None:
                self.all.append(state)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _connect(path: Path) -> socket.socket:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        attempt = socket.socket(socket.AF_UNIX)
        try:
            attempt.connect(str(path))
            return attempt
        except OSError:
            attempt.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


class Kiosk:
    """Fictional resident 1 may be served here. ``broker`` is a port where nobody listens."""

    def __init__(
        self,
        folder: Path,
        printer_mm_per_second: float = 0,
        visit: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = folder
        self.visit = dict(visit or {})
        self._children = Children(folder / "logs")
        self.reader = VirtualReader(folder / "reader")
        self.printer = VirtualPrinter(
            folder / "slips", millimetres_per_second=printer_mm_per_second
        )
        self.controller: Child | None = None
        self.screen: Screen | None = None
        self.seen: list[ViewState] = []

    def lay_out(self) -> None:
        """Keys, configuration and a directory of one."""
        regency = Regency(self.folder / "regency")
        broker, web = free_ports(2)
        regency.create(Ports(broker, web))
        (self.folder / "regency" / "site.key").write_text(people.SITE_KEY.hex())
        self.reader.start()
        self.printer.start()
        self.config = regency.add_kiosk(
            KIOSK, "Desa Contoh", self.folder / "kiosk", ("127.0.0.1", broker), self.devices()
        )
        self._seed = bytes.fromhex((regency.server / "keys" / "regency.seed").read_text())
        store = Store(self.database)
        store.take_entry(people.entry(1))
        store.close()

    def devices(self) -> Devices:
        """What stands in the cabinet."""
        printer = {"driver": "escpos", "host": "127.0.0.1", "port": self.printer.port}
        return Devices(printer=printer, visit=self.visit)

    def start(self) -> None:
        """Start the controller and stand before its screen."""
        self.controller = self._children.start(
            "controller",
            [sys.executable, "-m", "firmware", "--config", self.config],
            environment={"PCSCLITE_CSOCK_NAME": str(self.reader.socket), **ENVIRONMENT},
        )
        self.controller.first_line()
        self.screen = Screen(self.folder / "kiosk" / "run" / "ui.sock")

    def kill(self) -> None:
        """SIGKILL the controller, wherever it is; the card is taken away."""
        assert self.controller is not None and self.screen is not None
        self.controller.kill()
        self.screen.drain()
        self.seen += self.screen.all
        self.screen.close()
        self._children.forget(self.controller)
        self.reader.remove()

    def stop(self) -> None:
        """SIGTERM, as an update or a technician would."""
        assert self.controller is not None and self.screen is not None
        self._children.forget(self.controller)
        self.screen.close()

    def tap(self) -> None:
        """Lay resident 1's card on the reader, and take it away again."""
        self.reader.insert(card(1).uid)
        time.sleep(0.6)
        self.reader.remove()

    def journal(self) -> list[dict[str, Any]]:
        """All that the journal tells so far."""
        file = self.folder / "kiosk" / "state" / "journal.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()]

    @property
    def database(self) -> Path:
        return self.folder / "kiosk" / "state" / "kiosk.db"

    def shown_as_accepted(self) -> set[str]:
        """The numbers of all requests that a screen has said were accepted."""
        return {s.screen.number for s in self.seen if isinstance(s.screen, view.Ticket)}

    def kept(self) -> list[str]:
        """The numbers of the requests in the outbox."""
        return [str(request["number"]) for request in self.requests()]

    def requests(self) -> list[dict[str, Any]]:
        """The requests in the outbox, opened with the regency's key."""
        store = Store(self.database)
        messages = store.outgoing(1000)
        store.close()
        found = []
        for message in messages:
            up = json.loads(message.payload)
            sealed = msgspec.convert(up["sealed"], bytes)
            raw = seal.unseal(self._seed, sealed, seal.request_context(message.id))
            found.append(json.loads(raw))
        return found

    def close(self) -> None:
        if self.screen is not None:
            self.screen.close()
        self._children.stop()
        self.reader.stop()
        self.printer.stop()


@contextlib.contextmanager
def a_kiosk(
    printer_mm_per_second: float = 0, visit: Mapping[str, Any] | None = None
) -> Iterator[Kiosk]:
    """A kiosk in a folder with a short path (it holds sockets), gone afterwards. ``visit``: the
    table of that name in kiosk.toml.
    """
    folder = Path(tempfile.mkdtemp(prefix="anjungan-"))
    kiosk = Kiosk(folder, printer_mm_per_second, visit)
    try:
        kiosk.lay_out()
        yield kiosk
    finally:
        kiosk.close()
        shutil.rmtree(folder)
