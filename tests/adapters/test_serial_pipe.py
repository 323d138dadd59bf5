"""The serial pipe over a pseudo-terminal: the kernel's own lines, a virtual printer behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hw.printer.driver import EscposPrinter, Patience
from hw.printer.escpos import EscposEncoder
from hw.printer.pipe import PipeError
from hw.printer.serial import FLOWS, Flow, SerialPipe
from hw.protocols import Confirmed, Cut, Line, Raster, Slip
from hw.virtual.serial import VirtualSerialPrinter

NOBODY = 65534
QUICK = Patience(answer=1.0, stall=5.0, confirmation=30.0, process_id=0.5, poll=0.1)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[VirtualSerialPrinter]:
    with VirtualSerialPrinter(tmp_path / "paper") as machine:
        yield machine


@pytest.fixture
def pipe(machine: VirtualSerialPrinter) -> Iterator[SerialPipe]:
    pipe = SerialPipe(machine.device)
    yield pipe
    pipe.close()


@pytest.mark.parametrize("flow", FLOWS)
def test_every_byte_passes_whatever_the_flow_control(
    machine: VirtualSerialPrinter, flow: Flow
) -> None:
    """A picture holds each byte value: also those of XON, XOFF, and the terminal's own keys."""
    printer = EscposPrinter(SerialPipe(machine.device, 115200, flow), EscposEncoder(), QUICK)
    everything = bytes(range(256)) * 9
    slip: Slip = (Raster(576, everything), Line("Kode: ABCDE-12345"), Cut())
    assert printer.print(slip, lambda _: None) == Confirmed()
    assert len(machine.slips) == 1


def test_the_line_pulled_out_in_the_middle(machine: VirtualSerialPrinter, pipe: SerialPipe) -> None:
    pipe.open()
    machine.stop()
    with pytest.raises(PipeError, match="broke"):
        pipe.read(1.0)
    with pytest.raises(PipeError, match="broke"):
        pipe.write(memoryview(b"x"), 1.0)
    pipe.close()
    with pytest.raises(PipeError, match="no such device"):
        pipe.open()
    with pytest.raises(PipeError, match="not open"):
        pipe.read(0)


def test_a_line_in_other_hands(machine: VirtualSerialPrinter, pipe: SerialPipe) -> None:
    other = SerialPipe(machine.device)
    other.open()
    with pytest.raises(PipeError, match="another program holds it"):
        pipe.open()
    other.close()
    pipe.open()


def test_what_is_no_serial_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(PipeError, match="cannot be opened as a serial line"):
        SerialPipe(str(tmp_path / "file")).open()


def test_without_permission_the_group_is_named(machine: VirtualSerialPrinter) -> None:
    Path(machine.device).chmod(0)
    with _as_nobody(), pytest.raises(PipeError, match="group dialout"):
        SerialPipe(machine.device).open()


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may open every device; anybody else is nobody enough as he is."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
