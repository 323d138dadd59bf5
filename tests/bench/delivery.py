"""``python -m tests.bench delivery``: the outbox, the link and the regency's intake beside what
SQLite and a bare MQTT client do without any promise.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import msgspec

from firmware.core import seal, wire
from firmware.core.claim import make_claim_code
from firmware.core.ids import uuid7
from firmware.core.request import LetterRequest
from firmware.outbox import WIDEST, WINDOW
from firmware.outbox_rows import next_number, put_message
from firmware.store import Filing, Store
from provisioning.layout import Devices
from provisioning.processes import Child, Children
from tests.bench import BenchError, Goal, Measure, alternating, times_as_much
from tests.firmware.test_link import Broker
from tests.regency.letter_parts import ANSWERS, SITI
from tests.reliability.delivery import AT, KIOSK, PUBLIC, Regency

BACKLOG = 10_000
INGESTED = 1_000
WRITTEN = 200
PATIENCE_SECONDS = 300.0
_DEVICES = Devices(card={"driver": "memory"})


def measures() -> Iterator[Measure]:
    """All of them; two minutes."""
    folder = Path(tempfile.mkdtemp(prefix="delivery-"))
    try:
        yield from _submitting(folder)
        yield from _written(folder)
        yield from _draining(folder)
        yield from _ingesting(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _message(number: int, seq: int) -> tuple[str, wire.RequestUp]:
    """A request as a citizen's visit makes it."""
    request_id = uuid7(1_700_000_000_000 + number, number)
    request = LetterRequest(
        request_id,
        KIOSK,
        f"{KIOSK}-{seq:05d}",
        SITI.nik,
        "keterangan-usaha",
        ANSWERS,
        make_claim_code(number),
        AT,
    )
    body = seal.seal(PUBLIC, msgspec.json.encode(request), seal.request_context(request_id))
    return request_id, wire.RequestUp(request_id, seq, AT, body)


def _filer(store: Store) -> Callable[[], str]:
    """Files a request each time; sealing is not part of what is measured."""
    _, message = _message(1, 1)
    payload = wire.encode(message)
    count = 0

    def file() -> str:
        nonlocal count
        count += 1
        name = f"{count:036d}"
        body = payload.replace(message.id.encode(), name.encode())
        store.file_request(
            name, b"t" * 32, AT, lambda seq: Filing(f"n{seq}", "c", b"s" * 1500, body)
        )
        return name

    return file


def _bare(file: Path, payload: bytes) -> Callable[[], None]:
    """The same bytes in one table of a bare SQLite, synchronous=FULL."""
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE request (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)")
    return lambda: db.execute("INSERT INTO request (payload) VALUES (?)", (payload,)) and None


# ---------------------------------------------------------------- the kiosk's disk


def _submitting(folder: Path) -> Iterator[Measure]:
    store = Store(folder / "submit" / "kiosk.db")
    bare = _bare(folder / "bare.db", b"p" * 3500)
    ours, theirs = alternating(_filer(store), bare)
    store.close()
    yield times_as_much(
        "submit until durable",
        ours * 1000,
        theirs * 1000,
        "ms",
        Goal("ratio", at_most=3.0),
        "request and outbox in one transaction; baseline: one commit of as many bytes, SQLite FULL",
    )


def _written(folder: Path) -> Iterator[Measure]:
    """From filing to settled, by what the process hands to the kernel."""
    store = Store(folder / "written" / "kiosk.db")
    file = _filer(store)
    bare = _bare(folder / "bare2.db", b"p" * 3500)
    for batch in (1, 20):
        before = _bytes_written()
        for _ in range(WRITTEN // batch):
            names = [file() for _ in range(batch)]
            store.mark_sent(names)
            store.confirm(names)
        ours = (_bytes_written() - before) / WRITTEN
        before = _bytes_written()
        for _ in range(WRITTEN):
            bare()
        theirs = (_bytes_written() - before) / WRITTEN
        yield times_as_much(
            f"bytes written a request, receipts by {batch}",
            ours / 1000,
            theirs / 1000,
            "kB",
            note="filed, marked as sent, settled; baseline: one row committed in a bare SQLite",
        )
    store.close()


def _bytes_written() -> int:
    """All that this process has written, in bytes (wchar of /proc/self/io)."""
    rows = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(rows["wchar"])


# ---------------------------------------------------------------- the line


def _draining(folder: Path) -> Iterator[Measure]:
    broker = Broker(folder)
    children = Children(folder / "logs-bench")
    try:
        broker.start()
        end = _Ends(broker, children)
        acknowledged = max(BACKLOG / end.bare("publish", window) for window in (WINDOW, WIDEST))
        echoed = max(BACKLOG / end.bare("await", window) for window in (WINDOW, WIDEST))
        parcels, singly = BACKLOG / end.backlog("receipt"), BACKLOG / end.backlog("singly")
    finally:
        children.stop()
        broker.close()
    note = f"the quicker of windows {WINDOW} and {WIDEST}; all mTLS, one Mosquitto"
    yield times_as_much(
        f"backlog of {BACKLOG} requests, delivered and settled",
        parcels,
        acknowledged,
        "1/s",
        Goal("ratio", at_least=0.5),
        "the whole controller, each request let go on its receipt, which comes from behind the "
        "broker; baseline (harsh, and the goal's): bare paho that waits for the broker's PUBACK, "
        + note,
    )
    yield times_as_much(
        "the same beside a bare pair",
        parcels,
        echoed,
        "1/s",
        note="baseline: bare paho that waits for a message from a bare listener behind the "
        "broker, as the kiosk waits for its receipt, " + note,
    )
    yield times_as_much(
        "the same to a regency that takes no parcels",
        singly,
        echoed,
        "1/s",
        note="one message and one receipt a request, window 20; baseline: the bare pair",
    )


class _Ends:
    """Pairs of a kiosk, or a bare client, and somebody behind the broker."""

    def __init__(self, broker: Broker, children: Children) -> None:
        self._broker = broker
        self._children = children
        self._names = count(1)

    def bare(self, mode: str, window: int) -> float:
        """Seconds in which the bare client has its messages acknowledged, or answered."""
        _, message = _message(1, 1)
        mine = self._folder(self._broker.files(KIOSK))
        payload = wire.encode(message).replace(message.id.encode(), b"ID", 1)
        (mine / "payload").write_bytes(payload)
        listener = self._listener("echo" if mode == "await" else "listen")
        sender = self._start(mine, mode, window)
        listener.first_line(PATIENCE_SECONDS)
        return float(json.loads(sender.first_line(PATIENCE_SECONDS)))

    def backlog(self, mode: str) -> float:
        """The controller starts with a full outbox; from its first message to the last."""
        place = self._broker.folder / f"backlog-{mode}"
        config = self._broker.regency.add_kiosk(
            KIOSK, "Desa", place, ("127.0.0.1", self._broker.port), _DEVICES
        )
        config.write_text(config.read_text().replace("[link]", "[link]\nbacklog_seconds = 0"))
        database = place / "state" / "kiosk.db"
        _fill(database)
        listener = self._listener(mode)
        argv = [sys.executable, "-m", "firmware", "--config", config]
        kiosk = self._children.start(f"kiosk-{mode}", argv)
        seconds = float(json.loads(listener.first_line(PATIENCE_SECONDS)))
        _await_settled(database)
        self._children.forget(kiosk)
        return seconds

    def _listener(self, mode: str) -> Child:
        keys = self._broker.regency.server / "keys"
        files = (keys / "ca.pem", keys / "server.pem", keys / "server.key")
        child = self._start(self._folder(files), mode, WINDOW)
        child.first_line()
        return child

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


def _fill(database: Path) -> None:
    """As ``_filer`` would, but in one transaction: this is not measured."""
    Store(database).close()
    _, message = _message(1, 1)
    payload = wire.encode(message)
    with closing(sqlite3.connect(database)) as db, db:
        for number in range(1, BACKLOG + 1):
            name = f"{number:036d}"
            db.execute(
                "INSERT INTO request (id, tag, state, sealed_summary, created_at)"
                " VALUES (?, ?, 'queued', ?, ?)",
                (name, b"t" * 32, b"s" * 1500, AT),
            )
            body = payload.replace(message.id.encode(), name.encode())
            put_message(db, next_number(db, "seq"), name, "req", name, body, AT)


def _await_settled(database: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with sqlite3.connect(database) as db:
            waiting = db.execute("SELECT count(*) FROM outbox WHERE settled = 0").fetchone()[0]
        if not waiting:
            return
        if time.monotonic() > deadline:
            raise BenchError(f"{waiting} requests are not settled")
        time.sleep(0.2)


# ---------------------------------------------------------------- the regency's disk


def _ingesting(folder: Path) -> Iterator[Measure]:
    place = folder / "ingest"
    place.mkdir()
    regency = Regency(place, [])
    messages = [_message(number, number) for number in range(1, INGESTED + 1)]
    topic = wire.up_topic(KIOSK, "req")
    began = time.perf_counter()
    for _, message in messages:
        regency.hear((topic, wire.encode(message)))
    ours = INGESTED / (time.perf_counter() - began)
    kept = len(regency.requests())
    regency.stop()
    if kept != INGESTED:
        raise BenchError(f"the regency kept {kept} of {INGESTED} requests")
    bare = _bare(folder / "bare3.db", b"p" * 1500)
    began = time.perf_counter()
    for _ in range(INGESTED):
        bare()
    theirs = INGESTED / (time.perf_counter() - began)
    yield times_as_much(
        "regency ingest, one worker, SQLite",
        ours,
        theirs,
        "1/s",
        note="opened, checked, committed and receipted singly; baseline: bare commits, SQLite FULL",
    )
