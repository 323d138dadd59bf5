"""What only whoever runs a cabinet can do to it: power cuts, and programs that are killed.

A keeper listens at a Unix socket for lines such as ``{"do": "power-cut"}``, which it offers to a
workbench as commands, ``{"program": "controller", "run": false}`` (SIGKILL), which it offers as
switches, and ``{"ask": "state"}``: which programs run.

It acts in the thread that serves: the kernel ends a program together with the thread that started
it (see ``processes``). Another thread listens, so that the state is told while something is done.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from hw.workbench.manifest import (
    Card,
    Command,
    Line,
    Manifest,
    PagePrinter,
    Pins,
    Printer,
    Program,
    Programs,
    Reader,
    Screen,
)
from provisioning.cabinet import Cabinet
from provisioning.processes import StartError

_QUESTION_SECONDS = 5.0
_LOOK_SECONDS = 1.0
_LONGEST_QUESTION = 4096


@dataclass(frozen=True)
class Doing:
    """Something that can be done, by its name on the workbench."""

    label: str
    do: Callable[[], None]


@dataclass(frozen=True)
class Kept:
    """A program that can be killed and started, by its name on the workbench."""

    label: str
    start: Callable[[], None]


class Keeper:
    """Keeps a running cabinet. Use as a context manager, or ``close`` it."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet
        self._doings = {"power-cut": Doing("Cut the power, and back", self._cut_power)}
        self._programs = {
            "controller": Kept("Controller", cabinet.start_controller),
            "mosquitto": Kept("Broker", cabinet.start_broker),
            "regency": Kept("Regency", cabinet.start_regency),
        }
        if cabinet.display is not None:
            self._programs["ui"] = Kept("Screen", cabinet.start_ui)
        self._wishes: queue.SimpleQueue[tuple[socket.socket, Callable[[], None]]] = (
            queue.SimpleQueue()
        )
        self._path = cabinet.folder / "keeper.sock"
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen()
        self._thread = threading.Thread(target=self._listen, name="keeper", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------ what can be done

    def _cut_power(self) -> None:
        """SIGKILL controller and screen at once, then start both."""
        for name in ("controller", "ui"):
            if self._cabinet.is_up(name):
                self._cabinet.kill(name)
            self._cabinet.forget(name)
        if self._cabinet.display is not None:
            self._cabinet.start_ui()
        self._cabinet.start_controller()

    def _kill(self, name: str) -> None:
        if not self._cabinet.is_up(name):
            raise StartError(f"{name} does not run")
        self._cabinet.kill(name)

    def _start(self, name: str) -> None:
        if self._cabinet.is_up(name):
            raise StartError(f"{name} runs already")
        self._cabinet.forget(name)
        self._programs[name].start()

    # ------------------------------------------------------------ the workbench

    def write_manifest(self) -> Path:
        """Write what the workbench must know; where it is. It holds PINs: mode 600."""
        path = self._cabinet.folder / "workbench.json"
        path.touch(0o600)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self.manifest()), indent=2))
        return path

    def manifest(self) -> Manifest:
        """The cabinet as the workbench sees it."""
        cabinet, display = self._cabinet, self._cabinet.display
        screen = None
        if display is not None:
            screen = Screen(str(cabinet.inspector), display.environment["DISPLAY"])
        pages = None
        if cabinet.page_printer is not None:
            pages = PagePrinter(str(cabinet.page_printer_control))
        return Manifest(
            title=f"{cabinet.village.kind} {cabinet.village.name}",
            screen=screen,
            reader=Reader(str(cabinet.reader.control)),
            printer=Printer(
                str(cabinet.printer_control), str(cabinet.slips), cable=str(cabinet.cable_control)
            ),
            page_printer=pages,
            pins=Pins(str(cabinet.pins_control)),
            line=Line(str(cabinet.line_control)),
            programs=Programs(
                str(self._path),
                tuple(Program(name, kept.label) for name, kept in self._programs.items()),
            ),
            cards=tuple(Card(card.uid, card.name, f"PIN {card.pin}") for card in cabinet.cards),
            commands=tuple(
                Command(name, doing.label, self._argv(name)) for name, doing in self._doings.items()
            ),
        )

    def _argv(self, name: str) -> tuple[str, ...]:
        wish = json.dumps({"do": name})
        return (sys.executable, "-m", "provisioning.tell", str(self._path), wish)

    # ------------------------------------------------------------ serving

    def serve(self) -> None:
        """Serve until a signal's exception ends it."""
        while True:
            self.serve_one(_LOOK_SECONDS)
            self._cabinet.restart_as_ordered()

    def serve_one(self, seconds: float | None = None) -> None:
        """Wait for one wish, so long at most, do it, and answer."""
        try:
            caller, do = self._wishes.get(timeout=seconds)
        except queue.Empty:
            return
        try:
            do()
            answer: dict[str, Any] = {"ok": True}
        except (StartError, OSError) as error:
            answer = {"ok": False, "error": str(error)}
        _answer(caller, answer)

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return  # closed
            caller.settimeout(_QUESTION_SECONDS)
            line = b""
            with contextlib.suppress(OSError), caller.makefile("rb") as lines:
                line = lines.readline(_LONGEST_QUESTION)
            wish = self._understood(line)
            if isinstance(wish, dict):
                _answer(caller, wish)
            else:
                self._wishes.put((caller, wish))

    def _understood(self, line: bytes) -> dict[str, Any] | Callable[[], None]:
        """What is to be done, or an answer that can be given at once."""
        try:
            wish = json.loads(line)
            match wish:
                case {"ask": "state"}:
                    up = {name: self._cabinet.is_up(name) for name in self._programs}
                    return {"ok": True, "state": up}
                case {"program": str() as name, "run": bool() as run} if name in self._programs:
                    return lambda: self._start(name) if run else self._kill(name)
                case {"do": str() as name} if name in self._doings:
                    return self._doings[name].do
        except (ValueError, RecursionError):
            pass
        known = [*self._doings, *self._programs]
        return {"ok": False, "error": f"known are: {', '.join(known)}"}

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _answer(caller: socket.socket, answer: dict[str, Any]) -> None:
    with caller, contextlib.suppress(OSError):  # who went away needs no answer
        caller.sendall(json.dumps(answer).encode() + b"\n")
