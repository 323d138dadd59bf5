"""A kiosk that nobody has used for a month, at its quiet hour: the real controller and printer."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.print_bench import PrintBench

A_MONTH = timedelta(days=30)


@pytest.fixture
def bench() -> Iterator[PrintBench]:
    folder = Path(tempfile.mkdtemp(prefix="cetak-"))  # a short path: it holds sockets
    bench = PrintBench(folder)
    try:
        bench.lay_out()
        leave_alone_for_a_month(bench)
        yield bench
    finally:
        bench.close()
        shutil.rmtree(folder)


def leave_alone_for_a_month(bench: PrintBench) -> None:
    now = datetime.now().astimezone()
    text = bench.config.read_text()
    bench.config.write_text(f"{text}\n[upkeep]\nquiet_hour = {now.hour}\n")
    with sqlite3.connect(bench.database) as db:
        seen = (now - A_MONTH).isoformat(timespec="seconds")
        db.execute("UPDATE printer_unit SET first_seen_at = ?", (seen,))
    db.close()


def exercises(bench: PrintBench) -> list[str]:
    return [e["state"] for e in bench.journal() if e["event"] == "printer.exercise"]


def until_tried(bench: PrintBench, end: str) -> None:
    """A minute of rest comes first, and it is looked at once a minute."""
    bench.until(lambda: end if exercises(bench)[-1:] == [end] else None, seconds=240)


@pytest.mark.long
def test_it_exercises_itself_once(bench: PrintBench) -> None:
    bench.start()
    until_tried(bench, "well")
    assert exercises(bench) == ["begun", "well"]
    assert len(bench.printer.slips) == 1
    bench.kill()
    bench.start()
    bench.screen_again()
    assert exercises(bench) == ["begun", "well"]


@pytest.mark.long
def test_one_that_dies_in_the_middle_is_found(bench: PrintBench) -> None:
    bench.printer.control({"power_off_after_bytes": 400})
    bench.start()
    until_tried(bench, "failed")
    assert exercises(bench) == ["begun", "failed"]
