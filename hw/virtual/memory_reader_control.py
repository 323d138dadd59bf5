"""The memory reader behind a control socket (mode 600), as a driver: ``driver = "memory"`` with
``control`` in [card]. No pcscd, no polling: a card is there as soon as it is laid down.

JSON lines, each answered with ``{"ok": true}`` or ``{"ok": false, "error": …}``. The keys:
``{"insert": "04A1B2C3D4E5F6"}`` (a UID of 4, 7 or 10 bytes) and ``{"remove": true}``.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from hw.protocols import CardReport
from hw.virtual.memory_reader import MemoryReader

_CALLER_SECONDS = 5.0
_LONGEST_LINE = 4096
_UID_BYTES = (4, 7, 10)


class ControlledReader:
    """A memory reader with one thread, which serves the callers one after the other. Raises
    OSError when the socket cannot be made.
    """

    def __init__(self, control: Path) -> None:
        self._control = control
        self._reader = MemoryReader()
        self._report: Callable[[CardReport], None] | None = None
        self._caller: socket.socket | None = None
        if control.is_socket():  # of one that was killed
            control.unlink()
        self._listener = socket.socket(socket.AF_UNIX)
        try:
            self._listener.bind(str(control))
            control.chmod(0o600)
        except OSError:
            self._listener.close()
            raise
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, name="memory-reader", daemon=True)

    def start(self, report: Callable[[CardReport], None]) -> None:
        self._report = report
        self._thread.start()

    def close(self) -> None:
        """The socket is gone, and whoever was talking to it is hung up."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        if (caller := self._caller) is not None:
            with contextlib.suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._thread.is_alive():
            self._thread.join()
        self._reader.close()
        self._control.unlink(missing_ok=True)

    def _serve(self) -> None:
        assert self._report is not None
        self._reader.start(self._report)
        while True:
            try:
                self._caller, _ = self._listener.accept()
            except OSError:
                return  # closed
            self._listen_to(self._caller)

    def _listen_to(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError), caller, caller.makefile("rb") as lines:
            caller.settimeout(_CALLER_SECONDS)
            while line := lines.readline(_LONGEST_LINE):
                caller.sendall(json.dumps(self._obey(line)).encode() + b"\n")

    def _obey(self, line: bytes) -> dict[str, object]:
        try:
            wish = json.loads(line)
            self._do(wish)
        except (ValueError, RecursionError) as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True}

    def _do(self, wish: object) -> None:
        match wish:
            case {"insert": str(digits)} if len(uid := _bytes_of(digits)) in _UID_BYTES:
                self._reader.insert(uid)
            case {"remove": True}:
                self._reader.remove()
            case _:
                raise ValueError('say {"insert": "<4, 7 or 10 bytes as hex>"} or {"remove": true}')


def _bytes_of(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""
