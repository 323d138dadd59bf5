"""A printer on the network: raw bytes over TCP, by custom port 9100.

The connection lives for one question or one job. A connection kept open would shut out
every other host (these printers serve one at a time), and after the printer's power was
cut it would look alive: the first bytes of a job would vanish into it unnoticed.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import time

from hw.printer.pipe import PipeError

READ_BYTES = 4096
GOODBYE_SECONDS = 1.0
AT_ONCE = struct.pack("ii", 1, 0)  # struct linger: on, no seconds


class NetworkPipe:
    """TCP to ``host``:``port``."""

    def __init__(self, host: str, port: int, connect_seconds: float = 1.5) -> None:
        self._host = host
        self._port = port
        self._connect_seconds = connect_seconds
        self._socket: socket.socket | None = None

    @property
    def name(self) -> str:
        return f"{self._host}:{self._port}"

    def open(self) -> None:
        self.close()
        try:
            link = socket.create_connection((self._host, self._port), self._connect_seconds)
        except TimeoutError as error:
            raise PipeError(
                f"The printer at {self.name} does not answer; check that it is switched on "
                "and its network cable is in."
            ) from error
        except OSError as error:
            raise PipeError(
                f"The printer at {self.name} cannot be reached ({error.strerror or error}); "
                "check its power, its cable and its address."
            ) from error
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setblocking(False)
        self._socket = link

    def write(self, data: memoryview, seconds: float) -> int:
        link = self._open_socket()
        try:
            _, writable, _ = select.select([], [link], [], seconds)
            return link.send(data) if writable else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._lost(error.strerror or str(error)) from error

    def read(self, seconds: float) -> bytes:
        link = self._open_socket()
        try:
            readable, _, _ = select.select([link], [], [], seconds)
            if not readable:
                return b""
            data = link.recv(READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error.strerror or str(error)) from error
        if not data:
            raise self._lost("the printer hung up")
        return data

    def close(self) -> None:
        link, self._socket = self._socket, None
        if link is not None:
            _say_goodbye(link)

    def abandon(self) -> None:
        link, self._socket = self._socket, None
        if link is not None:
            with link, contextlib.suppress(OSError):  # closed by RST, what is unsent is dropped
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)

    def _open_socket(self) -> socket.socket:
        if self._socket is None:
            raise PipeError(f"The connection to the printer at {self.name} is not open.")
        return self._socket

    def _lost(self, why: str) -> PipeError:
        return PipeError(
            f"The connection to the printer at {self.name} broke ({why}); check its power "
            "and its cable."
        )


def _say_goodbye(link: socket.socket) -> None:
    """Send FIN and read to the end: closing over unread bytes sends RST instead, at which
    a printer may throw away what it has not printed yet.
    """
    deadline = time.monotonic() + GOODBYE_SECONDS
    with link:
        try:
            link.shutdown(socket.SHUT_WR)
            while (left := deadline - time.monotonic()) > 0:
                readable, _, _ = select.select([link], [], [], left)
                if not readable or not link.recv(READ_BYTES):
                    return
        except OSError:
            return  # the other end is gone; there is nobody left to be polite to
