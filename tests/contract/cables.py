"""The virtual printer at the end of every kind of cable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hw.printer.network import NetworkPipe
from hw.printer.pipe import Pipe
from hw.printer.serial import SerialPipe
from hw.printer.usb import UsbPipe
from hw.virtual.controls import Control
from hw.virtual.printer import VirtualPrinter
from hw.virtual.serial import VirtualSerialPrinter
from hw.virtual.usb import VirtualUsb, VirtualUsbPrinter
from hw.virtual.usbip import UsbipServer
from hw.virtual.usbip_host import UsbipBus
from hw.virtual.wired import WiredPrinter


@dataclass
class Cable:
    """``pipe`` makes a new pipe to the printer, which is called ``where``.

    A serial line does not end when its printer's power does: it ``is_silent_when_off``.
    """

    machine: VirtualPrinter | WiredPrinter
    pipe: Callable[[], Pipe]
    where: str
    is_silent_when_off: bool = False

    def control(self, request: Control) -> Control:
        return self.machine.control(request)

    @property
    def slips(self) -> list[Path]:
        return self.machine.slips


@contextmanager
def network(out: Path) -> Iterator[Cable]:
    with VirtualPrinter(out) as machine:
        where = f"127.0.0.1:{machine.port}"
        yield Cable(machine, lambda: NetworkPipe("127.0.0.1", machine.port), where)


@contextmanager
def usb(out: Path) -> Iterator[Cable]:
    machine = VirtualUsbPrinter(out)
    yield Cable(machine, lambda: UsbPipe(backend=VirtualUsb([machine])), "USB")


@contextmanager
def usb_ip(out: Path) -> Iterator[Cable]:
    machine = VirtualUsbPrinter(out)
    with UsbipServer([machine]) as server:
        yield Cable(machine, lambda: UsbPipe(backend=UsbipBus(port=server.port)), "USB")


@contextmanager
def serial(out: Path) -> Iterator[Cable]:
    with VirtualSerialPrinter(out) as machine:
        yield Cable(machine, lambda: SerialPipe(machine.device), machine.device, True)


CABLES = {"network": network, "usb": usb, "usb-ip": usb_ip, "serial": serial}
