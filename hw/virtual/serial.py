"""A virtual printer on a serial line: a pseudo-terminal, whose ``device`` a host opens.

``{"power": "off"}`` is what it is on a real line: silence. ``stop`` pulls the line out.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
import tty
from pathlib import Path

from hw.virtual.controls import Control
from hw.virtual.wired import WiredPrinter

READ_BYTES = 512
LOOK_SECONDS = 0.05
STOP_SECONDS = 5.0


class VirtualSerialPrinter(WiredPrinter):
    """The printer and its line, carried by a thread of its own until ``stop``."""

    def __init__(self, out: Path, width_dots: int = 576) -> None:
        super().__init__(out, width_dots)
        self._line, self._host_side = os.openpty()
        tty.setraw(self._host_side)
        os.set_blocking(self._line, False)
        self.device = os.ttyname(self._host_side)
        self._wake_read, self._wake_write = os.pipe()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="serial-printer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Pull the line out. Safe to call twice."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.write(self._wake_write, b"!")
        self._thread.join(STOP_SECONDS)
        for end in (self._line, self._host_side, self._wake_read, self._wake_write):
            os.close(end)

    def control(self, request: Control) -> Control:
        answer = super().control(request)
        if not self._stopping.is_set():
            os.write(self._wake_write, b"!")
        return answer

    def __enter__(self) -> VirtualSerialPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _carry(self) -> None:
        """What is refused waits here, and the line behind it: so a host's write stalls."""
        waiting = b""
        while not self._stopping.is_set():
            ends = [self._wake_read] if waiting else [self._wake_read, self._line]
            readable, _, _ = select.select(ends, [], [], LOOK_SECONDS)
            if self._wake_read in readable:
                os.read(self._wake_read, READ_BYTES)
            if self._line in readable:
                waiting = os.read(self._line, READ_BYTES)
            if waiting:
                taken = self.take(waiting, 0)
                waiting = waiting[taken:] if self.has_power else b""
            self._answer()

    def _answer(self) -> None:
        data = self.give(READ_BYTES, 0)
        with contextlib.suppress(BlockingIOError):  # a host that never reads: overrun
            os.write(self._line, data)
