"""A printer on a serial line: RS-232, or a converter that shows itself as one.

pyserial opens and sets up the port; the bytes go through its descriptor, because its own
``write`` does not say how many bytes it took when the time is up.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import termios
import time
from collections.abc import Callable
from typing import Literal, get_args

import serial

from hw.printer.pipe import PipeError

READ_BYTES = 4096
GOODBYE_SECONDS = 5.0  # 4096 bytes, as many as the kernel keeps, at 9600 baud
GOODBYE_LOOK_SECONDS = 0.01
BAUDS = (9600, 19200, 38400, 57600, 115200)
Flow = Literal["rtscts", "xonxoff", "none"]
FLOWS: tuple[Flow, ...] = get_args(Flow)
SENTENCES = {
    errno.ENOENT: "there is no such device; check that its cable is in",
    errno.ENXIO: "there is no such device; check that its cable is in",
    errno.ENODEV: "there is no such device; check that its cable is in",
    errno.EACCES: "this account may not use it; add it to the group dialout",
    errno.EPERM: "this account may not use it; add it to the group dialout",
    errno.EBUSY: "another program holds it; stop that program",
    errno.EAGAIN: "another program holds it; stop that program",
}


class SerialPipe:
    """The line at ``device``, 8 data bits, no parity, 1 stop bit.

    ``flow`` is how the printer says that it is full: ``rtscts`` by wire, ``xonxoff`` by bytes,
    ``none`` not at all. It and ``baud`` must be what the printer is set to (see its own slip).
    """

    def __init__(self, device: str, baud: int = 38400, flow: Flow = "rtscts") -> None:
        self._device = device
        self._baud = baud
        self._flow = flow
        self._port: serial.Serial | None = None

    @property
    def name(self) -> str:
        return self._device

    def open(self) -> None:
        self.close()
        try:
            self._port = serial.Serial(
                self._device,
                self._baud,
                rtscts=self._flow == "rtscts",
                xonxoff=self._flow == "xonxoff",
                exclusive=True,
            )
        except (OSError, ValueError, termios.error) as error:
            raise PipeError(f"The printer at {self.name}: {_why(error)}.") from error

    def write(self, data: memoryview, seconds: float) -> int:
        line = self._line()
        try:
            _, writable, _ = select.select([], [line], [], seconds)
            return os.write(line, data) if writable else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._lost(error.strerror or str(error)) from error

    def read(self, seconds: float) -> bytes:
        line = self._line()
        try:
            readable, _, _ = select.select([line], [], [], seconds)
            if not readable:
                return b""
            data = os.read(line, READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error.strerror or str(error)) from error
        if not data:
            raise self._lost("the line hung up")
        return data

    def close(self) -> None:
        self._close(_say_goodbye)

    def abandon(self) -> None:
        self._close(lambda port: port.reset_output_buffer())

    def _close(self, last: Callable[[serial.Serial], None]) -> None:
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(OSError, termios.error):
                last(port)
            with contextlib.suppress(OSError):
                port.close()

    def _line(self) -> int:
        if self._port is None:
            raise PipeError(f"The connection to the printer at {self.name} is not open.")
        return int(self._port.fileno())

    def _lost(self, why: str) -> PipeError:
        return PipeError(
            f"The connection to the printer at {self.name} broke ({why}); check its power "
            "and its cable."
        )


def _say_goodbye(port: serial.Serial) -> None:
    """Let the kernel send what it took; what a printer still refuses then is thrown away.

    Otherwise closing would wait for it, and it would come out at some other person's visit.
    """
    deadline = time.monotonic() + GOODBYE_SECONDS
    while port.out_waiting and time.monotonic() < deadline:
        time.sleep(GOODBYE_LOOK_SECONDS)
    if port.out_waiting:
        port.reset_output_buffer()


def _why(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number in SENTENCES:
        return SENTENCES[number]
    return f"it cannot be opened as a serial line ({error})"
