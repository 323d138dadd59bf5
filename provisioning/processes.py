"""Starting programs, waiting until they are ready, and stopping every one of them.

Each program writes to a log of its own. The kernel kills it when the thread that started it
ends (``setpriv --pdeathsig``), so that nothing outlives a demo that was killed itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import random
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

START_SECONDS = 60.0
STOP_SECONDS = 10.0
_POLL_SECONDS = 0.05


class StartError(Exception):
    """A program did not get ready; the text says which one and where its log is."""


class Child:
    """A running program."""

    def __init__(self, name: str, process: subprocess.Popen[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._pump = threading.Thread(target=self._copy, name=f"log-{name}", daemon=True)
        self._pump.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """With what it ended; None while it runs."""
        return self._process.poll()

    def first_line(self, seconds: float = START_SECONDS) -> str:
        """The first line of its standard output; raises StartError when none comes in time."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            line = None
        if line is None:
            raise StartError(f"{self.name} did not get ready; its log is {self.log}")
        return line

    def ready(self, seconds: float = START_SECONDS) -> dict[str, Any]:
        """The JSON object with which it says that it is ready."""
        line = self.first_line(seconds)
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError) as error:
            raise StartError(f"{self.name} said {line!r} instead of being ready") from error

    def wait_for(self, true: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Wait until ``true()``; raises StartError when the program ends before that."""
        deadline = time.monotonic() + seconds
        while not true():
            if not self.running or time.monotonic() > deadline:
                raise StartError(f"{self.name} did not get ready; its log is {self.log}")
            time.sleep(_POLL_SECONDS)

    def succeed(self, seconds: float = START_SECONDS) -> None:
        """Wait until it has ended well; raises StartError when it does not."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = -1
        if code != 0:
            raise StartError(f"{self.name} failed with code {code}; its log is {self.log}")

    def kill(self) -> None:
        """SIGKILL: as a power cut would."""
        self._process.kill()
        self._process.wait()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """SIGTERM, then SIGKILL. Safe to call twice."""
        if self.running:
            self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self._pump.join(seconds)

    def _copy(self) -> None:
        out = self._process.stdout
        assert out is not None
        with out, self.log.open("a") as log:
            for line in out:
                log.write(line)
                log.flush()
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


class Children:
    """The programs of one cabinet, stopped in the reverse order of their start."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: list[Child] = []

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> Child:
        """Start a program; its output goes to ``name``.log."""
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        with log.open("a") as errors:
            child = Child(
                name,
                _spawn(command, errors, {**os.environ, **(environment or {})}, folder, pass_fds),
                log,
            )
        self._children.append(child)
        return child

    def stop(self) -> None:
        """Stop them all, the last one first."""
        while self._children:
            self._children.pop().stop()

    def forget(self, child: Child) -> None:
        """Stop one of them now."""
        child.stop()
        self._children.remove(child)


def _spawn(
    command: Sequence[str | Path],
    errors: IO[str],
    environment: Mapping[str, str],
    folder: Path | None,
    pass_fds: Sequence[int],
) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 (our own commands)
        ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)],  # noqa: S607
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        cwd=folder,
        pass_fds=pass_fds,
        text=True,
        errors="replace",
    )


_PORTS = range(20_000, 32_768)
"""Below those that Linux gives to connections that go out: one of them could take a port between
its choice here and the start of its server.
"""
_TRIES = 1_000


def free_ports(count: int) -> tuple[int, ...]:
    """So many free TCP ports of the loopback, all different. Raises OSError when there are none."""
    chance, trouble = random.SystemRandom(), OSError("no port of the loopback is free")
    with contextlib.ExitStack() as held:
        ports: list[int] = []
        for _ in range(_TRIES):
            if len(ports) == count:
                return tuple(ports)
            port = chance.choice(_PORTS)
            try:
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError as error:
                trouble = error
            else:
                ports.append(port)
    raise trouble


def port_answers(port: int) -> bool:
    """Whether something listens on this port of the loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
