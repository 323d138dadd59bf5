"""Pins without hardware: lamps to look at; a door, a service button, a UPS line and a headphone's
jack to work.

The drivers are the ones for real pins, on gpiozero's own pretended ones. Indicator and inputs
that name the same control socket have their pins in common. The socket (mode 600) takes JSON
lines and answers each with one: ``{"ok": true, "state": …}`` or ``{"ok": false, "error": …}``.

``{"ask": "state"}``, ``{"service": "press" | "hold"}`` (answered when the finger is off again),
``{"service": "down" | "up"}``, ``{"door": "open" | "closed"}``, ``{"mains": "on" | "off"}``,
``{"headphone": "in" | "out"}``.

A state is ``{"form": "rgb" | "lamps", "pattern", "lamps": {place: {"colour", "rhythm", "beats",
"lit"}}, "door", "service", "mains", "headphone"}``: ``lit`` is how the pins are at this moment,
``colour`` is empty where a lamp has no colour that the kiosk chooses, and ``beats`` is one round
of the rhythm in quarters of a second. What is not wired is left out.
"""

from __future__ import annotations

import errno
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin  # type: ignore[import-untyped]

from hw.indicator.gpio import GpioIndicator, make_indicator
from hw.indicator.looks import BEAT_SECONDS, FORMS, LOOKS, OFF, Place, Rhythm
from hw.inputs.gpio import GpioInputs, Line, Wiring
from hw.inputs.lines import DOOR, HEADPHONE, SERVICE, UPS
from hw.protocols import DeviceState, InputReport, Pattern
from hw.virtual.control_socket import ControlSocket

PRESS_SECONDS = 0.3
HOLD_MARGIN_SECONDS = 0.3
FRONT = "front"
"""What the place of the one lamp of three colours is called."""
_LAMP_PINS = (17, 27, 22)
WIRING = Wiring(
    {
        DOOR: Line(5, active_high=True, pull="up"),
        SERVICE: Line(6, active_high=False, pull="up"),
        UPS: Line(13, active_high=True, pull="down"),
        HEADPHONE: Line(19, active_high=True, pull="up"),
    }
)
"""A door switch that is closed with the door, a button to ground, a line that rises, a jack whose
switch a plug opens.
"""

State = dict[str, Any]


class WiredPin(MockPin):  # type: ignore[misc]
    """A pin with something at its other end: its own pull does not move a line that is driven.
    gpiozero's pin would follow every change of its pull.
    """

    def __init__(self, factory: MockFactory, info: Any) -> None:
        self._driven: bool | None = None
        super().__init__(factory, info)

    def drive(self, high: bool) -> None:
        """Put a level on the line, as a switch does."""
        self._driven = high
        if high:
            self.drive_high()
        else:
            self.drive_low()

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        if self._driven is not None:
            self.drive(self._driven)


class VirtualPins:
    """The pins behind one control socket, with a thread for it and one for each caller."""

    def __init__(self, control: Path) -> None:
        self.factory = MockFactory(pin_class=WiredPin)
        self._form = ""
        self._indicator: GpioIndicator | None = None
        self._wiring = Wiring({})
        self._finger = threading.Lock()
        self._control = ControlSocket(control, "virtual-pins", self._obey_line, one_at_a_time=False)
        self._control.start()

    # ------------------------------------------------------------ the devices on the pins

    def light(self, form: str, beat_seconds: float) -> GpioIndicator:
        """Put lamps of that form on pins."""
        if self._indicator is not None:
            raise OSError(errno.EBUSY, "there are lamps on these pins already")
        pins = dict(zip(FORMS[form], _LAMP_PINS, strict=True))
        self._form, self._indicator = (
            form,
            make_indicator(pins, factory=self.factory, beat_seconds=beat_seconds),
        )
        return self._indicator

    def wire(self, wiring: Wiring) -> None:
        """Door closed, finger off the button, mains there, nothing in the jack."""
        self._wiring = wiring
        for name in wiring.lines:
            self._drive(name, False)

    # ------------------------------------------------------------ what a bench can do

    def obey(self, wish: object) -> State:
        """The same as one line on the control socket."""
        if not isinstance(wish, dict) or len(wish) != 1:
            return {"ok": False, "error": "one wish a line, as a JSON object"}
        [(key, value)] = wish.items()
        do = self._doings().get((key, value) if isinstance(value, str) else None)
        if do is None:
            return {"ok": False, "error": f"{key} = {value!r} is nothing that these pins can do"}
        try:
            do()
        except KeyError as error:
            return {"ok": False, "error": f"no {error.args[0]} is wired"}
        return {"ok": True, "state": self.state()}

    def _doings(self) -> dict[object, Callable[[], None]]:
        return {
            ("ask", "state"): lambda: None,
            ("service", "press"): lambda: self._press(PRESS_SECONDS),
            ("service", "hold"): lambda: self._press(
                self._wiring.hold_seconds + HOLD_MARGIN_SECONDS
            ),
            ("service", "down"): lambda: self._drive(SERVICE, True),
            ("service", "up"): lambda: self._drive(SERVICE, False),
            ("door", "open"): lambda: self._drive(DOOR, True),
            ("door", "closed"): lambda: self._drive(DOOR, False),
            ("mains", "off"): lambda: self._drive(UPS, True),
            ("mains", "on"): lambda: self._drive(UPS, False),
            ("headphone", "in"): lambda: self._drive(HEADPHONE, True),
            ("headphone", "out"): lambda: self._drive(HEADPHONE, False),
        }

    def _press(self, seconds: float) -> None:
        with self._finger:
            self._drive(SERVICE, True)
            time.sleep(seconds)
            self._drive(SERVICE, False)

    def _drive(self, name: str, active: bool) -> None:
        line = self._wiring.lines[name]
        self.factory.pin(line.pin).drive(active == line.active_high)

    # ------------------------------------------------------------ what a bench can see

    def state(self) -> State:
        """Lamps and lines as they are at this moment."""
        seen: State = {}
        if self._indicator is not None:
            seen |= {"form": self._form, **self._lamps(self._indicator.pattern)}
        words = {
            DOOR: ("closed", "open"),
            SERVICE: ("up", "down"),
            UPS: ("on", "off"),
            HEADPHONE: ("out", "in"),
        }
        for name in self._wiring.lines:
            key = "mains" if name == UPS else name
            seen[key] = words[name][self._is_active(name)]
        return seen

    def _is_active(self, name: str) -> bool:
        line = self._wiring.lines[name]
        return bool(self.factory.pin(line.pin).state) == line.active_high

    def _lamps(self, pattern: Pattern | None) -> State:
        levels = [bool(self.factory.pin(pin).state) for pin in _LAMP_PINS]
        look = LOOKS[pattern] if pattern is not None else None
        if self._form == "rgb":
            rhythm = look.rhythm if look is not None else OFF
            lamp = _lamp(look.colour.word if look is not None else "", rhythm, any(levels))
            return {"pattern": pattern, "lamps": {FRONT: lamp}}
        return {
            "pattern": pattern,
            "lamps": {
                place.value: _lamp("", look.at(place) if look is not None else OFF, lit)
                for place, lit in zip(Place, levels, strict=True)
            },
        }

    # ------------------------------------------------------------ the control socket

    def _obey_line(self, line: bytes) -> State:
        try:
            return self.obey(json.loads(line))
        except (ValueError, RecursionError):
            return {"ok": False, "error": "not a line of JSON"}

    def close(self) -> None:
        """Pins and socket are gone."""
        self._control.close()
        self.factory.reset()


def _lamp(colour: str, rhythm: Rhythm, lit: bool) -> State:
    return {
        "colour": colour,
        "rhythm": rhythm.words,
        "beats": "".join("1" if beat else "0" for beat in rhythm.beats),
        "lit": lit,
    }


# ---------------------------------------------------------------- one set of pins a socket

_OPEN: dict[Path, tuple[VirtualPins, int]] = {}
_LOCK = threading.Lock()


def _take(control: Path) -> VirtualPins:
    with _LOCK:
        pins, holders = _OPEN.get(control) or (VirtualPins(control), 0)
        _OPEN[control] = (pins, holders + 1)
        return pins


def _give_back(control: Path) -> None:
    with _LOCK:
        pins, holders = _OPEN.pop(control)
        if holders > 1:
            _OPEN[control] = (pins, holders - 1)
        else:
            pins.close()


class VirtualIndicator:
    """Lamps of a form on virtual pins. An OSError when the socket cannot be made."""

    state = DeviceState.ONLINE
    reason = ""

    def __init__(
        self, control: Path, form: str = "rgb", beat_seconds: float = BEAT_SECONDS
    ) -> None:
        self._control = control.resolve()
        self.pins = _take(self._control)
        try:
            self._lamps = self.pins.light(form, beat_seconds)
        except OSError:
            _give_back(self._control)
            raise
        self._closed = False

    def show(self, pattern: Pattern) -> None:
        self._lamps.show(pattern)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._lamps.close()
            _give_back(self._control)


class VirtualInputs:
    """All the lines on virtual pins. An OSError when the socket cannot be made."""

    def __init__(self, control: Path, hold_seconds: float = WIRING.hold_seconds) -> None:
        self._control = control.resolve()
        self.pins = _take(self._control)
        self._wiring = replace(WIRING, hold_seconds=hold_seconds)
        self._inputs = GpioInputs(self._wiring, self.pins.factory)
        self._closed = False

    def start(self, report: Callable[[InputReport], None]) -> None:
        self.pins.wire(self._wiring)
        self._inputs.start(report)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._inputs.close()
            _give_back(self._control)
