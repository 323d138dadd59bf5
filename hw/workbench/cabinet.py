"""The cabinet as the page sees it: one picture of its state, and what can be done to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from hw.workbench.doors import (
    MANNERS,
    DoorError,
    PrinterDoor,
    ReaderDoor,
    ScreenDoor,
    Wish,
    run_command,
)
from hw.workbench.fittings import LineDoor, PagePrinterDoor, PinsDoor, ProgramsDoor
from hw.workbench.manifest import Manifest, Program

Door = TypeVar("Door")


class Bench:
    """All devices of a manifest. Its methods may be called from any thread."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._one_command = threading.Lock()
        self.screen = ScreenDoor(manifest.screen) if manifest.screen else None
        self.reader = ReaderDoor(manifest.reader) if manifest.reader else None
        self.printer = PrinterDoor(manifest.printer) if manifest.printer else None
        cable = manifest.printer.cable if manifest.printer else ""
        self._cable = LineDoor(cable) if cable else None
        pages = manifest.page_printer
        self._pages = PagePrinterDoor(pages.control) if pages else None
        self.pins = PinsDoor(manifest.pins.control) if manifest.pins else None
        self._line = LineDoor(manifest.line.control) if manifest.line else None
        kept = manifest.programs
        self._programs = (
            ProgramsDoor(kept.control, tuple(program.id for program in kept.programs))
            if kept
            else None
        )
        self._doings: dict[str, Callable[[Wish], None]] = {
            "tap": lambda wish: self._reader().tap(self._uid(wish), _manner(wish)),
            "lay": lambda wish: self._reader().lay(self._uid(wish), _manner(wish)),
            "lift": lambda wish: self._reader().lift(),
            "plug": lambda wish: self._reader().plug(_flag(wish, "on")),
            "daemon": lambda wish: self._reader().daemon(str(wish.get("how"))),
            "printer": lambda wish: _there(self.printer, "printer").switch(wish),
            "cable": lambda wish: _there(self._cable, "printer's cable").plug(_flag(wish, "on")),
            "pages": lambda wish: _there(self._pages, "page printer").switch(wish),
            "press": lambda wish: _there(self.pins, "button").press(_flag(wish, "hold")),
            "door": lambda wish: _there(self.pins, "door").door(_flag(wish, "open")),
            "mains": lambda wish: _there(self.pins, "mains").mains(_flag(wish, "on")),
            "line": lambda wish: _there(self._line, "network").switch(wish),
            "program": lambda wish: _there(self._programs, "program").switch(
                wish.get("id"), _flag(wish, "run")
            ),
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
            "printer": printer
            and {"dots_per_mm": printer.dots_per_mm, "cable": self._cable is not None},
            "pages": self._pages is not None,
            "pins": self.pins is not None,
            "line": self._line is not None,
            "programs": [
                {"id": program.id, "label": program.label} for program in self._kept_programs()
            ],
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
        doors = {
            "reader": self.reader,
            "printer": self.printer,
            "cable": self._cable,
            "pages": self._pages,
            "pins": self.pins,
            "line": self._line,
            "programs": self._programs,
        }
        state: dict[str, Any] = {
            name: _asked(door.state) for name, door in doors.items() if door is not None
        }
        if self.printer is not None:
            state["slips"] = self.printer.slips()
        if self.screen is not None:
            state["screen"] = self.screen.name
        return state

    def do(self, what: str, wish: Wish) -> None:
        """Do it; DoorError when that is not possible, KeyError when nothing is called so."""
        self._doings[what](wish)

    def _kept_programs(self) -> tuple[Program, ...]:
        return self._manifest.programs.programs if self._manifest.programs else ()

    def _reader(self) -> ReaderDoor:
        return _there(self.reader, "card reader")

    def _uid(self, wish: Wish) -> str:
        """Only cards of the manifest: the page invents none."""
        uid = wish.get("uid")
        if not any(card.uid == uid for card in self._manifest.cards):
            raise DoorError("there is no such card")
        return str(uid)

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


def _there(door: Door | None, name: str) -> Door:
    if door is None:
        raise DoorError(f"there is no {name} on this workbench")
    return door


def _flag(wish: Wish, key: str) -> bool:
    value = wish.get(key)
    if not isinstance(value, bool):
        raise DoorError(f"{key} is true or false")
    return value


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
