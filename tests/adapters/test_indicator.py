"""The lamps, on gpiozero's own pretended pins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gpiozero.pins.mock import MockFactory

from hw.indicator.gpio import LOOKS, GpioIndicator, open_indicator
from hw.indicator.null import NullIndicator
from hw.protocols import Pattern

PINS = (17, 27, 22)


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    factory = MockFactory()
    yield factory
    factory.reset()


def lit(factory: MockFactory) -> tuple[bool, ...]:
    return tuple(bool(factory.pin(number).state) for number in PINS)


def test_every_pattern_has_a_look_of_its_own() -> None:
    assert set(LOOKS) == set(Pattern)
    assert len(set(LOOKS.values())) == len(Pattern)


def test_green_means_in_service_and_red_means_not(factory: MockFactory) -> None:
    lamps = GpioIndicator(*PINS, factory=factory)
    lamps.show(Pattern.IN_SERVICE)
    assert lit(factory) == (False, True, False)
    lamps.show(Pattern.TAKE_PAPER)
    lamps.show(Pattern.OUT_OF_SERVICE)
    assert lit(factory) == (True, False, False)
    lamps.close()
    lamps.close()


def test_a_machine_without_pins_goes_on_without_lamps() -> None:
    lamps = open_indicator(*PINS)
    assert isinstance(lamps, NullIndicator)
    assert "without lamps" in lamps.reason
    lamps.show(Pattern.ATTENTION)
    lamps.close()
