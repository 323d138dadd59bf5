"""A USB bus in this process: a pyusb backend behind which virtual printers answer.

``UsbPipe(match, VirtualUsb([printer]))`` sees what libusb would show it: descriptors, packets
taken in part, time-outs, errno 19 after an unplug (``control({"power": "off"})``), and another
device at another address after a replug.
"""

from __future__ import annotations

import errno
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

from hw.virtual.wired import WiredPrinter

BULK = 2
PRINTER_CLASS = 7
STRING_DESCRIPTOR = 3
ENGLISH = b"\x04\x03\x09\x04"


@dataclass(frozen=True, slots=True)
class Face:
    """One interface as its descriptor tells it; ``endpoints`` are addresses, 0x80 is in."""

    endpoints: tuple[int, ...] = (0x81, 0x02)
    interface_class: int = PRINTER_CLASS
    protocol: int = 2


class VirtualUsbPrinter(WiredPrinter):
    """A printer with a USB plug.

    ``permitted`` False is an account without a udev rule, ``held_elsewhere`` another program's
    claim; ``has_kernel_driver`` is usblp, which holds the interface until it is detached.
    ``fails_with`` is the errno of every transfer until the device is reset.
    """

    def __init__(
        self,
        out: Path,
        vendor: int = 0x04B8,
        product: int = 0x0E15,
        serial: str = "VIRTUAL1",
        faces: Sequence[Face] = (Face(),),
    ) -> None:
        super().__init__(out)
        self.vendor, self.product, self.serial, self.faces = vendor, product, serial, tuple(faces)
        self.permitted = True
        self.held_elsewhere = False
        self.has_kernel_driver = True
        self.fails_with = 0
        self.resets = 0


@dataclass(frozen=True, slots=True)
class _Plugged:
    """The device, as long as it stays plugged in."""

    printer: VirtualUsbPrinter
    time: int

    def check(self) -> VirtualUsbPrinter:
        if not self.printer.has_power or self.printer.times_switched_on != self.time:
            raise usb.core.USBError("No such device (it may have been disconnected)", -4, 19)
        return self.printer


class VirtualUsb(usb.backend.IBackend):  # type: ignore[misc]
    """The bus. See pyusb's ``IBackend`` for what each method owes."""

    def __init__(self, printers: Sequence[VirtualUsbPrinter]) -> None:
        self._printers = tuple(printers)

    # ------------------------------------------------------------ descriptors

    def enumerate_devices(self) -> Iterator[_Plugged]:
        for printer in self._printers:
            if printer.has_power:
                yield _Plugged(printer, printer.times_switched_on)

    def get_parent(self, dev: _Plugged) -> None:
        return None

    def get_device_descriptor(self, dev: _Plugged) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0,
            bDeviceProtocol=0, bMaxPacketSize0=64, idVendor=dev.printer.vendor,
            idProduct=dev.printer.product, bcdDevice=0x0100, iManufacturer=0, iProduct=0,
            iSerialNumber=1 if dev.printer.serial else 0, bNumConfigurations=1,
            bus=1, address=dev.time, port_number=1, port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: _Plugged, config: int) -> Any:
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=0, bNumInterfaces=len(dev.printer.faces),
            bConfigurationValue=1, iConfiguration=0, bmAttributes=0xC0, bMaxPower=1,
            extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: _Plugged, intf: int, alt: int, config: int) -> Any:
        if alt:
            raise IndexError(alt)
        face = dev.printer.faces[intf]
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=intf, bAlternateSetting=0,
            bNumEndpoints=len(face.endpoints), bInterfaceClass=face.interface_class,
            bInterfaceSubClass=1, bInterfaceProtocol=face.protocol, iInterface=0,
            extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(
        self, dev: _Plugged, ep: int, intf: int, alt: int, config: int
    ) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=dev.printer.faces[intf].endpoints[ep],
            bmAttributes=BULK, wMaxPacketSize=512, bInterval=0, bRefresh=0, bSynchAddress=0,
            extra_descriptors=[],
        )  # fmt: skip

    # ------------------------------------------------------------ opening

    def open_device(self, dev: _Plugged) -> _Plugged:
        if not dev.check().permitted:
            raise usb.core.USBError("Access denied", -3, errno.EACCES)
        return dev

    def close_device(self, dev_handle: _Plugged) -> None:
        """Nothing is held for a handle."""

    def get_configuration(self, dev_handle: _Plugged) -> int:
        dev_handle.check()
        return 1

    def claim_interface(self, dev_handle: _Plugged, intf: int) -> None:
        printer = dev_handle.check()
        if printer.held_elsewhere or printer.has_kernel_driver:
            raise usb.core.USBError("Resource busy", -6, errno.EBUSY)

    def release_interface(self, dev_handle: _Plugged, intf: int) -> None:
        dev_handle.check()

    def is_kernel_driver_active(self, dev_handle: _Plugged, intf: int) -> bool:
        return dev_handle.check().has_kernel_driver

    def detach_kernel_driver(self, dev_handle: _Plugged, intf: int) -> None:
        dev_handle.check().has_kernel_driver = False

    def reset_device(self, dev_handle: _Plugged) -> None:
        printer = dev_handle.check()
        printer.resets += 1
        printer.fails_with = 0
        printer.has_kernel_driver = True  # the kernel looks at it anew

    # ------------------------------------------------------------ transfers

    def ctrl_transfer(
        self,
        dev_handle: _Plugged,
        bmRequestType: int,  # noqa: N803 - pyusb's names
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: N803
        data: array[int],
        timeout: int,
    ) -> int:
        """GET_DESCRIPTOR of strings: 0 tells the languages, 1 is the serial number."""
        serial = dev_handle.check().serial.encode("utf-16-le", "surrogatepass")
        if wValue >> 8 != STRING_DESCRIPTOR:
            raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
        text = bytes((len(serial) + 2, STRING_DESCRIPTOR)) + serial if wValue & 0xFF else ENGLISH
        return _filled(data, text)

    def bulk_write(
        self, dev_handle: _Plugged, ep: int, intf: int, data: array[int], timeout: int
    ) -> int:
        printer = _able(dev_handle, ep, intf)
        taken = printer.take(data.tobytes(), timeout / 1000)
        dev_handle.check()
        if not taken:
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        return taken

    def bulk_read(
        self, dev_handle: _Plugged, ep: int, intf: int, buff: array[int], timeout: int
    ) -> int:
        printer = _able(dev_handle, ep, intf)
        answer = printer.give(len(buff), timeout / 1000)
        dev_handle.check()
        if not answer:
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        return _filled(buff, answer)


def _able(dev_handle: _Plugged, ep: int, intf: int) -> VirtualUsbPrinter:
    printer = dev_handle.check()
    if ep not in printer.faces[intf].endpoints:
        raise usb.core.USBError("Invalid parameter", -2, errno.EINVAL)
    if printer.fails_with:
        raise usb.core.USBError("Input/Output Error", -1, printer.fails_with)
    return printer


def _filled(buffer: array[int], data: bytes) -> int:
    part = data[: len(buffer)]
    buffer[: len(part)] = array("B", part)
    return len(part)
