"""The line to the controller: it comes, it breaks, it comes back."""

from __future__ import annotations

import logging
import queue
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.core import view
from ui.bridge import Bridge, lines_of
from ui.samples import view_states

VIEWS = view_states()
PATIENCE = 20.0


class Controller:
    """The other end: a socket at a path that takes one screen at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self._listener.settimeout(PATIENCE)
        self._screen, _ = socket.socketpair()

    def accept(self) -> None:
        self._screen.close()
        self._screen, _ = self._listener.accept()
        self._screen.settimeout(PATIENCE)

    def say(self, raw: bytes) -> None:
        self._screen.sendall(raw + b"\n")

    def show(self, name: str) -> None:
        self.say(msgspec.json.encode(VIEWS[name]))

    def hear(self) -> view.Intent:
        return msgspec.json.decode(next(lines_of(self._screen)), type=view.Intent)

    def close(self) -> None:
        self._screen.close()
        self._listener.close()
        self._path.unlink(missing_ok=True)


class Screen:
    """A bridge, and what it told."""

    def __init__(self, path: Path) -> None:
        self.told: queue.Queue[view.ViewState | None] = queue.Queue()
        self.bridge = Bridge(path, self.told.put, lambda: self.told.put(None))

    def next(self) -> view.ViewState | None:
        return self.told.get(timeout=PATIENCE)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    screen = Screen(tmp_path / "ui.sock")
    yield screen
    screen.bridge.close()


def test_views_come_down_and_intents_go_up(screen: Screen, tmp_path: Path) -> None:
    controller = Controller(tmp_path / "ui.sock")
    screen.bridge.start()
    controller.accept()
    controller.show("home")
    assert screen.next() == VIEWS["home"]
    screen.bridge.send(view.NewLetter())
    assert controller.hear() == view.NewLetter()
    controller.close()


def test_a_controller_that_comes_back_is_found_and_asked_anew(
    screen: Screen, tmp_path: Path
) -> None:
    screen.bridge.start()  # nobody is there yet
    first = Controller(tmp_path / "ui.sock")
    first.accept()
    first.show("review")
    assert screen.next() == VIEWS["review"]
    first.close()
    assert screen.next() is None
    screen.bridge.send(view.Next())  # meant for a view that is gone: lost on purpose
    second = Controller(tmp_path / "ui.sock")
    second.accept()
    second.show("attract")
    assert screen.next() == VIEWS["attract"]
    screen.bridge.send(view.Finish())
    assert second.hear() == view.Finish()
    second.close()


@pytest.mark.parametrize(
    "bad", [b"", b"{", b"\xff\xfe", b'{"serial":"Siti"}', b"[" * 5000, b'"Siti Aminah"']
)
def test_a_malformed_line_is_skipped_and_its_content_is_not_logged(
    screen: Screen, tmp_path: Path, bad: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    controller = Controller(tmp_path / "ui.sock")
    screen.bridge.start()
    controller.accept()
    with caplog.at_level(logging.DEBUG):
        controller.say(bad)
        controller.show("pin")
        assert screen.next() == VIEWS["pin"]
    assert f"a line of {len(bad)} bytes" in caplog.text
    assert "Siti" not in caplog.text
    controller.close()


def test_an_endless_line_is_dropped_and_the_next_one_read() -> None:
    one, other = socket.socketpair()
    one.sendall(b"x" * 300 + b"y" * 50)
    lines = lines_of(other, longest=100)
    one.sendall(b"\ngood\n")
    one.close()
    assert b"good" in list(lines)
    other.close()
