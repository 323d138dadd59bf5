"""Lamps on GPIO pins: one lamp of three colours, or three lamps at three places.

What they show is the table in ``hw.indicator.looks``. Each lamp has a thread of gpiozero's that
goes through its rhythm; a lamp that is dark or steady has none.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from gpiozero import LED, RGBLED, BadPinFactory, Factory  # type: ignore[import-untyped]
from gpiozero.exc import GPIOZeroError  # type: ignore[import-untyped]

from hw.indicator.looks import BEAT_SECONDS, COLOURS, LOOKS, Place, Rhythm
from hw.indicator.null import NullIndicator
from hw.protocols import DeviceState, Indicator, Pattern

log = logging.getLogger(__name__)

Value = Any
"""What gpiozero gives a lamp: a number, or a triple for three colours."""


class GpioIndicator(Protocol):
    """Either form: an indicator that also tells what it was last asked to show."""

    state: DeviceState
    reason: str
    pattern: Pattern | None

    def show(self, pattern: Pattern) -> None: ...

    def close(self) -> None: ...


class RgbIndicator:
    """One lamp of three colours on BCM pins; ``active_high`` False for a common anode."""

    state = DeviceState.ONLINE
    reason = ""

    def __init__(
        self,
        pins: Mapping[str, int],
        active_high: bool = True,
        factory: Factory | None = None,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._beat = beat_seconds
        self._lamp = RGBLED(
            *(pins[colour] for colour in COLOURS),
            active_high=active_high,
            pwm=False,
            pin_factory=factory,
        )
        self.pattern: Pattern | None = None

    def show(self, pattern: Pattern) -> None:
        if pattern is self.pattern:
            return
        self.pattern = pattern
        look = LOOKS[pattern]
        _play(self._lamp, self._beat, look.rhythm, look.colour.value, (0, 0, 0))

    def close(self) -> None:
        _let_go(self._lamp)


class LampsIndicator:
    """Three lamps: at the card reader, at the paper's exit, and for the kiosk itself."""

    state = DeviceState.ONLINE
    reason = ""

    def __init__(
        self,
        pins: Mapping[str, int],
        active_high: bool = True,
        factory: Factory | None = None,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._beat = beat_seconds
        self._lamps: dict[Place, LED] = {}
        try:
            for place in Place:
                pin = pins[place.value]
                self._lamps[place] = LED(pin, active_high=active_high, pin_factory=factory)
        except GPIOZeroError:
            self.close()
            raise
        self.pattern: Pattern | None = None

    def show(self, pattern: Pattern) -> None:
        if pattern is self.pattern:
            return
        self.pattern = pattern
        for place, lamp in self._lamps.items():
            _play(lamp, self._beat, LOOKS[pattern].at(place), 1, 0)

    def close(self) -> None:
        for lamp in self._lamps.values():
            _let_go(lamp)


def _play(lamp: Any, beat_seconds: float, rhythm: Rhythm, lit: Value, dark: Value) -> None:
    """Begin a rhythm at its first beat."""
    lamp.source = None
    values = [lit if beat else dark for beat in rhythm.beats]
    lamp.value = values[0]
    if len(values) > 1:
        lamp.source_delay = beat_seconds
        lamp.source = itertools.cycle(values)


def _let_go(lamp: Any) -> None:
    if not lamp.closed:
        lamp.source = None
        lamp.off()
        lamp.close()


def make_indicator(
    pins: Mapping[str, int],
    active_high: bool = True,
    factory: Factory | None = None,
    beat_seconds: float = BEAT_SECONDS,
) -> GpioIndicator:
    """The form that goes with the pins' names. Raises GPIOZeroError."""
    kind = RgbIndicator if COLOURS[0] in pins else LampsIndicator
    return kind(pins, active_high, factory, beat_seconds)


def open_indicator(
    pins: Mapping[str, int], active_high: bool = True, factory: Factory | None = None
) -> Indicator:
    """The lamps; or, on a machine whose pins cannot be used, none, and a reason why."""
    try:
        return make_indicator(pins, active_high, factory)
    except BadPinFactory:
        reason = "This machine has no GPIO pins that can be used; the kiosk goes on without lamps."
    except GPIOZeroError as error:
        reason = f"The lamps cannot be used ({error}); the kiosk goes on without them."
    log.warning("%s", reason)
    return NullIndicator(reason)
