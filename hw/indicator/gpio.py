"""Three lamps, or one lamp of three colours, on GPIO pins. Words of CEN XFS4IoT: slow is a
blink every two seconds, medium one a second, quick two a second.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from gpiozero import RGBLED, BadPinFactory, Factory  # type: ignore[import-untyped]
from gpiozero.exc import GPIOZeroError  # type: ignore[import-untyped]

from hw.indicator.null import NullIndicator
from hw.protocols import Indicator, Pattern

log = logging.getLogger(__name__)

RED, GREEN, BLUE, YELLOW = (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0)
CONTINUOUS, SLOW, MEDIUM, QUICK = 0.0, 1.0, 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Look:
    """A colour, and how many seconds it is lit and then dark; 0 is always lit."""

    colour: tuple[int, int, int]
    half_period: float = CONTINUOUS


LOOKS = {
    Pattern.IN_SERVICE: Look(GREEN),
    Pattern.CARD_PLEASE: Look(BLUE, SLOW),
    Pattern.BUSY: Look(BLUE, MEDIUM),
    Pattern.TAKE_PAPER: Look(GREEN, QUICK),
    Pattern.ATTENTION: Look(YELLOW, SLOW),
    Pattern.OUT_OF_PAPER: Look(YELLOW, QUICK),
    Pattern.TECHNICIAN_EXPECTED: Look(YELLOW),
    Pattern.OUT_OF_SERVICE: Look(RED),
}


class GpioIndicator:
    """Lamps on BCM pins ``red``, ``green``, ``blue``; ``active_high`` False for a common anode."""

    def __init__(
        self,
        red: int,
        green: int,
        blue: int,
        active_high: bool = True,
        factory: Factory | None = None,
    ) -> None:
        self._lamps = RGBLED(
            red, green, blue, active_high=active_high, pwm=False, pin_factory=factory
        )

    def show(self, pattern: Pattern) -> None:
        look = LOOKS[pattern]
        if look.half_period:
            self._lamps.blink(look.half_period, look.half_period, on_color=look.colour)
        else:
            self._lamps.color = look.colour

    def close(self) -> None:
        self._lamps.close()


def open_indicator(
    red: int, green: int, blue: int, active_high: bool = True, factory: Factory | None = None
) -> Indicator:
    """The lamps; or, on a machine whose pins cannot be used, none, and a reason why."""
    try:
        return GpioIndicator(red, green, blue, active_high, factory)
    except BadPinFactory:
        reason = "This machine has no GPIO pins that can be used; the kiosk goes on without lamps."
    except GPIOZeroError as error:
        reason = f"The lamps cannot be used ({error}); the kiosk goes on without them."
    log.warning("%s", reason)
    return NullIndicator(reason)
