"""A worker of the regency for the bench, as a program of its own. ``URL work FILE TOGETHER`` takes
the messages of FILE in, so many in a transaction, once FILE.go is there, and prints when it began
and ended (monotonic seconds) and how many bytes it wrote. ``URL serve PORT FOLDER`` listens at
the broker.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import insert

from firmware.core import wire
from regency import tables as t
from regency.exchange import Exchange
from regency.ingest import Ingest
from regency.intake import Intake
from regency.store import Store
from regency.together import Arrival
from tests.bench._requests import bytes_written
from tests.regency.letter_parts import SITI, SONGGON
from tests.reliability.delivery import CATALOGUE, KIOSK, SEED


def open_office(url: str) -> Store:
    """An empty database with one village, its kiosk and a resident."""
    store = Store(url, "secret")
    with store.engine.begin() as db:
        db.execute(insert(t.villages).values(code=SONGGON.code, data={}))
        row = {"village": SONGGON.code, "revoked": False, "last_srv_seq": 0}
        db.execute(insert(t.kiosks).values(id=KIOSK, **row))
        db.execute(insert(t.residents).values(nik=SITI.nik, village=SONGGON.code, profile={}))
    return store


def _work(store: Store, file: Path, together: int) -> None:
    receipts: list[bytes] = []
    exchange = Exchange(
        Intake(store, CATALOGUE, SEED), store, lambda _topic, receipt: receipts.append(receipt)
    )
    topic = wire.up_topic(KIOSK, "req")
    arrivals = [Arrival(topic, line) for line in file.read_bytes().splitlines()]
    print(json.dumps({"ready": True}), flush=True)
    while not file.with_suffix(".go").exists():
        time.sleep(0.002)
    before, began = bytes_written(), time.monotonic()
    for first in range(0, len(arrivals), together):
        exchange.take_all(arrivals[first : first + together])
    print(json.dumps([began, time.monotonic(), bytes_written() - before, len(receipts)]))


def _serve(store: Store, port: int, folder: Path) -> None:
    files = (folder / "ca.pem", folder / "own.pem", folder / "own.key")
    intake = Intake(store, CATALOGUE, SEED)
    ingest = Ingest(intake, store, ("127.0.0.1", port), files)
    ingest.start()
    ingest.connected.wait()
    print(json.dumps({"ready": True}), flush=True)
    threading.Event().wait()  # until it is stopped


def main() -> None:
    """Command line."""
    url, mode, first, second = sys.argv[1:]
    store = Store(url, "secret")
    if mode == "work":
        _work(store, Path(first), int(second))
    else:
        _serve(store, int(first), Path(second))


if __name__ == "__main__":
    main()
