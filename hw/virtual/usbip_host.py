"""A USB bus at the other end of a TCP connection: a pyusb backend that speaks USB/IP.

``UsbPipe(match, UsbipBus(port=N))`` prints through any USB/IP server, without the kernel's help.
Framing of the handshake is that of PyPI's ``usbip``; its host side waits for ever, so transfers
are sent here, each with its time. Source: Linux, Documentation/usb/usbip_protocol.rst.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import struct
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core
from usbip import IN, OUT, NotFound, protocol
from usbip.core import DT_CONFIG, DT_DEVICE, DT_ENDPOINT, DT_INTERFACE, iter_descriptors

LINK_SECONDS = 5.0  # for what needs no printer: connecting, descriptors, an answer begun
GET_DESCRIPTOR, GET_CONFIGURATION, SET_CONFIGURATION, SET_INTERFACE = 6, 8, 9, 11
IN_STANDARD, OUT_STANDARD, OUT_INTERFACE = 0x80, 0x00, 0x01
SET_PORT_FEATURE = (0x23, 3)
PORT_RESET = 4
HEADER_BYTES = 48
DEVICE_DESCRIPTOR = (
    "bLength", "bDescriptorType", "bcdUSB", "bDeviceClass", "bDeviceSubClass", "bDeviceProtocol",
    "bMaxPacketSize0", "idVendor", "idProduct", "bcdDevice", "iManufacturer", "iProduct",
    "iSerialNumber", "bNumConfigurations",
)  # fmt: skip
CONFIGURATION_DESCRIPTOR = (
    "bLength", "bDescriptorType", "wTotalLength", "bNumInterfaces", "bConfigurationValue",
    "iConfiguration", "bmAttributes", "bMaxPower",
)  # fmt: skip
INTERFACE_DESCRIPTOR = (
    "bLength", "bDescriptorType", "bInterfaceNumber", "bAlternateSetting", "bNumEndpoints",
    "bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol", "iInterface",
)  # fmt: skip
ENDPOINT_DESCRIPTOR = (
    "bLength", "bDescriptorType", "bEndpointAddress", "bmAttributes", "wMaxPacketSize", "bInterval",
)  # fmt: skip


@dataclass(slots=True)
class _Interface:
    descriptor: SimpleNamespace
    endpoints: list[SimpleNamespace] = field(default_factory=list)


@dataclass(slots=True)
class _Device:
    """One line of the server's list, and its descriptors."""

    busid: str
    descriptor: SimpleNamespace
    configuration: SimpleNamespace
    interfaces: list[_Interface]


class UsbipBus(usb.backend.IBackend):  # type: ignore[misc]
    """The devices that the USB/IP server at ``host``:``port`` exports; none when it is away."""

    def __init__(self, host: str = "127.0.0.1", port: int = 3240) -> None:
        self._address = (host, port)

    # ------------------------------------------------------------ descriptors

    def enumerate_devices(self) -> Iterator[_Device]:
        try:
            with self._connected() as link:
                exported = protocol.client_devlist(link)
        except (OSError, NotFound):
            return
        for entry in exported:
            with contextlib.suppress(usb.core.USBError):  # gone, or another host has it
                yield self._described(entry["busid"])

    def _described(self, busid: str) -> _Device:
        handle = self._imported(busid)
        try:
            device, configuration = handle.descriptor(DT_DEVICE, 18), handle.configuration()
        finally:
            handle.close()
        told = _named(DEVICE_DESCRIPTOR, "<BBHBBBBHHHBBBB", device)
        told.bus, told.address, told.speed = handle.bus, handle.address, 3
        told.port_number, told.port_numbers = None, None
        interfaces: list[_Interface] = []
        for part in iter_descriptors(configuration, offset=9):
            if part[1] == DT_INTERFACE:
                interfaces.append(_Interface(_named(INTERFACE_DESCRIPTOR, "<9B", part)))
            elif part[1] == DT_ENDPOINT and interfaces:
                endpoint = _named(ENDPOINT_DESCRIPTOR, "<BBBBHB", part)
                endpoint.bRefresh = endpoint.bSynchAddress = 0
                interfaces[-1].endpoints.append(endpoint)
        whole = _named(CONFIGURATION_DESCRIPTOR, "<BBHBBBBB", configuration)
        return _Device(busid, told, whole, interfaces)

    def get_parent(self, dev: _Device) -> None:
        return None

    def get_device_descriptor(self, dev: _Device) -> Any:
        return dev.descriptor

    def get_configuration_descriptor(self, dev: _Device, config: int) -> Any:
        return dev.configuration

    def get_interface_descriptor(self, dev: _Device, intf: int, alt: int, config: int) -> Any:
        return _setting(dev, intf, alt).descriptor

    def get_endpoint_descriptor(
        self, dev: _Device, ep: int, intf: int, alt: int, config: int
    ) -> Any:
        return _setting(dev, intf, alt).endpoints[ep]

    # ------------------------------------------------------------ opening

    def open_device(self, dev: _Device) -> _Handle:
        return self._imported(dev.busid)

    def close_device(self, dev_handle: _Handle) -> None:
        dev_handle.close()

    def get_configuration(self, dev_handle: _Handle) -> int:
        return dev_handle.control_in(IN_STANDARD, GET_CONFIGURATION, 0, 0, 1)[0]

    def set_configuration(self, dev_handle: _Handle, config_value: int) -> None:
        dev_handle.control_out(OUT_STANDARD, SET_CONFIGURATION, config_value, 0)

    def set_interface_altsetting(self, dev_handle: _Handle, intf: int, altsetting: int) -> None:
        dev_handle.control_out(OUT_INTERFACE, SET_INTERFACE, altsetting, intf)

    def claim_interface(self, dev_handle: _Handle, intf: int) -> None:
        """Who imported the device has all of it."""

    def release_interface(self, dev_handle: _Handle, intf: int) -> None:
        """See ``claim_interface``."""

    def reset_device(self, dev_handle: _Handle) -> None:
        dev_handle.control_out(*SET_PORT_FEATURE, PORT_RESET, 0)

    # ------------------------------------------------------------ transfers

    def ctrl_transfer(
        self,
        dev_handle: _Handle,
        bmRequestType: int,  # noqa: N803 - pyusb's names
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: N803
        data: array[int],
        timeout: int,
    ) -> int:
        if not bmRequestType & 0x80:
            return dev_handle.control_out(bmRequestType, bRequest, wValue, wIndex, data.tobytes())
        told = dev_handle.control_in(bmRequestType, bRequest, wValue, wIndex, len(data))
        data[: len(told)] = array("B", told)
        return len(told)

    def bulk_write(
        self, dev_handle: _Handle, ep: int, intf: int, data: array[int], timeout: int
    ) -> int:
        """The count may be less than was handed over; nothing taken in time is a time-out."""
        done = dev_handle.transfer(OUT, ep, data.tobytes(), 0, timeout / 1000)
        return done.actual

    def bulk_read(
        self, dev_handle: _Handle, ep: int, intf: int, buff: array[int], timeout: int
    ) -> int:
        done = dev_handle.transfer(IN, ep & 0x0F, b"", len(buff), timeout / 1000)
        buff[: len(done.data)] = array("B", done.data)
        return len(done.data)

    # ------------------------------------------------------------ connections

    def _connected(self) -> socket.socket:
        link = socket.create_connection(self._address, LINK_SECONDS)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return link

    def _imported(self, busid: str) -> _Handle:
        link = None
        try:
            link = self._connected()
            told = protocol.client_import(link, busid.encode())
        except (OSError, NotFound) as error:
            if link is not None:
                link.close()
            raise _gone() from error
        return _Handle(link, told["busnum"], told["devnum"])


@dataclass(frozen=True, slots=True)
class _Done:
    status: int
    actual: int
    data: bytes


class _Handle:
    """One imported device: the connection is the device, and ends with it."""

    def __init__(self, link: socket.socket, bus: int, address: int) -> None:
        self._link = link
        self._device = bus << 16 | address
        self._number = 0
        self.bus, self.address = bus, address

    def close(self) -> None:
        """Let the device go. Safe to call twice."""
        self._link.close()

    def descriptor(self, kind: int, length: int) -> bytes:
        """GET_DESCRIPTOR."""
        return self.control_in(IN_STANDARD, GET_DESCRIPTOR, kind << 8, 0, length)

    def configuration(self) -> bytes:
        """The configuration with all its interfaces and endpoints."""
        head = self.descriptor(DT_CONFIG, 9)
        return self.descriptor(DT_CONFIG, int.from_bytes(head[2:4], "little"))

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        setup = struct.pack("<BBHHH", kind, request, value, index, length)
        return self.transfer(IN, 0, b"", length, LINK_SECONDS, setup).data

    def control_out(
        self, kind: int, request: int, value: int, index: int, data: bytes = b""
    ) -> int:
        setup = struct.pack("<BBHHH", kind, request, value, index, len(data))
        return self.transfer(OUT, 0, data, 0, LINK_SECONDS, setup).actual

    def transfer(
        self,
        direction: int,
        endpoint: int,
        data: bytes,
        length: int,
        seconds: float,
        setup: bytes = bytes(8),
    ) -> _Done:
        """One URB. When its time is up it is unlinked, and may have been done after all: then
        its answer is on the way before that of the unlinking, and is taken.
        """
        try:
            number = self._submit(direction, endpoint, data, length or len(data), setup)
            if not self._is_answered(seconds):
                self._unlink(number)
            done = self._answer(number, direction)
        except OSError as error:
            raise _gone() from error
        if done is None:
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        if done.status:
            raise usb.core.USBError(os.strerror(-done.status), None, -done.status)
        return done

    # ------------------------------------------------------------ on the wire

    def _submit(self, direction: int, endpoint: int, data: bytes, length: int, setup: bytes) -> int:
        self._number += 1
        head = (protocol.CMD_SUBMIT, self._number, self._device, direction, endpoint & 0x0F)
        body = struct.pack(">Iiiii", 0, length, 0, 0, 0)
        self._link.sendall(struct.pack(">5I", *head) + body + setup + data)
        return self._number

    def _unlink(self, number: int) -> None:
        self._number += 1
        head = (protocol.CMD_UNLINK, self._number, self._device, 0, 0)
        self._link.sendall(struct.pack(">6I", *head, number) + bytes(24))

    def _is_answered(self, seconds: float) -> bool:
        return bool(select.select([self._link], [], [], seconds)[0])

    def _answer(self, number: int, direction: int) -> _Done | None:
        """The answer to ``number``; None when it was unlinked instead."""
        done: _Done | None = None
        while True:
            command, sequence, status, actual = self._header()
            if command == protocol.RET_SUBMIT and sequence == number:
                data = self._exactly(actual) if direction == IN and actual > 0 else b""
                done = _Done(status, actual, data)
            if sequence == self._number:  # the last question asked: the unlinking, if there was one
                return done

    def _header(self) -> tuple[int, int, int, int]:
        raw = self._exactly(HEADER_BYTES)
        command, sequence = struct.unpack_from(">2I", raw)
        status, actual = struct.unpack_from(">2i", raw, 20)
        return command, sequence, status, actual

    def _exactly(self, count: int) -> bytes:
        """Raises ConnectionError at the end, TimeoutError when the server falls silent."""
        data = bytearray()
        deadline = time.monotonic() + LINK_SECONDS
        while len(data) < count:
            self._link.settimeout(max(0.001, deadline - time.monotonic()))
            part = self._link.recv(count - len(data))
            if not part:
                raise ConnectionError("the server hung up")
            data += part
        return bytes(data)


def _setting(device: _Device, number: int, alternate: int) -> _Interface:
    """IndexError, as pyusb wants it, when there is none."""
    settings: dict[int, list[_Interface]] = {}
    for each in device.interfaces:
        settings.setdefault(each.descriptor.bInterfaceNumber, []).append(each)
    return list(settings.values())[number][alternate]


def _named(names: tuple[str, ...], layout: str, raw: bytes) -> SimpleNamespace:
    try:
        values = struct.unpack_from(layout, raw)
    except struct.error as error:
        raise usb.core.USBError("a descriptor is cut off", None, errno.EPROTO) from error
    return SimpleNamespace(**dict(zip(names, values, strict=True)), extra_descriptors=[])


def _gone() -> usb.core.USBError:
    return usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
