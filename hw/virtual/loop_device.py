"""A virtual device that lives in an event loop, in a thread of its own or as a program, with a
control socket (mode 600) where one is wanted: JSON lines, each answered with one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

START_SECONDS = 10.0


class LoopDevice(ABC):
    """``port`` is where the device listens, once it does; ``name`` is what it is called."""

    def __init__(self, name: str, port: int, control: Path | None) -> None:
        self.port = port
        self._name = name
        self._control_path = control
        self._operators: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------ from any thread

    def start(self) -> None:
        """Listen; returns when one can connect. Raises OSError, as for a port in use."""
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise OSError(f"the {self._name} did not start in time")
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop. Safe to call twice."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            thread.join(START_SECONDS)

    def control(self, request: dict[str, Any]) -> dict[str, Any]:
        """The same as one line on the control socket."""
        told = asyncio.run_coroutine_threadsafe(self._obey(request), self._loop)
        return told.result(START_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------ what a device is

    @abstractmethod
    async def _begin(self) -> None:
        """Listen. Raises OSError."""

    @abstractmethod
    async def _end(self) -> Iterable[asyncio.Task[None] | None]:
        """Listen no more and hang up; the tasks that end by that."""

    @abstractmethod
    async def _obey(self, request: dict[str, Any]) -> dict[str, Any]:
        """One wish: ``{"ok": true, "state": …}`` or ``{"ok": false, "error": …}``."""

    # ------------------------------------------------------------ in the loop

    def _run(self) -> None:
        try:
            asyncio.run(self.serve())
        except OSError as error:
            self._failure = error
            self._ready.set()

    async def serve(self, ready: Callable[[int], None] | None = None) -> None:
        """Serve until ``stop``; ``ready`` hears the port."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        await self._begin()
        control = await self._open_control()
        if ready is not None:
            ready(self.port)
        self._ready.set()
        await self._stopping.wait()
        if control is not None:
            control.close()
        operators = tuple(self._operators.values())
        for writer in tuple(self._operators):
            writer.transport.abort()
        tasks = (*await self._end(), *operators)
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    async def serve_until_signal(self) -> None:
        """As a program: one JSON line ``{"port": N}`` when ready, then until SIGINT or SIGTERM."""

        def ready(port: int) -> None:
            for number in (signal.SIGINT, signal.SIGTERM):
                self._loop.add_signal_handler(number, self._stopping.set)
            print(json.dumps({"port": port}), flush=True)

        await self.serve(ready)

    # ------------------------------------------------------------ control

    async def _open_control(self) -> asyncio.Server | None:
        if self._control_path is None:
            return None
        self._control_path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(self._control_path))
        self._control_path.chmod(0o600)
        return await asyncio.start_unix_server(self._operator, sock=listening)

    async def _operator(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._operators[writer] = asyncio.current_task()
        with contextlib.suppress(OSError, ValueError):  # ValueError: a line without end
            while line := await reader.readline():
                writer.write(json.dumps(await self._obey_line(line)).encode() + b"\n")
                await writer.drain()
        del self._operators[writer]
        writer.close()

    async def _obey_line(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return {"ok": False, "error": "not a line of JSON"}
        if not isinstance(request, dict):
            return {"ok": False, "error": "not a JSON object"}
        return await self._obey(request)
