"""A technician says that there is a new roll: the count begins anew, and nothing false is learned
of how much a roll holds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.core.paper import USUAL_ROLL_MM, USUAL_TICKET_MM, tickets_left
from firmware.paper_watch import PaperWatch
from firmware.print_books import PrintBooks
from firmware.store import Store
from hw.protocols import Fault, Paper, PrinterBlocked, PrinterOnline

WHOLE = USUAL_ROLL_MM // USUAL_TICKET_MM


@pytest.fixture
def books(tmp_path: Path) -> PrintBooks:
    return Store(tmp_path / "kiosk.db").prints


def test_a_roll_that_was_taken_out_half_full_is_no_measure(books: PrintBooks) -> None:
    watch = PaperWatch(books)
    books.use_paper(30_000, "2026-11-24T08:00:00+07:00")
    watch.renew()
    assert (books.roll().used_mm, books.roll().whole_mm) == (0, 0)
    assert tickets_left(books.roll()) == WHOLE


def test_saying_it_twice_or_beside_the_sensor_changes_nothing_more(books: PrintBooks) -> None:
    watch = PaperWatch(books)
    books.use_paper(70_000, "2026-11-24T08:00:00+07:00")
    watch.see(PrinterOnline(Paper.LOW))
    watch.see(PrinterBlocked(Fault.COVER_OPEN, Paper.OUT))
    watch.renew()
    watch.renew()
    watch.see(PrinterOnline(Paper.FULL))
    assert (books.roll().used_mm, books.roll().whole_mm) == (0, 70_000)
