"""What only whoever runs a cabinet can do to it: power cuts, a dead broker, a dead regency.

A keeper listens at a Unix socket for lines such as ``{"do": "power-cut"}`` and offers them to a
workbench as commands. It acts in the thread that serves: the kernel ends a program together with
the thread that started it (see ``processes``).
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from hw.workbench.manifest import Card, Command, Manifest, Pins, Printer, Reader, Screen
from provisioning.cabinet import Cabinet
from provisioning.processes import StartError

_QUESTION_SECONDS = 5.0
_LONGEST_QUESTION = 4096


@dataclass(frozen=True)
class Doing:
    """Something that can be done, by its name on the workbench."""

    label: str
    do: Callable[[], None]


class Keeper:
    """Keeps a running cabinet. Use as a context manager, or ``close`` it."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet
        self._path = cabinet.folder / "keeper.sock"
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen()
        self._doings = {
            "power-cut": Doing("Cut the power, and back", self._cut_power),
            "kill-broker": Doing("Kill the broker", lambda: self._kill("mosquitto")),
            "start-broker": Doing(
                "Start the broker", lambda: self._start("mosquitto", cabinet.start_broker)
            ),
            "kill-regency": Doing("Kill the regency’s server", lambda: self._kill("regency")),
            "start-regency": Doing(
                "Start the regency’s server", lambda: self._start("regency", cabinet.start_regency)
            ),
        }

    # ------------------------------------------------------------ what can be done

    def _cut_power(self) -> None:
        """SIGKILL controller and screen at once, then start both."""
        for name in ("controller", "ui"):
            if self._cabinet.is_up(name):
                self._cabinet.kill(name)
        self._cabinet.start_ui()
        self._cabinet.start_controller()

    def _kill(self, name: str) -> None:
        if not self._cabinet.is_up(name):
            raise StartError(f"{name} does not run")
        self._cabinet.kill(name)

    def _start(self, name: str, start: Callable[[], None]) -> None:
        if self._cabinet.is_up(name):
            raise StartError(f"{name} runs already")
        start()

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
        return Manifest(
            title=f"{cabinet.village.kind} {cabinet.village.name}",
            screen=screen,
            reader=Reader(str(cabinet.reader.control)),
            printer=Printer(str(cabinet.printer_control), str(cabinet.slips)),
            pins=Pins(str(cabinet.pins_control)),
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
            self.serve_one()

    def serve_one(self) -> None:
        """Wait for one wish, do it, and answer."""
        caller, _ = self._listener.accept()
        with caller, contextlib.suppress(OSError):  # who went away needs no answer
            caller.settimeout(_QUESTION_SECONDS)
            line = caller.makefile("rb").readline(_LONGEST_QUESTION)
            caller.sendall(json.dumps(self._obey(line)).encode() + b"\n")

    def _obey(self, line: bytes) -> dict[str, Any]:
        try:
            wish = json.loads(line)
            doing = self._doings[wish["do"]]
        except (ValueError, KeyError, TypeError):
            return {"ok": False, "error": f"known are: {', '.join(self._doings)}"}
        try:
            doing.do()
        except (StartError, OSError) as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True}

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()
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
