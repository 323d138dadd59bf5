"""A line that is cut, delayed and mended, between a caller and somebody who echoes."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hw.virtual.line import Line
from provisioning.processes import Children
from provisioning.tell import tell

PATIENCE_SECONDS = 30.0


class Echo:
    """Says back what it hears, until it hears the end."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(caller,), daemon=True).start()

    def _answer(self, caller: socket.socket) -> None:
        try:
            with caller:
                while data := caller.recv(65_536):
                    caller.sendall(data)
        except OSError:
            pass

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.close()


@pytest.fixture
def line(echo: Echo) -> Iterator[Line]:
    with Line(echo.address) as line:
        yield line


def call(line: Line) -> socket.socket:
    return socket.create_connection(("127.0.0.1", line.port), PATIENCE_SECONDS)


def hear(caller: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count and (data := caller.recv(65_536)):
        heard += data
    return heard


def hears_the_end(caller: socket.socket) -> bool:
    try:
        return caller.recv(1) == b""
    except ConnectionError:
        return True


def is_broken_off(line: Line) -> bool:
    try:
        with call(line) as caller:
            return hears_the_end(caller)
    except ConnectionError:
        return True


def is_refused(line: Line) -> bool:
    try:
        call(line).close()
    except ConnectionRefusedError:
        return True
    return False


def state(line: Line) -> Any:
    return line.control({"ask": "state"})["state"]


def wait_for(line: Line, /, **wanted: object) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not wanted.items() <= (told := state(line)).items():
        assert time.monotonic() < end, told
        time.sleep(0.02)


def test_bytes_go_through_as_they_are_and_so_does_the_end(line: Line) -> None:
    sent = os.urandom(1_000_000)
    heard = bytearray()

    with call(line) as caller:
        listener = threading.Thread(target=lambda: heard.extend(hear(caller, len(sent) + 1)))
        listener.start()
        caller.sendall(sent)
        caller.shutdown(socket.SHUT_WR)
        listener.join(PATIENCE_SECONDS)

    assert bytes(heard) == sent
    wait_for(line, connections=0, bytes=2 * len(sent))


def test_a_cut_breaks_off_refuses_and_heals(line: Line) -> None:
    with call(line) as caller:
        caller.sendall(b"before")
        assert hear(caller, 6) == b"before"
        line.control({"line": "cut"})
        assert hears_the_end(caller)
    assert is_refused(line)

    line.control({"line": "whole"})
    with call(line) as caller:
        caller.sendall(b"after")
        assert hear(caller, 5) == b"after"


def test_what_is_sent_into_a_silent_line_arrives_when_it_is_whole(line: Line) -> None:
    with call(line) as caller, call(line) as other:
        caller.sendall(b"one")
        assert hear(caller, 3) == b"one"
        line.control({"line": "silent"})
        caller.sendall(b"two")
        other.sendall(b"two")
        caller.settimeout(0.2)
        with pytest.raises(TimeoutError):
            caller.recv(1)
        caller.settimeout(PATIENCE_SECONDS)
        line.control({"line": "whole"})
        assert (hear(caller, 3), hear(other, 3)) == (b"two", b"two")


def test_a_delay_is_one_each_way(line: Line) -> None:
    line.control({"latency_ms": 150})
    with call(line) as caller:
        began = time.monotonic()
        caller.sendall(b"ping")
        assert hear(caller, 4) == b"ping"
    assert time.monotonic() - began >= 0.3


def test_a_narrow_line_takes_its_time(line: Line) -> None:
    line.control({"kbit_per_s": 800})  # 100 kB/s
    sent = bytes(30_000)
    with call(line) as caller:
        began = time.monotonic()
        caller.sendall(sent)
        assert hear(caller, len(sent)) == sent
    assert time.monotonic() - began >= (len(sent) - 2 * 4096) / 100_000


def test_a_dropped_connection_can_be_made_again_at_once(line: Line) -> None:
    with call(line) as caller:
        wait_for(line, connections=1)
        line.control({"drop": True})
        assert hears_the_end(caller)
    with call(line) as caller:
        caller.sendall(b"again")
        assert hear(caller, 5) == b"again"


def test_a_line_cuts_itself_after_so_many_bytes(line: Line) -> None:
    line.control({"cut_after_bytes": 10_000})
    with call(line) as caller:
        with contextlib.suppress(ConnectionError):
            caller.sendall(bytes(100_000))
        while not hears_the_end(caller):
            pass
    wait_for(line, line="cut", bytes=10_000)


def test_nobody_at_the_other_end_is_told(echo: Echo) -> None:
    echo.close()
    echo.close = lambda: None  # type: ignore[method-assign]
    with Line(echo.address) as line:
        assert is_broken_off(line)
        assert state(line)["line"] == "whole"


@pytest.mark.parametrize(
    "wish",
    [
        {"line": "wet"},
        {"line": 3},
        {"latency_ms": -1},
        {"latency_ms": True},
        {"latency_ms": 10**9},
        {"kbit_per_s": "fast"},
        {"drop": 1.5},
        {"hurry": True},
    ],
)
def test_what_no_line_can_do_changes_nothing(line: Line, wish: dict[str, Any]) -> None:
    before = state(line)

    assert line.control({"latency_ms": 5, **wish})["ok"] is False
    assert state(line) == before


def test_as_a_program_with_a_socket_for_its_owner_only(echo: Echo, tmp_path: Path) -> None:
    control = tmp_path / "line.sock"
    children = Children(tmp_path / "logs")
    try:
        child = children.start(
            "line",
            [
                *(
                    sys.executable,
                    "-m",
                    "hw.virtual.line",
                    "--to",
                    f"127.0.0.1:{echo.address[1]}",
                ),
                *("--control", control, "--window", "4096"),
            ],
        )
        port = child.ready()["port"]
        with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as caller:
            caller.sendall(b"hello")
            assert hear(caller, 5) == b"hello"
            assert tell(control, {"line": "cut"})["state"]["line"] == "cut"
            assert hears_the_end(caller)
        assert stat.S_IMODE(control.stat().st_mode) == 0o600
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(PATIENCE_SECONDS)
            wire.connect(str(control))
            wire.sendall(b"[" * 100_000 + b"\n")
            wire.shutdown(socket.SHUT_WR)
            answer = wire.makefile("rb").readline()
            assert answer == b"" or json.loads(answer)["ok"] is False
    finally:
        children.stop()
