"""Two hundred receipts by our driver over TCP to the virtual printer: does anything pile up?"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hw.printer.driver import EscposPrinter
from hw.printer.escpos import EscposEncoder
from hw.printer.network import NetworkPipe
from hw.protocols import Align, Confirmed, Cut, Line, Qr, Rule, Slip
from tests.bench import BenchError, Goal, Measure, times_as_much

RECEIPTS = 200
WARM_UP = 20
NONE_MORE = Goal("value", at_most=0)


def measures() -> Iterator[Measure]:
    """Confirmed receipts and slips on paper; memory, files and threads of this process."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, _printer(Path(folder)) as port:
        printer = EscposPrinter(NetworkPipe("127.0.0.1", port), EscposEncoder())
        _print(printer, WARM_UP)
        before = Footprint.now()
        confirmed = _print(printer, RECEIPTS)
        after = Footprint.now()
        printer.close()
        slips = len(list(Path(folder).glob("slip-*.png"))) - WARM_UP
    all_of_them = Goal("ratio", at_least=1, at_most=1)
    yield times_as_much("receipts confirmed", confirmed, RECEIPTS, "", all_of_them)
    yield times_as_much("receipts on paper", slips, RECEIPTS, "", all_of_them)
    yield times_as_much(
        f"resident memory after {RECEIPTS} receipts",
        after.memory_mib,
        before.memory_mib,
        "MiB",
        Goal("ratio", at_most=1.02),
        note=f"of this whole process; baseline: after the first {WARM_UP}",
    )
    yield Measure("open files more than before", after.files - before.files, "", goal=NONE_MORE)
    yield Measure("threads more than before", after.threads - before.threads, "", goal=NONE_MORE)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a process holds."""

    memory_mib: float
    files: int
    threads: int

    @classmethod
    def now(cls) -> Footprint:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
            sum(1 for _ in Path("/proc/self/fd").iterdir()),
            sum(1 for _ in Path("/proc/self/task").iterdir()),
        )


def _print(printer: EscposPrinter, count: int) -> int:
    """Print ``count`` receipts; returns how many the printer confirmed."""
    outcomes = (printer.print(_receipt(number), _unheard) for number in range(count))
    return sum(isinstance(outcome, Confirmed) for outcome in outcomes)


def _receipt(number: int) -> Slip:
    return (
        Line("ANJUNGAN", bold=True, align=Align.CENTER, scale=2),
        Rule(),
        Line(f"Permohonan nomor {number:04}"),
        Line("Simpan tiket ini. Surat dapat diambil setelah ditandatangani."),
        Qr(f"https://surat.example.test/lacak/{number:010}", module_dots=6),
        Cut(),
    )


def _unheard(_sent: int) -> None:
    """Nobody makes the start durable here."""


@contextlib.contextmanager
def _printer(folder: Path) -> Iterator[int]:
    """The port of a virtual printer, in a process of its own so that its memory is not ours."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hw.virtual.printer", "--out", str(folder)],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line.startswith(b"{"):
            raise BenchError(f"the virtual printer did not start: {line.decode().strip()}")
        yield int(json.loads(line)["port"])
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
