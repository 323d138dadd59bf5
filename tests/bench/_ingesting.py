"""What the regency takes in, durable: by one worker and by two, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import func, make_url, select

from firmware.core import wire
from provisioning.postgres import Postgres
from provisioning.processes import Children
from regency import tables as t
from regency.store import Store
from regency.together import MOST_TOGETHER
from tests.bench import BenchError, Measure, times_as_much
from tests.bench._ingest_worker import open_office
from tests.bench._requests import bare, bytes_written, message

INGESTED = 2_000
PATIENCE_SECONDS = 300.0
_SIZE = 1500  # what a request is in the regency's tables, about
_names = count(1)


def ingesting(folder: Path) -> Iterator[Measure]:
    """Without a broker: messages that wait in a worker's queue."""
    place = folder / "ingest"
    place.mkdir()
    messages = [wire.encode(message(number)) for number in range(1, INGESTED + 1)]
    bench = _Bench(place, messages)
    yield from _on_sqlite(bench)
    with Postgres(survives_power_cuts=True) as server:
        yield from _on_postgres(bench, server)


def _on_sqlite(bench: _Bench) -> Iterator[Measure]:
    def fresh() -> str:
        return f"sqlite:///{bench.place / f'{next(_names)}.db'}"

    commit = bare(bench.place / "bare.db", _SIZE)
    before = bytes_written()
    bare_rate = _rate(commit)
    bare_bytes = (bytes_written() - before) / INGESTED
    one_by_one, _ = bench.run(fresh(), workers=1, together=1)
    one, written = bench.run(fresh(), workers=1)
    two, _ = bench.run(fresh(), workers=2)
    yield from _rates("SQLite", bare_rate, one_by_one, one, two, "one row a commit, SQLite FULL")
    yield times_as_much(
        "bytes written a request by the regency, SQLite",
        written / INGESTED / 1000,
        bare_bytes / 1000,
        "kB",
        note=f"{MOST_TOGETHER} together; baseline: one row committed in a bare SQLite",
    )


def _on_postgres(bench: _Bench, server: Postgres) -> Iterator[Measure]:
    bare_rate = _rate(_bare_postgres(server.new_database()))
    one_by_one, _ = bench.run(server.new_database(), workers=1, together=1)
    log = server.new_database()
    before = _log_bytes(log)
    one, _ = bench.run(server.new_database(), workers=1)
    written = _log_bytes(log) - before
    two, _ = bench.run(server.new_database(), workers=2)
    baseline = "one row a commit, psycopg; fsync is on"
    yield from _rates("PostgreSQL", bare_rate, one_by_one, one, two, baseline)
    yield Measure(
        "bytes written a request by the regency, PostgreSQL",
        written / INGESTED / 1000,
        "kB",
        note=f"{MOST_TOGETHER} together; its write-ahead log alone (pg_stat_wal)",
    )


def _rates(
    kind: str, bare_rate: float, one_by_one: float, one: float, two: float, baseline: str
) -> Iterator[Measure]:
    yield times_as_much(
        f"regency ingest, one worker, {kind}, one by one",
        one_by_one,
        bare_rate,
        "1/s",
        note=f"opened, checked, committed, receipted; baseline: {baseline}",
    )
    yield times_as_much(
        f"regency ingest, one worker, {kind}",
        one,
        bare_rate,
        "1/s",
        note=f"the same, {MOST_TOGETHER} in a transaction; same baseline",
    )
    yield times_as_much(
        f"regency ingest, two workers, {kind}",
        two,
        one,
        "1/s",
        note="baseline: one worker",
    )


class _Bench:
    """Workers, each a process of its own, that begin at the same time."""

    def __init__(self, place: Path, messages: list[bytes]) -> None:
        self.place = place
        self._messages = messages

    def run(self, url: str, workers: int, together: int = MOST_TOGETHER) -> tuple[float, int]:
        """Requests a second into an empty database, and bytes that the workers wrote."""
        store = open_office(url)
        children = Children(self.place / f"logs-{next(_names)}")
        try:
            files = [self._share(number, workers) for number in range(workers)]
            running = []
            for file in files:
                program = [sys.executable, "-m", "tests.bench._ingest_worker"]
                argv = [*program, url, "work", file, str(together)]
                running.append(children.start(file.stem, argv))
            for child in running:
                child.ready()
            for file in files:
                file.with_suffix(".go").touch()
            ends = [json.loads(child.first_line(PATIENCE_SECONDS)) for child in running]
            self._check(store)
        finally:
            children.stop()
            store.close()
        began, ended = min(end[0] for end in ends), max(end[1] for end in ends)
        return INGESTED / (ended - began), sum(end[2] for end in ends)

    def _share(self, number: int, workers: int) -> Path:
        file = self.place / f"share-{next(_names)}.jsonl"
        file.write_bytes(b"\n".join(self._messages[number::workers]))
        return file

    def _check(self, store: Store) -> None:
        with store.engine.connect() as db:
            kept = db.execute(select(func.count()).select_from(t.requests)).scalar_one()
        if kept != INGESTED:
            raise BenchError(f"the regency kept {kept} of {INGESTED} requests")


def _rate(commit: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(INGESTED):
        commit()
    return INGESTED / (time.perf_counter() - began)


def _connect(url: str) -> psycopg.Connection:
    address = make_url(url)
    return psycopg.connect(
        host=address.host,
        port=address.port,
        user=address.username,
        dbname=address.database,
        autocommit=True,
    )


def _bare_postgres(url: str) -> Callable[[], None]:
    db = _connect(url)
    db.execute("CREATE TABLE request (id SERIAL PRIMARY KEY, payload BYTEA NOT NULL)")
    row = (b"p" * _SIZE,)
    return lambda: db.execute("INSERT INTO request (payload) VALUES (%s)", row) and None


def _log_bytes(url: str) -> int:
    """All that the server has written to its write-ahead log."""
    with _connect(url) as db:
        row = db.execute("SELECT wal_bytes FROM pg_stat_wal").fetchone()
    assert row is not None
    return int(row[0])
