"""A printer on USB, by libusb (pyusb): USB Printing Devices class 1.1, or a vendor's own.

Interface and endpoints are those that the descriptors name. Like the network pipe it is open
for one question or one job only, so that every job looks for the printer anew: one that was
unplugged and plugged in again is another device with another address.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import usb.core
import usb.util

from hw.printer.pipe import PipeError

PRINTER_CLASS = 7
IPP_OVER_USB = 4  # bInterfaceProtocol: HTTP, not the printer's language
READ_BYTES = 4096  # whole packets at every speed of USB; less overflows
OLD_ANSWERS = 16
OLD_ANSWER_SECONDS = 0.005
EMPTY_PACKET_SECONDS = 0.01
GONE = (errno.ENODEV, errno.ENOENT)
NO_USE_TO_RESET = (*GONE, errno.EACCES, errno.EPERM, errno.EBUSY)


@dataclass(frozen=True, slots=True)
class UsbMatch:
    """Which device is meant; None and "" mean any. ``serial`` is its serial number."""

    vendor: int | None = None
    product: int | None = None
    serial: str = ""

    @property
    def name(self) -> str:
        """``USB 04b8:0e15 ABC123``, as ``lsusb`` writes it; without a match, just ``USB``."""
        if self.vendor is None:
            return " ".join(filter(None, ("USB", self.serial)))
        product = "*" if self.product is None else f"{self.product:04x}"
        return " ".join(filter(None, ("USB", f"{self.vendor:04x}:{product}", self.serial)))

    def fits_ids(self, device: Any) -> bool:
        """Whether vendor and product fit; this needs no permission."""
        return self.vendor in (None, device.idVendor) and self.product in (None, device.idProduct)

    def fits_serial(self, device: Any) -> bool:
        """Whether the serial number fits; opens the device. Raises USBError."""
        return not self.serial or _serial_of(device) == self.serial


@dataclass(frozen=True, slots=True)
class _Link:
    device: Any
    out: Any
    answers: Any  # None: this printer cannot answer


class UsbPipe:
    """USB to the device of ``match``, else to the first one with a printer's interface.

    ``backend`` is pyusb's; None is libusb. A kernel driver (usblp) is detached and stays so:
    to attach it after each job would make a device node come and go every few seconds.
    """

    def __init__(self, match: UsbMatch | None = None, backend: Any = None) -> None:
        self._match = match or UsbMatch()
        self._backend = backend
        self._link: _Link | None = None
        self._must_recover = False

    @property
    def name(self) -> str:
        return self._match.name

    def open(self) -> None:
        self.close()
        device = self._find()
        try:
            if self._must_recover:
                self._must_recover = False
                device.reset()
            self._link = _claimed(device, self._match)
            self._forget_old_answers()
        except (usb.core.USBError, NotImplementedError) as error:
            self._link = None
            self._must_recover = getattr(error, "errno", None) not in NO_USE_TO_RESET
            _let_go(device)
            raise self._cannot_open(error) from error

    def write(self, data: memoryview, seconds: float) -> int:
        """See ``Pipe``. A halted endpoint is an error: how much it took is not known then."""
        link = self._open_link()
        try:
            return int(link.out.write(bytes(data), _milliseconds(seconds))) if data else 0
        except usb.core.USBTimeoutError:
            return 0
        except usb.core.USBError as error:
            raise self._lost(error) from error

    def read(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        while not (data := self._read_once(deadline - time.monotonic())):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(left, EMPTY_PACKET_SECONDS))
        return data

    def close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            _let_go(link.device)

    def abandon(self) -> None:
        """Nothing is on its way: a transfer ends before ``write`` does."""
        self.close()

    # ------------------------------------------------------------ inside

    def _find(self) -> Any:
        refused: Exception | None = None
        for device in self._candidates():
            try:
                if self._match.fits_serial(device):
                    return device
            except (usb.core.USBError, NotImplementedError) as error:
                refused = error
            _let_go(device)
        if refused is not None:
            raise self._cannot_open(refused) from refused
        raise self._not_there()

    def _candidates(self) -> Iterator[Any]:
        try:
            devices = list(usb.core.find(find_all=True, backend=self._backend))
        except (usb.core.NoBackendError, usb.core.USBError) as error:
            raise PipeError(
                "USB cannot be used; check that libusb-1.0-0 is installed and the kernel has USB."
            ) from error
        for device in devices:
            with contextlib.suppress(usb.core.USBError):  # unplugged while it was looked at
                if self._match.fits_ids(device) and _best_interface(device, self._match):
                    yield device

    def _read_once(self, seconds: float) -> bytes:
        link = self._open_link()
        if link.answers is None:
            time.sleep(max(0.0, seconds))
            return b""
        try:
            return bytes(link.answers.read(READ_BYTES, _milliseconds(seconds)))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as error:
            raise self._lost(error) from error

    def _forget_old_answers(self) -> None:
        """What a printer said to an earlier host waits in it, and would be taken for ours."""
        link = self._open_link()
        with contextlib.suppress(usb.core.USBTimeoutError):
            for _ in range(OLD_ANSWERS if link.answers is not None else 0):
                if not link.answers.read(READ_BYTES, _milliseconds(OLD_ANSWER_SECONDS)):
                    return

    def _open_link(self) -> _Link:
        if self._link is None:
            raise PipeError(f"The connection to the printer at {self.name} is not open.")
        return self._link

    def _not_there(self) -> PipeError:
        return PipeError(
            f"No printer is found at {self.name}; check that it is switched on and its cable is in."
        )

    def _cannot_open(self, error: Exception) -> PipeError:
        number = getattr(error, "errno", None)
        if number in GONE:
            return self._not_there()
        if number in (errno.EACCES, errno.EPERM):
            return PipeError(
                f"The printer at {self.name} is there, but this account may not use it; "
                "install its udev rule and plug it in again."
            )
        if number == errno.EBUSY:
            return PipeError(
                f"The printer at {self.name} is held by another program; stop that program."
            )
        return PipeError(f"The printer at {self.name} cannot be opened ({_why(error)}).")

    def _lost(self, error: usb.core.USBError) -> PipeError:
        self._must_recover = error.errno not in GONE
        why = "it was unplugged or switched off" if error.errno in GONE else _why(error)
        return PipeError(
            f"The connection to the printer at {self.name} broke ({why}); check its power "
            "and its cable."
        )


def _serial_of(device: Any) -> str:
    """Empty when it has none, or none that is text."""
    try:
        languages = usb.util.get_langids(device) if device.iSerialNumber else ()
        if not languages:
            return ""
        return str(usb.util.get_string(device, device.iSerialNumber, languages[0]))
    except (ValueError, IndexError):  # too short, or no UTF-16
        return ""


def _best_interface(device: Any, match: UsbMatch) -> Any:
    """The interface to print through; one that can answer before one that cannot. None: none.

    Printers that call themselves vendor-specific are taken only when named by both ids.
    """
    named = match.vendor is not None and match.product is not None
    able = [
        interface
        for configuration in device
        for interface in configuration
        if _bulk(interface, usb.util.ENDPOINT_OUT) and _speaks(interface, named)
    ]
    return max(able, key=_worth, default=None)  # of equals, the first


def _speaks(interface: Any, named: bool) -> bool:
    if interface.bInterfaceClass == PRINTER_CLASS:
        return bool(interface.bInterfaceProtocol != IPP_OVER_USB)
    return named and interface.bInterfaceClass == 0xFF


def _worth(interface: Any) -> tuple[bool, bool]:
    is_printer = interface.bInterfaceClass == PRINTER_CLASS
    return is_printer, _bulk(interface, usb.util.ENDPOINT_IN) is not None


def _bulk(interface: Any, direction: int) -> Any:
    for endpoint in interface:
        is_bulk = usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        if is_bulk and usb.util.endpoint_direction(endpoint.bEndpointAddress) == direction:
            return endpoint
    return None


def _claimed(device: Any, match: UsbMatch) -> _Link:
    interface = _best_interface(device, match)
    if interface is None:
        raise usb.core.USBError("its interface is gone", errno=errno.ENODEV)
    number = interface.bInterfaceNumber
    _detach_kernel_driver(device, number)
    _choose_configuration(device, device[interface.configuration].bConfigurationValue)
    usb.util.claim_interface(device, number)
    if interface.bAlternateSetting:
        device.set_interface_altsetting(number, interface.bAlternateSetting)
    return _Link(
        device, _bulk(interface, usb.util.ENDPOINT_OUT), _bulk(interface, usb.util.ENDPOINT_IN)
    )


def _detach_kernel_driver(device: Any, number: int) -> None:
    with contextlib.suppress(NotImplementedError):  # a system without such drivers
        if device.is_kernel_driver_active(number):
            device.detach_kernel_driver(number)


def _choose_configuration(device: Any, wanted: int) -> None:
    """Set it only where it is not: to set it again is a light reset for some printers."""
    try:
        active = device.get_active_configuration().bConfigurationValue
    except usb.core.USBError as error:
        if error.errno is not None:  # pyusb gives none to "Configuration not set"
            raise
        active = None
    if active != wanted:
        device.set_configuration(wanted)


def _let_go(device: Any) -> None:
    with contextlib.suppress(usb.core.USBError):
        usb.util.dispose_resources(device)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would be for ever


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
