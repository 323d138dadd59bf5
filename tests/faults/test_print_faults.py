"""Every fault of the ticket printer at every stage of a job, for tickets and for letters: what
the screen says, what the books say, and what lies in the tray.

The rules that hold in every cell: no whole ticket twice without SALINAN on the second; nothing is
called printed that the printer did not confirm; a letter comes again only by a person's choice, and
numbered; and whoever waits until the printer is mended goes home with paper.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from firmware.core import view
from tests.faults.meddler import AT_THE_CUT, AT_THE_END, FIRST_BYTE, IN_PICTURE, IN_TEXT, Place
from tests.faults.print_bench import PrintBench, Shown, a_print_bench

TICKET, LETTER = "ticket", "letter"
UNIT = "ANJUNGAN VIRTUAL-80, firmware 1.00, serial V0001"
STAGES: dict[str, Place | None] = {
    "before": None,
    "first byte": FIRST_BYTE,
    "text": IN_TEXT,
    "picture": IN_PICTURE,
    "cut": AT_THE_CUT,
    "awaiting": AT_THE_END,
}
LETTER_STAGES = [stage for stage in STAGES if stage != "text"]  # the first copy is all picture


@dataclass(frozen=True)
class Fault:
    """``control`` is what goes wrong at the printer, else in its cable. ``message`` is what the
    citizen reads of a fault that a person can mend.
    """

    name: str
    control: dict[str, Any] | None = None
    message: str = ""

    def happen(self, bench: PrintBench) -> None:
        if self.control is not None:
            bench.printer.control(self.control)
        else:
            bench.cable.unplug()


BLOCKING = (
    Fault("paper out", {"paper": "out"}, "Kertas habis."),
    Fault("cover open", {"cover": "open"}, "Tutup pencetak terbuka."),
    Fault("cutter", {"cutter": "jammed"}, "Pemotong kertas macet."),
    Fault("heat", {"heat": "hot"}, "Pencetak panas, tunggu sebentar."),
)
AWAY = (
    Fault("off line", {"online": False}),
    Fault("mute", {"mute": True}),
    Fault("unplugged", None),
    Fault("switched off", {"power": "off"}),
)
LOW = Fault("paper low", {"paper": "low"})
TORN = "Kertas hampir habis, surat belum dicetak supaya tidak terpotong."
FAULTS = {fault.name: fault for fault in (*BLOCKING, *AWAY, LOW)}


@dataclass(frozen=True)
class Cell:
    kind: str
    fault: str
    stage: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.fault}, {self.stage}"


def _cells() -> list[Cell]:
    stages = [(TICKET, stage) for stage in STAGES] + [(LETTER, stage) for stage in LETTER_STAGES]
    return [Cell(kind, fault, stage) for fault in FAULTS for kind, stage in stages]


QUICK = {
    Cell(TICKET, "heat", "before"),
    Cell(TICKET, "unplugged", "first byte"),
    Cell(TICKET, "paper out", "text"),
    Cell(TICKET, "switched off", "picture"),
    Cell(TICKET, "cutter", "cut"),
    Cell(TICKET, "cover open", "awaiting"),
    Cell(LETTER, "paper low", "before"),
    Cell(LETTER, "heat", "picture"),
    Cell(LETTER, "unplugged", "awaiting"),
}
"""Each fault and each stage once, where that is quick; --long runs the whole table."""


def _params(cells: list[Cell], quick: set[Cell]) -> list[Any]:
    return [
        pytest.param(cell, id=str(cell), marks=() if cell in quick else pytest.mark.long)
        for cell in cells
    ]


@pytest.fixture(scope="module")
def running() -> Iterator[PrintBench]:
    with a_print_bench() as bench:
        yield bench


@pytest.fixture
def bench(running: PrintBench) -> Iterator[PrintBench]:
    running.begin()
    yield running
    running.leave()


# ---------------------------------------------------------------- the printer and its cable


@pytest.mark.parametrize("cell", _params(_cells(), QUICK))
def test_a_fault_at_a_stage(bench: PrintBench, cell: Cell) -> None:
    fault, place = FAULTS[cell.fault], STAGES[cell.stage]
    if place is None:
        fault.happen(bench)
    else:
        bench.meanwhile(place, lambda: fault.happen(bench))
    request_id = bench.ask_for(cell.kind)
    if fault is LOW and not (cell.kind == LETTER and place is None):
        _goes_through(bench, cell, request_id)
    elif place is None:
        _waits_and_is_printed(bench, cell, fault, request_id)
    elif cell.kind == TICKET:
        _is_printed_once_more(bench, fault, request_id)
    else:
        _comes_again_by_choice(bench, fault, request_id)
    _keeps_the_rules(bench, cell, request_id)


def _goes_through(bench: PrintBench, cell: Cell, request_id: str) -> None:
    assert bench.await_shown("printed", "blocked", "unknown", "unavailable") == Shown("printed")
    assert bench.jobs(request_id) == [("CONFIRMED", 1)]
    assert _whole(bench, cell.kind) == (1, 0)


def _waits_and_is_printed(bench: PrintBench, cell: Cell, fault: Fault, request_id: str) -> None:
    """Not one byte was sent: it comes when the printer is mended, and it is no copy."""
    message = TORN if fault is LOW else fault.message
    expected = Shown("blocked" if message else "unavailable", message)
    assert bench.await_shown("blocked", "unavailable", "unknown", "printed") == expected
    assert bench.jobs(request_id) == [("BLOCKED", 1)]
    bench.mend()
    bench.await_shown("printed")
    assert bench.jobs(request_id) == [("CONFIRMED", 1)]
    assert _whole(bench, cell.kind) == (1, 0)


def _is_printed_once_more(bench: PrintBench, fault: Fault, request_id: str) -> None:
    """Cut off: the first may be on paper, so what comes after mending is marked SALINAN."""
    expected = Shown("blocked" if fault.message else "unknown", fault.message)
    assert bench.await_shown("blocked", "unavailable", "unknown", "printed") == expected
    assert bench.jobs(request_id)[0] == ("UNKNOWN", 1)
    bench.mend()
    bench.await_shown("printed")
    assert bench.jobs(request_id) == [("UNKNOWN", 1), ("CONFIRMED", 2)]
    assert bench.paper().ticket_copies == 1


def _comes_again_by_choice(bench: PrintBench, fault: Fault, request_id: str) -> None:
    """A letter cut off: nothing more comes by itself; the citizen may choose a second print."""
    shown = bench.await_shown("blocked", "unavailable", "unknown", "printed")
    assert shown == Shown("unknown", fault.message)
    bench.mend()
    _until_usable(bench)
    assert bench.jobs(request_id) == [("UNKNOWN", 1)]
    assert bench.screen is not None
    bench.screen.says(view.Retry())
    bench.await_shown("printed")
    assert bench.jobs(request_id) == [("UNKNOWN", 1), ("CONFIRMED", 2)]
    assert bench.paper().letter_copies == 1


def _keeps_the_rules(bench: PrintBench, cell: Cell, request_id: str) -> None:
    paper = bench.paper()
    assert paper.unmarked_tickets <= 1
    assert paper.letters_whole - paper.letter_copies <= 1
    assert paper.tickets_whole + paper.letters_whole >= 1, "whoever waited got no paper"
    for entry in bench.noted(request_id):
        assert entry["fault"] in (None, *_words(cell.fault))
    ends = {(entry["state"], entry["copy"]) for entry in bench.noted(request_id)}
    assert set(bench.jobs(request_id)) <= ends, "the journal does not tell what became of a job"


def _words(fault: str) -> tuple[str, ...]:
    return {
        "paper out": ("paperOut",),
        "cover open": ("coverOpen",),
        "cutter": ("cutter",),
        "heat": ("tooHot",),
        "paper low": ("paperLow",),
    }.get(fault, ())


def _whole(bench: PrintBench, kind: str) -> tuple[int, int]:
    """Whole prints, and how many of them are marked as copies."""
    paper = bench.paper()
    if kind == TICKET:
        return paper.tickets_whole, paper.ticket_copies
    return paper.letters_whole, paper.letter_copies


def _until_usable(bench: PrintBench) -> None:
    assert bench.screen is not None
    bench.screen.await_view(lambda state: state.lights.printer)


# ---------------------------------------------------------------- the controller is killed

KILLED = [
    Cell(kind, "killed", stage)
    for kind, stages in ((TICKET, list(STAGES)), (LETTER, LETTER_STAGES))
    for stage in stages
    if stage != "before"
]
QUICK_KILLED = {Cell(TICKET, "killed", "text"), Cell(LETTER, "killed", "awaiting")}


@pytest.mark.parametrize("cell", _params(KILLED, QUICK_KILLED))
def test_the_controller_is_killed_at_a_stage(bench: PrintBench, cell: Cell) -> None:
    place = STAGES[cell.stage]
    assert place is not None
    reached, go_on = bench.pause_at(place)
    request_id = bench.ask_for(cell.kind)
    assert reached.wait(30)
    bench.kill()
    go_on.set()
    bench.start()
    again = [("CONFIRMED", 2)] if cell.kind == TICKET else []
    bench.await_jobs(request_id, [("UNKNOWN", 1), *again])
    cut_off = next(e for e in bench.noted(request_id) if e["state"] == "UNKNOWN")
    assert cut_off["was"] in ("SENDING", "AWAITING")
    paper = bench.paper()
    assert (paper.ticket_copies, paper.letter_copies) == ((1, 0) if again else (0, 0))
    assert paper.unmarked_tickets <= 1
    assert paper.letters_whole <= 1


def test_a_ticket_that_comes_out_during_the_stop_is_in_the_books(bench: PrintBench) -> None:
    """Stopped in good order, as by an update: the job at hand is waited for."""
    reached, go_on = bench.pause_at(AT_THE_CUT)
    request_id = bench.ask_for(TICKET)
    assert reached.wait(30)
    threading.Timer(0.5, go_on.set).start()
    bench.stop()
    assert bench.jobs(request_id) == [("CONFIRMED", 1)]
    bench.start()
    bench.screen_again()
    assert bench.jobs(request_id) == [("CONFIRMED", 1)]
    assert _whole(bench, TICKET) == (1, 0)


@pytest.mark.long
def test_a_ticket_that_waited_for_paper_when_the_controller_was_killed(bench: PrintBench) -> None:
    """Not a byte of it was sent, so it is no copy when it comes after the start."""
    FAULTS["paper out"].happen(bench)
    request_id = bench.ask_for(TICKET)
    bench.await_shown("blocked")
    bench.kill()
    bench.mend()
    bench.start()
    bench.await_jobs(request_id, [("VOID", 1), ("CONFIRMED", 1)])
    assert _whole(bench, TICKET) == (1, 0)


# ---------------------------------------------------------------- twice in a row


def test_the_copy_is_cut_off_as_well(bench: PrintBench) -> None:
    """Once more by itself, and no third time; a person may still ask for one."""
    fault = FAULTS["paper out"]
    bench.meanwhile(IN_TEXT, lambda: fault.happen(bench))
    request_id = bench.ask_for(TICKET)
    bench.await_shown("blocked")
    bench.mend()
    bench.meanwhile(IN_TEXT, lambda: fault.happen(bench))
    assert bench.await_shown("unknown", "printed") == Shown("unknown", fault.message)
    bench.mend()
    _until_usable(bench)
    assert bench.jobs(request_id) == [("UNKNOWN", 1), ("UNKNOWN", 2)]
    assert bench.screen is not None
    bench.screen.says(view.Retry())
    bench.await_shown("printed")
    assert bench.jobs(request_id)[2:] == [("CONFIRMED", 3)]
    assert bench.paper().unmarked_tickets <= 1


@pytest.mark.long
def test_a_letter_is_torn_twice_and_every_copy_is_counted(bench: PrintBench) -> None:
    request_id = ""
    for copy in (1, 2):
        bench.meanwhile(IN_PICTURE, bench.cable.unplug)
        if copy == 1:
            request_id = bench.ask_for(LETTER)
        else:
            assert bench.screen is not None
            bench.screen.says(view.Retry())
            bench.await_shown("printing", "awaiting")
        bench.await_jobs(request_id, [("UNKNOWN", n) for n in range(1, copy + 1)])
        bench.await_shown("unknown")
        bench.mend()
        _until_usable(bench)
    assert bench.screen is not None
    bench.screen.says(view.Retry())
    bench.await_shown("printed")
    assert bench.jobs(request_id)[2:] == [("CONFIRMED", 3)]


# ---------------------------------------------------------------- how a printer can confirm

WAYS: dict[str, Callable[[PrintBench], None]] = {
    "wrong process id": lambda bench: setattr(bench.cable, "wrong_process_ids", True),
    "sensor only": lambda bench: bench.printer.control({"answers": "sensor"}) and None,
    "cannot confirm": lambda bench: bench.printer.control({"answers": "none"}) and None,
}
WAY_CELLS = [Cell(kind, way, "awaiting") for way in WAYS for kind in (TICKET, LETTER)]


@pytest.mark.parametrize("cell", _params(WAY_CELLS, set()))
def test_a_printer_that_confirms_in_its_own_way(bench: PrintBench, cell: Cell) -> None:
    """One that answers behind the data has worked through it; a silent one is not believed."""
    WAYS[cell.fault](bench)
    request_id = bench.ask_for(cell.kind)
    is_silent = cell.fault == "cannot confirm"
    shown = bench.await_shown("printed", "unconfirmed", "blocked", "unknown", "unavailable")
    assert shown == Shown("unconfirmed" if is_silent else "printed")
    assert bench.jobs(request_id) == [("UNCONFIRMED" if is_silent else "CONFIRMED", 1)]
    assert _whole(bench, cell.kind) == (1, 0)


@pytest.mark.long
def test_what_a_printer_can_say_is_known_after_a_restart(bench: PrintBench) -> None:
    bench.printer.control({"answers": "none"})
    request_id = bench.ask_for(TICKET)
    bench.await_shown("unconfirmed")
    bench.kill()
    bench.start()
    bench.screen_again()
    known = [e for e in bench.journal() if e["event"] == "printer.unit"]
    assert (known[-1]["unit"], known[-1]["confirms"], known[-1]["other"]) == (UNIT, "none", False)
    assert bench.jobs(request_id) == [("UNCONFIRMED", 1)]


# ---------------------------------------------------------------- who does not wait


def test_a_visitor_who_does_not_wait_gets_no_ticket_later(bench: PrintBench) -> None:
    FAULTS["paper out"].happen(bench)
    request_id = bench.ask_for(TICKET)
    bench.await_shown("blocked")
    bench.leave()
    bench.mend()
    _until_usable(bench)
    assert bench.jobs(request_id) == [("VOID", 1)]
    assert bench.paper().tickets_begun == 0
