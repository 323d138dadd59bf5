"""Every Unix socket of the house, at the hands of a caller that knows no manners: afterwards the
next caller is answered as ever.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.core import view
from firmware.screen import ScreenServer
from firmware.signals import ScreenConnected, ScreenLost, ScreenSaid, Signal
from hw.registry import make_card_reader
from hw.virtual.line import Line
from hw.virtual.pins import VirtualInputs
from hw.virtual.printer import VirtualPrinter
from hw.virtual.reader import VirtualReader
from provisioning.processes import Children
from provisioning.tell import tell
from tests.journeys.kiosk import Screen
from tests.reliability.soak import SoakedKiosk

PATIENCE_SECONDS = 30.0
DEEP = b"[" * 3000
LONG = 10 * 1024 * 1024

Manners = Callable[[socket.socket], None]


def says(*pieces: bytes) -> Manners:
    def do(caller: socket.socket) -> None:
        for piece in pieces:
            caller.sendall(piece)

    return do


def floods(caller: socket.socket) -> None:
    """Many questions, and no ear for the answers."""
    for _ in range(3000):
        caller.sendall(b'{"ask": "state"}\n')


HOSTILE: dict[str, Manners] = {
    "nothing": lambda _caller: None,
    "half a line": says(b'{"ask": '),
    "garbage": says(os.urandom(5000), b"\n"),
    "no UTF-8": says(b'{"ask": "\xff\xfe"}\n'),
    "NUL bytes": says(b"\x00" * 5000 + b"\n"),
    "empty lines": says(b"\n" * 5000),
    "deep nesting": says(DEEP + b"\n"),
    "deep nesting inside": says(b'{"ask": ' + DEEP + b"\n"),
    "a line of 10 MB": says(b"x" * LONG + b"\n"),
    "10 MB without a line": says(b"x" * LONG),
    "other kinds": says(b"null\n", b"[]\n", b"7\n", b'"ask"\n', b"{}\n", b'{"": ""}\n'),
    "odd values": says(
        b'{"ask": null}\n',
        b'{"ask": {}}\n',
        b'{"insert": Infinity}\n{"insert": "04", "after": Infinity}\n',
        b'{"remove": true, "slot": []}\n',
        b'{"insert": "04A1B2C3D4E5F6", "after": 1e999}\n',
        b'{"power_off_after_bytes": []}\n{"power_off_after_bytes": Infinity}\n',
        b'{"power_off_after_bytes": "x"}\n{"reads": {}}\n{"reads": true}\n',
        b'{"paper_left_mm": "x"}\n{"unit": {"maker": []}}\n{"latency_ms": "x"}\n{"line": []}\n',
        b'{"cut_after_bytes": {}}\n{"cut_after_bytes": -1}\n{"service": []}\n{"door": 7}\n',
        b'{"ask": "' + b"9" * 5000 + b'"}\n{"ask": ' + b"9" * 5000 + b"}\n",
    ),
    "a flood": floods,
}


def abuse(path: Path, manners: Manners) -> None:
    """Call, misbehave, and hang up in the middle of it. The other end may have hung up first."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
        caller.settimeout(0.5)
        with contextlib.suppress(OSError):
            manners(caller)


def abuse_all(path: Path) -> None:
    for manners in HOSTILE.values():
        abuse(path, manners)
    crowd = [socket.socket(socket.AF_UNIX) for _ in range(20)]
    for one in crowd:
        one.connect(str(path))
    for one in crowd:
        one.close()


# ---------------------------------------------------------------- the screen's socket


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[tuple[Path, queue.SimpleQueue[Signal]]]:
    heard: queue.SimpleQueue[Signal] = queue.SimpleQueue()
    server = ScreenServer(tmp_path / "ui.sock", heard.put)
    server.start()
    yield tmp_path / "ui.sock", heard
    server.close()


def test_a_screen_that_misbehaves_is_followed_by_one_that_does_not(
    screen: tuple[Path, queue.SimpleQueue[Signal]],
) -> None:
    path, heard = screen
    abuse_all(path)
    with socket.socket(socket.AF_UNIX) as good:
        good.connect(str(path))
        good.sendall(msgspec.json.encode(view.Digit(7)) + b"\n")
        signals = list(iter(lambda: heard.get(timeout=PATIENCE_SECONDS), ScreenSaid(view.Digit(7))))
    assert set(map(type, signals)) <= {ScreenConnected, ScreenLost}, "a thread failed"


@pytest.mark.parametrize("manners", HOSTILE.values(), ids=HOSTILE.keys())
def test_every_misbehaviour_of_a_screen_is_survived_by_itself(
    screen: tuple[Path, queue.SimpleQueue[Signal]], manners: Manners
) -> None:
    path, heard = screen
    abuse(path, manners)
    with socket.socket(socket.AF_UNIX) as good:
        good.connect(str(path))
        good.sendall(msgspec.json.encode(view.Next()) + b"\n")
        while heard.get(timeout=PATIENCE_SECONDS) != ScreenSaid(view.Next()):
            pass


def test_a_kiosk_serves_on_whatever_its_screen_does() -> None:
    """The whole controller: floods of touches, too, are worked off and done with."""
    with SoakedKiosk() as kiosk:
        kiosk.visit()
        path = kiosk.folder / "kiosk" / "run" / "ui.sock"
        abuse_all(path)
        touches = msgspec.json.encode(view.Digit(1)) + b"\n" + msgspec.json.encode(view.Next())
        abuse(path, says(*[(touches + b"\n") * 500] * 20))
        kiosk.screen.close()
        kiosk.screen = Screen(path)
        kiosk.screen.await_view(lambda state: isinstance(state.screen, view.Attract))
        kiosk.visit()
        assert kiosk.bugs() == []


def test_a_line_that_comes_in_pieces_is_heard_whole(
    screen: tuple[Path, queue.SimpleQueue[Signal]],
) -> None:
    path, heard = screen
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(PATIENCE_SECONDS)
        caller.connect(str(path))
        caller.sendall(b'{"type": "dig')
        assert heard.get(timeout=PATIENCE_SECONDS) == ScreenConnected()
        caller.sendall(b'it", "digit": 3}\n')
        assert heard.get(timeout=PATIENCE_SECONDS) == ScreenSaid(view.Digit(3))


# ---------------------------------------------------------------- virtual devices


def test_the_ticket_printers_socket(tmp_path: Path) -> None:
    control = tmp_path / "printer.sock"
    with VirtualPrinter(tmp_path / "slips", control=control):
        abuse_all(control)
        assert tell(control, {"ask": "state"}, PATIENCE_SECONDS)["ok"]


def test_the_lines_socket(tmp_path: Path) -> None:
    control = tmp_path / "line.sock"
    line = Line(("127.0.0.1", 9), control=control)
    line.start()
    try:
        abuse_all(control)
        assert tell(control, {"ask": "state"}, PATIENCE_SECONDS)["ok"]
    finally:
        line.stop()


def test_the_pins_socket(tmp_path: Path) -> None:
    control = tmp_path / "pins.sock"
    inputs = VirtualInputs(control)
    inputs.start(lambda _report: None)
    try:
        abuse_all(control)
        assert tell(control, {"ask": "state"}, PATIENCE_SECONDS)["ok"]
    finally:
        inputs.close()


def test_the_memory_readers_socket(tmp_path: Path) -> None:
    control = tmp_path / "card.sock"
    reader = make_card_reader({"driver": "memory", "control": str(control)})
    reader.start(lambda _report: None)
    try:
        abuse_all(control)
        assert tell(control, {"remove": True}, PATIENCE_SECONDS)["ok"]
    finally:
        reader.close()


def test_the_card_readers_socket(virtual_reader: VirtualReader) -> None:
    abuse_all(virtual_reader.control)
    assert tell(virtual_reader.control, {"ask": "state"}, 100.0)["ok"]


# ---------------------------------------------------------------- the screen's own socket


def test_the_inspectors_socket(tmp_path: Path) -> None:
    """The real screen process, drawn where nobody looks."""
    inspector = tmp_path / "inspect.sock"
    children = Children(tmp_path / "logs")
    asleep = threading.Event()
    try:
        ui = children.start(
            "ui",
            [
                *(sys.executable, "-m", "ui", "--socket", tmp_path / "none.sock"),
                *("--size", "1280x800", "--dpi", "149", "--inspect", inspector),
            ],
            environment={"SDL_VIDEODRIVER": "offscreen"},
        )
        ui.wait_for(inspector.exists)
        abuse_all(inspector)
        while "targets" not in (told := tell(inspector, {"ask": "targets"}, 60.0)):
            assert ui.running, told
            asleep.wait(0.2)
    finally:
        children.stop()
    assert "Traceback" not in (tmp_path / "logs" / "ui.log").read_text()
