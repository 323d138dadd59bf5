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
from pathlib import Path

import msgspec

from firmware.core import seal, wire
from firmware.core.claim import make_claim_code
from firmware.core.ids import uuid7
from firmware.core.request import LetterRequest
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
        _, message = _message(1, 1)
        payload = wire.encode(message).replace(message.id.encode(), b"ID", 1)
        theirs = _bare_client(broker, children, payload)
        ours = _backlog(broker, children)
    finally:
        children.stop()
        broker.close()
    yield times_as_much(
        f"backlog of {BACKLOG} requests, delivered and settled",
        BACKLOG / ours,
        BACKLOG / theirs,
        "1/s",
        Goal("ratio", at_least=0.5),
        "the whole controller, each request let go on its receipt, against bare paho that waits "
        "for the broker's PUBACK; both mTLS, window 20, one Mosquitto, a listener beside it",
    )


def _bare_client(broker: Broker, children: Children, payload: bytes) -> float:
    mine = _folder_of(broker, "bench-kiosk", broker.files(KIOSK))
    (mine / "payload").write_bytes(payload)
    listener = _answering(broker, children, "listen")
    sender = children.start("publish", _argv(broker, mine, "publish"))
    listener.first_line(PATIENCE_SECONDS)
    return float(json.loads(sender.first_line(PATIENCE_SECONDS)))


def _backlog(broker: Broker, children: Children) -> float:
    """The controller starts with a full outbox; from its first message to the last."""
    config = broker.regency.add_kiosk(
        KIOSK,
        "Desa",
        broker.folder / "backlog",
        ("127.0.0.1", broker.port),
        Devices(card={"driver": "memory"}),
    )
    config.write_text(config.read_text().replace("[link]", "[link]\nbacklog_seconds = 0"))
    database = broker.folder / "backlog" / "state" / "kiosk.db"
    store = Store(database)
    file = _filer(store)
    for _ in range(BACKLOG):
        file()
    store.close()
    listener = _answering(broker, children, "receipt")
    kiosk = children.start("kiosk", [sys.executable, "-m", "firmware", "--config", config])
    seconds = float(json.loads(listener.first_line(PATIENCE_SECONDS)))
    _await_settled(database)
    children.forget(kiosk)
    return seconds


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


def _answering(broker: Broker, children: Children, mode: str) -> Child:
    keys = broker.regency.server / "keys"
    files = (keys / "ca.pem", keys / "server.pem", keys / "server.key")
    folder = _folder_of(broker, f"bench-{mode}", files)
    child = children.start(mode, _argv(broker, folder, mode))
    child.first_line()
    return child


def _folder_of(broker: Broker, name: str, files: tuple[Path, Path, Path]) -> Path:
    folder = broker.folder / name
    folder.mkdir()
    for source, target in zip(files, ("ca.pem", "own.pem", "own.key"), strict=True):
        shutil.copy(source, folder / target)
    return folder


def _argv(broker: Broker, folder: Path, mode: str) -> list[str | Path]:
    where: list[str | Path] = [sys.executable, "-m", "tests.bench._answering", str(broker.port)]
    return [*where, folder, str(BACKLOG), mode]


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
