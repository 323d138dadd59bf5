"""Every ticket printer keeps the same promises: the virtual one on every cable, and memory."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import zxingcpp
from PIL import Image

from hw.printer.abilities import Confirmation
from hw.printer.driver import EscposPrinter, Patience
from hw.printer.escpos import EscposEncoder
from hw.printer.network import NetworkPipe
from hw.printer.pipe import Pipe
from hw.protocols import (
    Align,
    Confirmed,
    Cut,
    Fault,
    Interrupted,
    Line,
    NotStarted,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    Qr,
    Raster,
    Rule,
    Slip,
    TicketPrinter,
    Unconfirmed,
)
from hw.virtual.controls import Control
from hw.virtual.memory_printer import MemoryTicketPrinter
from tests.contract.cables import CABLES, Cable

LINK = "https://surat.example.test/lacak/ABCDE12345"
TICKET: Slip = (
    Line("ANJUNGAN", bold=True, align=Align.CENTER, scale=2),
    Rule(),
    Line("Kode: ABCDE-12345"),
    Qr(LINK, module_dots=6),
    Cut(),
)
LONG: Slip = (Raster(576, b"\x18" * 72 * 3000), Cut())
MENDED: Control = {
    "power": "on", "paper": "full", "cover": "closed", "cutter": "well", "heat": "well"
}  # fmt: skip
PATIENCE = Patience(
    answer=1.0, stall=5.0, confirmation=30.0, silent=30.0, process_id=0.5, poll=0.1, recovery=0.0
)
SHORT_PATIENCE = Patience(  # where it is known to be in vain
    answer=1.0, stall=1.0, confirmation=2.0, silent=0.6, process_id=0.5, poll=0.1, recovery=0.0
)


class Bench(Protocol):
    """A printer and a person who can put it into every condition."""

    printer: TicketPrinter

    def paper_out(self) -> None: ...
    def cover_open(self) -> None: ...
    def cutter_jammed(self) -> None: ...
    def too_hot(self) -> None: ...
    def gone(self) -> None: ...
    def mended(self) -> None: ...
    def paper_ends_in_mid_job(self) -> None: ...
    def cannot_confirm(self) -> None: ...
    def count(self) -> int: ...


@dataclass
class MemoryBench:
    printer: MemoryTicketPrinter

    def paper_out(self) -> None:
        self.printer.condition = PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)

    def cover_open(self) -> None:
        self.printer.condition = PrinterBlocked(Fault.COVER_OPEN, Paper.FULL)

    def cutter_jammed(self) -> None:
        self.printer.condition = PrinterBlocked(Fault.CUTTER, Paper.FULL)

    def too_hot(self) -> None:
        self.printer.condition = PrinterBlocked(Fault.TOO_HOT, Paper.FULL)

    def gone(self) -> None:
        self.printer.condition = PrinterOffline("The printer in memory was taken away.")

    def mended(self) -> None:
        self.printer.condition = PrinterOnline(Paper.FULL)

    def paper_ends_in_mid_job(self) -> None:
        self.printer.breaks_with = PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)

    def cannot_confirm(self) -> None:
        self.printer.confirms = False

    def count(self) -> int:
        return len(self.printer.slips)


@dataclass
class WiredBench:
    printer: EscposPrinter
    machine: Cable

    def paper_out(self) -> None:
        self.machine.control({"paper": "out"})

    def cover_open(self) -> None:
        self.machine.control({"cover": "open"})

    def cutter_jammed(self) -> None:
        self.machine.control({"cutter": "jammed"})

    def too_hot(self) -> None:
        self.machine.control({"heat": "hot"})

    def gone(self) -> None:
        self.machine.control({"power": "off"})

    def mended(self) -> None:
        self.machine.control(MENDED)

    def paper_ends_in_mid_job(self) -> None:
        self.machine.control({"paper_left_mm": 20})

    def cannot_confirm(self) -> None:
        self.machine.control({"answers": "none"})
        self.printer = driver(self.machine, SHORT_PATIENCE)

    def count(self) -> int:
        return len(self.machine.slips)


def driver(machine: Cable, patience: Patience = PATIENCE) -> EscposPrinter:
    return EscposPrinter(machine.pipe(), EscposEncoder(), patience)


ON_THE_WIRE = [
    pytest.param(name, marks=pytest.mark.long) if name == "usb-ip" else name for name in CABLES
]


@pytest.fixture(params=ON_THE_WIRE)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cable]:
    with CABLES[request.param](tmp_path / "paper") as machine:
        yield machine


@pytest.fixture(params=["memory", *CABLES])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "memory":
        yield MemoryBench(MemoryTicketPrinter())
        return
    with CABLES[request.param](tmp_path / "paper") as machine:
        yield WiredBench(driver(machine), machine)


# ---------------------------------------------------------------- every printer


def test_a_ticket_is_printed_and_confirmed(bench: Bench) -> None:
    heard: list[int] = []
    assert bench.printer.status() == PrinterOnline(Paper.FULL)
    assert bench.printer.print(TICKET, heard.append) == Confirmed()
    assert bench.count() == 1
    assert heard[0] == 0
    assert heard == sorted(heard)
    assert heard[-1] > 0


def test_without_paper_not_one_byte_is_sent(bench: Bench) -> None:
    bench.paper_out()
    heard: list[int] = []
    outcome = bench.printer.print(TICKET, heard.append)
    assert outcome == NotStarted(PrinterBlocked(Fault.PAPER_OUT, Paper.OUT))
    assert heard == []
    bench.mended()
    assert bench.printer.print(TICKET, heard.append) == Confirmed()
    assert bench.count() == 1


def test_an_open_cover_is_told(bench: Bench) -> None:
    bench.cover_open()
    blocked = PrinterBlocked(Fault.COVER_OPEN, Paper.FULL)
    assert bench.printer.status() == blocked
    assert bench.printer.print(TICKET, ignore) == NotStarted(blocked)


def test_a_jammed_cutter_is_told_and_tried_again_when_it_is_free(bench: Bench) -> None:
    bench.cutter_jammed()
    blocked = PrinterBlocked(Fault.CUTTER, Paper.FULL)
    assert bench.printer.status() == blocked
    assert bench.printer.print(TICKET, ignore) == NotStarted(blocked)
    bench.mended()
    assert bench.printer.print(TICKET, ignore) == Confirmed()
    assert bench.count() == 1


def test_a_hot_head_is_told_until_it_is_cool(bench: Bench) -> None:
    bench.too_hot()
    blocked = PrinterBlocked(Fault.TOO_HOT, Paper.FULL)
    assert bench.printer.print(TICKET, ignore) == NotStarted(blocked)
    assert bench.printer.status() == blocked
    bench.mended()
    assert bench.printer.status() == PrinterOnline(Paper.FULL)
    assert bench.printer.print(TICKET, ignore) == Confirmed()


def test_a_printer_that_is_gone_comes_back(bench: Bench) -> None:
    bench.gone()
    assert isinstance(bench.printer.status(), PrinterOffline)
    assert isinstance(bench.printer.print(TICKET, ignore), NotStarted)
    bench.mended()
    assert bench.printer.print(TICKET, ignore) == Confirmed()


def test_paper_that_ends_in_mid_job_leaves_an_unknown_ticket(bench: Bench) -> None:
    bench.paper_ends_in_mid_job()
    outcome = bench.printer.print(TICKET, ignore)
    assert isinstance(outcome, Interrupted)
    assert outcome.status == PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)
    assert outcome.offset > 0
    assert bench.printer.status() == PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)
    bench.mended()
    assert bench.printer.print(TICKET, ignore) == Confirmed()


def test_what_cannot_be_confirmed_is_not(bench: Bench) -> None:
    bench.cannot_confirm()
    assert bench.printer.print(TICKET, ignore) == Unconfirmed()
    assert bench.printer.print(TICKET, ignore) == Unconfirmed()
    assert bench.count() == 2


def test_closing_twice_does_no_harm(bench: Bench) -> None:
    bench.printer.close()
    bench.printer.close()


# ---------------------------------------------------------------- on the wire


def test_the_code_on_the_paper_can_be_read(machine: Cable) -> None:
    assert driver(machine).print(TICKET, ignore) == Confirmed()
    with Image.open(machine.slips[0]) as slip:
        assert [code.text for code in zxingcpp.read_barcodes(slip.convert("L"))] == [LINK]


class Dripping:
    """A pipe that hands over one byte at a time, as a slow line may."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._left = b""
        self.name, self.open = pipe.name, pipe.open
        self.write, self.close, self.abandon = pipe.write, pipe.close, pipe.abandon

    def read(self, seconds: float) -> bytes:
        self._left = self._left or self._pipe.read(seconds)
        first, self._left = self._left[:1], self._left[1:]
        return first


def test_answers_that_come_byte_by_byte_are_the_same_answers(machine: Cable) -> None:
    machine.control({"paper": "low"})
    printer = EscposPrinter(Dripping(machine.pipe()), EscposEncoder(), PATIENCE)
    assert printer.status() == PrinterOnline(Paper.LOW)
    assert "VIRTUAL-80" in printer.unit
    assert printer.print(TICKET, ignore) == Confirmed()
    assert printer.abilities.confirmation is Confirmation.PROCESS_ID


def test_a_printer_without_process_ids_is_believed_by_its_sensor(machine: Cable) -> None:
    machine.control({"answers": "sensor"})
    printer = driver(machine)
    assert printer.print(TICKET, ignore) == Confirmed()
    assert printer.print(TICKET, ignore) == Confirmed()


def test_a_long_picture_that_meets_the_end_of_the_roll(machine: Cable) -> None:
    """The printer's buffer is full then, so it must have said unasked what is wrong."""
    machine.control({"paper_left_mm": 20})
    outcome = driver(machine).print(LONG, ignore)
    assert isinstance(outcome, Interrupted)
    assert outcome.status == PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)


def test_after_an_interrupted_job_the_next_ticket_is_whole_and_alone(
    machine: Cable,
) -> None:
    """Even when the first one's rest comes out by itself, because the printer was too full to
    hear that it should forget it.
    """
    printer = driver(machine)
    for slip in (TICKET, LONG):
        machine.control({"paper_left_mm": 20})
        assert isinstance(printer.print(slip, ignore), Interrupted)
        machine.control({"paper": "full"})
        assert printer.print(TICKET, ignore) == Confirmed()
    remains, ticket = machine.slips[0], machine.slips[-1]
    with Image.open(remains) as left, Image.open(ticket) as whole:
        assert left.height == 96 + 160
        assert whole.height < 800
        assert [code.text for code in zxingcpp.read_barcodes(whole.convert("L"))] == [LINK]


def test_the_cutter_jams_at_the_end_of_a_ticket(machine: Cable) -> None:
    """All of it was printed, but it is not in the citizen's hand."""
    printer = driver(machine)
    assert printer.print(TICKET, ignore) == Confirmed()
    machine.control({"jams_at_cut": True})
    outcome = printer.print(TICKET, ignore)
    assert isinstance(outcome, Interrupted)
    assert outcome.status == PrinterBlocked(Fault.CUTTER, Paper.FULL)
    assert printer.status() == outcome.status  # it tries again, and is held fast still
    machine.control({"cutter": "well"})
    assert printer.print(TICKET, ignore) == Confirmed()
    assert len(machine.slips) == 3  # what hung in the slot was cut off first


def test_a_head_too_hot_in_mid_job(machine: Cable) -> None:
    printer = driver(machine)
    machine.control({"hot_after_mm": 20})
    outcome = printer.print(LONG, ignore)
    assert isinstance(outcome, Interrupted)
    assert outcome.status == PrinterBlocked(Fault.TOO_HOT, Paper.FULL)
    machine.control({"heat": "well"})
    assert printer.print(TICKET, ignore) == Confirmed()


@pytest.mark.parametrize("clear", ["cover", "power"])
def test_a_freed_cutter_is_cleared_by_hand(machine: Cable, clear: str) -> None:
    on, off = {"cover": ("open", "closed"), "power": ("off", "on")}[clear]
    machine.control({"cutter": "jammed"})
    machine.control({"cutter": "well"})
    assert machine.control({"ask": "state"})["state"]["cutter_error"] is True
    machine.control({clear: on})
    assert machine.control({clear: off})["state"]["cutter_error"] is False
    assert driver(machine).status() == PrinterOnline(Paper.FULL)


def test_a_broken_printer_says_so_after_every_power_cycle(machine: Cable) -> None:
    machine.control({"broken": True})
    machine.control({"power": "off"})
    machine.control({"power": "on"})
    assert driver(machine).status() == PrinterBlocked(Fault.HARDWARE, Paper.FULL)


def test_power_lost_in_mid_job(machine: Cable) -> None:
    printer = driver(machine, SHORT_PATIENCE)
    machine.control({"power_off_after_bytes": 40_000})
    outcome = printer.print(LONG, ignore)
    assert isinstance(outcome, Interrupted)
    assert isinstance(outcome.status, PrinterOffline)
    machine.control({"power": "on"})
    assert printer.print(TICKET, ignore) == Confirmed()


def test_a_printer_that_takes_bytes_but_never_answers(machine: Cable) -> None:
    machine.control({"mute": True})
    status = driver(machine).status()
    assert isinstance(status, PrinterOffline)
    assert machine.where in status.reason


def test_a_printer_that_hangs_in_mid_job_and_wakes_when_nobody_waits(machine: Cable) -> None:
    """What was still on its way does not come out then, and the next ticket is alone."""

    def hang(sent: int) -> None:
        if sent > 20_000:
            machine.control({"reads": False})

    printer = driver(machine, SHORT_PATIENCE)
    outcome = printer.print(LONG, hang)
    assert isinstance(outcome, Interrupted)
    assert isinstance(outcome.status, PrinterOffline)
    machine.control({"reads": True})
    assert printer.print(TICKET, ignore) == Confirmed()
    remains, ticket = machine.slips
    with Image.open(remains) as left, Image.open(ticket) as whole:
        assert left.height < 3000
        assert whole.height < 800


def test_what_an_earlier_process_left_half_printed_does_not_come_with_a_ticket(
    machine: Cable,
) -> None:
    pipe = machine.pipe()
    pipe.open()
    half_a_picture = b"\x1dv0\x00\x48\x00\x64\x00" + b"\xff" * 72 * 40
    pipe.write(memoryview(b"Kode: LAINN-67890\n" + half_a_picture), 1.0)
    pipe.close()
    assert driver(machine).print(TICKET, ignore) == Confirmed()
    with Image.open(machine.slips[-1]) as alone:
        assert alone.height < 800
    assert len(machine.slips) == 2


def test_a_printer_off_line_by_its_button(machine: Cable) -> None:
    machine.control({"online": False})
    status = driver(machine).status()
    assert isinstance(status, PrinterOffline)
    assert "off-line" in status.reason


def test_little_paper_is_no_obstacle(machine: Cable) -> None:
    machine.control({"paper": "low"})
    printer = driver(machine)
    assert printer.status() == PrinterOnline(Paper.LOW)
    assert printer.print(TICKET, ignore) == Confirmed()


def test_a_printer_that_is_not_there_is_named() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    status = EscposPrinter(NetworkPipe("127.0.0.1", port), EscposEncoder()).status()
    assert isinstance(status, PrinterOffline)
    assert f"127.0.0.1:{port}" in status.reason


def test_a_raster_that_looks_like_commands_harms_nobody(machine: Cable) -> None:
    clear = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08" + b"\x10\x04\x01" * 14
    rows = (clear + bytes(72 - len(clear) % 72)) * 40
    slip: Slip = (Raster(576, rows[: len(rows) // 72 * 72]), *TICKET)
    assert driver(machine).print(slip, ignore) == Confirmed()
    with Image.open(machine.slips[0]) as paper:
        assert len(zxingcpp.read_barcodes(paper.convert("L"))) == 1


def test_the_control_refuses_what_it_does_not_know(machine: Cable) -> None:
    assert machine.control({"paper": "blue"})["ok"] is False
    assert machine.control({"ask": "state"})["state"]["paper"] == "full"


def ignore(_: int) -> None:
    """Nobody listens to the progress."""


_: Callable[[int], None] = ignore
