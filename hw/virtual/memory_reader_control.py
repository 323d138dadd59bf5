"""The memory reader behind a control socket (mode 600), as a driver: ``driver = "memory"`` with
``control`` in [card]. No pcscd, no polling: a card is there as soon as it is laid down.

JSON lines, each answered with ``{"ok": true}`` or ``{"ok": false, "error": …}``. The keys:
``{"insert": "04A1B2C3D4E5F6"}`` (a UID of 4, 7 or 10 bytes) and ``{"remove": true}``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from hw.protocols import CardReport
from hw.virtual.control_socket import ControlSocket
from hw.virtual.memory_reader import MemoryReader

_UID_BYTES = (4, 7, 10)


class ControlledReader:
    """A memory reader with one thread, which serves the callers one after the other. Raises
    OSError when the socket cannot be made.
    """

    def __init__(self, control: Path) -> None:
        self._reader = MemoryReader()
        self._control = ControlSocket(control, "memory-reader", self._obey)

    def start(self, report: Callable[[CardReport], None]) -> None:
        self._reader.start(report)
        self._control.start()

    def close(self) -> None:
        self._control.close()
        self._reader.close()

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
