"""A killed print server leaves its backends trying; the virtual printer takes them along."""

from __future__ import annotations

from pathlib import Path

from hw.printer.page import CupsPagePrinter
from hw.virtual.ipp import VirtualPagePrinter
from tests.contract.test_page_printers import in_the_background, until


def _backends_of(machine: VirtualPagePrinter) -> list[str]:
    """Command lines: CUPS calls a backend by the address of its machine."""
    found = []
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = cmdline.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended
        if line.startswith(machine.uri):
            found.append(line)
    return found


def test_a_killed_print_servers_backends_go_with_the_virtual_printer(tmp_path: Path) -> None:
    machine = VirtualPagePrinter(tmp_path)
    machine.start()
    printer = CupsPagePrinter(machine.server, machine.queue, 60)
    machine.set_trouble("moving-to-paused")
    outcome = in_the_background(printer)
    until(lambda: _backends_of(machine) != [])
    machine.kill_cups()
    outcome()
    assert _backends_of(machine), "no backend was left: this test shows nothing"
    machine.stop()
    assert _backends_of(machine) == []
