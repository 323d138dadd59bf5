"""The virtual printer's mechanism at the end of a cable that is no network: USB, serial.

It works while it is spoken to, at once and in the caller's thread.
"""

from __future__ import annotations

import threading
from pathlib import Path

from hw.virtual.controls import Control, changed, state_of
from hw.virtual.mechanism import Mechanism

PACKET_BYTES = 512


class WiredPrinter:
    """Bytes in by ``take``, answers out by ``give``. Safe to use from several threads.

    ``control`` takes the words of ``hw.virtual.printer`` and one of the cable's own:
    ``{"bytes_per_write": N}`` (takes at most N bytes of what it is handed at once; 0: all).
    """

    def __init__(self, out: Path, width_dots: int = 576) -> None:
        self._out = out
        self._mechanism = Mechanism(out, width_dots)
        self._mechanism.answer = self._say
        self._answers = bytearray()
        self._changes = threading.Condition()
        self._reads = True
        self._bytes_per_write = 0
        self._power_off_after: int | None = None
        self.has_power = True
        self.times_switched_on = 1

    @property
    def slips(self) -> list[Path]:
        """The slips cut so far, oldest first."""
        return sorted(self._out.glob("slip-*.png"))

    def take(self, data: bytes, seconds: float) -> int:
        """How many of the bytes were taken; waits ``seconds`` for room for the first."""
        limit = self._bytes_per_write or len(data)
        taken = 0
        with self._changes:
            self._changes.wait_for(lambda: self._takes() or not self.has_power, seconds)
            while taken < min(limit, len(data)) and self._takes():
                packet = data[taken : min(taken + PACKET_BYTES, limit)]
                self._receive(packet)
                taken += len(packet)
            self._changes.notify_all()
        return taken

    def give(self, most: int, seconds: float) -> bytes:
        """At most ``most`` bytes of answers; empty when there are none within ``seconds``."""
        with self._changes:
            self._changes.wait_for(lambda: self._answers or not self.has_power, seconds)
            data = bytes(self._answers[:most])
            del self._answers[:most]
        return data

    def control(self, request: Control) -> Control:
        """What a person does; answers as the network printer's control socket does."""
        own = {key: request[key] for key in ("reads", "bytes_per_write") if key in request}
        with self._changes:
            try:
                condition = self._mechanism.condition
                for key, value in request.items():
                    condition = condition if key in own else changed(condition, key, value)
            except ValueError as error:
                return {"ok": False, "error": str(error)}
            if condition != self._mechanism.condition:
                self._mechanism.change(condition)
            self._reads = bool(own.get("reads", self._reads))
            self._bytes_per_write = int(own.get("bytes_per_write", self._bytes_per_write))
            self._act(request)
            self._work()
            self._changes.notify_all()
            return {"ok": True, "state": state_of(self._mechanism, self.has_power)}

    # ------------------------------------------------------------ inside the lock

    def _takes(self) -> bool:
        return self.has_power and self._reads and not self._mechanism.is_full

    def _receive(self, packet: bytes) -> None:
        if self._power_off_after is not None:
            self._power_off_after -= len(packet)
            if self._power_off_after <= 0:
                self._switch_off()
                return
        self._mechanism.receive(packet)
        self._work()

    def _work(self) -> None:
        while self.has_power and self._mechanism.can_step:
            self._mechanism.step()

    def _act(self, request: Control) -> None:
        if "power_off_after_bytes" in request:
            self._power_off_after = int(request["power_off_after_bytes"])
        if request.get("tear"):
            self._mechanism.tear_off()
        if request.get("power") == "off" and self.has_power:
            self._switch_off()
        elif request.get("power") == "on" and not self.has_power:
            self.has_power = True
            self.times_switched_on += 1

    def _switch_off(self) -> None:
        self.has_power = False
        self._power_off_after = None
        self._answers.clear()
        self._mechanism.power_off()

    def _say(self, data: bytes) -> None:
        if self.has_power:
            self._answers += data
