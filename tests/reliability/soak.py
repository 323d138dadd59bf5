"""A kiosk that is visited over and over: the real controller, broker and printer, a reader
without pcscd's polls, and a peer that receipts everything and sends every letter at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import sqlite3
import ssl
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.core import seal, view, wire
from firmware.core.request import LetterRequest
from firmware.store import Store
from hw.virtual.printer import VirtualPrinter
from provisioning.layout import Devices, Ports, Regency
from provisioning.processes import Child, Children, free_ports, port_answers
from provisioning.tell import tell
from tests.core.samples import card
from tests.firmware import people
from tests.journeys.kiosk import Screen
from tests.journeys.test_killed_at_any_time import answer, is_printed, type_pin

KIOSK = "3510192001-1"
RESIDENTS = 20
STRANGER = 9999
PDF_BYTES = 40_000
ROLL = zlib.compress(bytes(range(72)) * 200)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a kiosk holds after ``visits``: its controller in memory, and its state on the disk."""

    visits: int
    memory_kib: int
    files: int
    threads: int
    database_kib: int
    journal_kib: int
    rows: dict[str, int]

    TITLE = "| visits | RSS KiB | open files | threads | database KiB | journal KiB | rows |"

    def __str__(self) -> str:
        rows = ", ".join(f"{name} {count}" for name, count in self.rows.items())
        return (
            f"| {self.visits} | {self.memory_kib} | {self.files} | {self.threads} "
            f"| {self.database_kib} | {self.journal_kib} | {rows} |"
        )


class Peer:
    """The regency's end: receipts at once, a signed letter for every request, and no card but those
    of the village.
    """

    def __init__(self, files: tuple[Path, Path, Path], port: int, seed: bytes) -> None:
        self._seed = seed
        self._numbers = iter(range(1000, 1 << 53))
        self._random = random.Random(1)
        self.receipted: list[int] = []
        self.rejected: list[str] = []
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="regency", protocol=mqtt.MQTTv5)
        context = ssl.create_default_context(cafile=str(files[0]))
        context.load_cert_chain(files[1], files[2])
        client.tls_set_context(context)
        client.reconnect_delay_set(1, 1)
        client.on_connect = lambda client, *_: client.subscribe("k1/+/up/#", qos=1)
        client.on_message = self._hear
        client.connect("127.0.0.1", port)
        client.loop_start()
        self._client = client

    def _hear(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        kind = message.topic.rpartition("/")[2]
        if kind == "rcp":
            receipt = wire.decode(message.payload, wire.ReceiptUp)
            self.receipted.append(receipt.srv_seq)
            self.rejected += [receipt.rejected] if receipt.rejected else []
        elif kind in ("req", "evt"):
            name = json.loads(message.payload)["id"]
            self._say("rcp", wire.Receipt(name, "committed"))
        if kind == "ask":
            question = wire.decode(message.payload, wire.AskUp)
            self._say("ask", wire.AskDown(question.id, "unknown"))
        if kind == "req":
            self._send_letter(wire.decode(message.payload, wire.RequestUp))

    def _send_letter(self, up: wire.RequestUp) -> None:
        raw = seal.unseal(self._seed, up.sealed, seal.request_context(up.id))
        person = int(msgspec.json.decode(raw, type=LetterRequest).nik[-6:])
        pdf = self._random.randbytes(PDF_BYTES)
        inside = wire.SignedLetter(up.id, "keterangan-usaha", "Contoh", "470/1", pdf, ROLL)
        public = seal.public_key_of(people.seed(person))
        sealed = seal.seal(public, wire.encode(inside), seal.letter_context(up.id))
        self._say("res", wire.LetterDown(next(self._numbers), up.id, people.tag(person), sealed))

    def _say(self, kind: str, message: msgspec.Struct) -> None:
        self._client.publish(wire.down_topic(KIOSK, kind), wire.encode(message), qos=1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class SoakedKiosk:
    """Visited by twenty residents in turn; use as a context manager."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="soak-"))  # a short path: it holds sockets
        self._children = Children(self.folder / "logs")
        self._regency = Regency(self.folder / "regency")
        self._slips = self.folder / "slips"
        self._printer = VirtualPrinter(self._slips)
        self.visits = self.collected = 0

    def __enter__(self) -> Self:
        try:
            self._lay_out()
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _lay_out(self) -> None:
        self._broker_port, web = free_ports(2)
        self._regency.create(Ports(self._broker_port, web))
        (self._regency.folder / "site.key").write_text(people.SITE_KEY.hex())
        self._printer.start()
        self._card = self.folder / "card.sock"
        devices = Devices(
            card={"driver": "memory", "control": str(self._card)},
            printer={"driver": "escpos", "host": "127.0.0.1", "port": self._printer.port},
        )
        self._config = self._regency.add_kiosk(
            KIOSK, "Desa Contoh", self.folder / "kiosk", ("127.0.0.1", self._broker_port), devices
        )
        with closing(Store(self._database)) as store:
            for person in range(RESIDENTS):
                store.take_entry(people.entry(person, srv_seq=person + 1))

    def _start(self) -> None:
        self.start_broker()
        keys = self._regency.server / "keys"
        seed = bytes.fromhex((keys / "regency.seed").read_text())
        files = (keys / "ca.pem", keys / "server.pem", keys / "server.key")
        self.peer = Peer(files, self._broker_port, seed)
        self.controller = self._children.start(
            "controller", [sys.executable, "-m", "firmware", "--config", self._config]
        )
        self.controller.first_line()
        self.screen = Screen(self.folder / "kiosk" / "run" / "ui.sock")
        self.screen.await_view(lambda state: isinstance(state.screen, view.Attract))

    def start_broker(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._broker: Child = self._children.start(
            "mosquitto", [program, "-c", self._regency.broker_config]
        )
        self._broker.wait_for(lambda: port_answers(self._broker_port))

    def restart_broker(self) -> None:
        """It dies and comes back: kiosk and peer connect anew."""
        self._broker.kill()
        self._children.forget(self._broker)
        self.start_broker()

    def close(self) -> None:
        with contextlib.suppress(AttributeError):  # what was never started
            self.screen.close()
        with contextlib.suppress(AttributeError):
            self.peer.close()
        self._children.stop()
        self._printer.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------ visits

    def visit(self) -> None:
        """A resident collects the letter of last time, asks for another and takes the ticket."""
        person, screen = self.visits % RESIDENTS, self.screen
        tell(self._card, {"insert": card(person).uid.hex()})
        type_pin(None, screen)  # type: ignore[arg-type] - it needs the screen only
        home = screen.await_screen(view.Home)
        for item in home.ready:
            if not item.copies:
                self._collect(item.request_id)
        screen.says(view.NewLetter())
        screen.await_screen(view.LetterList)
        screen.says(view.ChooseLetter("keterangan-usaha"))
        for step in (
            answer("nama_usaha", "Warung Contoh"),
            answer("keperluan", "Pengajuan pinjaman"),
        ):
            step(None, screen)  # type: ignore[arg-type]
        screen.await_screen(view.Review)
        screen.says(view.Next())
        screen.await_view(is_printed)
        screen.await_view(lambda s: isinstance(s.screen, view.Ticket) and s.screen.delivered)
        self._leave()
        self.visits += 1

    def _collect(self, request_id: str) -> None:
        self.screen.says(view.PrintLetter(request_id))
        self.screen.await_view(
            lambda s: isinstance(s.screen, view.Collect) and s.screen.print_state == "printed"
        )
        self.screen.says(view.GoHome())
        self.screen.await_screen(view.Home)
        self.collected += 1

    def stranger(self) -> None:
        """A card that nobody knows."""
        tell(self._card, {"insert": card(STRANGER).uid.hex()})
        self.screen.await_screen(view.Notice)
        self._leave()

    def change_of_mind(self) -> None:
        """Somebody leaves in the middle of a form."""
        tell(self._card, {"insert": card(0).uid.hex()})
        type_pin(None, self.screen)  # type: ignore[arg-type]
        self.screen.await_screen(view.Home)
        self.screen.says(view.NewLetter())
        self.screen.await_screen(view.LetterList)
        self.screen.says(view.ChooseLetter("keterangan-usaha"))
        self.screen.await_screen(view.Form)
        self._leave()

    def _leave(self) -> None:
        self.screen.says(view.Finish())
        self.screen.await_screen(view.Goodbye)
        tell(self._card, {"remove": True})
        del self.screen.all[:-1]
        for slip in self._slips.glob("slip-*.png"):
            slip.unlink()

    # ------------------------------------------------------------ what it holds

    @property
    def _database(self) -> Path:
        return self.folder / "kiosk" / "state" / "kiosk.db"

    def footprint(self) -> Footprint:
        """As it is now."""
        process = Path(f"/proc/{self.controller.pid}")
        pages = int((process / "statm").read_text().split()[1])
        state = self._database.parent
        return Footprint(
            self.visits,
            pages * os.sysconf("SC_PAGE_SIZE") // 1024,
            len(list((process / "fd").iterdir())),
            len(list((process / "task").iterdir())),
            sum(file.stat().st_size for file in state.glob("kiosk.db*")) // 1024,
            sum(file.stat().st_size for file in state.glob("journal*")) // 1024,
            dict(self._rows()),
        )

    def _rows(self) -> Iterator[tuple[str, int]]:
        with closing(sqlite3.connect(self._database, timeout=30)) as db:
            for name in ("outbox", "request", "letter", "print_job", "dead_letter", "wrong_pin"):
                yield name, db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]

    def bugs(self) -> list[str]:
        """What the journal calls a bug."""
        files = sorted(self._database.parent.glob("journal*"))
        events = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        return [event["error"] for event in events if event["event"] == "controller.bug"]
