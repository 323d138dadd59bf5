"""Everything that takes part: folders and keys, database, broker, workers, kiosks, and a line of
its own from each of them to the broker.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import TracebackType

from msgspec.structs import replace

from firmware.core import seal
from firmware.core.mqtt_version import Protocol
from hw.virtual.line import Line
from provisioning.layout import Devices, Ports, Regency
from provisioning.postgres import Postgres
from provisioning.processes import Child, Children, free_ports
from regency.model import Enrolment, Kiosk, Resident, Seed
from regency.seed import load
from regency.store import Store
from tests.regency.letter_parts import GENTENG, SITI, SONGGON
from tests.reliability.brokers.houses import House, Mosquitto
from tests.reliability.chaos import office
from tests.reliability.chaos.kiosk import Errand, live
from tests.reliability.chaos.network import FarSide

WORKERS = 3
"""Worker 0 is the office's own; the others are processes that only take messages in."""
_PRELOADED = ["tests.reliability.chaos.kiosk"]


@dataclass(frozen=True)
class Size:
    """How much is to be done. ``seconds`` is how long the storm lasts. ``partitioned``: every other
    kiosk lives in a network namespace, from which it is cut off now and then.
    """

    kiosks: int
    requests: int
    letters: int
    seconds: float
    database: str = "sqlite"
    partitioned: bool = False

    def per_kiosk(self, count: int) -> int:
        """The share of each kiosk; all have the same."""
        return count // self.kiosks


class Town:
    """All programs. ``workers`` and ``kiosks`` are known by number, lines by ('kiosk', 3).
    ``house`` makes the broker, Mosquitto when left out; ``protocol`` is how all speak to it.
    """

    def __init__(
        self,
        folder: Path,
        size: Size,
        house: type[House] = Mosquitto,
        workers: int = WORKERS,
        protocol: Protocol = "auto",
    ) -> None:
        self.folder = folder
        self.size = size
        self._make_house = house
        self._workers = workers
        self._protocol = protocol
        self.lines: dict[tuple[str, int], Line] = {}
        self.errands: list[Errand] = []
        self.resident_keys: list[bytes] = []
        self.processes: dict[int, ForkServerProcess] = {}
        self.workers: dict[int, Child] = {}
        self.trouble: set[str] = set()
        self.far_side: FarSide | None = None
        self._children = Children(folder / "logs")
        self._stack = ExitStack()
        self._nursery = multiprocessing.get_context("forkserver")
        self._nursery.set_forkserver_preload(_PRELOADED)

    # ------------------------------------------------------------ set-up

    def __enter__(self) -> Town:
        try:
            self._lay_out()
            self.start_broker()
            for number in range(self._workers):
                self.start_worker(number)
            for number in range(self._workers):
                self._await_worker(number)
            for number in range(self.size.kiosks):
                self.start_kiosk(number)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def stop_programs(self) -> None:
        """Kill all of them; only lines and the database are left."""
        while self.processes:
            _, process = self.processes.popitem()
            process.kill()
            process.join()
        self._children.stop()

    def close(self) -> None:
        """Everything ends; what is on the disks stays."""
        self.stop_programs()
        self._stack.close()

    def _lay_out(self) -> None:
        self.port, web, inner = free_ports(3)
        self.inner = inner if self._make_house.has_inner_door else self.port
        self.regency = Regency(self.folder / "regency")
        self.regency.create(Ports(self.port, web, inner=inner))
        for village in (SONGGON, GENTENG):
            self.regency.add_signer(village.code, village.head_name, office.PASSPHRASE)
        self.database = f"sqlite:///{self.regency.server / 'regency.db'}"
        if self.size.database == "postgresql":
            self.database = self._stack.enter_context(Postgres()).new_database()
        if self.size.partitioned:
            self.far_side = self._stack.enter_context(FarSide())
        for number in range(self._workers):
            self._lay_line("worker", number)
            self._configure_worker(number)
        for number in range(self.size.kiosks):
            self._lay_line("kiosk", number)
            self._add_errand(number)
        self._load_seed()
        self._house = self._make_house(self.regency, self.port, self._children)

    def _lay_line(self, kind: str, number: int) -> None:
        port = self.inner if kind == "worker" else self.port
        self.lines[kind, number] = self._stack.enter_context(Line(("127.0.0.1", port)))

    def _configure_worker(self, number: int) -> None:
        text = self.regency.config.read_text()
        text = text.replace('"sqlite:///regency.db"', f'"{self.database}"')
        link = f'[link]\nhost = "127.0.0.1"\nport = {self.lines["worker", number].port}\n'
        text = re.sub(r"\[link\]\nhost = .*\nport = .*\n", link, text)
        text = text.replace("[link]\n", f'[link]\nprotocol = "{self._protocol}"\n')
        self.config(number).write_text(text)

    def config(self, worker: int) -> Path:
        """A worker's own regency.toml: its line to the broker is in it."""
        return self.regency.server / f"worker-{worker}.toml"

    def _add_errand(self, number: int) -> None:
        village = (SONGGON, GENTENG)[number % 2]
        name = f"{village.code}-{number // 2 + 1}"
        folder = self.folder / f"kiosk-{number}"
        self.regency.add_kiosk(name, "Desa", folder, ("127.0.0.1", self.port), Devices())
        keys, size = folder / "keys", self.size
        requests = size.per_kiosk(size.requests)
        self.resident_keys.append(os.urandom(seal.SEED_BYTES))
        self.errands.append(
            Errand(
                name,
                folder,
                (keys / "ca.pem", keys / "kiosk.pem", keys / "kiosk.key"),
                self.lines["kiosk", number].port,
                seal.public_key_of(self._regency_seed()),
                f"{village.code[:6]}4508780{number + 1:03d}",
                os.urandom(32),
                requests,
                size.per_kiosk(size.letters),
                0.8 * size.seconds / requests,
                self._protocol,
                self._network_of(number),
            )
        )

    def _network_of(self, number: int) -> Path | None:
        """Every other kiosk of each village is on the far side, if there is one."""
        if self.far_side is None or number // 2 % 2 == 0:
            return None
        self.far_side.reach(self.lines["kiosk", number].port)
        return self.far_side.path

    def _regency_seed(self) -> bytes:
        return bytes.fromhex((self.regency.server / "keys" / "regency.seed").read_text())

    def _load_seed(self) -> None:
        people = list(zip(self.errands, self.resident_keys, strict=True))
        seed = Seed(
            (SONGGON, GENTENG),
            tuple(Kiosk(one.kiosk, one.kiosk[:10]) for one in self.errands),
            tuple(Resident(one.kiosk[:10], replace(SITI, nik=one.nik)) for one in self.errands),
            tuple(
                Enrolment(
                    one.nik, one.tag, b"s" * 16, seal.DEFAULT_COST, seal.public_key_of(secret)
                )
                for one, secret in people
            ),
            (),
        )
        store = Store(self.database, "s" * 40)
        load(store, seed)
        store.close()

    # ------------------------------------------------------------ starting and killing

    def start_broker(self) -> None:
        """On the port that it always has."""
        self._house.start()

    def kill_broker(self) -> None:
        """SIGKILL: what it has not written down is lost, whatever it acknowledged."""
        self._house.kill()

    def start_worker(self, number: int) -> None:
        """The office, or one of the workers beside it."""
        config = str(self.config(number))
        command = ["tests.reliability.chaos.office", "--config", config]
        if number:
            command = ["regency", "--config", config, "ingest", "--worker", str(number)]
        child = self._children.start(f"worker-{number}", [sys.executable, "-m", *command])
        self.workers[number] = child

    def _await_worker(self, number: int) -> None:
        self.workers[number].ready()

    def kill_worker(self, number: int) -> None:
        """SIGKILL, wherever it is."""
        self.note_the_dead()
        child = self.workers.pop(number)
        child.kill()
        self._children.forget(child)

    def start_kiosk(self, number: int) -> None:
        """From its disk."""
        arguments = (self.errands[number],)
        process = self._nursery.Process(target=live, args=arguments, daemon=True)
        process.start()
        self.processes[number] = process

    def kill_kiosk(self, number: int) -> None:
        """SIGKILL, wherever it is."""
        self.note_the_dead()
        process = self.processes.pop(number)
        process.kill()
        process.join()

    def note_the_dead(self) -> None:
        """A program that has ended by itself is a failure, whatever comes of it."""
        self.trouble |= {
            f"kiosk {number} ended with code {process.exitcode}"
            for number, process in self.processes.items()
            if process.exitcode is not None
        }
        self.trouble |= {
            f"worker {number} ended by itself; see its log"
            for number, child in self.workers.items()
            if not child.running
        }

    def wait(self, seconds: float) -> None:
        """Let things happen."""
        time.sleep(max(0.0, seconds))
