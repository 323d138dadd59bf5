"""Door, service button and UPS line: the same promises on pins and on virtual pins."""

from __future__ import annotations

import itertools
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from hw.inputs.gpio import GpioInputs, Line, Wiring
from hw.inputs.null import NullInputs
from hw.protocols import (
    CabinetInputs,
    DoorClosed,
    DoorOpened,
    HeadphoneIn,
    HeadphoneOut,
    InputReport,
    InputsOffline,
    InputsOnline,
    Pattern,
    PowerBack,
    PowerLost,
    ServicePressed,
)
from hw.virtual import control_socket
from hw.virtual.pins import WIRING, VirtualIndicator, VirtualInputs, WiredPin

PATIENCE_SECONDS = 60.0
HOLD_SECONDS = 1.0
AT_FIRST = [InputsOnline(), DoorClosed(), PowerBack(), HeadphoneOut()]


class Heard:
    """Collects reports, and the threads that they came from."""

    def __init__(self) -> None:
        self.reports: list[InputReport] = []
        self.threads: set[int] = set()
        self.came = threading.Condition()

    def __call__(self, report: InputReport) -> None:
        with self.came:
            self.reports.append(report)
            self.threads.add(threading.get_ident())
            self.came.notify_all()

    def wait_for(self, report: InputReport, count: int = 1) -> None:
        with self.came:
            came = self.came.wait_for(lambda: self.reports.count(report) >= count, PATIENCE_SECONDS)
        assert came, f"{report} did not come; heard {self.reports}"


def ask(control: Path, wish: Any) -> dict[str, Any]:
    return control_socket.ask(control, wish, PATIENCE_SECONDS)


@dataclass
class Bench:
    """Inputs and hands: ``put`` drives a line, True is open, pressed or mains lost."""

    inputs: CabinetInputs
    put: Callable[[str, bool], None]


def on_pins(wiring: Wiring) -> Iterator[Bench]:
    factory = MockFactory(pin_class=WiredPin)

    def put(name: str, active: bool) -> None:
        line = wiring.lines[name]
        factory.pin(line.pin).drive(active == line.active_high)

    for name in wiring.lines:
        put(name, False)
    inputs = GpioInputs(wiring, factory)
    yield Bench(inputs, put)
    inputs.close()
    factory.reset()


def on_virtual_pins(folder: Path) -> Iterator[Bench]:
    control = folder / "pins.sock"
    inputs = VirtualInputs(control, HOLD_SECONDS)
    words = {
        "door": ("door", "closed", "open"),
        "service": ("service", "up", "down"),
        "ups": ("mains", "on", "off"),
        "headphone": ("headphone", "out", "in"),
    }

    def put(name: str, active: bool) -> None:
        key, *values = words[name]
        assert ask(control, {key: values[active]})["ok"]

    yield Bench(inputs, put)
    inputs.close()


OTHER_WAY = Wiring(
    {
        "door": Line(5, active_high=False, pull="up"),
        "service": Line(6, active_high=True, pull="down"),
        "ups": Line(13, active_high=False, pull="none"),
        "headphone": Line(19, active_high=False, pull="down"),
    },
    hold_seconds=HOLD_SECONDS,
)


@pytest.fixture(params=["pins", "pins wired the other way", "virtual"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "virtual":
        yield from on_virtual_pins(tmp_path)
    elif request.param == "pins":
        yield from on_pins(replace(WIRING, hold_seconds=HOLD_SECONDS))
    else:
        yield from on_pins(OTHER_WAY)


def started(bench: Bench) -> Heard:
    heard = Heard()
    bench.inputs.start(heard)
    heard.wait_for(PowerBack())
    return heard


def test_it_begins_by_saying_how_door_and_mains_are(bench: Bench) -> None:
    assert started(bench).reports == AT_FIRST


def test_the_door_is_opened_and_closed(bench: Bench) -> None:
    heard = started(bench)
    bench.put("door", True)
    heard.wait_for(DoorOpened())
    bench.put("door", False)
    heard.wait_for(DoorClosed(), count=2)
    assert heard.reports == [*AT_FIRST, DoorOpened(), DoorClosed()]


def test_the_mains_goes_and_comes(bench: Bench) -> None:
    heard = started(bench)
    bench.put("ups", True)
    heard.wait_for(PowerLost())
    bench.put("ups", False)
    heard.wait_for(PowerBack(), count=2)
    assert heard.reports == [*AT_FIRST, PowerLost(), PowerBack()]


def test_a_headphone_is_plugged_in_and_pulled_out(bench: Bench) -> None:
    heard = started(bench)
    bench.put("headphone", True)
    heard.wait_for(HeadphoneIn())
    bench.put("headphone", False)
    heard.wait_for(HeadphoneOut(), 2)
    assert heard.reports == [*AT_FIRST, HeadphoneIn(), HeadphoneOut()]


def test_a_held_button_is_one_long_press_and_no_short_one(bench: Bench) -> None:
    heard = started(bench)
    bench.put("service", True)
    heard.wait_for(ServicePressed(long=True))
    bench.put("service", False)
    bench.put("door", True)  # comes after whatever the button still had to say
    heard.wait_for(DoorOpened())
    assert heard.reports == [*AT_FIRST, ServicePressed(long=True), DoorOpened()]


def test_a_bouncing_door_tells_in_the_end_how_it_is(bench: Bench) -> None:
    heard = started(bench)
    for level in (True, False) * 10 + (True,):
        bench.put("door", level)
    heard.wait_for(DoorOpened())
    bench.put("ups", True)
    heard.wait_for(PowerLost())
    doors = [one for one in heard.reports if isinstance(one, DoorOpened | DoorClosed)]
    assert isinstance(doors[-1], DoorOpened)
    assert all(one != other for one, other in itertools.pairwise(doors))


def test_one_thread_alone_reports_and_close_ends_it(bench: Bench) -> None:
    heard = started(bench)
    bench.put("door", True)
    heard.wait_for(DoorOpened())
    bench.inputs.close()
    bench.inputs.close()
    assert len(heard.threads) == 1
    assert heard.threads.isdisjoint(thread.ident for thread in threading.enumerate())


@pytest.mark.parametrize("way", ["press", "hold"])
def test_a_finger_at_the_bench(way: str, tmp_path: Path) -> None:
    control = tmp_path / "pins.sock"
    inputs = VirtualInputs(control, hold_seconds=1 if way == "hold" else 20)
    heard = Heard()
    inputs.start(heard)
    heard.wait_for(PowerBack())
    assert ask(control, {"service": way})["state"]["service"] == "up"
    heard.wait_for(ServicePressed(long=way == "hold"))
    inputs.close()


def test_an_edge_that_nobody_saw_is_made_good() -> None:
    for bench in on_pins(OTHER_WAY):
        heard = started(bench)
        assert isinstance(bench.inputs, GpioInputs)
        for pin in bench.inputs._pins.values():
            pin.when_activated = pin.when_deactivated = None
        bench.put("door", True)
        heard.wait_for(DoorOpened())


def test_a_cabinet_with_a_door_switch_only() -> None:
    for bench in on_pins(Wiring({"door": WIRING.lines["door"]})):
        heard = Heard()
        bench.inputs.start(heard)
        heard.wait_for(DoorClosed())
        assert heard.reports == [InputsOnline(), DoorClosed()]


def test_no_inputs_say_nothing() -> None:
    heard = Heard()
    inputs = NullInputs()
    inputs.start(heard)
    inputs.close()
    inputs.close()
    assert heard.reports == []


def test_a_machine_without_pins_says_so_once() -> None:
    heard = Heard()
    inputs = GpioInputs(WIRING)
    inputs.start(heard)
    reason = "This machine has no GPIO pins that can be used."
    heard.wait_for(InputsOffline(reason))
    inputs.close()
    assert heard.reports == [InputsOffline(reason)]


def test_a_pin_that_somebody_else_holds_is_a_sentence() -> None:
    factory = MockFactory()
    first, second = Heard(), Heard()
    holder = GpioInputs(WIRING, factory)
    holder.start(first)
    first.wait_for(InputsOnline())
    late = GpioInputs(WIRING, factory)
    late.start(second)
    late.close()
    holder.close()
    [offline] = second.reports
    assert isinstance(offline, InputsOffline)
    assert "in use" in offline.reason
    factory.reset()


def test_pins_that_failed_are_had_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hw.inputs.gpio.RETRY_SECONDS", 0.05, raising=False)
    factory = MockFactory(pin_class=WiredPin)
    first, second = Heard(), Heard()
    holder = GpioInputs(WIRING, factory)
    holder.start(first)
    first.wait_for(InputsOnline())
    late = GpioInputs(WIRING, factory)
    late.start(second)
    with second.came:
        assert second.came.wait_for(lambda: bool(second.reports), PATIENCE_SECONDS)
    holder.close()
    second.wait_for(InputsOnline())
    second.wait_for(PowerBack())
    late.close()
    assert isinstance(second.reports[0], InputsOffline)
    assert second.reports[1] == InputsOnline()
    factory.reset()


def test_lamps_and_inputs_share_a_socket_until_both_are_closed(tmp_path: Path) -> None:
    control = tmp_path / "pins.sock"
    lamps, inputs = VirtualIndicator(control), VirtualInputs(control)
    heard = Heard()
    inputs.start(heard)
    heard.wait_for(PowerBack())
    lamps.show(Pattern.IN_SERVICE)
    state = ask(control, {"door": "open"})["state"]
    assert (state["pattern"], state["door"], state["mains"]) == ("inService", "open", "on")
    assert stat.S_IMODE(control.stat().st_mode) == 0o600
    lamps.close()
    assert ask(control, {"ask": "state"})["ok"]
    inputs.close()
    assert not control.exists()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"door": "ajar"}, "nothing that these pins can do"),
        ({"window": "open"}, "nothing that these pins can do"),
        ({"door": 1}, "nothing that these pins can do"),
        ({"door": "open"}, "no door is wired"),
        ({}, "one wish a line"),
        ([], "one wish a line"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_answered(
    wish: object, words: str, tmp_path: Path
) -> None:
    control = tmp_path / "pins.sock"
    lamps = VirtualIndicator(control)
    answer = ask(control, wish)
    assert not answer["ok"]
    assert words in answer["error"]
    lamps.close()


def test_a_caller_who_hangs_up_or_talks_nonsense_harms_nobody(tmp_path: Path) -> None:
    control = tmp_path / "pins.sock"
    lamps = VirtualIndicator(control)
    for noise in (b"\xff\xfe\n", b"[" * 3000 + b"\n", b'{"ask"', b"\n"):
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(str(control))
            wire.sendall(noise)
    assert ask(control, {"ask": "state"})["ok"]
    lamps.close()


def test_a_socket_that_another_program_uses_is_left_to_it(tmp_path: Path) -> None:
    control = tmp_path / "pins.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(control))
        other.listen()
        with pytest.raises(OSError, match="another program"):
            VirtualIndicator(control)
        assert control.is_socket()


def test_there_is_one_set_of_lamps_behind_a_socket(tmp_path: Path) -> None:
    control = tmp_path / "pins.sock"
    lamps = VirtualIndicator(control)
    with pytest.raises(OSError, match="lamps on these pins already"):
        VirtualIndicator(control)
    assert ask(control, {"ask": "state"})["ok"]
    lamps.close()
    assert not control.exists()


def test_a_socket_left_by_a_controller_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    control = tmp_path / "pins.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(control))
    lamps = VirtualIndicator(control)
    assert ask(control, {"ask": "state"})["ok"]
    lamps.close()
