"""Stands in the cable between a controller and its network printer, and does harm at a chosen
place of a job: just before its first byte, in its text, in a picture, at the cut, or when all is
printed and only the printer's word is missing.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

READ_BYTES = 2048
DIGEST_SECONDS = 0.3
JOB = b"\x1b@\x1da\xff"  # every job begins so; questions hold nothing of it
PICTURE = b"\x1dv0"
CUT = b"\x1dVB\x18"
PROCESS_ID = b"\x1d(H\x06\x0000"
END = b"\x1dr\x01"
RST = struct.pack("ii", 1, 0)
ANSWERED_ID = re.compile(rb"\x37\x22(....)\x00")


@dataclass
class Place:
    """Where in a job: at the first of ``marks`` that comes, and ``further`` bytes behind it."""

    marks: tuple[bytes, ...]
    further: int = 0


FIRST_BYTE = Place((JOB,))
IN_TEXT = Place((b"KODE PENGAMBILAN",))
IN_PICTURE = Place((PICTURE,), 60)
AT_THE_CUT = Place((CUT,))
AT_THE_END = Place((PROCESS_ID, END))


class Meddler:
    """A cable to ``127.0.0.1:printer_port``, in threads of its own."""

    def __init__(self, printer_port: Callable[[], int]) -> None:
        self._printer_port = printer_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._harm: tuple[Place, Callable[[], None]] | None = None
        self._links: set[socket.socket] = set()
        self._is_plugged = True
        self.wrong_process_ids = False
        self.jobs: list[bytes] = []
        threading.Thread(target=self._accept, name="meddler", daemon=True).start()

    # ------------------------------------------------------------ from any thread

    def at(self, place: Place, do: Callable[[], None]) -> None:
        """``do`` it once, when the next job comes to ``place``; what follows waits that long."""
        with self._lock:
            self._harm = (place, do)

    def unplug(self) -> None:
        """Pull the cable: connections break, and no new one holds."""
        self._is_plugged = False
        for link in list(self._links):
            _break(link)

    def well(self) -> None:
        """A good cable again."""
        with self._lock:
            self._harm = None
        self._is_plugged, self.wrong_process_ids = True, False

    def close(self) -> None:
        """For good."""
        self._listener.close()
        self.unplug()

    # ------------------------------------------------------------ inside

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                host, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(host,), daemon=True).start()

    def _serve(self, host: socket.socket) -> None:
        printer = self._connect()
        if printer is None:
            _break(host)
            return
        ends = {host, printer}
        self._links |= ends
        down = threading.Thread(target=self._down, args=(printer, host), daemon=True)
        down.start()
        try:
            self._up(host, printer)
        except OSError:
            for end in ends:
                _break(end)
        down.join(30)
        for end in ends:
            end.close()
        self._links -= ends

    def _connect(self) -> socket.socket | None:
        if not self._is_plugged:
            return None
        try:
            return socket.create_connection(("127.0.0.1", self._printer_port()), 5)
        except OSError:
            return None

    def _up(self, host: socket.socket, printer: socket.socket) -> None:
        """From the controller to the printer, byte by byte known."""
        said = bytearray()
        passed = 0
        while data := host.recv(READ_BYTES):
            said += data
            place = self._place_in(said)
            if place is not None and place < len(said):
                printer.sendall(said[passed : max(place, passed)])
                passed = max(place, passed)
                self._do_harm()
            printer.sendall(said[passed:])
            passed = len(said)
        if JOB in said:
            self.jobs.append(bytes(said))
        printer.shutdown(socket.SHUT_WR)

    def _place_in(self, said: bytearray) -> int | None:
        with self._lock:
            if self._harm is None or JOB not in said:
                return None
            place = self._harm[0]
        found = [at for mark in place.marks if (at := said.find(mark, said.find(JOB))) >= 0]
        return min(found) + place.further if found else None

    def _do_harm(self) -> None:
        with self._lock:
            harm, self._harm = self._harm, None
        if harm is not None:
            time.sleep(DIGEST_SECONDS)  # what was passed on is on paper before the harm comes
            harm[1]()

    def _down(self, printer: socket.socket, host: socket.socket) -> None:
        try:
            while data := printer.recv(READ_BYTES):
                host.sendall(self._told(data))
        except OSError:
            pass
        _break_if_open(host)

    def _told(self, data: bytes) -> bytes:
        if not self.wrong_process_ids:
            return data
        return ANSWERED_ID.sub(b"\x37\x22~~~~\x00", data)


def _break(link: socket.socket) -> None:
    """Close with RST, as a cable that is pulled does sooner or later."""
    with contextlib.suppress(OSError):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
        link.shutdown(socket.SHUT_RDWR)
    link.close()


def _break_if_open(link: socket.socket) -> None:
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
