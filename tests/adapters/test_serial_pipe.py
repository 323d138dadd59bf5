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
from hw.protocols import Confirmed, Cut, Interrupted, Line, PrinterOffline, Raster, Slip
from hw.virtual.serial import VirtualSerialPrinter

NOBODY = 65534
ASK_STATUS = b"\x10\x04\x01"
ONLINE = b"\x12"
QUICK = Patience(answer=0.3, stall=0.5, confirmation=2.0, silent=0.6, process_id=0.4, poll=0.1)
PICTURE: Slip = (Raster(576, bytes(range(72)) * 800), Line("Kode: ABCDE-12345"), Cut())


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


def test_a_printer_that_stops_reading_takes_a_part_and_then_nothing(
    machine: VirtualSerialPrinter, pipe: SerialPipe
) -> None:
    pipe.open()
    machine.control({"reads": False})
    taken = 0
    while part := pipe.write(memoryview(b"\n" * 100_000), 0.2):
        taken += part
    assert 0 < taken < 100_000
    machine.control({"reads": True})
    assert pipe.write(memoryview(b"\n" * 100), 1.0) == 100


def test_a_printer_that_stops_reading_in_mid_job(machine: VirtualSerialPrinter) -> None:
    printer = EscposPrinter(SerialPipe(machine.device), EscposEncoder(), QUICK)
    outcome = printer.print(PICTURE, lambda sent: _stop_reading(machine, sent))
    assert isinstance(outcome, Interrupted)
    assert outcome.offset > 20_000
    assert isinstance(outcome.status, PrinterOffline)
    assert "takes no more data" in outcome.status.reason
    machine.control({"reads": True})
    assert printer.print(PICTURE, lambda _: None) == Confirmed()


def _stop_reading(machine: VirtualSerialPrinter, sent: int) -> None:
    if sent > 20_000:
        machine.control({"reads": False})


def test_silence_is_no_answer_and_no_wait(machine: VirtualSerialPrinter, pipe: SerialPipe) -> None:
    pipe.open()
    assert pipe.read(0) == b""
    machine.control({"power": "off"})
    assert pipe.write(memoryview(ASK_STATUS), 0.1) == len(ASK_STATUS)
    assert pipe.read(0.1) == b""
    machine.control({"power": "on"})
    pipe.write(memoryview(ASK_STATUS), 0.1)
    assert pipe.read(1.0) == ONLINE


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
