"""``python -m tests.bench delivery``: the outbox, the link and the regency's intake beside what
SQLite, PostgreSQL and a bare MQTT client do without any promise.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from firmware.store import Store
from tests.bench import Goal, Measure, alternating, times_as_much
from tests.bench._draining import draining
from tests.bench._ingesting import ingesting
from tests.bench._requests import bare, bytes_written, filer

WRITTEN = 200


def measures() -> Iterator[Measure]:
    """All of them; three minutes."""
    folder = Path(tempfile.mkdtemp(prefix="delivery-"))
    try:
        yield from _submitting(folder)
        yield from _written(folder)
        yield from draining(folder)
        yield from ingesting(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _submitting(folder: Path) -> Iterator[Measure]:
    store = Store(folder / "submit" / "kiosk.db")
    ours, theirs = alternating(filer(store), bare(folder / "bare.db", 3500))
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
    file = filer(store)
    commit = bare(folder / "bare2.db", 3500)
    for batch in (1, 20):
        before = bytes_written()
        for _ in range(WRITTEN // batch):
            names = [file() for _ in range(batch)]
            store.mark_sent(names)
            store.confirm(names)
        ours = (bytes_written() - before) / WRITTEN
        before = bytes_written()
        for _ in range(WRITTEN):
            commit()
        theirs = (bytes_written() - before) / WRITTEN
        yield times_as_much(
            f"bytes written a request by the kiosk, receipts by {batch}",
            ours / 1000,
            theirs / 1000,
            "kB",
            note="filed, marked as sent, settled; baseline: one row committed in a bare SQLite",
        )
    store.close()
