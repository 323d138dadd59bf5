"""The printer of sheets in trouble while it has a letter: what the screen and the books say, and
what lies in its tray. A real cupsd with ippeveprinter behind it, and the real controller.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from firmware.core import view
from hw.printer.ipp_machine import machine_at
from hw.printer.page import CupsPagePrinter
from hw.protocols import Confirmed, Interrupted, PrintOutcome
from hw.virtual.ipp import VirtualPagePrinter
from provisioning.layout import Devices
from tests.faults.print_bench import PrintBench, Shown

LETTER = "letter"
ENDS = ("printed", "unconfirmed", "blocked", "unknown", "unavailable")


class PageBench(PrintBench):
    """A kiosk with a printer of sheets and none with a roll."""

    def __init__(self, folder: Path, machine: VirtualPagePrinter) -> None:
        super().__init__(folder)
        self.machine = machine

    def devices(self) -> Devices:
        return Devices(
            page_printer={
                "driver": "cups",
                "server": self.machine.server,
                "queue": self.machine.queue,
            }
        )

    def begin(self) -> None:
        self.machine.set_trouble(None)
        self.await_page_status("online")

    def await_page_status(self, wanted: str) -> None:
        """Until the controller has seen the printer so."""

        def look() -> str | None:
            seen = [e for e in self.journal() if e["event"] == "printer.status"]
            return wanted if seen and seen[-1]["status"] == wanted else None

        self.until(look)

    @property
    def sheets(self) -> int:
        return len(self.machine.printed)


@pytest.fixture(scope="module")
def running() -> Iterator[PageBench]:
    folder = Path(tempfile.mkdtemp(prefix="cetak-"))  # a short path: it holds sockets
    with VirtualPagePrinter(folder / "machine") as machine:
        bench = PageBench(folder, machine)
        try:
            bench.lay_out()
            bench.start()
            yield bench
        finally:
            bench.close()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def bench(running: PageBench) -> Iterator[PageBench]:
    running.begin()
    yield running
    running.leave()


OUT = "Kertas habis."
MOVING = "moving-to-paused"  # the job hangs


def _hold(machine: VirtualPagePrinter) -> None:
    """The sheet hangs in the machine."""
    machine.set_trouble(MOVING)


def _let_go(machine: VirtualPagePrinter) -> None:
    machine.set_trouble(None)


def _let_go_and_switch_on(machine: VirtualPagePrinter) -> None:
    machine.set_trouble(None)
    machine.switch_on_machine()


@dataclass(frozen=True)
class Trouble:
    """``message`` is what the citizen reads. A fault that is known before the letter is handed over
    keeps it waiting; one that comes with the letter at hand leaves it UNKNOWN. ``then`` is what
    happens once the machine has the letter.
    """

    name: str
    happen: Callable[[VirtualPagePrinter], object]
    mend: Callable[[VirtualPagePrinter], object]
    message: str = ""
    then: Callable[[VirtualPagePrinter], object] | None = None


def _trouble(name: str, reason: str, message: str) -> Trouble:
    return Trouble(name, lambda m: m.set_trouble(reason), lambda m: m.set_trouble(None), message)


A4 = "iso_a4_210x297mm"
BEFORE = [
    Trouble(
        "wrong media size",
        lambda m: m.load_tray(A4),
        lambda m: m.load_tray(),
        "Ukuran kertas di pencetak tidak sesuai.",
    ),
    Trouble("tray empty", lambda m: m.load_tray(sheets=0), lambda m: m.load_tray(), OUT),
    Trouble("switched off", lambda m: m.switch_off_machine(), lambda m: m.switch_on_machine()),
    Trouble("print server dead", lambda m: m.kill_cups(), lambda m: m.start_cups_again()),
]
AT_HAND = [
    _trouble("paper ends", "media-empty-error", OUT),
    _trouble("jam", "media-jam-error", "Kertas tersangkut."),
    _trouble("toner ends", "toner-empty-error", "Tinta atau toner habis."),
    _trouble("cover opened", "cover-open-error", "Tutup pencetak terbuka."),
    Trouble("cancelled at the panel", _hold, _let_go, then=lambda m: m.cancel_at_machine()),
    Trouble(
        "switched off meanwhile",
        _hold,
        _let_go_and_switch_on,
        then=lambda m: m.switch_off_machine(),
    ),
]
QUICK = {"paper ends"}


def _params(troubles: list[Trouble]) -> list[Any]:
    return [
        pytest.param(each, id=each.name, marks=() if each.name in QUICK else pytest.mark.long)
        for each in troubles
    ]


@pytest.mark.parametrize("trouble", _params(BEFORE))
def test_trouble_before_the_letter(bench: PageBench, trouble: Trouble) -> None:
    """Nothing was handed over: it comes once that is mended, and is no copy."""
    sheets = bench.sheets
    trouble.happen(bench.machine)
    request_id = bench.ask_for(LETTER)
    shown = Shown("blocked" if trouble.message else "unavailable", trouble.message)
    assert bench.await_shown(*ENDS) == shown
    assert bench.jobs(request_id) == [("BLOCKED", 1)]
    trouble.mend(bench.machine)
    assert bench.await_shown("printed", "unconfirmed", "unknown").state == "printed"
    assert bench.jobs(request_id) == [("CONFIRMED", 1)]
    assert bench.sheets == sheets + 1


@pytest.mark.parametrize("trouble", _params(AT_HAND))
def test_trouble_with_the_letter_at_hand(bench: PageBench, trouble: Trouble) -> None:
    """Nothing comes by itself once it is mended; the citizen may choose, and copies are counted."""
    sheets = bench.sheets
    trouble.happen(bench.machine)
    request_id = bench.ask_for(LETTER)
    if trouble.then is not None:
        bench.until(lambda: "at hand" if bench.machine.jobs() else None)
        trouble.then(bench.machine)
    assert (bench.await_shown(*ENDS), bench.sheets) == (Shown("unknown", trouble.message), sheets)
    assert bench.jobs(request_id) == [("UNKNOWN", 1)]
    trouble.mend(bench.machine)
    bench.await_page_status("online")
    assert bench.jobs(request_id) == [("UNKNOWN", 1)]
    assert bench.sheets == sheets
    assert bench.screen is not None
    bench.screen.says(view.Retry())
    assert bench.await_shown("printed", "unconfirmed", "unavailable").state == "printed"
    assert bench.jobs(request_id) == [("UNKNOWN", 1), ("CONFIRMED", 2)]
    assert bench.sheets == sheets + 1
    assert bench.machine.spooled() == []


def test_a_letter_that_is_printed_is_confirmed_and_collected(bench: PageBench) -> None:
    sheets = bench.sheets
    request_id = bench.ask_for(LETTER)
    assert bench.await_shown(*ENDS) == Shown("printed")
    assert bench.jobs(request_id) == [("CONFIRMED", 1)]
    assert [entry["state"] for entry in bench.noted(request_id)] == [
        "SENDING",
        "AWAITING",
        "CONFIRMED",
    ]
    assert bench.sheets == sheets + 1


def test_a_letter_of_a_killed_controller_does_not_come_out_later(bench: PageBench) -> None:
    """The print server keeps a job that met an empty tray, and would print it when paper is filled
    in and its citizen has long gone.
    """
    sheets = bench.sheets
    bench.machine.set_trouble("media-empty-error")
    request_id = bench.ask_for(LETTER)
    bench.await_shown("awaiting")
    bench.kill()
    bench.start()
    bench.await_jobs(request_id, [("UNKNOWN", 1)])
    assert bench.noted(request_id)[-1]["was"] == "AWAITING"
    bench.until(lambda: None if bench.machine.spooled() or bench.machine.jobs() else "clear")
    bench.machine.set_trouble(None)
    bench.await_page_status("online")
    assert bench.sheets == sheets
    again = bench.ask_for(LETTER)
    assert bench.await_shown(*ENDS) == Shown("printed")
    assert bench.jobs(again) == [("CONFIRMED", 1)]
    assert bench.sheets == sheets + 1
    assert bench.machine.spooled() == []


def test_the_machine_itself_is_asked_how_a_job_ended(bench: PageBench) -> None:
    """CUPS calls a job completed now and then that somebody cancelled at the machine's panel."""
    machine = bench.machine
    printer = CupsPagePrinter(machine.server, machine.queue)
    outcomes: list[PrintOutcome] = []
    for title, is_cancelled in (("Surat 1001", False), ("Surat 1002", True)):
        machine.set_trouble(MOVING if is_cancelled else None)
        thread = threading.Thread(
            target=lambda title=title: outcomes.append(
                printer.print(b"%PDF-fictional", title, lambda _: None)
            )
        )
        thread.start()
        if is_cancelled:
            bench.until(lambda: "cancelled" if machine.cancel_at_machine() else None)
        thread.join(60)
    machine.set_trouble(None)
    assert isinstance(outcomes[0], Confirmed)
    assert isinstance(outcomes[1], Interrupted)
    behind = machine_at(machine.uri)
    assert behind is not None
    ended = [behind.job_state(title) for title in ("Surat 1001", "Surat 1002", "Surat 1003")]
    assert ended == [9, 7, None]  # completed, canceled, never heard of
