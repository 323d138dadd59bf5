"""The USB pipe on two buses, one in this process and one by USB/IP over TCP: the real pyusb, and
printers of our own behind it.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol

import pytest
from usbip import OUT

from hw.printer.driver import EscposPrinter, Patience
from hw.printer.escpos import EscposEncoder
from hw.printer.pipe import PipeError
from hw.printer.usb import UsbMatch, UsbPipe
from hw.protocols import Confirmed, Cut, Interrupted, Line, PrinterOffline, Raster, Slip
from hw.virtual.usb import Face, VirtualUsb, VirtualUsbPrinter
from hw.virtual.usbip import ExportedPrinter, UsbipServer
from hw.virtual.usbip_host import UsbipBus

ASK_STATUS = b"\x10\x04\x01"
ONLINE = b"\x12"
KEYBOARD = Face((0x81,), interface_class=3)
IPP = Face((0x82, 0x02), protocol=4)
ONE_WAY = Face((0x03,), protocol=1)
BOTH_WAYS = Face((0x85, 0x04))
VENDORS_OWN = Face((0x86, 0x05), interface_class=0xFF)


@pytest.fixture
def machine(tmp_path: Path) -> VirtualUsbPrinter:
    return VirtualUsbPrinter(tmp_path / "paper")


class PipeTo(Protocol):
    def __call__(self, *machines: VirtualUsbPrinter, match: UsbMatch | None = None) -> UsbPipe: ...


def in_process(*machines: VirtualUsbPrinter, match: UsbMatch | None = None) -> UsbPipe:
    return UsbPipe(match, VirtualUsb(machines))


@pytest.fixture(params=["in process", "USB/IP"])
def pipe_to(request: pytest.FixtureRequest) -> Iterator[PipeTo]:
    if request.param == "in process":
        yield in_process
        return
    with ExitStack() as servers:

        def by_usb_ip(*machines: VirtualUsbPrinter, match: UsbMatch | None = None) -> UsbPipe:
            server = servers.enter_context(UsbipServer(machines))
            return UsbPipe(match, UsbipBus(port=server.port))

        yield by_usb_ip


def answer_through(pipe: UsbPipe) -> bytes:
    pipe.open()
    assert pipe.write(memoryview(ASK_STATUS), 0.2) == len(ASK_STATUS)
    return pipe.read(0.2)


@pytest.mark.parametrize(
    "faces",
    [(BOTH_WAYS,), (KEYBOARD, BOTH_WAYS), (IPP, BOTH_WAYS), (ONE_WAY, BOTH_WAYS)],
)
def test_interface_and_endpoints_are_found_in_the_descriptors(
    pipe_to: PipeTo, tmp_path: Path, faces: tuple[Face, ...]
) -> None:
    assert answer_through(pipe_to(VirtualUsbPrinter(tmp_path, faces=faces))) == ONLINE


def test_a_printer_of_no_standard_class_must_be_named(pipe_to: PipeTo, tmp_path: Path) -> None:
    machine = VirtualUsbPrinter(tmp_path, 0x0416, 0x5011, faces=(VENDORS_OWN,))
    with pytest.raises(PipeError, match="No printer is found at USB"):
        pipe_to(machine).open()
    assert answer_through(pipe_to(machine, match=UsbMatch(0x0416, 0x5011))) == ONLINE


def test_a_printer_that_cannot_answer_still_takes_bytes(pipe_to: PipeTo, tmp_path: Path) -> None:
    pipe = pipe_to(VirtualUsbPrinter(tmp_path, faces=(ONE_WAY,)))
    assert answer_through(pipe) == b""


@pytest.mark.parametrize(
    "match",
    [UsbMatch(0x04B8, 0x0202), UsbMatch(0x04B8, 0x0E15, "B"), UsbMatch(serial="B")],
    ids=["product", "all", "serial"],
)
def test_the_right_one_of_several(pipe_to: PipeTo, tmp_path: Path, match: UsbMatch) -> None:
    first = VirtualUsbPrinter(tmp_path / "a", serial="A")
    second = VirtualUsbPrinter(tmp_path / "b", product=match.product or 0x0E15, serial="B")
    second.control({"paper": "out"})
    pipe = pipe_to(first, second, match=match)
    assert answer_through(pipe) == b"\x1a"  # the second one's paper is out: it is off-line


@pytest.mark.parametrize("serial", ["", "\ud800", "VIRTUAL"])
def test_a_device_without_that_serial_number_is_not_the_one_with_it(
    tmp_path: Path, machine: VirtualUsbPrinter, serial: str
) -> None:
    nameless = VirtualUsbPrinter(tmp_path / "nameless", serial=serial)
    with pytest.raises(PipeError, match="No printer is found at USB VIRTUAL1"):
        in_process(nameless, match=UsbMatch(serial="VIRTUAL1")).open()
    assert (
        answer_through(in_process(nameless, machine, match=UsbMatch(serial="VIRTUAL1"))) == ONLINE
    )


def test_a_write_taken_in_part_is_counted_as_that(
    pipe_to: PipeTo, machine: VirtualUsbPrinter
) -> None:
    pipe = pipe_to(machine)
    pipe.open()
    machine.control({"bytes_per_write": 700})
    data = memoryview(b"\n" * 2000)
    taken = []
    while data:
        taken.append(pipe.write(data, 0.2))
        data = data[taken[-1] :]
    assert taken == [700, 700, 600]


def test_unplugged_in_the_middle_and_plugged_in_again(
    pipe_to: PipeTo, machine: VirtualUsbPrinter
) -> None:
    pipe = pipe_to(machine)
    pipe.open()
    machine.control({"power": "off"})
    with pytest.raises(PipeError, match="unplugged"):
        pipe.write(memoryview(b"x"), 0.1)
    with pytest.raises(PipeError, match="unplugged"):
        pipe.read(0.1)
    with pytest.raises(PipeError, match="No printer is found at USB"):
        pipe.open()
    machine.control({"power": "on"})
    with pytest.raises(PipeError, match="not open"):
        pipe.read(0.1)
    assert answer_through(pipe) == ONLINE
    assert machine.resets == 0


def test_unplugged_and_plugged_in_between_two_calls(
    pipe_to: PipeTo, machine: VirtualUsbPrinter
) -> None:
    """It is another device then: bytes for the old one must not go on into the new one."""
    pipe = pipe_to(machine)
    pipe.open()
    machine.control({"power": "off"})
    machine.control({"power": "on"})
    with pytest.raises(PipeError, match="unplugged"):
        pipe.write(memoryview(b"x"), 0.1)
    assert answer_through(pipe) == ONLINE


def test_a_reset_only_after_a_transfer_failed(pipe_to: PipeTo, machine: VirtualUsbPrinter) -> None:
    pipe = pipe_to(machine)
    for _ in range(3):
        assert answer_through(pipe) == ONLINE
        pipe.close()
    assert machine.resets == 0
    pipe.open()
    machine.fails_with = errno.EIO
    with pytest.raises(PipeError, match="broke"):
        pipe.write(memoryview(b"x"), 0.1)
    assert answer_through(pipe) == ONLINE
    assert answer_through(pipe) == ONLINE
    assert machine.resets == 1


def test_what_was_said_to_an_earlier_host_is_forgotten(
    pipe_to: PipeTo, machine: VirtualUsbPrinter
) -> None:
    machine.take(ASK_STATUS * 3, 0)
    pipe = pipe_to(machine)
    pipe.open()
    assert pipe.read(0) == b""


@pytest.mark.parametrize("match", [None, UsbMatch(serial="VIRTUAL1")])
def test_without_permission_the_udev_rule_is_named(
    machine: VirtualUsbPrinter, match: UsbMatch | None
) -> None:
    machine.permitted = False
    with pytest.raises(PipeError, match="udev rule"):
        in_process(machine, match=match).open()


def test_a_printer_in_other_hands(machine: VirtualUsbPrinter) -> None:
    machine.held_elsewhere = True
    pipe = in_process(machine)
    with pytest.raises(PipeError, match="held by another program"):
        pipe.open()
    machine.held_elsewhere = False
    assert answer_through(pipe) == ONLINE


def test_the_kernels_driver_is_detached(machine: VirtualUsbPrinter) -> None:
    assert machine.has_kernel_driver
    in_process(machine).open()
    assert not machine.has_kernel_driver


def test_two_printers_of_one_model_are_told_apart_though_their_places_change(
    pipe_to: PipeTo, tmp_path: Path
) -> None:
    first, second = (VirtualUsbPrinter(tmp_path / name, serial=name) for name in "AB")
    pipe = pipe_to(first, second, match=UsbMatch(0x04B8, 0x0E15, "B"))
    for machine in (second, first, second):
        machine.control({"power": "off"})
        machine.control({"power": "on"})
    second.control({"paper": "out"})
    assert answer_through(pipe) == b"\x1a"
    second.control({"power": "off"})
    with pytest.raises(PipeError, match="No printer is found at USB 04b8:0e15 B"):
        pipe.open()


def test_unplugged_while_it_takes_nothing(pipe_to: PipeTo, machine: VirtualUsbPrinter) -> None:
    pipe = pipe_to(machine)
    pipe.open()
    machine.control({"reads": False})
    pulled = threading.Timer(0.3, machine.control, [{"power": "off"}])
    pulled.start()
    with pytest.raises(PipeError, match="unplugged"):
        pipe.write(memoryview(b"x" * 5000), 60)
    pulled.join()


def test_a_server_that_is_away_is_an_empty_bus(machine: VirtualUsbPrinter) -> None:
    with UsbipServer([machine]) as server:
        pipe = UsbPipe(backend=UsbipBus(port=server.port))
        assert answer_through(pipe) == ONLINE
    with pytest.raises(PipeError, match="broke"):
        pipe.read(1.0)
    with pytest.raises(PipeError, match="No printer is found at USB"):
        pipe.open()


def test_a_server_that_talks_nonsense_is_an_empty_bus() -> None:
    def nonsense() -> None:
        with listener, listener.accept()[0] as link:
            link.recv(8)
            link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    listener = socket.create_server(("127.0.0.1", 0))
    answering = threading.Thread(target=nonsense)
    answering.start()
    with pytest.raises(PipeError, match="No printer is found at USB"):
        UsbPipe(backend=UsbipBus(port=listener.getsockname()[1])).open()
    answering.join()


def test_what_was_done_is_told_before_its_unlinking(machine: VirtualUsbPrinter) -> None:
    """Else the host takes the late answer for the next one's (CMD_UNLINK of USB/IP)."""
    said: list[str] = []
    is_answering, is_unlinked = threading.Event(), threading.Event()

    def respond(_: object) -> None:
        is_answering.set()
        is_unlinked.wait(0.3)  # whoever unlinks now waits
        said.append("answered")

    exported = ExportedPrinter(machine, 1)
    exported.reset_io()
    urb = SimpleNamespace(seqnum=7, ep=machine.faces[0].endpoints[1], direction=OUT, buffer=b"\n")
    assert exported.handle_urb(urb, respond) is None
    assert is_answering.wait(30)
    exported.cancel_urb(7)
    said.append("unlinked")
    is_unlinked.set()
    exported.close()
    assert said == ["answered", "unlinked"]


def test_an_empty_bus(pipe_to: PipeTo) -> None:
    pipe = pipe_to(match=UsbMatch(0x04B8, 0x0E15))
    with pytest.raises(PipeError, match="No printer is found at USB 04b8:0e15; check"):
        pipe.open()
    pipe.close()
    pipe.close()


# ---------------------------------------------------------------- whole jobs


QUICK = Patience(answer=1.0, stall=5.0, confirmation=30.0, process_id=0.5, poll=0.1)
PICTURE: Slip = (Raster(576, bytes(range(72)) * 800), Line("Kode: ABCDE-12345"), Cut())


def printer_on(pipe_to: PipeTo, machine: VirtualUsbPrinter) -> EscposPrinter:
    return EscposPrinter(pipe_to(machine), EscposEncoder(), QUICK)


def test_a_ticket_written_in_small_parts_is_the_same_ticket(
    pipe_to: PipeTo, tmp_path: Path
) -> None:
    whole = VirtualUsbPrinter(tmp_path / "whole")
    parts = VirtualUsbPrinter(tmp_path / "parts")
    parts.control({"bytes_per_write": 333})
    for machine in (whole, parts):
        assert printer_on(pipe_to, machine).print(PICTURE, lambda _: None) == Confirmed()
    assert parts.slips[0].read_bytes() == whole.slips[0].read_bytes()


def test_unplugged_in_mid_job_and_replugged_the_next_ticket_prints(
    pipe_to: PipeTo, machine: VirtualUsbPrinter
) -> None:
    printer = printer_on(pipe_to, machine)
    machine.control({"power_off_after_bytes": 30_000})
    outcome = printer.print(PICTURE, lambda _: None)
    assert isinstance(outcome, Interrupted)
    assert isinstance(outcome.status, PrinterOffline)
    assert machine.slips == []
    machine.control({"power": "on"})
    assert printer.print(PICTURE, lambda _: None) == Confirmed()
    remains, ticket = machine.slips  # the piece is cut off, so that the ticket is alone
    assert printer.print(PICTURE, lambda _: None) == Confirmed()
    assert machine.slips[-1].read_bytes() == ticket.read_bytes() != remains.read_bytes()
