"""The socket to the controller: views come in on a thread, intents go out from the screen.

The line is tried for ever. A line that cannot be read is named in the log by its length only,
since it may hold personal data.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from firmware.core.view import Intent, ViewState

_log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
_LONGEST_LINE = 1024 * 1024
_UNTIL_CLOSED = 3.0


class Bridge:
    """Calls ``on_view`` with each view and ``on_lost`` when the line is cut, on its thread."""

    def __init__(
        self, path: Path, on_view: Callable[[ViewState], None], on_lost: Callable[[], None]
    ) -> None:
        self._path = path
        self._on_view = on_view
        self._on_lost = on_lost
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)

    def start(self) -> None:
        """Begin to look for the controller."""
        self._thread.start()

    def close(self) -> None:
        """Let go of the line and end the thread."""
        self._closing.set()
        self._cut()
        if self._thread.is_alive():
            self._thread.join(_UNTIL_CLOSED)

    def send(self, intent: Intent) -> None:
        """Say ``intent``. Without a line it is lost, as it would be meant for another view."""
        with self._lock:
            line = self._line
        if line is None:
            return
        try:
            line.sendall(msgspec.json.encode(intent) + b"\n")
        except OSError as error:
            _log.warning("the controller cannot be written to: %s", error.strerror or error)
            self._cut()

    def _run(self) -> None:
        while not self._closing.is_set():
            line = self._connect()
            if line is not None:
                self._listen(line)
                self._on_lost()
            self._closing.wait(RETRY_SECONDS)

    def _connect(self) -> socket.socket | None:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(str(self._path))
        except OSError:
            line.close()
            return None
        with self._lock:
            self._line = line
        return line

    def _listen(self, line: socket.socket) -> None:
        try:
            for raw in lines_of(line):
                self._hear(raw)
        except OSError as error:
            _log.warning("the line to the controller is cut: %s", error.strerror or error)
        finally:
            with self._lock:
                self._line = None
            line.close()

    def _hear(self, raw: bytes) -> None:
        try:
            state = msgspec.json.decode(raw, type=ViewState)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            _log.warning("a line of %d bytes from the controller is not a view", len(raw))
            return
        self._on_view(state)

    def _cut(self) -> None:
        with self._lock:
            line = self._line
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def lines_of(line: socket.socket, longest: int = _LONGEST_LINE) -> Iterator[bytes]:
    """Whole lines until the other end closes; one that is too long is dropped, and said so."""
    pending = b""
    skipping = False
    while received := line.recv(65536):
        *lines, pending = (pending + received).split(b"\n")
        for whole in lines:
            if not skipping:
                yield whole
            skipping = False
        if len(pending) > longest:
            _log.warning("a line of more than %d bytes is dropped", longest)
            pending, skipping = b"", True
