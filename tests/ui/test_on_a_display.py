"""The real process on a real display: a finger (xdotool) where the inspector says."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from firmware.core import view
from tests.ui.test_bridge import PATIENCE, Controller

pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs xvfb and xdotool"
)


@pytest.fixture
def display() -> Iterator[str]:
    """A display of its own, with a number that Xvfb picks."""
    told, tell = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(tell,),
        stderr=subprocess.DEVNULL,
    )
    os.close(tell)
    with os.fdopen(told) as answer:
        number = answer.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    controller = Controller(tmp_path / "ui.sock")
    yield controller
    controller.close()


@pytest.fixture
def screen(
    display: str, controller: Controller, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """The process, with what the test asks for; gives the inspector's socket."""
    inspect = tmp_path / "inspect.sock"
    sockets = ["--socket", str(tmp_path / "ui.sock"), "--inspect", str(inspect)]
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", *sockets, *getattr(request, "param", ())],
        env={**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11"},
    )
    controller.accept()
    yield inspect
    process.terminate()
    process.wait()


def _ask(inspect: Path, question: dict[str, str]) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(PATIENCE)
        line.connect(str(inspect))
        line.sendall(json.dumps(question).encode() + b"\n")
        answer: dict[str, Any] = json.loads(line.makefile().readline())
        return answer


def _wait_for(inspect: Path, screen: str) -> dict[str, dict[str, Any]]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = _ask(inspect, {"ask": "targets"})
        if answer["screen"] == screen:
            return {target["id"]: target for target in answer["targets"]}
    raise AssertionError(f"the screen {screen} never came")


def _touch(display: str, target: dict[str, Any]) -> None:
    x, y = target["x"] + target["width"] / 2, target["y"] + target["height"] / 2
    move = ["mousemove", str(round(x)), str(round(y)), "click", "1"]
    subprocess.run(["xdotool", *move], env={**os.environ, "DISPLAY": display}, check=True)


def test_fingers_type_a_pin_and_keys_do_nothing(
    screen: Path, controller: Controller, display: str, tmp_path: Path
) -> None:
    controller.show("pin")
    targets = _wait_for(screen, "pin")
    for digit in (7, 0):
        _touch(display, targets[f"digit-{digit}"])
        assert controller.hear() == view.Digit(digit)
    keys = ["key", "Escape", "key", "F1"]
    subprocess.run(["xdotool", *keys], env={**os.environ, "DISPLAY": display}, check=True)
    picture = tmp_path / "pin.png"
    assert _ask(screen, {"ask": "picture", "path": str(picture)})["ok"]
    with Image.open(picture) as seen:
        assert seen.size == (1280, 800)
        assert len(seen.getcolors(1 << 20)) > 20
    controller.show("review")
    _touch(display, _wait_for(screen, "review")["next"])
    assert controller.hear() == view.Next()


def _press(display: str, *keys: str) -> None:
    words = [word for key in keys for word in ("key", key)]
    subprocess.run(["xdotool", *words], env={**os.environ, "DISPLAY": display}, check=True)


def test_four_keys_do_what_a_finger_does_and_none_closes_the_screen(
    screen: Path, controller: Controller, display: str
) -> None:
    controller.show("review")
    _wait_for(screen, "review")
    _press(display, "Alt+F4", "Escape", "F1", "ctrl+c", "Right")
    assert controller.hear() == view.StillHere()
    _press(display, "Left", "Left", "Return")  # past the strip's button
    assert controller.hear() == view.Next()
    _wait_for(screen, "review")
    controller.show("pin")
    _wait_for(screen, "pin")
    for key, digit in (("7", 7), ("KP_3", 3)):
        _press(display, key)
        assert controller.hear() == view.Digit(digit)


def test_a_socket_that_cannot_be_is_refused_in_one_sentence(display: str, tmp_path: Path) -> None:
    sockets = ["--socket", str(tmp_path / "ui.sock"), "--inspect", "/nonexistent/inspect.sock"]
    run = subprocess.run(
        [sys.executable, "-m", "ui", *sockets],
        env={**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("anjungan-ui: --inspect: cannot listen")
    assert "Traceback" not in run.stderr


def test_without_a_display_it_says_so(tmp_path: Path) -> None:
    away = {"DISPLAY", "SDL_VIDEODRIVER"}
    run = subprocess.run(
        [sys.executable, "-m", "ui", "--socket", str(tmp_path / "ui.sock")],
        env={key: value for key, value in os.environ.items() if key not in away},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert run.returncode == 1
    assert "anjungan-ui: no window on KMSDRM" in run.stderr
    assert "Traceback" not in run.stderr


def test_without_a_controller_the_kiosk_is_being_prepared(
    screen: Path, controller: Controller
) -> None:
    controller.show("home")
    _wait_for(screen, "home")
    controller.close()
    assert _wait_for(screen, "preparing") == {}


def test_a_question_that_is_none_is_answered_with_what_can_be_asked(
    screen: Path, controller: Controller
) -> None:
    controller.show("home")
    assert "targets" in _ask(screen, {"ask": "everything"})["error"]
    assert not _ask(screen, {"ask": "picture", "path": "/nowhere/at/all.png"})["ok"]


def _mounted(rotate: int) -> list[str]:
    return ["--size", "1280x720", "--dpi", "210", "--rotate", str(rotate)]


@pytest.mark.parametrize(
    ("screen", "seen", "glass"),
    [
        (_mounted(90), (720, 1280), lambda x, y: (y, 720 - x)),
        (_mounted(180), (1280, 720), lambda x, y: (1280 - x, 720 - y)),
        (_mounted(270), (720, 1280), lambda x, y: (1280 - y, x)),
    ],
    ids=["90", "180", "270"],
    indirect=["screen"],
)
def test_a_panel_is_mounted_otherwise(
    screen: Path,
    seen: tuple[int, int],
    glass: Callable[[float, float], tuple[float, float]],
    controller: Controller,
    display: str,
    tmp_path: Path,
) -> None:
    controller.show("pin")
    target = _wait_for(screen, "pin")["digit-7"]
    picture = tmp_path / "pin.png"
    assert _ask(screen, {"ask": "picture", "path": str(picture)})["ok"]
    x, y = target["x"] + target["width"] / 2, target["y"] + target["height"] / 2
    with Image.open(picture) as shown:
        assert shown.size == seen
        around = shown.crop((x - 30, y - 30, x + 30, y + 30))
        assert len(around.getcolors(10_000)) > 2  # its figure
        assert shown.getpixel((5, 5)) == shown.getpixel((seen[0] // 3, 2))  # the strip is above
    across, down = glass(x, y)
    _touch(display, {"x": across, "y": down, "width": 0, "height": 0})
    assert controller.hear() == view.Digit(7)
