"""The cabinet as the page sees it: one picture of its state, and what can be done to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from hw.workbench.doors import (
    MANNERS,
    DoorError,
    PrinterDoor,
    ReaderDoor,
    ScreenDoor,
    run_command,
)
from hw.workbench.manifest import Manifest

Wish = dict[str, Any]


class Bench:
    """All devices of a manifest. Its methods may be called from any thread."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._one_command = threading.Lock()
        self.screen = ScreenDoor(manifest.screen) if manifest.screen else None
        self.reader = ReaderDoor(manifest.reader) if manifest.reader else None
        self.printer = PrinterDoor(manifest.printer) if manifest.printer else None
        self._doings: dict[str, Callable[[Wish], None]] = {
            "tap": lambda wish: self._reader().tap(self._uid(wish), _manner(wish)),
            "lay": lambda wish: self._reader().lay(self._uid(wish), _manner(wish)),
            "lift": lambda wish: self._reader().lift(),
            "plug": lambda wish: self._reader().plug(wish.get("on") is True),
            "printer": self._switch_printer,
            "touch": self._touch,
            "command": self._command,
        }

    def close(self) -> None:
        """Let go of what is held."""
        if self.screen is not None:
            self.screen.close()

    def layout(self) -> dict[str, Any]:
        """What stands here: it does not change while the workbench runs."""
        screen, printer = self._manifest.screen, self._manifest.printer
        return {
            "title": self._manifest.title,
            "screen": screen
            and {
                "width": screen.width,
                "height": screen.height,
                "dpi": screen.dpi,
                "touchable": bool(screen.display),
            },
            "reader": self.reader is not None,
            "printer": printer and {"dots_per_mm": printer.dots_per_mm},
            "cards": [
                {"uid": card.uid, "label": card.label, "note": card.note}
                for card in self._manifest.cards
            ],
            "commands": [
                {"id": command.id, "label": command.label} for command in self._manifest.commands
            ],
        }

    def state(self) -> dict[str, Any]:
        """What is so now; a device that does not answer has an ``error`` instead."""
        state: dict[str, Any] = {}
        if self.reader is not None:
            state["reader"] = _asked(self.reader.state)
        if self.printer is not None:
            state["printer"] = _asked(self.printer.state)
            state["slips"] = self.printer.slips()
        if self.screen is not None:
            state["screen"] = self.screen.name
        return state

    def do(self, what: str, wish: Wish) -> None:
        """Do it; DoorError when that is not possible, KeyError when nothing is called so."""
        self._doings[what](wish)

    def _reader(self) -> ReaderDoor:
        if self.reader is None:
            raise DoorError("there is no card reader on this workbench")
        return self.reader

    def _uid(self, wish: Wish) -> str:
        """Only cards of the manifest: the page invents none."""
        uid = wish.get("uid")
        if not any(card.uid == uid for card in self._manifest.cards):
            raise DoorError("there is no such card")
        return str(uid)

    def _switch_printer(self, wish: Wish) -> None:
        if self.printer is None:
            raise DoorError("there is no printer on this workbench")
        self.printer.switch(wish)

    def _touch(self, wish: Wish) -> None:
        x, y = wish.get("x"), wish.get("y")
        if self.screen is None or not isinstance(x, int) or not isinstance(y, int):
            raise DoorError("a touch needs a screen and two whole numbers, x and y")
        self.screen.touch(x, y)

    def _command(self, wish: Wish) -> None:
        for command in self._manifest.commands:
            if command.id == wish.get("id"):
                with self._one_command:
                    return run_command(command)
        raise DoorError("there is no such command")


def _manner(wish: Wish) -> str:
    manner = wish.get("manner", MANNERS[0])
    if manner not in MANNERS:
        raise DoorError("a card behaves well, is mute or is pulled away")
    return str(manner)


def _asked(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return ask()
    except DoorError as error:
        return {"error": str(error)}
