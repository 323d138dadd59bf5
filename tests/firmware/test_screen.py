"""The screen's socket: one screen at a time, hung up for both ends, and deaf to nonsense only."""

from __future__ import annotations

import contextlib
import queue
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.core import view
from firmware.core.errors import ConfigurationError
from firmware.core.projection import view_of
from firmware.screen import Pace, ScreenServer
from firmware.signals import ScreenConnected, ScreenLost, ScreenSaid, Signal
from tests.core.samples import resting

PATIENCE_SECONDS = 10.0


class Server:
    """A screen server and what it reports."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
        self.server = ScreenServer(path, self.signals.put)
        self.server.start()

    def connect(self) -> socket.socket:
        screen = socket.socket(socket.AF_UNIX)
        screen.settimeout(PATIENCE_SECONDS)
        screen.connect(str(self.path))
        assert self.hears() == ScreenConnected()
        return screen

    def hears(self) -> Signal:
        return self.signals.get(timeout=PATIENCE_SECONDS)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "ui.sock")
    yield server
    server.server.close()


def test_a_touch_is_heard_and_a_view_is_shown(server: Server) -> None:
    with server.connect() as screen:
        screen.sendall(msgspec.json.encode(view.Digit(7)) + b"\n")
        assert server.hears() == ScreenSaid(view.Digit(7))
        shown = view_of(resting(), 3)
        server.server.show(shown)
        line = screen.makefile("rb").readline()
        assert msgspec.json.decode(line, type=view.ViewState) == shown


def test_a_new_screen_takes_the_old_ones_place(server: Server) -> None:
    with server.connect() as old, server.connect():
        assert old.recv(10) == b""


@pytest.mark.parametrize("nonsense", [b"{}\n", b"\xff\n", b"[" * 9000 + b"\n", b"x" * 20000])
def test_a_screen_that_talks_nonsense_is_hung_up(server: Server, nonsense: bytes) -> None:
    with server.connect() as screen:
        screen.sendall(nonsense)
        assert isinstance(server.hears(), ScreenLost)
        assert screen.recv(10) == b""


def test_a_screen_that_reads_nothing_is_hung_up_for_both_ends(server: Server) -> None:
    with server.connect() as screen:
        shown = view_of(resting(), 1)
        while server.signals.empty():
            server.server.show(shown)
        assert isinstance(server.hears(), ScreenLost)
        while screen.recv(65536):
            pass
        with pytest.raises(OSError, match="Broken pipe"):
            screen.sendall(msgspec.json.encode(view.Next()) + b"\n")


def test_the_socket_is_for_its_owner_only(server: Server) -> None:
    assert server.path.stat().st_mode & 0o077 == 0


def test_a_screen_that_floods_is_hung_up_and_little_of_it_is_heard(server: Server) -> None:
    with server.connect() as screen:
        with contextlib.suppress(OSError):
            screen.sendall((msgspec.json.encode(view.Digit(1)) + b"\n") * 20_000)
        heard = 0
        while isinstance(signal := server.hears(), ScreenSaid):
            heard += 1
        assert signal == ScreenLost("the screen process floods")
        assert heard < 20_000


def test_fingers_are_never_too_fast() -> None:
    pace = Pace(200, 50)
    assert all(pace.allows(number / 40) for number in range(5000))
    assert [pace.allows(1000.0) for _ in range(201)] == [True] * 200 + [False]


def test_a_file_in_the_sockets_place_is_not_taken_away(tmp_path: Path) -> None:
    (tmp_path / "ui.sock").write_text("somebody's")
    with pytest.raises(ConfigurationError, match="no socket"):
        ScreenServer(tmp_path / "ui.sock", lambda _signal: None)
    assert (tmp_path / "ui.sock").read_text() == "somebody's"
