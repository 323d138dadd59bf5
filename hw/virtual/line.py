"""A line between two programs that can be cut, delayed and mended: a network, a printer's cable.

It only carries bytes, so TLS goes through it from end to end. ``python -m hw.virtual.line --to
HOST:PORT [--port 0] [--control SOCK]`` prints one JSON line ``{"port": N}`` when it is ready.

The control socket (mode 600) takes JSON lines and answers each with ``{"ok": true, "state": …}``
or ``{"ok": false, "error": …}``. The keys, of which a line may have several:

``{"line": "whole" | "cut" | "silent"}``: when it is cut, connections are broken off and new ones
refused, so both ends know. When it is silent nobody is told: what was sent arrives once the line
is whole again, as TCP sees to it after a cable was pulled for a while.
``{"latency_ms": N}`` and ``{"kbit_per_s": N}``, each way; 0 is none, and no limit.
``{"drop": true}`` breaks off all connections of a line that stays whole. ``{"cut_after_bytes":
N}`` cuts it after so many bytes more, both ways together (the last may be lost with it).
``{"ask": "state"}``: also how many connections there are, and bytes carried so far.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import struct
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hw.virtual.loop_device import LoopDevice

WINDOW_BYTES = 65_536
CHUNK_BYTES = 4096
CONNECT_SECONDS = 10.0
STATES = ("whole", "cut", "silent")
_MOST = {"latency_ms": 60_000, "kbit_per_s": 10_000_000, "cut_after_bytes": 1 << 50}
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: a close that says RST, as after a failure, where FIN would say that all is well."""


@dataclass(frozen=True, slots=True)
class LineCondition:
    """How the line is; ``kbit_per_s`` 0 is as fast as it can."""

    line: str = "whole"
    latency_ms: int = 0
    kbit_per_s: int = 0


def changed(condition: LineCondition, key: str, value: object) -> LineCondition:
    """``condition`` after one key; an action changes nothing here. Unknown is a ValueError."""
    if key == "line" and value in STATES:
        return replace(condition, line=str(value))
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST.get(key, -1):
        match key:
            case "latency_ms":
                return replace(condition, latency_ms=value)
            case "kbit_per_s":
                return replace(condition, kbit_per_s=value)
        return condition
    if (key == "drop" and value is True) or (key == "ask" and value == "state"):
        return condition
    raise ValueError(f"{key} = {value!r} is nothing that this line can do")


class Line(LoopDevice):
    """The line, in a thread of its own; ``port`` 0 takes a free one of the loopback.

    ``window_bytes`` is how much may be under way each way: much for a network, little for a
    cable, whose other end should notice soon that nothing is taken any more.
    """

    def __init__(
        self,
        to: tuple[str, int],
        port: int = 0,
        control: Path | None = None,
        window_bytes: int = WINDOW_BYTES,
    ) -> None:
        super().__init__("virtual line", port, control)
        self._to = to
        self._window = window_bytes
        self._condition = LineCondition()
        self._left: int | None = None
        self._carried = 0
        self._server: asyncio.Server | None = None
        self._ends: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}

    # ------------------------------------------------------------ the line

    async def _begin(self) -> None:
        self._flows = asyncio.Event()
        self._flows.set()
        self._holder = _bound(self.port)
        self.port = self._holder.getsockname()[1]
        await self._listen()

    async def _end(self) -> list[asyncio.Task[None]]:
        tasks = [*self._ends]
        self._cut()
        self._holder.close()
        return tasks

    async def _listen(self) -> None:
        if self._server is None:
            listening = _bound(self.port)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._window)
            self._server = await asyncio.start_server(
                self._connection, sock=listening, limit=CHUNK_BYTES
            )

    def _cut(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._break_off()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        ends = self._ends.setdefault(task, [writer])
        ended_well = False
        with contextlib.suppress(asyncio.CancelledError):  # it was broken off
            await self._flows.wait()
            if self._server is not None:  # it may have been cut in the same moment
                ended_well = await self._join(reader, writer, ends)
        del self._ends[task]
        for end in ends:
            if ended_well:
                end.close()
            else:
                _reset(end)

    async def _join(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ends: list[asyncio.StreamWriter],
    ) -> bool:
        """Carry until both ends have said all; False when one end was not there or failed."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                there = await asyncio.open_connection(*self._to, limit=CHUNK_BYTES)
        except OSError:
            return False
        ends.append(there[1])
        there[1].get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, self._window
        )
        for end in ends:
            end.transport.set_write_buffer_limits(0)  # what waits, waits here
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._carry(reader, there[1]))
                ways.create_task(self._carry(there[0], writer))
        except ExceptionGroup as failures:
            bugs = failures.split(OSError)[1]
            if bugs is not None:
                raise bugs from None
            return False
        return True

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way: one task takes, this one gives on when it is time."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(
            max(1, self._window // CHUNK_BYTES)
        )
        taking = asyncio.create_task(self._take(reader, waiting))
        try:
            free_at = 0.0
            while True:
                due, data = await waiting.get()
                now = max(self._loop.time(), due, free_at)
                await asyncio.sleep(now - self._loop.time())
                await self._flows.wait()
                if not data:
                    break
                if self._condition.kbit_per_s:
                    free_at = now + len(data) * 8 / (self._condition.kbit_per_s * 1000)
                await self._give(data, writer)
            await taking  # its error, if there was one
            with contextlib.suppress(OSError):  # the other end has closed already
                writer.write_eof()
        finally:
            taking.cancel()

    async def _take(
        self, reader: asyncio.StreamReader, waiting: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        try:
            data = b"something"
            while data:
                data = await reader.read(CHUNK_BYTES)
                await waiting.put((self._loop.time() + self._condition.latency_ms / 1000, data))
        except OSError:
            await waiting.put((0.0, b""))
            raise

    async def _give(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self._left is not None and len(data) >= self._left:
            data, self._left = data[: self._left], None
            writer.write(data)
            self._condition = replace(self._condition, line="cut")
            self._cut()
        else:
            writer.write(data)
            if self._left is not None:
                self._left -= len(data)
        self._carried += len(data)
        await writer.drain()

    # ------------------------------------------------------------ control

    async def _obey(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            condition = self._condition
            for key, value in request.items():
                condition = changed(condition, key, value)
        except ValueError as error:
            return {"ok": False, "error": str(error)}
        self._condition = condition
        if "cut_after_bytes" in request:
            self._left = request["cut_after_bytes"]
        if condition.line == "silent":
            self._flows.clear()
        else:
            self._flows.set()
        if condition.line == "cut":
            self._cut()
        else:
            await self._listen()
        if "drop" in request:
            self._break_off()
        return {"ok": True, "state": self._state()}

    def _state(self) -> dict[str, Any]:
        told = {"connections": len(self._ends), "bytes": self._carried}
        return {**asdict(self._condition), **told}

    def _break_off(self) -> None:
        for task, ends in tuple(self._ends.items()):
            for end in ends:
                _reset(end)
            task.cancel()


def _bound(port: int) -> socket.socket:
    """A socket with this port. One that does not listen keeps the port for the line while it is
    cut: Linux lets a listener of ours have it as well, and nobody else.
    """
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection off; one that has ended well has no RST to send any more."""
    wire = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m hw.virtual.line",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--to", type=_address, required=True, metavar="HOST:PORT")
    parser.add_argument("--port", type=int, default=0, help="0: a free one of the loopback")
    parser.add_argument("--control", type=Path)
    parser.add_argument("--window", type=int, default=WINDOW_BYTES, help="bytes under way")
    given = parser.parse_args()
    try:
        line = Line(given.to, given.port, given.control, given.window)
        asyncio.run(line.serve_until_signal())
    except OSError as error:
        print(f"The line cannot start: {error}.", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
