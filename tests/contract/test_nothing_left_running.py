"""A killed print server leaves its backends trying; the virtual printer takes them along."""

from __future__ import annotations

from pathlib import Path

from hw.printer.page import CupsPagePrinter
from hw.virtual.ipp import VirtualPagePrinter
from tests.contract.test_page_printers import in_the_background, until


def _lines_that_name(text: str) -> list[str]:
    found = []
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = cmdline.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended
        if text in line:
            found.append(line)
    return found


def test_a_killed_print_servers_backends_go_with_the_virtual_printer(tmp_path: Path) -> None:
    machine = VirtualPagePrinter(tmp_path)
    machine.start()
    printer = CupsPagePrinter(machine.server, machine.queue, 60)
    machine.set_trouble("moving-to-paused")
    outcome = in_the_background(printer)
    until(lambda: any("ipp://" in line for line in _lines_that_name(" Surat ")))
    machine.kill_cups()
    outcome()
    left = _lines_that_name(" Surat ")
    machine.stop()
    assert left, "no backend was left: this test shows nothing"
    assert not any(line in _lines_that_name(" Surat ") for line in left)
