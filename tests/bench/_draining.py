"""A backlog goes out: the whole controller beside bare MQTT clients, over the same broker."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from firmware.core import wire
from firmware.outbox import WIDEST, WINDOW
from provisioning.layout import Devices
from provisioning.processes import Child, Children
from tests.bench import BenchError, Goal, Measure, times_as_much
from tests.bench._ingest_worker import open_office
from tests.bench._requests import fill, message, named
from tests.firmware.test_link import Broker
from tests.reliability.delivery import KIOSK

BACKLOG = 10_000
PATIENCE_SECONDS = 300.0
_DEVICES = Devices(card={"driver": "memory"})
_LINE = f"the quicker of windows {WINDOW} and {WIDEST}; all mTLS, one Mosquitto"


def draining(folder: Path) -> Iterator[Measure]:
    """The bare ones, then ours."""
    broker = Broker(folder)
    children = Children(folder / "logs-bench")
    try:
        broker.start()
        ends = _Ends(broker, children)
        acknowledged = max(BACKLOG / ends.bare("publish", window) for window in (WINDOW, WIDEST))
        echoed = max(BACKLOG / ends.bare("await", window) for window in (WINDOW, WIDEST))
        yield from _ours(ends, acknowledged, echoed)
    finally:
        children.stop()
        broker.close()


def _ours(ends: _Ends, acknowledged: float, echoed: float) -> Iterator[Measure]:
    parcels = BACKLOG / ends.backlog("receipt")
    yield times_as_much(
        f"backlog of {BACKLOG} requests, delivered and settled",
        parcels,
        acknowledged,
        "1/s",
        Goal("ratio", at_least=0.5),
        "the whole controller, 50 requests in a message, each let go on the receipt from behind "
        "the broker; baseline: bare paho, a request in a message, that waits for the broker's "
        f"PUBACK, {_LINE}",
    )
    yield times_as_much(
        "the same beside a bare pair",
        parcels,
        echoed,
        "1/s",
        note="baseline: bare paho that waits for a message from a bare listener behind the "
        f"broker, as the kiosk waits for its receipt, {_LINE}",
    )
    yield times_as_much(
        "the same to a regency that takes no parcels",
        BACKLOG / ends.backlog("singly"),
        acknowledged,
        "1/s",
        note=f"a message and a receipt for each request, window {WINDOW}; baseline: that of the "
        "first row",
    )
    yield times_as_much(
        "the same to the real regency, one worker, SQLite",
        ends.backlog_to_regency(),
        echoed,
        "1/s",
        note="opened, checked, committed and receipted there, all on two cores; baseline: the "
        "bare pair",
    )


class _Ends:
    """Pairs of a kiosk, or a bare client, and somebody behind the broker."""

    def __init__(self, broker: Broker, children: Children) -> None:
        self._broker = broker
        self._children = children
        self._names = count(1)

    def bare(self, mode: str, window: int) -> float:
        """Seconds in which the bare client has its messages acknowledged, or answered."""
        mine = self._folder(self._broker.files(KIOSK))
        (mine / "payload").write_bytes(named()("ID"))
        listener = self._listener("echo" if mode == "await" else "listen")
        sender = self._start(mine, mode, window)
        listener.first_line(PATIENCE_SECONDS)
        return float(json.loads(sender.first_line(PATIENCE_SECONDS)))

    def backlog(self, mode: str) -> float:
        """The controller starts with a full outbox; from its first message to the last."""
        config, database = self._kiosk(mode)
        payload, names = named(), [f"{number:036d}" for number in range(BACKLOG)]
        fill(database, ((name, payload(name)) for name in names))
        listener = self._listener(mode)
        kiosk = self._run(config)
        seconds = float(json.loads(listener.first_line(PATIENCE_SECONDS)))
        while _waiting(database):
            time.sleep(0.2)
        self._children.forget(kiosk)
        return seconds

    def backlog_to_regency(self) -> float:
        """Requests a second, from the first ones that are settled to the last one."""
        config, database = self._kiosk("regency")
        messages = map(message, range(1, BACKLOG + 1))
        fill(database, ((one.id, wire.encode(one)) for one in messages))
        url = f"sqlite:///{self._broker.folder / 'bench-regency.db'}"
        open_office(url).close()
        program = [sys.executable, "-m", "tests.bench._ingest_worker"]
        argv = [*program, url, "serve", str(self._broker.port), self._regency_folder()]
        office = self._children.start("office", argv)
        office.ready()
        kiosk = self._run(config)
        while (first := _waiting(database)) == BACKLOG:
            time.sleep(0.02)
        began = time.monotonic()
        while _waiting(database):
            time.sleep(0.1)
        rate = first / (time.monotonic() - began)
        for child in (kiosk, office):
            self._children.forget(child)
        return rate

    def _kiosk(self, name: str) -> tuple[Path, Path]:
        place = self._broker.folder / f"backlog-{name}"
        address = ("127.0.0.1", self._broker.port)
        config = self._broker.regency.add_kiosk(KIOSK, "Desa", place, address, _DEVICES)
        config.write_text(config.read_text().replace("[link]", "[link]\nbacklog_seconds = 0"))
        return config, place / "state" / "kiosk.db"

    def _run(self, config: Path) -> Child:
        argv = [sys.executable, "-m", "firmware", "--config", config]
        return self._children.start(f"kiosk-{next(self._names)}", argv)

    def _listener(self, mode: str) -> Child:
        child = self._start(self._regency_folder(), mode, WINDOW)
        child.first_line()
        return child

    def _regency_folder(self) -> Path:
        keys = self._broker.regency.server / "keys"
        return self._folder((keys / "ca.pem", keys / "server.pem", keys / "server.key"))

    def _folder(self, files: tuple[Path, Path, Path]) -> Path:
        folder = self._broker.folder / f"end-{next(self._names)}"
        folder.mkdir()
        for source, target in zip(files, ("ca.pem", "own.pem", "own.key"), strict=True):
            shutil.copy(source, folder / target)
        return folder

    def _start(self, folder: Path, mode: str, window: int) -> Child:
        program = [sys.executable, "-m", "tests.bench._answering"]
        argv = [*program, str(self._broker.port), folder, str(BACKLOG), str(window), mode]
        return self._children.start(f"{mode}-{folder.name}", argv)


_began = time.monotonic()


def _waiting(database: Path) -> int:
    """How many requests are not settled."""
    if time.monotonic() > _began + 10 * PATIENCE_SECONDS:
        raise BenchError("the backlog is not settled in time")
    with closing(sqlite3.connect(database, timeout=30)) as db:
        row = db.execute("SELECT count(*) FROM outbox WHERE settled = 0 AND dead = ''").fetchone()
    return int(row[0])
