"""The printer of sheets in trouble while it has a letter: what the screen and the books say, and
what lies in its tray. A real cupsd with ippeveprinter behind it, and the real controller.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.core import view
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


TROUBLES = [
    pytest.param("media-empty-error", "Kertas habis.", id="paper out"),
    pytest.param("media-jam-error", "Kertas tersangkut.", id="jam", marks=pytest.mark.long),
    pytest.param(
        "marker-supply-empty-error",
        "Tinta atau toner habis.",
        id="toner out",
        marks=pytest.mark.long,
    ),
    pytest.param(
        "cover-open-error", "Tutup pencetak terbuka.", id="cover open", marks=pytest.mark.long
    ),
]


@pytest.mark.parametrize(("reason", "message"), TROUBLES)
def test_trouble_with_the_letter_at_hand(bench: PageBench, reason: str, message: str) -> None:
    """Nothing comes by itself once it is mended; the citizen may choose, and copies are counted."""
    sheets = bench.sheets
    bench.machine.set_trouble(reason)
    request_id = bench.ask_for(LETTER)
    assert bench.await_shown(*ENDS) == Shown("unknown", message)
    assert bench.jobs(request_id) == [("UNKNOWN", 1)]
    bench.machine.set_trouble(None)
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
    bench.await_page_status("userError")
    bench.until(lambda: "clear" if bench.machine.spooled() == [] else None)
    bench.machine.set_trouble(None)
    bench.await_page_status("online")
    assert bench.sheets == sheets
    again = bench.ask_for(LETTER)
    assert bench.await_shown(*ENDS) == Shown("printed")
    assert bench.jobs(again) == [("CONFIRMED", 1)]
    assert bench.sheets == sheets + 1
    assert bench.machine.spooled() == []
