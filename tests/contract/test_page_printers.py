"""Page printers: a real cupsd with ippeveprinter behind it, and one in memory."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cups  # type: ignore[import-not-found,import-untyped,unused-ignore]
import pytest

from hw.printer import page
from hw.printer.ipp_machine import machine_at
from hw.printer.ipp_state import (
    Supply,
    f4_media,
    status_of_reasons,
)
from hw.printer.page import CupsPagePrinter
from hw.protocols import (
    Confirmed,
    Fault,
    Interrupted,
    NotStarted,
    PagePrinter,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
)
from hw.virtual.ipp import VirtualPagePrinter
from hw.virtual.memory_printer import MemoryPagePrinter

MM = 72 / 25.4


def f4_page() -> bytes:
    """The smallest PDF of one F4 page."""
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]>>" % (215 * MM, 330 * MM),
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 4\n0000000000 65535 f \n" + table
    out += b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


LETTER = f4_page()


class Bench(Protocol):
    """A page printer and a person at it."""

    printer: PagePrinter

    def paper_ends(self) -> None: ...
    def mended(self) -> None: ...
    def gone(self) -> None: ...
    def sheets(self) -> list[bytes]: ...


@dataclass
class MemoryBench:
    printer: MemoryPagePrinter

    def paper_ends(self) -> None:
        self.printer.breaks_with = PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)

    def mended(self) -> None:
        self.printer.condition = PrinterOnline(Paper.FULL)

    def gone(self) -> None:
        self.printer.condition = PrinterOffline("The printer in memory was taken away.")

    def sheets(self) -> list[bytes]:
        return [pdf for _, pdf in self.printer.pages]


@dataclass
class CupsBench:
    printer: CupsPagePrinter
    machine: VirtualPagePrinter

    def paper_ends(self) -> None:
        self.machine.set_trouble("media-empty-error")

    def mended(self) -> None:
        self.machine.set_trouble(None)
        until(lambda: isinstance(self.printer.status(), PrinterOnline))

    def gone(self) -> None:
        self.machine.switch_off_machine()

    def sheets(self) -> list[bytes]:
        return [path.read_bytes() for path in self.machine.printed]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[VirtualPagePrinter]:
    with VirtualPagePrinter(tmp_path / "machine") as machine:
        yield machine


@pytest.fixture(params=["memory", "cups"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "memory":
        return MemoryBench(MemoryPagePrinter())
    machine = request.getfixturevalue("machine")
    return CupsBench(CupsPagePrinter(machine.server, machine.queue), machine)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def ignore(_: int) -> None:
    """Nobody listens to the progress."""


# ---------------------------------------------------------------- every printer


def test_a_letter_arrives_as_it_was_and_is_confirmed(bench: Bench) -> None:
    heard: list[int] = []
    assert bench.printer.status() == PrinterOnline(Paper.FULL)
    assert bench.printer.print(LETTER, "Surat Keterangan Usaha", heard.append) == Confirmed()
    assert bench.sheets() == [LETTER]
    assert heard[0] == 0


def test_a_letter_that_met_an_empty_tray_does_not_come_out_later(bench: Bench) -> None:
    bench.paper_ends()
    outcome = bench.printer.print(LETTER, "Surat", ignore)
    assert isinstance(outcome, Interrupted)
    assert outcome.status == PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)
    bench.mended()
    assert bench.printer.print(LETTER, "Surat", ignore) == Confirmed()
    assert bench.sheets() == [LETTER]


def test_a_machine_without_power_is_not_sent_a_letter(bench: Bench) -> None:
    bench.gone()
    assert isinstance(bench.printer.status(), PrinterOffline)
    heard: list[int] = []
    assert isinstance(bench.printer.print(LETTER, "Surat", heard.append), NotStarted)
    assert heard == []


def test_closing_twice_does_no_harm(bench: Bench) -> None:
    bench.printer.close()
    bench.printer.close()


# ---------------------------------------------------------------- CUPS


def test_no_letter_stays_in_the_spool(machine: VirtualPagePrinter) -> None:
    printer = CupsPagePrinter(machine.server, machine.queue)
    assert printer.print(LETTER, "Surat", ignore) == Confirmed()
    assert machine.spooled() == []


def test_a_job_that_never_ends_is_given_up(machine: VirtualPagePrinter) -> None:
    machine.set_trouble("moving-to-paused")
    outcome = CupsPagePrinter(machine.server, machine.queue, 2).print(LETTER, "Surat", ignore)
    assert isinstance(outcome, Interrupted)
    assert isinstance(outcome.status, PrinterOffline)


@pytest.fixture
def printer(machine: VirtualPagePrinter) -> CupsPagePrinter:
    return CupsPagePrinter(machine.server, machine.queue, 60)


def in_the_background(printer: CupsPagePrinter) -> Callable[[], object]:
    """Print LETTER in a thread; what is returned waits for its outcome."""
    outcomes: list[object] = []
    thread = threading.Thread(
        target=lambda: outcomes.append(printer.print(LETTER, "Surat", ignore))
    )
    thread.start()

    def outcome() -> object:
        thread.join(90)
        return outcomes[0]

    return outcome


def test_an_empty_tray_is_known_before_a_letter_is_sent(
    machine: VirtualPagePrinter, printer: CupsPagePrinter
) -> None:
    machine.load_tray(sheets=0)
    out = PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)
    assert printer.status() == out
    assert printer.print(LETTER, "Surat", ignore) == NotStarted(out)
    machine.load_tray(sheets=5)
    assert printer.status() == PrinterOnline(Paper.LOW)
    assert printer.print(LETTER, "Surat", ignore) == Confirmed()
    machine.load_tray()
    assert printer.status() == PrinterOnline(Paper.FULL)
    assert len(machine.printed) == 1


def test_other_paper_than_f4_is_not_printed_on(
    machine: VirtualPagePrinter, printer: CupsPagePrinter
) -> None:
    machine.load_tray("iso_a4_210x297mm")
    wrong = PrinterBlocked(Fault.MEDIA_SIZE, Paper.FULL)
    assert printer.print(LETTER, "Surat", ignore) == NotStarted(wrong)
    machine.load_tray()
    assert printer.print(LETTER, "Surat", ignore) == Confirmed()


def test_the_toner_is_read_back(machine: VirtualPagePrinter, printer: CupsPagePrinter) -> None:
    assert printer.supplies == ()
    machine.set_toner(7)
    printer.status()
    assert printer.supplies == (Supply("Black Toner", 7),)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("cover-open-error", PrinterBlocked(Fault.COVER_OPEN, Paper.FULL)),
        ("media-jam-error", PrinterBlocked(Fault.PAPER_JAMMED, Paper.JAMMED)),
        pytest.param(
            "toner-empty-error",
            PrinterBlocked(Fault.SUPPLY, Paper.FULL),
            marks=pytest.mark.long,  # ippeveprinter says it as a warning
        ),
    ],
)
def test_what_stops_a_letter_in_its_middle_is_told_and_cancels_it(
    machine: VirtualPagePrinter, printer: CupsPagePrinter, reason: str, status: PrinterStatus
) -> None:
    machine.set_trouble(reason)
    outcome = printer.print(LETTER, "Surat", ignore)
    assert isinstance(outcome, Interrupted)
    assert outcome.status == status
    machine.set_trouble(None)
    until(lambda: printer.status() == PrinterOnline(Paper.FULL))
    assert machine.printed == []


def test_cancelled_at_the_machine(machine: VirtualPagePrinter, printer: CupsPagePrinter) -> None:
    machine.set_trouble("moving-to-paused")
    outcome = in_the_background(printer)
    until(lambda: machine.cancel_at_machine() > 0)
    assert isinstance(outcome(), Interrupted)
    machine.set_trouble(None)
    assert printer.print(LETTER, "Surat", ignore) == Confirmed()
    assert len(machine.printed) == 1


@pytest.mark.long
def test_a_machine_that_loses_its_power_in_mid_job(
    machine: VirtualPagePrinter, printer: CupsPagePrinter
) -> None:
    machine.set_trouble("moving-to-paused")
    outcome = in_the_background(printer)
    until(lambda: machine.jobs() > 0)
    machine.switch_off_machine()
    ended = outcome()
    assert isinstance(ended, Interrupted)
    assert isinstance(ended.status, PrinterOffline)
    machine.set_trouble(None)
    machine.switch_on_machine()
    assert printer.print(LETTER, "Surat", ignore) == Confirmed()
    assert len(machine.printed) == 1


@pytest.mark.long
def test_the_print_server_dies_in_mid_job_and_starts_again(
    machine: VirtualPagePrinter, printer: CupsPagePrinter
) -> None:
    machine.set_trouble("moving-to-paused")
    outcome = in_the_background(printer)
    until(lambda: machine.jobs() > 0)
    machine.kill_cups()
    ended = outcome()
    assert isinstance(ended, Interrupted)
    assert isinstance(ended.status, PrinterOffline)
    assert isinstance(printer.status(), PrinterOffline)
    machine.start_cups_again()
    printer.status()
    machine.set_trouble(None)
    until(lambda: isinstance(printer.status(), PrinterOnline))
    assert machine.printed == []
    assert machine.spooled() == []
    assert printer.print(LETTER, "Surat", ignore) == Confirmed()
    assert len(machine.printed) == 1


def test_a_print_server_that_is_busy_for_a_moment_keeps_no_letter(
    machine: VirtualPagePrinter, printer: CupsPagePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter was told as broken off: it must not come out when the machine is mended."""
    asked = page._job_state
    looks = itertools.count()

    def busy_once(link: object, job: int) -> int:
        if next(looks) == 2:
            raise cups.IPPError(0x0507, "server-error-busy")
        return asked(link, job)

    monkeypatch.setattr(page, "_job_state", busy_once)
    machine.set_trouble("moving-to-paused")
    assert isinstance(printer.print(LETTER, "Surat", ignore), Interrupted)
    printer.status()
    until(lambda: machine.jobs() == 0)
    assert machine.spooled() == []
    machine.set_trouble(None)
    until(lambda: isinstance(printer.status(), PrinterOnline))
    assert machine.printed == []


def test_a_letter_that_only_the_machine_still_has_is_cancelled_there(
    machine: VirtualPagePrinter, printer: CupsPagePrinter
) -> None:
    """The print server forgot it. What another kiosk prints at the same machine stays."""
    printer.belongs_to("3204-1")
    printer.status()
    theirs = CupsPagePrinter(machine.server, machine.queue, 60)
    theirs.belongs_to("3204-10")
    theirs.status()
    machine.set_trouble("moving-to-paused")
    outcome = in_the_background(theirs)
    until(lambda: machine.jobs() > 0)
    printer.status()
    assert machine.jobs() == 1
    behind = machine_at(machine.uri)
    assert behind is not None
    assert behind.cancel_jobs("Anjungan 3204-10: ", "x") == 1
    assert isinstance(outcome(), Interrupted)
    until(lambda: machine.jobs() == 0)


def test_another_hosts_job_comes_first(
    machine: VirtualPagePrinter, printer: CupsPagePrinter
) -> None:
    printer.status()  # what an earlier process of ours left behind is gone now
    machine.set_trouble("moving-to-paused")
    first = in_the_background(CupsPagePrinter(machine.server, machine.queue, 60))
    until(lambda: machine.jobs() > 0)
    second = in_the_background(printer)
    machine.set_trouble(None)
    assert (first(), second()) == (Confirmed(), Confirmed())
    assert len(machine.printed) == 2


def test_a_queue_that_is_not_there_is_named(machine: VirtualPagePrinter) -> None:
    status = CupsPagePrinter(machine.server, "lantai-dua").status()
    assert isinstance(status, PrinterOffline)
    assert "lantai-dua" in status.reason


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    status = CupsPagePrinter(f"127.0.0.1:{port}", "anjungan").status()
    assert isinstance(status, PrinterOffline)
    assert f"127.0.0.1:{port}" in status.reason


def test_a_server_that_hangs_up_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=_hang_up, args=(server,), daemon=True).start()
        status = CupsPagePrinter(f"127.0.0.1:{port}", "anjungan").status()
    assert isinstance(status, PrinterOffline)


def test_a_server_that_says_nothing_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        status = CupsPagePrinter(f"127.0.0.1:{port}", "anjungan").status()
    assert isinstance(status, PrinterOffline)
    assert "timed out" in status.reason


def _hang_up(server: socket.socket) -> None:
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return


@pytest.mark.parametrize(
    ("state", "reasons", "status"),
    [
        (3, ["none"], PrinterOnline(Paper.FULL)),
        (3, ["media-low-report", "toner-low-warning"], PrinterOnline(Paper.LOW)),
        (3, ["media-empty-warning"], PrinterOnline(Paper.LOW)),
        (5, ["media-empty-error"], PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)),
        (3, ["media-jam"], PrinterBlocked(Fault.PAPER_JAMMED, Paper.JAMMED)),
        (3, ["cover-open-warning"], PrinterBlocked(Fault.COVER_OPEN, Paper.FULL)),
        (3, ["marker-supply-empty-error"], PrinterBlocked(Fault.SUPPLY, Paper.FULL)),
        (5, ["other-error"], PrinterBlocked(Fault.HARDWARE, Paper.FULL)),
    ],
)
def test_a_printers_own_words(state: int, reasons: list[str], status: object) -> None:
    assert status_of_reasons(state, reasons, "x") == status


def test_f4_goes_by_the_name_that_the_machine_gives_it() -> None:
    assert f4_media(["iso_a4_210x297mm", "om_f4_215x330mm"]) == "om_f4_215x330mm"
    assert f4_media(["iso_a4_210x297mm", "custom_min_215x330mm"]) == "custom_f4_215x330mm"
