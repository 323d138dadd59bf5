"""An unused printer exercises itself: told, counted, once a day, and never in anybody's way."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from firmware.core.ticket import Ticket
from firmware.core.upkeep import UpkeepPolicy
from firmware.journal import Journal
from firmware.print_key import PrintKey
from firmware.print_room import ROLL
from firmware.printers import PrinterThread
from firmware.printing import Printing
from firmware.store import Store
from firmware.upkeep import EXERCISE, LOOK_EVERY_SECONDS, Upkeep
from hw.protocols import (
    Confirmed,
    Interrupted,
    Paper,
    PrinterOffline,
    PrinterOnline,
    PrintOutcome,
)
from hw.virtual.memory_printer import MemoryTicketPrinter

WIB = timezone(timedelta(hours=7))
NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=WIB)
FULL = PrinterOnline(Paper.FULL)
HOUR = 3600.0


class Place:
    """A kiosk at rest whose printer's thread never runs: the test speaks for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NIGHT
        self.monotonic = 0.0
        self.books = Store(folder / "kiosk.db")
        journal = Journal(folder / "journal.jsonl", lambda: self.now)
        policy = UpkeepPolicy(idle_days=7, quiet_hour=3)
        self.upkeep = Upkeep(policy, self.books.prints, journal, lambda: self.now, 576)
        printer = MemoryTicketPrinter()
        self.printing = Printing(
            self.books,
            journal,
            PrintKey(folder / "print.key"),
            lambda: self.now.isoformat(timespec="seconds"),
            lambda _event: None,
            lambda _job, _sure: None,
            lambda name, state: self.upkeep.ended(name, state) and None,
        )
        self.printing.attach_roll(printer, PrinterThread(ROLL, printer.status, lambda _: None))
        self.printing.recover()
        self.printing.printer_seen(ROLL, FULL)
        self.look()  # from now on it is watched

    def look(self, rest: float = HOUR) -> None:
        self.monotonic += LOOK_EVERY_SECONDS
        self.upkeep.look(self.printing, self.monotonic, rest)

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)

    def says(self, outcome: PrintOutcome) -> None:
        job = self.books.prints.last_job("service", EXERCISE)
        assert job is not None
        self.printing.job_ended(job.id, outcome)

    def told(self) -> list[Any]:
        lines = map(json.loads, (self.folder / "journal.jsonl").read_text().splitlines())
        return [entry["state"] for entry in lines if entry["event"] == "printer.exercise"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_after_a_week_it_prints_a_slip_and_says_how_it_went(place: Place) -> None:
    place.pass_days(6)
    place.look()
    assert place.told() == []
    place.pass_days(1)
    place.look()
    place.says(Confirmed())
    assert place.told() == ["begun", "well"]
    unit = place.books.prints.unit()
    assert (unit.exercise, unit.exercised_at, unit.cuts) == ("well", place.now.isoformat(), 1)
    place.pass_days(6)
    place.look()
    assert place.told() == ["begun", "well"]  # it was used just a week ago


def test_one_that_has_died_is_tried_again_the_next_night(place: Place) -> None:
    place.pass_days(7)
    place.look()
    place.says(Interrupted(9, PrinterOffline("silent")))
    place.printing.printer_seen(ROLL, FULL)
    place.look()
    assert place.told() == ["begun", "failed"]
    place.pass_days(1)
    place.look()
    assert place.told() == ["begun", "failed", "begun"]


def test_a_kiosk_that_is_killed_in_the_middle_does_not_try_again_that_day(
    place: Place, tmp_path: Path
) -> None:
    place.pass_days(7)
    place.look()
    again = Place(tmp_path)
    again.now = place.now
    again.look()
    assert again.told() == ["begun", "failed"]
    assert again.books.prints.unit().exercise == "failed"


def test_never_in_a_visit_nor_on_low_paper_nor_while_something_prints(place: Place) -> None:
    place.pass_days(7)
    place.look(rest=0)
    place.printing.printer_seen(ROLL, PrinterOnline(Paper.LOW))
    place.look()
    place.printing.printer_seen(ROLL, PrinterOffline("unplugged"))
    place.look()
    place.printing.printer_seen(ROLL, FULL)
    place.printing.print_ticket(Ticket("Desa Contoh", "Surat", "1", "0123456789", "kini", "x"), "r")
    place.look()
    assert place.told() == []
