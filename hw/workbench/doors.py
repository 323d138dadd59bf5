"""The doors of the virtual devices, as the workbench uses them. Trouble is a DoorError."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from io import BufferedReader
from pathlib import Path
from typing import Any

from hw.workbench import manifest

_ANSWER_SECONDS = 20.0
_TAP_SECONDS = 1.2
"""pcscd looks every 0.4 s; people hold a card about that long."""
_LIVELY_SECONDS = 2.0
_OLD_SECONDS = 2.0
_SLIP = re.compile(r"slip-\d+\.png")
_LONGEST_ANSWER = 65_536
MANNERS = ("well", "mute", "pulled")
PRINTER_KEYS = ("paper", "cover", "cutter", "heat", "online", "power")

Wish = dict[str, Any]


class DoorError(Exception):
    """A device did not do what it was asked; the text is for whoever sits at the workbench."""


@contextlib.contextmanager
def wire(path: str) -> Iterator[Callable[[Wish], dict[str, Any]]]:
    """A Unix socket that answers every line of JSON with another: what is yielded asks."""
    name = Path(path).name
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            connection.connect(path)
            with connection.makefile("rb") as lines:
                yield lambda question: _asked(connection, lines, name, question)
    except OSError as error:
        raise DoorError(f"{name} does not answer: {error.strerror or error}") from error


def _asked(
    connection: socket.socket, lines: BufferedReader, name: str, question: Wish
) -> dict[str, Any]:
    connection.sendall(json.dumps(question).encode() + b"\n")
    try:
        answer = json.loads(lines.readline(_LONGEST_ANSWER) or b"null")
    except (ValueError, RecursionError) as error:
        raise DoorError(f"{name} answered something else than JSON") from error
    if not isinstance(answer, dict):
        raise DoorError(f"{name} hung up without an answer")
    if answer.get("ok") is False:
        raise DoorError(str(answer.get("error", "it said no")))
    return answer


def say(path: str, question: Wish) -> dict[str, Any]:
    """One line of JSON to a Unix socket, and its answer."""
    with wire(path) as ask:
        return ask(question)


def only(wish: Wish, keys: tuple[str, ...]) -> Wish:
    """``wish`` when it has keys, and none but these: a page must not reach every key of a door."""
    if not wish or not set(wish) <= set(keys):
        raise DoorError(f"this can change {', '.join(keys)}")
    return wish


class ReaderDoor:
    """Cards on and off the reader; its daemon up and down."""

    def __init__(self, reader: manifest.Reader) -> None:
        self._control = reader.control
        self._one_hand = threading.Lock()

    def state(self) -> dict[str, Any]:
        """``{"card": uid or None, "daemon": "runs" | "hangs" | "killed", "plugged": bool}``."""
        answer = say(self._control, {"ask": "state"})
        daemon = "killed"
        if answer.get("daemon"):
            daemon = "hangs" if answer.get("frozen") else "runs"
        return {
            "card": answer.get("card"),
            "daemon": daemon,
            "plugged": answer.get("plugged") is not False,
        }

    def lay(self, uid: str, manner: str) -> None:
        """Lay a card down; it stays until it is lifted or another one takes its place."""
        with self._one_hand:
            say(self._control, {"insert": uid, "manner": manner})

    def tap(self, uid: str, manner: str) -> None:
        """Hold a card to the reader for a moment."""
        with self._one_hand:
            say(self._control, {"insert": uid, "manner": manner})
            time.sleep(_TAP_SECONDS)
            say(self._control, {"remove": True})

    def lift(self) -> None:
        """Take away whatever lies there."""
        with self._one_hand:
            say(self._control, {"remove": True})

    def plug(self, plugged: bool) -> None:
        """The reader's own cable; pcscd lives on without it."""
        with self._one_hand:
            say(self._control, {"reader": "plug" if plugged else "unplug"})

    def daemon(self, how: str) -> None:
        """pcscd: "runs", "hangs" (it lives and answers nobody) or "killed", as after a crash."""
        wishes = {"runs": ("start", "thaw"), "hangs": ("start", "freeze"), "killed": ("stop",)}
        if how not in wishes:
            raise DoorError("pcscd runs, hangs or is killed")
        with self._one_hand:
            for wish in wishes[how]:
                say(self._control, {"daemon": wish})


class PrinterDoor:
    """The printer's switches and its paper."""

    def __init__(self, printer: manifest.Printer) -> None:
        self._control = printer.control
        self._slips = Path(printer.slips)

    def state(self) -> dict[str, Any]:
        """What the printer says of itself."""
        return dict(say(self._control, {"ask": "state"})["state"])

    def switch(self, wish: Wish) -> None:
        """Change its condition, in the words of ``hw.virtual.printer``."""
        say(self._control, only(wish, PRINTER_KEYS))

    def slips(self) -> list[str]:
        """Names of the slips cut so far, oldest first."""
        return sorted(path.name for path in self._slips.glob("slip-*.png"))

    def slip(self, name: str) -> bytes | None:
        """One slip's picture; None when there is none of that name."""
        if not _SLIP.fullmatch(name):
            return None
        try:
            return (self._slips / name).read_bytes()
        except OSError:
            return None


class ScreenDoor:
    """A live picture of the screen, and a finger on it.

    The finger is xdotool on the screen's own X display: what is touched here goes through the
    same window, input driver and touch handling as a real panel, and the screen's inspection
    socket need not learn to touch.
    """

    def __init__(self, screen: manifest.Screen) -> None:
        self._screen = screen
        self._folder = Path(tempfile.mkdtemp(prefix="workbench-"))
        self._lock = threading.Lock()
        self._serial: int | None = None
        self._lively_until = 0.0
        self._taken = 0.0
        self._picture = b""
        self.name = ""

    def close(self) -> None:
        """Remove what was kept of the pictures."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def picture(self) -> tuple[str, bytes]:
        """A name that changes when the picture does, and the picture as PNG.

        A frame costs the screen's process some ten milliseconds, so a new one is made while
        something moves and otherwise every second or two.
        """
        with self._lock:
            told = say(self._screen.inspect, {"ask": "targets"})
            now = time.monotonic()
            if told.get("serial") != self._serial:
                self._serial = told.get("serial")
                self._lively_until = now + _LIVELY_SECONDS
            if now < self._lively_until or now - self._taken > _OLD_SECONDS:
                self._take(now)
            self.name = str(told.get("screen", ""))
            return blake2b(self._picture, digest_size=8).hexdigest(), self._picture

    def _take(self, now: float) -> None:
        path = self._folder / "screen.png"
        say(self._screen.inspect, {"ask": "picture", "path": str(path)})
        self._picture, self._taken = path.read_bytes(), now

    def touch(self, x: int, y: int) -> None:
        """Put a finger there and lift it; pixels, origin top left."""
        if not self._screen.display:
            raise DoorError("the manifest names no display, so the screen cannot be touched")
        if not (0 <= x < self._screen.width and 0 <= y < self._screen.height):
            raise DoorError("that is beside the screen")
        gesture = ("mousemove", str(x), str(y), "mousedown", "1", "sleep", "0.04", "mouseup", "1")
        environment = {**os.environ, "DISPLAY": self._screen.display}
        _run(("xdotool", *gesture), environment, seconds=10)
        self._lively_until = time.monotonic() + _LIVELY_SECONDS


def run_command(command: manifest.Command) -> None:
    """Run what the manifest offers; DoorError with its last words when it fails."""
    _run(command.argv, dict(os.environ), manifest.COMMAND_SECONDS)


def _run(argv: tuple[str, ...], environment: dict[str, str], seconds: float) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the manifest's own words, never the page's
            argv,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except OSError as error:
        raise DoorError(f"{argv[0]} cannot be run: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise DoorError(f"{argv[0]} did not end within {seconds:.0f} s") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise DoorError(said[-1] if said else f"{argv[0]} ended with {done.returncode}")
