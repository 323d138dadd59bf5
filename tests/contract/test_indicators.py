"""Every indicator keeps the same promises: on pins, on virtual pins, and where there is none."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from hw.indicator.gpio import make_indicator
from hw.indicator.looks import FORMS, LOOKS, Colour, Place
from hw.indicator.null import NullIndicator
from hw.protocols import DeviceState, Indicator, Pattern
from hw.virtual import control_socket
from hw.virtual.pins import FRONT, VirtualIndicator

PINS = (17, 27, 22)
PATIENCE_SECONDS = 60.0


@dataclass
class Bench:
    """Lamps, and eyes to look at them: ``lit`` is what is lit now, by place."""

    form: str
    lamps: Indicator
    lit: Callable[[], dict[str, bool]]


def ask(control: Path, wish: Any) -> dict[str, Any]:
    return control_socket.ask(control, wish, PATIENCE_SECONDS)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def on_pins(form: str) -> Iterator[Bench]:
    factory = MockFactory()
    pins = dict(zip(FORMS[form], PINS, strict=True))
    lamps = make_indicator(pins, factory=factory, beat_seconds=0.02)

    def lit() -> dict[str, bool]:
        levels = {name: bool(factory.pin(pin).state) for name, pin in pins.items()}
        return {FRONT: any(levels.values())} if form == "rgb" else levels

    yield Bench(form, lamps, lit)
    lamps.close()
    factory.reset()


def on_virtual_pins(form: str, folder: Path) -> Iterator[Bench]:
    control = folder / "pins.sock"
    lamps = VirtualIndicator(control, form, beat_seconds=0.05)

    def lit() -> dict[str, bool]:
        seen = ask(control, {"ask": "state"})["state"]["lamps"]
        return {place: lamp["lit"] for place, lamp in seen.items()}

    yield Bench(form, lamps, lit)
    lamps.close()


def nowhere() -> Iterator[Bench]:
    yield Bench("none", NullIndicator(), dict)


@pytest.fixture(params=["pins rgb", "pins lamps", "virtual rgb", "virtual lamps", "none"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    driver, _, form = request.param.partition(" ")
    if driver == "pins":
        yield from on_pins(form)
    elif driver == "virtual":
        yield from on_virtual_pins(form, tmp_path)
    else:
        yield from nowhere()


def expected(form: str, pattern: Pattern) -> dict[str, tuple[bool, ...]]:
    """Place -> the beats that are to be seen there."""
    look = LOOKS[pattern]
    if form == "rgb":
        return {FRONT: look.rhythm.beats}
    if form == "lamps":
        return {place.value: look.at(place).beats for place in Place}
    return {}


def test_every_pattern_lights_blinks_and_leaves_dark_what_its_table_says(bench: Bench) -> None:
    for pattern in Pattern:
        bench.lamps.show(pattern)
        for place, beats in expected(bench.form, pattern).items():
            for level in set(beats):
                wait_until(lambda place=place, level=level: bench.lit()[place] is level)  # type: ignore[misc]


def test_a_lamp_that_blinked_is_steady_or_dark_at_once_when_told_so(bench: Bench) -> None:
    for _ in range(3):
        for pattern in (Pattern.TAKE_PAPER, Pattern.IN_SERVICE):
            bench.lamps.show(pattern)
    steady = {place: all(beats) for place, beats in expected(bench.form, pattern).items()}
    for _ in range(20):
        assert bench.lit() == steady
        time.sleep(0.01)


def test_the_same_pattern_again_changes_nothing(bench: Bench) -> None:
    bench.lamps.show(Pattern.IN_SERVICE)
    before = bench.lit()
    bench.lamps.show(Pattern.IN_SERVICE)
    assert bench.lit() == before


def test_it_says_whether_there_are_lamps(bench: Bench) -> None:
    state = DeviceState.NO_DEVICE if bench.form == "none" else DeviceState.ONLINE
    assert bench.lamps.state is state


def test_it_can_be_closed_twice_even_in_mid_blink(bench: Bench) -> None:
    bench.lamps.show(Pattern.TAKE_PAPER)
    bench.lamps.close()
    bench.lamps.close()


@pytest.mark.parametrize("colour", ["red", "green", "blue"])
def test_one_lamp_of_three_colours_mixes_them(colour: str) -> None:
    factory = MockFactory()
    pins = dict(zip(FORMS["rgb"], PINS, strict=True))
    lamps = make_indicator(pins, factory=factory, beat_seconds=0.02)
    for pattern, look in LOOKS.items():
        lamps.show(pattern)
        wanted = bool(look.colour.value[FORMS["rgb"].index(colour)])
        if wanted:
            wait_until(lambda: bool(factory.pin(pins[colour]).state))
        else:
            assert not factory.pin(pins[colour]).state
    lamps.close()
    assert not factory.pin(pins[colour]).state
    factory.reset()


def test_a_common_anode_lights_what_is_low() -> None:
    factory = MockFactory()
    pins = dict(zip(FORMS["rgb"], PINS, strict=True))
    lamps = make_indicator(pins, active_high=False, factory=factory)
    lamps.show(Pattern.IN_SERVICE)
    assert [bool(factory.pin(pin).state) for pin in PINS] == [True, False, True]
    lamps.close()
    factory.reset()


def test_a_bench_reads_pattern_colour_and_rhythm(tmp_path: Path) -> None:
    control = tmp_path / "pins.sock"
    lamps = VirtualIndicator(control, "rgb")
    assert stat.S_IMODE(control.stat().st_mode) == 0o600
    assert ask(control, {"ask": "state"})["state"]["pattern"] is None
    lamps.show(Pattern.OUT_OF_PAPER)
    state = ask(control, {"ask": "state"})["state"]
    assert (state["form"], state["pattern"]) == ("rgb", "outOfPaper")
    assert state["lamps"][FRONT]["colour"] == Colour.MAGENTA.word
    assert state["lamps"][FRONT]["rhythm"] == "quick × 3, pause"
    assert state["lamps"][FRONT]["beats"] == "101010000000"
    lamps.close()
    assert not control.exists()
