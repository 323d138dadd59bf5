"""Virtual USB printers exported by USB/IP, as ``usbipd`` exports real ones: over TCP.

The protocol and the descriptors are those of PyPI's ``usbip``; a Linux kernel with ``vhci-hcd``
can attach the printers too. What the package takes as given is done here: a device that takes
less than it is handed, one that takes nothing, and one that is unplugged in the middle. Source:
Linux, Documentation/usb/usbip_protocol.rst.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from usbip import IN, OUT, SPEED_HIGH, In, Interface, Out, USBDevice, protocol

from hw.virtual.usb import Face, VirtualUsbPrinter

LOOK_SECONDS = 0.02
PARKED_SECONDS = 0.002  # until a transfer that waits is tried again
PACKET_BYTES = 512
ENODEV = 19
SET_PORT_FEATURE = (0x23, 0x03)  # bmRequestType, bRequest: USB 2.0, 11.24.2.13
PORT_RESET = 4

Urb = Any
Respond = Callable[[Urb], None]


class UsbipServer:
    """The bus at ``port`` of the loopback (0 takes a free one); ``close`` ends it.

    A printer whose power goes takes its connections with it, as an unplugged device does, and
    comes back with another device number.
    """

    def __init__(self, printers: Sequence[VirtualUsbPrinter], port: int = 0) -> None:
        self._printers = tuple(printers)
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._links: dict[socket.socket, list[ExportedPrinter]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._accept, name="usbip-server", daemon=True),
            threading.Thread(target=self._watch, name="usbip-plugs", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Safe to call twice."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()
        self._hang_up(lambda _: True)

    def __enter__(self) -> UsbipServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        """One connection lists the bus, or imports one device of it."""
        devices = [
            ExportedPrinter(printer, place)
            for place, printer in enumerate(self._printers, start=1)
            if printer.has_power
        ]
        with self._lock:
            self._links[link] = devices
        try:
            protocol.serve_connection(link, devices)
        finally:
            for device in devices:
                device.close()
            with self._lock:
                self._links.pop(link, None)

    def _watch(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            self._hang_up(lambda device: device.is_gone and device.is_imported)

    def _hang_up(self, is_meant: Callable[[ExportedPrinter], bool]) -> None:
        with self._lock:
            for link, devices in self._links.items():
                if any(map(is_meant, devices)):
                    with contextlib.suppress(OSError):
                        link.shutdown(socket.SHUT_RDWR)


class ExportedPrinter(USBDevice):  # type: ignore[misc]
    """The printer as one connection sees it, as long as it stays plugged in."""

    def __init__(self, printer: VirtualUsbPrinter, place: int) -> None:
        super().__init__(printer.vendor, printer.product, serial=printer.serial)
        self.busid, self.busnum = f"1-{place}", 1
        self.devnum = place + 16 * printer.times_switched_on
        self._printer, self._time = printer, printer.times_switched_on
        self._held = threading.Lock()
        self._unlinked: set[int] = set()
        self._is_closed = False
        self._work: dict[int, queue.SimpleQueue[tuple[Urb, Respond]]] = {}
        self.set_speed(SPEED_HIGH)
        for face in printer.faces:
            self.add(_interface(face))
        self.on_control(None, self._obey_hub)

    @property
    def is_gone(self) -> bool:
        """Whether the printer was unplugged since; it may have come back as another one."""
        return not self._printer.has_power or self._printer.times_switched_on != self._time

    @property
    def is_imported(self) -> bool:
        """Whether a host took it from the list."""
        return bool(self._work)

    def close(self) -> None:
        """The host is gone: what it waits for is dropped."""
        self._is_closed = True

    # ------------------------------------------------------------ for the package's server

    def reset_io(self) -> None:
        """A host took it: each direction gets a thread, so that none waits for the other."""
        super().reset_io()
        for direction, attempt in ((OUT, self._take), (IN, self._give)):
            if direction not in self._work:
                self._work[direction] = queue.SimpleQueue()
                arguments = (self._work[direction], attempt)
                threading.Thread(target=self._carry, args=arguments, daemon=True).start()

    def handle_urb(self, urb: Urb, respond: Respond | None = None) -> Urb | None:
        """See ``usbip.USBDevice``: None says that ``respond`` will have it later."""
        if self.is_gone or (urb.ep, urb.direction) not in {(0, IN), (0, OUT), *self._ep_map}:
            return _failed(urb, ENODEV)
        if urb.ep == 0:
            return super().handle_urb(urb, respond)
        if self._printer.fails_with:
            return _failed(urb, self._printer.fails_with)
        self._work[urb.direction].put((urb, respond or _to_nobody))
        return None

    def cancel_urb(self, seqnum: int) -> None:
        """CMD_UNLINK: the host's time is up. What comes out of it no more was not done."""
        with self._held:
            self._unlinked.add(seqnum)

    # ------------------------------------------------------------ inside

    def _carry(
        self, work: queue.SimpleQueue[tuple[Urb, Respond]], attempt: Callable[[Urb], bool]
    ) -> None:
        while not (self._is_closed or self.is_gone):
            with contextlib.suppress(queue.Empty):
                urb, respond = work.get(timeout=LOOK_SECONDS)
                self._carry_one(urb, attempt, respond)

    def _carry_one(self, urb: Urb, attempt: Callable[[Urb], bool], respond: Respond) -> None:
        """What was done is told before any unlinking of it: later the host would not know it."""
        while not (self._is_closed or self.is_gone):
            with self._held:
                if urb.seqnum in self._unlinked:
                    self._unlinked.discard(urb.seqnum)
                    return
                if attempt(urb):
                    respond(urb)
                    return
            time.sleep(PARKED_SECONDS)

    def _take(self, urb: Urb) -> bool:
        urb.actual = self._printer.take(urb.buffer, 0)
        return bool(urb.actual) and not self.is_gone

    def _give(self, urb: Urb) -> bool:
        urb.buffer = self._printer.give(urb.length, 0)
        urb.actual = len(urb.buffer)
        return bool(urb.actual)

    def _obey_hub(self, setup: Any, _: bytes = b"") -> bytes:
        """A reset reaches the kernel's own server as SetPortFeature(PORT_RESET), so here too."""
        if (setup.bmRequestType, setup.bRequest) == SET_PORT_FEATURE and setup.wValue == PORT_RESET:
            self._printer.resets += 1
            self._printer.fails_with = 0
        return b""


def _interface(face: Face) -> Interface:
    """The package reads endpoints and class from a class, so one is made for each face."""
    ends = {
        f"end_{address:02x}": (In if address & 0x80 else Out)(address, "bulk", mps=PACKET_BYTES)
        for address in face.endpoints
    }
    words = {
        "bInterfaceClass": face.interface_class,
        "bInterfaceSubClass": 1,
        "bInterfaceProtocol": face.protocol,
    }
    return type("Face", (Interface,), {**ends, **words})()


def _failed(urb: Urb, number: int) -> Urb:
    urb.buffer, urb.actual, urb.status = b"", 0, -number
    return urb


def _to_nobody(_: Urb) -> None:
    """Where an answer goes without a host."""
