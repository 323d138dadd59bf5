"""The doors of what stands around reader and screen: pins, lines, page printer, programs."""

from __future__ import annotations

import time
from typing import Any

from hw.workbench.doors import DoorError, Wish, only, say, wire

LOOK_SECONDS = 0.03
"""How often the lamps are looked at: often enough that half a second's flash is seen in time."""
WATCH_SECONDS = 5.0
LINE_KEYS = ("line", "latency_ms", "kbit_per_s")
PAGE_KEYS = ("paper", "media", "toner", "trouble", "power", "cups")


class PinsDoor:
    """Lamps to look at; door, service button and mains to work."""

    def __init__(self, control: str) -> None:
        self._control = control

    def state(self) -> dict[str, Any]:
        """What ``hw.virtual.pins`` says of itself; what is not wired is left out."""
        return _state(self._control, {"ask": "state"})

    def watch(self, have: str) -> dict[str, Any]:
        """The lamps once they look otherwise than ``have``, or after some seconds as they are.

        The ``look`` in the answer is what to ask with next.
        """
        end = time.monotonic() + WATCH_SECONDS
        with wire(self._control) as ask:
            while True:
                state = dict(ask({"ask": "state"}).get("state", {}))
                look = _look(state)
                if look != have or time.monotonic() > end:
                    return {
                        "look": look,
                        "form": state.get("form", ""),
                        "pattern": state.get("pattern"),
                        "lamps": _lamps(state),
                    }
                time.sleep(LOOK_SECONDS)

    def press(self, hold: bool) -> None:
        """Press the service button, for a moment or for long; returns with the finger off."""
        say(self._control, {"service": "hold" if hold else "press"})

    def door(self, is_open: bool) -> None:
        """Open the cabinet's door, or close it."""
        say(self._control, {"door": "open" if is_open else "closed"})

    def mains(self, on: bool) -> None:
        """What the UPS says of the mains."""
        say(self._control, {"mains": "on" if on else "off"})


class LineDoor:
    """A line that can be cut, silent or slow."""

    def __init__(self, control: str) -> None:
        self._control = control

    def state(self) -> dict[str, Any]:
        """What ``hw.virtual.line`` says of itself."""
        return _state(self._control, {"ask": "state"})

    def switch(self, wish: Wish) -> None:
        """Change its condition, in the words of ``hw.virtual.line``."""
        say(self._control, only(wish, LINE_KEYS))

    def plug(self, plugged: bool) -> None:
        """Whole, or cut."""
        say(self._control, {"line": "whole" if plugged else "cut"})


class PagePrinterDoor:
    """The page printer's tray, toner, power and print server."""

    def __init__(self, control: str) -> None:
        self._control = control

    def state(self) -> dict[str, Any]:
        """What ``hw.virtual.ipp_control`` says of it."""
        return _state(self._control, {"ask": "state"})

    def switch(self, wish: Wish) -> None:
        """Change its condition, in the words of ``hw.virtual.ipp_control``."""
        say(self._control, only(wish, PAGE_KEYS))


class ProgramsDoor:
    """The programs of the manifest: whether they run, and whether they shall."""

    def __init__(self, control: str, names: tuple[str, ...]) -> None:
        self._control = control
        self._names = names

    def state(self) -> dict[str, Any]:
        """Program -> whether it runs."""
        told = _state(self._control, {"ask": "state"})
        return {name: told.get(name) is True for name in self._names}

    def switch(self, name: object, run: bool) -> None:
        """Start it, or kill it."""
        if name not in self._names:
            raise DoorError("there is no such program")
        say(self._control, {"program": name, "run": run})


def _state(control: str, question: dict[str, Any]) -> dict[str, Any]:
    state = say(control, question).get("state")
    if not isinstance(state, dict):
        raise DoorError("it did not tell its state")
    return state


def _look(state: dict[str, Any]) -> str:
    """Changes whenever the lamps do."""
    lit = "".join("1" if lamp.get("lit") else "0" for lamp in _lamps(state).values())
    return f"{state.get('pattern')}:{lit}"


def _lamps(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    lamps = state.get("lamps")
    if not isinstance(lamps, dict):
        return {}
    return {place: lamp for place, lamp in lamps.items() if isinstance(lamp, dict)}
