"""Print jobs: no double, no silent loss, and the screen told only what the printer said.

The printer's thread is not started here: the tests say what it reports.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from firmware.core.events import Event, PrintReported
from firmware.core.letter_slip import letter_slip
from firmware.core.paper import Roll, tickets_left
from firmware.core.print_job import JobState
from firmware.core.ticket import Ticket
from firmware.core.wire import SignedLetter
from firmware.journal import Journal
from firmware.print_books import PrintJob
from firmware.print_key import PrintKey
from firmware.printers import PrinterThread, Work
from firmware.printing import Printing
from firmware.signals import JobEnded, Signal, ThreadFailed
from firmware.store import Store
from hw.protocols import (
    Confirmed,
    Fault,
    Interrupted,
    Line,
    NotStarted,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    PrintOutcome,
    Raster,
    Slip,
    Unconfirmed,
)
from hw.virtual.memory_printer import MemoryTicketPrinter

ONLINE = PrinterOnline(Paper.FULL)
NO_PAPER = PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)
GONE = PrinterOffline("unplugged")
TICKET = Ticket("Desa Contoh", "Surat Contoh", "1-00001", "0123456789", "hari ini", "x")
ROLL = zlib.compress(bytes(72 * 10))
LETTER = SignedLetter("r1", "biodata", "Surat Contoh", "470/1", b"%PDF", ROLL)


class Unheard:
    """A printer whose thread never runs: its word is spoken by the test."""

    width_dots = 576

    def status(self) -> PrinterStatus:
        return ONLINE

    def print(self, _what: object, *_rest: object) -> PrintOutcome:
        return Confirmed()

    def close(self) -> None:
        pass


class Slow(Unheard):
    """A printer that waits in mid-job until it is told to go on."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.printed = 0

    def print(self, _what: object, *_rest: object) -> PrintOutcome:
        self.begun.set()
        self.go_on.wait(10)
        self.printed += 1
        return Confirmed()


def drained(signals: queue.SimpleQueue[Signal]) -> list[Signal]:
    return [signals.get() for _ in range(signals.qsize())]


def _fail(*_: object) -> Any:
    raise RuntimeError("a driver's bug")


def _full_disk(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


class Desk:
    """A Printing with its books open."""

    def __init__(self, folder: Path, roll: bool = True, page: bool = False) -> None:
        self.folder = folder
        self.told: list[Event] = []
        self.service: list[tuple[str, JobState]] = []
        self.now = "2026-11-24T08:00:00+07:00"
        self.collected: list[tuple[PrintJob, bool]] = []
        self.store = Store(folder / "kiosk.db")
        self.journal = Journal(folder / "journal.jsonl", lambda: datetime.now(UTC))
        self.printing = Printing(
            self.store,
            self.journal,
            PrintKey(folder / "run" / "print.key"),
            lambda: self.now,
            self.told.append,
            self.take_collected,
            lambda name, state: self.service.append((name, state)),
        )
        printer = Unheard()
        if roll:
            self.printing.attach_roll(printer, PrinterThread("roll", printer.status, _ignore))
        if page:
            self.printing.attach_page(printer, PrinterThread("page", printer.status, _ignore))

    def take_collected(self, job: PrintJob, confirmed: bool) -> None:
        self.store.collect(job.id, "CONFIRMED", f"e{job.id}", "2026", lambda seq: b"")
        self.collected.append((job, confirmed))

    def notes(self) -> list[dict[str, Any]]:
        lines = (self.folder / "journal.jsonl").read_text().splitlines()
        return [e for e in map(json.loads, lines) if e["event"] == "print.job"]

    def states(self) -> list[str]:
        reports = [event for event in self.told if isinstance(event, PrintReported)]
        return [report.state for report in reports]

    def job(self) -> PrintJob:
        jobs = [self.store.prints.last_job(kind, "r1") for kind in ("ticket", "letter")]
        return next(job for job in jobs if job is not None)

    def says(self, outcome: PrintOutcome) -> None:
        self.printing.job_ended(self.job().id, outcome)


def _ignore(_signal: Signal) -> None:
    pass


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_ticket_is_printed_only_when_the_printer_says_so(desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    assert desk.states() == ["printing"]
    assert desk.job().state == "SENDING"  # durable before the first byte
    desk.says(Confirmed())
    assert desk.states() == ["printing", "printed"]
    assert desk.job().content is None


def test_a_printer_that_cannot_tell_is_not_believed(desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    desk.says(Unconfirmed())
    assert desk.states()[-1] == "unconfirmed"


def test_paper_is_out_before_the_ticket_and_filled_in_while_the_citizen_waits(desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    desk.says(NotStarted(NO_PAPER))
    assert desk.told[-1] == PrintReported("r1", "blocked", Fault.PAPER_OUT)
    desk.printing.printer_seen("roll", NO_PAPER)
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.states()[-1] == "printing"
    desk.says(Confirmed())
    assert desk.job().copy == 1  # nothing had been printed: this is no copy


def test_paper_ends_in_mid_ticket(desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    first = desk.job()
    desk.says(Interrupted(800, NO_PAPER))
    assert desk.states()[-1] == "blocked"
    desk.printing.printer_seen("roll", ONLINE)
    again = desk.job()
    assert (again.id != first.id, again.copy) == (True, 2)  # marked SALINAN
    desk.says(Interrupted(800, NO_PAPER))
    assert desk.states()[-1] == "unknown"
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.job().id == again.id  # once more, and no third time by itself


def test_a_printer_that_refuses_a_job_is_not_asked_without_end(desk: Desk) -> None:
    desk.printing.printer_seen("roll", ONLINE)
    desk.printing.print_ticket(TICKET, "r1")
    desk.says(NotStarted(ONLINE))
    for _ in range(5):
        desk.printing.printer_seen("roll", ONLINE)
    assert desk.states().count("printing") == 1


def test_a_visitor_who_left_gets_no_ticket_later(desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    desk.says(NotStarted(NO_PAPER))
    desk.printing.visit_ended()
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.job().state == "VOID"


def test_a_full_disk_does_not_bring_a_ticket_back_to_whoever_comes_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    desk.says(NotStarted(NO_PAPER))
    with monkeypatch.context() as patch:
        patch.setattr(desk.store.prints, "set_job", _full_disk)
        with pytest.raises(sqlite3.OperationalError):
            desk.printing.visit_ended()
    told = len(desk.told)
    desk.printing.printer_seen("roll", ONLINE)
    assert "printing" not in [getattr(event, "state", "") for event in desk.told[told:]]


def test_a_visitor_who_left_in_mid_ticket_gets_no_copy_later(desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    desk.printing.visit_ended()
    desk.says(Interrupted(800, NO_PAPER))
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.job().state == "VOID"


def test_a_job_that_stands_behind_another_is_not_begun_once_its_citizen_has_gone(
    tmp_path: Path,
) -> None:
    """The printer is slow; somebody prints and leaves; the next one must not see the letter."""
    signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
    printer = Slow()
    thread = PrinterThread("roll", printer.status, signals.put)
    desk = Desk(tmp_path, roll=False)
    desk.printing.attach_roll(printer, thread)
    thread.start()
    desk.printing.print_ticket(TICKET, "r1")
    printer.begun.wait(10)
    desk.printing.print_letter(msgspec.structs.replace(LETTER, request_id="r2"))
    assert desk.states()[-1] == "queued"
    desk.printing.visit_ended()
    printer.go_on.set()
    thread.close(10)
    while not signals.empty():
        signal = signals.get()
        if isinstance(signal, JobEnded):
            desk.printing.job_ended(signal.job_id, signal.outcome)
    assert printer.printed == 1
    letter = desk.store.prints.last_job("letter", "r2")
    assert letter is not None and letter.state == "VOID"


def test_another_citizens_print_does_not_bring_a_former_ones_back(desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    first = desk.job()
    desk.printing.visit_ended()
    desk.printing.print_ticket(TICKET, "r2")
    desk.printing.job_ended(first.id, NotStarted(NO_PAPER))
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.job().state == "VOID"


def test_print_is_pressed_again_while_the_letter_is_coming(desk: Desk) -> None:
    desk.printing.print_letter(LETTER)
    first = desk.job()
    desk.printing.print_letter(LETTER)
    assert desk.job().id == first.id
    desk.says(Confirmed())
    desk.printing.print_letter(LETTER)
    assert desk.job().copy == 2


def test_a_driver_that_fails_is_a_printer_off_line_not_a_storm() -> None:
    signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
    thread = PrinterThread("roll", _fail, signals.put)
    thread.start()
    thread.do(Work(1, _fail))
    seen = []
    while not any(isinstance(signal, JobEnded) for signal in seen):
        seen.append(signals.get(timeout=10))
    thread.close(10)
    assert len(seen) < 10
    assert any(isinstance(signal, ThreadFailed) for signal in seen)
    assert isinstance(seen[-1], JobEnded) and isinstance(seen[-1].outcome, Interrupted)


def test_the_citizen_asks_again_while_the_job_waits(desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    first = desk.job()
    desk.says(NotStarted(GONE))
    assert desk.states()[-1] == "unavailable"
    desk.printing.print_ticket(TICKET, "r1")
    assert desk.job().id == first.id


def test_no_printer_at_all(tmp_path: Path) -> None:
    desk = Desk(tmp_path, roll=False)
    desk.printing.print_ticket(TICKET, "r1")
    desk.printing.print_letter(LETTER)
    assert desk.states() == ["unavailable", "unavailable"]


def test_a_letter_goes_to_a_sheet_where_there_is_a_page_printer(tmp_path: Path) -> None:
    desk = Desk(tmp_path, page=True)
    desk.printing.print_letter(LETTER)
    assert desk.job().medium == "page"
    desk.says(Confirmed())
    assert desk.states()[-1] == "printed"
    assert [(job.copy, sure) for job, sure in desk.collected] == [(1, True)]


def test_a_letter_cut_off_is_not_printed_again_by_itself(desk: Desk) -> None:
    desk.printing.print_letter(LETTER)
    desk.says(Interrupted(9000, GONE))
    assert desk.states()[-1] == "unknown"
    desk.printing.printer_seen("roll", GONE)
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.states()[-1] == "unknown"
    assert desk.collected == []
    desk.printing.print_letter(LETTER)  # the citizen's own choice
    assert desk.job().copy == 2


def test_the_controller_is_killed_in_mid_ticket(tmp_path: Path, desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    again = Desk(tmp_path)
    again.printing.recover()
    job = again.job()
    assert (job.copy, job.state) == (2, "SENDING")


def test_the_books_tell_a_torn_ticket_from_one_that_was_all_sent(
    tmp_path: Path, desk: Desk
) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    desk.printing.job_went(desk.job().id, 900, all_sent=False)
    assert (desk.job().state, desk.job().sent_bytes) == (JobState.SENDING, 900)
    desk.printing.job_went(desk.job().id, 4000, all_sent=True)
    assert (desk.job().state, desk.job().sent_bytes) == (JobState.AWAITING, 4000)
    assert desk.states()[-1] == "awaiting"
    Desk(tmp_path).printing.recover()
    told = [entry for entry in desk.notes() if entry["state"] == "UNKNOWN"]
    assert [(entry["was"], entry["offset"]) for entry in told] == [("AWAITING", 4000)]


def test_the_copy_that_is_owed_had_not_begun_when_the_controller_was_killed(
    tmp_path: Path, desk: Desk
) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    desk.says(Interrupted(800, NO_PAPER))
    again = Desk(tmp_path)
    again.printing.recover()
    assert (again.job().copy, again.job().state) == (2, JobState.SENDING)


def test_a_copy_that_waits_is_not_called_not_printed(desk: Desk) -> None:
    """Half a ticket may hang out of the printer: "nothing was printed" would not be true."""
    desk.printing.print_ticket(TICKET, "r1")
    desk.says(Interrupted(800, GONE))
    assert desk.states()[-1] == "unknown"
    desk.printing.print_ticket(TICKET, "r1")  # "print again" is pressed: still away
    desk.says(NotStarted(GONE))
    assert desk.states()[-1] == "unknown"
    desk.printing.printer_seen("roll", ONLINE)
    desk.says(Confirmed())
    assert (desk.states()[-1], desk.job().copy) == ("printed", 2)


def test_a_print_that_stands_behind_another_is_queued_and_comes_in_its_turn(desk: Desk) -> None:
    desk.printing.print_letter(msgspec.structs.replace(LETTER, request_id="r2"))
    desk.printing.print_ticket(TICKET, "r1")
    assert desk.told[-1] == PrintReported("r1", "queued")
    assert desk.job().state is JobState.QUEUED
    letter = desk.store.prints.last_job("letter", "r2")
    assert letter is not None
    desk.printing.job_ended(letter.id, Confirmed())
    assert desk.told[-1] == PrintReported("r1", "printing")


def test_a_disk_that_fails_at_the_end_of_a_job_does_not_stop_all_later_ones(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    job = desk.job()
    with monkeypatch.context() as patch:
        patch.setattr(desk.store.prints, "set_job", _full_disk)
        with pytest.raises(sqlite3.OperationalError):
            desk.printing.job_ended(job.id, Confirmed())
    assert desk.states()[-1] == "unknown"
    desk.printing.print_ticket(TICKET, "r2")
    assert desk.told[-1] == PrintReported("r2", "printing")


def test_paper_that_came_near_its_end_a_moment_ago_is_seen_before_a_letter_begins(
    tmp_path: Path,
) -> None:
    signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
    printer = MemoryTicketPrinter()
    printer.condition = PrinterOnline(Paper.LOW)
    thread = PrinterThread("roll", printer.status, signals.put)
    desk = Desk(tmp_path, roll=False)
    desk.printing.attach_roll(printer, thread)
    desk.printing.printer_seen("roll", ONLINE)  # as it was at the last look
    desk.printing.print_letter(LETTER)
    thread.start()
    thread.close(10)
    ended = [signal for signal in drained(signals) if isinstance(signal, JobEnded)]
    desk.printing.job_ended(ended[0].job_id, ended[0].outcome)
    assert desk.told[-1] == PrintReported("r1", "blocked", Fault.PAPER_LOW)
    assert printer.slips == []


def test_a_letter_is_not_begun_when_the_count_says_that_the_roll_ends(desk: Desk) -> None:
    """A printer without a near-end sensor: what the roll before gave is what this one will."""
    for status in (ONLINE, NO_PAPER):
        desk.printing.printer_seen("roll", status)
    desk.store.prints.use_paper(50_000, desk.now)
    desk.printing.printer_seen("roll", ONLINE)
    desk.store.prints.use_paper(49_999, desk.now)
    desk.printing.print_letter(LETTER)
    assert desk.told[-1] == PrintReported("r1", "blocked", Fault.PAPER_LOW)
    desk.printing.print_ticket(TICKET, "r1")
    assert desk.told[-1] == PrintReported("r1", "printing")


def test_a_service_slip_waits_for_nobody(desk: Desk) -> None:
    desk.printing.print_service("exercise", (Line("Uji cetak"),))
    job = desk.store.prints.last_job("service", "exercise")
    assert job is not None
    desk.printing.job_ended(job.id, NotStarted(NO_PAPER))
    assert desk.told[-1] == PrintReported("exercise", "blocked", Fault.PAPER_OUT)
    assert desk.service == [("exercise", JobState.VOID)]
    assert desk.printing.is_idle()


def test_whoever_ordered_a_slip_hears_that_a_full_disk_lets_none_begin(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.store.prints, "add_job", _full_disk)
    with pytest.raises(sqlite3.OperationalError):
        desk.printing.print_service("status-slip", (Line("Status"),))
    assert desk.service == [("status-slip", JobState.VOID)]
    assert desk.printing.is_idle()


def test_whoever_ordered_a_slip_hears_that_its_end_is_in_no_book(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.printing.print_service("status-slip", (Line("Status"),))
    job = desk.store.prints.last_job("service", "status-slip")
    assert job is not None
    monkeypatch.setattr(desk.store.prints, "set_job", _full_disk)
    with pytest.raises(sqlite3.OperationalError):
        desk.printing.job_ended(job.id, Confirmed())
    assert desk.service == [("status-slip", JobState.UNKNOWN)]


def test_a_controller_that_was_away_for_long_prints_nobody_s_ticket(
    tmp_path: Path, desk: Desk
) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    again = Desk(tmp_path)
    again.now = "2026-11-24T08:20:00+07:00"
    again.printing.recover()
    assert again.job().state == "UNKNOWN"


def test_the_power_was_gone_and_the_ticket_with_it(tmp_path: Path, desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    (tmp_path / "run" / "print.key").unlink()  # memory is empty after a power cut
    again = Desk(tmp_path)
    again.printing.recover()
    assert again.job().state == "UNKNOWN"
    assert again.store.prints.unfinished_jobs() == []


def test_the_controller_is_killed_in_mid_letter(tmp_path: Path, desk: Desk) -> None:
    desk.printing.print_letter(LETTER)
    again = Desk(tmp_path)
    again.printing.recover()
    assert again.job().state == "UNKNOWN"
    assert again.states() == []


def test_the_database_at_rest_tells_no_claim_code(tmp_path: Path, desk: Desk) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    for file in tmp_path.glob("kiosk.db*"):
        assert TICKET.claim_code.encode() not in file.read_bytes()


def test_a_letter_is_not_begun_on_a_roll_that_is_near_its_end(desk: Desk) -> None:
    desk.printing.printer_seen("roll", PrinterOnline(Paper.LOW))
    desk.printing.print_letter(LETTER)
    assert desk.told[-1] == PrintReported("r1", "blocked", Fault.PAPER_LOW)
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.states()[-1] == "printing"
    desk.says(Confirmed())
    assert desk.job().copy == 1


def test_a_ticket_is_still_printed_on_it(desk: Desk) -> None:
    desk.printing.printer_seen("roll", PrinterOnline(Paper.LOW))
    desk.printing.print_ticket(TICKET, "r1")
    assert desk.states() == ["printing"]


def test_paper_is_counted_until_the_roll_is_changed(desk: Desk) -> None:
    desk.printing.printer_seen("roll", ONLINE)
    for _ in range(2):
        desk.printing.print_ticket(TICKET, "r1")
        desk.says(Confirmed())
    used = desk.store.prints.roll()
    assert (used.cuts, desk.store.prints.unit().last_print_at) == (2, desk.now)
    assert 150 < used.used_mm < 300
    for status in (NO_PAPER, ONLINE):
        desk.printing.printer_seen("roll", status)
    assert desk.store.prints.roll().used_mm == 0


def test_what_a_whole_roll_gave_is_learned_and_the_rest_of_one_teaches_nothing(
    desk: Desk,
) -> None:
    for used in (50_000, 200):
        desk.printing.printer_seen("roll", ONLINE)
        desk.store.prints.use_paper(used, desk.now)
        desk.printing.printer_seen("roll", NO_PAPER)
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.store.prints.roll().whole_mm == 50_000


def test_about_how_many_tickets_a_roll_still_holds() -> None:
    assert tickets_left(Roll(0, 0, 0)) == 727
    assert tickets_left(Roll(40_000, 400, 50_000)) == 100
    assert tickets_left(Roll(60_000, 400, 50_000)) == 0
    assert tickets_left(Roll(1_000, 0, 0, near_end=True)) == 36  # the sensor knows better


def roll_of(slip: Slip | None) -> Raster:
    assert slip is not None
    return next(part for part in slip if isinstance(part, Raster))


def test_a_letter_on_the_roll_says_which_copy_it_is() -> None:
    assert len(roll_of(letter_slip(LETTER, 1)).rows) == 720
    copy = letter_slip(LETTER, 3)
    assert copy is not None
    assert any(isinstance(part, Line) and "KE-3" in part.text for part in copy)


DAMAGED: list[Callable[[], bytes]] = [
    lambda: b"",
    lambda: b"no zlib",
    lambda: zlib.compress(bytes(71)),
    lambda: zlib.compress(bytes(72 * 1_000_000)),
]


@pytest.mark.parametrize("roll", DAMAGED)
def test_a_damaged_picture_is_not_printed(desk: Desk, roll: Callable[[], bytes]) -> None:
    desk.printing.print_letter(msgspec.structs.replace(LETTER, roll=roll()))
    assert desk.states() == ["unavailable"]
    assert desk.job().state == "VOID"


def test_a_visitor_who_comes_back_waits_for_the_printer_like_anybody(desk: Desk) -> None:
    """ "Finish" before the first byte, and the card once more: the job at hand is theirs again."""
    desk.printing.print_letter(LETTER)
    desk.printing.visit_ended()
    desk.printing.print_letter(LETTER)
    desk.says(NotStarted(NO_PAPER))
    assert (desk.states()[-1], desk.job().state) == ("blocked", JobState.BLOCKED)
    desk.printing.printer_seen("roll", NO_PAPER)
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.states()[-1] == "printing"


def test_a_job_that_was_called_off_begins_anew_for_a_visitor_who_came_back(desk: Desk) -> None:
    desk.printing.print_letter(LETTER)
    desk.printing.visit_ended()
    desk.printing.print_letter(LETTER)
    desk.says(NotStarted(ONLINE))  # the printer's thread passed it over, as it was told
    assert desk.states() == ["printing", "printing", "printing"]
    desk.says(Confirmed())
    assert (desk.states()[-1], desk.job().copy) == ("printed", 1)


def test_a_full_disk_does_not_keep_the_kiosk_down(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.printing.print_letter(LETTER)
    desk.printing.print_ticket(TICKET, "r1")
    again = Desk(tmp_path)
    written = again.store.prints.set_job
    letter = again.store.prints.last_job("letter", "r1")
    assert letter is not None

    def full_for_one(job_id: int, *more: Any) -> None:
        if job_id == letter.id:
            _full_disk()
        written(job_id, *more)

    monkeypatch.setattr(again.store.prints, "set_job", full_for_one)
    again.printing.recover()
    assert again.printing.is_idle() is False  # the ticket is printed all the same
    assert again.job().copy == 1 and again.job().state is JobState.SENDING


@pytest.mark.parametrize("failing_writes", [1, 2, 3])
def test_a_disk_that_fails_when_the_printer_comes_back_leaves_no_ticket_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, failing_writes: int
) -> None:
    desk.printing.print_ticket(TICKET, "r1")
    desk.says(NotStarted(NO_PAPER))
    desk.printing.printer_seen("roll", NO_PAPER)
    written = desk.store.prints.set_job
    left = iter(range(failing_writes))

    def full_for_a_while(*job: Any) -> None:
        if next(left, None) is not None:
            _full_disk()
        written(*job)

    monkeypatch.setattr(desk.store.prints, "set_job", full_for_a_while)
    for _ in range(5):
        desk.printing.printer_seen("roll", ONLINE)
    assert desk.states()[-1] == "printing"


def test_a_disk_that_fails_when_a_turn_comes_keeps_nobody_queued(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.printing.print_letter(msgspec.structs.replace(LETTER, request_id="r2"))
    desk.printing.print_ticket(TICKET, "r1")
    letter = desk.store.prints.last_job("letter", "r2")
    assert letter is not None
    with monkeypatch.context() as patch:
        patch.setattr(desk.store.prints, "set_job", _full_disk)
        desk.printing.job_ended(letter.id, Confirmed())
    assert desk.told[-1] != PrintReported("r1", "printing")
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.told[-1] == PrintReported("r1", "printing")


def test_a_new_roll_is_claimed_while_the_sensor_says_that_it_is_near_its_end(desk: Desk) -> None:
    low = PrinterOnline(Paper.LOW)
    desk.printing.printer_seen("roll", low)
    desk.printing.renew_roll()
    for _ in range(3):
        desk.printing.printer_seen("roll", low)
    assert tickets_left(desk.store.prints.roll()) < 40


def test_a_letter_goes_on_though_the_new_roll_was_in_before_anybody_looked(desk: Desk) -> None:
    """Only the letter's own look saw the roll near its end; the next one sees a full roll."""
    desk.printing.printer_seen("roll", ONLINE)
    desk.printing.print_letter(LETTER)
    desk.says(NotStarted(PrinterBlocked(Fault.PAPER_LOW, Paper.LOW)))
    assert desk.states()[-1] == "blocked"
    desk.printing.printer_seen("roll", PrinterOnline(Paper.LOW))
    assert desk.states()[-1] == "blocked"
    desk.printing.printer_seen("roll", PrinterBlocked(Fault.COVER_OPEN, Paper.FULL))
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.states()[-1] == "printing"


def test_a_sensor_that_was_low_for_one_look_holds_no_letter(desk: Desk) -> None:
    desk.printing.printer_seen("roll", ONLINE)
    desk.printing.print_letter(LETTER)
    desk.says(NotStarted(PrinterBlocked(Fault.PAPER_LOW, Paper.LOW)))
    desk.printing.printer_seen("roll", ONLINE)
    assert desk.states()[-1] == "printing"
