"""An ESC/POS network printer that draws its paper.

``python -m hw.virtual.printer --out DIR [--port 0] [--control SOCK]`` prints one JSON line
``{"port": N}`` when it is ready, and saves every slip as ``DIR/slip-NNN.png`` (203 dpi).

The control socket takes JSON lines and answers each with one:
``{"paper": "full" | "low" | "out"}``, ``{"paper_left_mm": N}`` (paper ends after N mm),
``{"cover": "open" | "closed"}``, ``{"online": bool}``, ``{"mute": bool}`` (takes bytes, never
answers), ``{"answers": "processId" | "sensor" | "none"}`` (how it can confirm),
``{"no_confirm": bool}``, ``{"power": "on" | "off"}``, ``{"power_off_after_bytes": N}``,
``{"reads": bool}`` (takes no more bytes, as when it hangs), ``{"unit": {"maker": …, "model": …,
"serial": …, "firmware": …}}`` (what it answers to GS I; those left out it does not),
``{"tear": true}`` and ``{"ask": "state"}``.

Errors: ``{"cutter": "jammed" | "well"}`` (once freed, its ``cutter_error`` ends by DLE ENQ, by
opening and closing the cover, or by the power), ``{"jams_at_cut": bool}`` (at the next cut),
``{"heat": "hot" | "well"}`` (goes on by itself), ``{"hot_after_mm": N}`` (of paper moved) and
``{"broken": bool}`` (nothing clears it).
"""

from __future__ import annotations

import argparse
import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

from hw.virtual.controls import Control, changed, state_of
from hw.virtual.loop_device import LoopDevice
from hw.virtual.mechanism import DOTS_PER_MM, Mechanism

READ_BYTES = 4096
WINDOW_BYTES = 8192  # small, as that of real ones: the rest of a job waits at the host
ROUNDS_TO_ACCEPT = 4


class VirtualPrinter(LoopDevice):
    """The printer on a TCP port of the loopback, in a thread of its own.

    ``port`` 0 takes a free one. ``millimetres_per_second`` 0 prints at once.
    """

    def __init__(
        self,
        out: Path,
        port: int = 0,
        control: Path | None = None,
        width_dots: int = 576,
        millimetres_per_second: float = 0,
    ) -> None:
        super().__init__("virtual printer", port, control)
        self._out = out
        self._speed = millimetres_per_second
        self._mechanism = Mechanism(out, width_dots)
        self._power_off_after: int | None = None
        self._reads = True
        self._listener: asyncio.Server | None = None
        self._hosts: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    @property
    def slips(self) -> list[Path]:
        """The slips cut so far, oldest first."""
        return sorted(self._out.glob("slip-*.png"))

    # ------------------------------------------------------------ the printer

    async def _begin(self) -> None:
        self._work = asyncio.Event()
        self._room = asyncio.Event()
        self._one_host = asyncio.Lock()
        await self._power_on()
        self._engine = asyncio.create_task(self._print())

    async def _end(self) -> tuple[asyncio.Task[None] | None, ...]:
        self._engine.cancel()
        hosts = tuple(self._hosts.values())
        await self._power_off()
        return hosts

    async def _power_on(self) -> None:
        if self._listener is None:
            listening = socket.socket()
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW_BYTES)
            listening.bind(("127.0.0.1", self.port))
            self._listener = await asyncio.start_server(
                self._host, sock=listening, limit=READ_BYTES
            )
            self.port = self._listener.sockets[0].getsockname()[1]

    async def _power_off(self) -> None:
        for _ in range(ROUNDS_TO_ACCEPT):  # asyncio forgets whom it accepts while it closes
            await asyncio.sleep(0)
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        for writer in tuple(self._hosts):
            writer.transport.abort()
        self._mechanism.power_off()
        self._room.set()  # a host that waited for room finds its connection gone

    async def _host(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One host's connection. Others wait their turn, as on real printers."""
        self._hosts[writer] = asyncio.current_task()
        try:
            async with self._one_host:
                self._mechanism.answer = writer.write
                await self._take_all(reader)
        except OSError:
            pass  # the host went away in the middle; what it sent stays in the buffer
        finally:
            del self._hosts[writer]
            writer.close()

    async def _take_all(self, reader: asyncio.StreamReader) -> None:
        while (data := await reader.read(READ_BYTES)) and self._listener is not None:
            if self._power_off_after is not None and len(data) >= self._power_off_after:
                self._power_off_after = None
                await self._power_off()
                return
            if self._power_off_after is not None:
                self._power_off_after -= len(data)
            await self._until(lambda: self._reads)
            self._mechanism.receive(data)
            self._work.set()
            await self._until(lambda: not self._mechanism.is_full)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so() and self._listener is not None:
            self._room.clear()
            await self._room.wait()

    async def _print(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._mechanism.can_step:
                rows = self._mechanism.step()
                if not self._mechanism.is_full:
                    self._room.set()
                pace = rows / DOTS_PER_MM / self._speed if self._speed else 0
                await asyncio.sleep(pace)

    # ------------------------------------------------------------ control

    async def _obey(self, request: Control) -> Control:
        try:
            condition = self._mechanism.condition
            for key, value in request.items():
                condition = changed(condition, key, value)
            _check_actions(request)
        except ValueError as error:
            return {"ok": False, "error": str(error)}
        if condition != self._mechanism.condition:
            self._mechanism.change(condition)
        await self._act(request)
        self._work.set()
        return {"ok": True, "state": state_of(self._mechanism, self._listener is not None)}

    async def _act(self, request: Control) -> None:
        if "reads" in request:
            self._reads = bool(request["reads"])
            self._room.set()
        if "power_off_after_bytes" in request:
            self._power_off_after = request["power_off_after_bytes"]
        if request.get("tear"):
            self._mechanism.tear_off()
        if request.get("power") == "off":
            await self._power_off()
        elif request.get("power") == "on":
            await self._power_on()


def _check_actions(request: Control) -> None:
    """Raise ValueError before half of it is done."""
    left = request.get("power_off_after_bytes", 0)
    if not isinstance(left, int) or left < 0:
        raise ValueError("power_off_after_bytes must be a whole number, 0 or more")


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m hw.virtual.printer", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control", type=Path)
    parser.add_argument("--width", type=int, default=576)
    parser.add_argument("--speed", type=float, default=0, help="mm per second; 0: at once")
    given = parser.parse_args()
    printer = VirtualPrinter(given.out, given.port, given.control, given.width, given.speed)
    try:
        asyncio.run(printer.serve_until_signal())
    except OSError as error:
        print(f"The virtual printer cannot start: {error}.", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
