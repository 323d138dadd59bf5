"""A person at the cabinet itself: its door, its service button, its lamps and its mains."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from firmware.core import view
from firmware.store import Store
from hw.virtual.control_socket import ask
from provisioning.layout import Devices
from provisioning.processes import StartError
from tests.journeys.kiosk import Kiosk, Screen

PATIENCE_SECONDS = 60.0
AnyKiosk = TypeVar("AnyKiosk", bound=Kiosk)


class CabinetWithPins(Kiosk):
    """A kiosk with three lamps, a door switch, a service button and a UPS line."""

    def devices(self) -> Devices:
        inputs = {"driver": "virtual", "control": "run/pins.sock", "ups_seconds": 5}
        lamps = {"driver": "virtual", "control": "run/pins.sock", "form": "lamps"}
        return replace(super().devices(), indicator=lamps, inputs=inputs)

    def ask(self, wish: dict[str, str]) -> Any:
        pins = self.folder / "kiosk" / "run" / "pins.sock"
        answer = ask(pins, wish, PATIENCE_SECONDS)
        assert answer["ok"], answer
        return answer["state"]

    def lamps_become(self, pattern: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while (shown := self.ask({"ask": "state"})["pattern"]) != pattern:
            assert time.monotonic() < end, f"the lamps show {shown}, not {pattern}"
            time.sleep(0.05)

    def told(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.journal() if one["event"] == event]


class PinlessMachine(Kiosk):
    """A kiosk that was configured for pins and stands on a machine without any."""

    def devices(self) -> Devices:
        lamps = {"driver": "gpio", "red": 17, "green": 27, "blue": 22}
        inputs = {"driver": "gpio", "door": 5, "service": 6, "ups": 13}
        return replace(super().devices(), indicator=lamps, inputs=inputs)


@contextlib.contextmanager
def started(kind: type[AnyKiosk]) -> Iterator[AnyKiosk]:
    folder = Path(tempfile.mkdtemp(prefix="anjungan-"))
    kiosk = kind(folder)
    try:
        kiosk.lay_out()
        kiosk.start()
        yield kiosk
    finally:
        kiosk.close()
        shutil.rmtree(folder)


@pytest.fixture
def kiosk() -> Iterator[CabinetWithPins]:
    with started(CabinetWithPins) as kiosk:
        yield kiosk


@pytest.fixture
def pinless() -> Iterator[PinlessMachine]:
    with started(PinlessMachine) as kiosk:
        yield kiosk


def screen_of(kiosk: Kiosk) -> Screen:
    assert kiosk.screen is not None
    return kiosk.screen


def test_a_day_at_the_cabinet_until_the_battery_ends(kiosk: CabinetWithPins) -> None:
    screen = screen_of(kiosk)
    screen.await_screen(view.Attract)
    kiosk.lamps_become("cardPlease")

    kiosk.printer.control({"paper": "out"})
    kiosk.lamps_become("outOfPaper")
    kiosk.printer.control({"paper": "full"})
    kiosk.lamps_become("cardPlease")

    kiosk.ask({"door": "open"})
    kiosk.lamps_become("technicianExpected")
    kiosk.ask({"service": "hold"})
    screen.await_screen(view.TechnicianScreen)
    screen.says(view.Leave())
    screen.await_screen(view.Attract)
    kiosk.ask({"door": "closed"})
    kiosk.lamps_become("cardPlease")

    kiosk.ask({"mains": "off"})
    screen.await_view(lambda state: not state.lights.mains)
    assert kiosk.controller is not None
    with pytest.raises(StartError, match="code 3"):
        kiosk.controller.succeed()

    assert [one["open"] for one in kiosk.told("door.changed")] == [True, False]
    assert [one["long"] for one in kiosk.told("service.pressed")] == [True]
    assert [one["on_mains"] for one in kiosk.told("power.changed")] == [False]
    assert [one["event"] for one in kiosk.journal()][-2:] == [
        "power.stopping",
        "controller.stopped",
    ]
    assert kiosk.told("controller.bug") == []
    store = Store(kiosk.database)
    assert (store.counter("doors"), store.counter("power_cuts")) == (1, 1)
    store.close()


def test_a_short_cut_of_the_mains_leaves_the_kiosk_at_work(kiosk: CabinetWithPins) -> None:
    screen = screen_of(kiosk)
    screen.await_screen(view.Attract)
    kiosk.ask({"mains": "off"})
    kiosk.ask({"mains": "on"})
    kiosk.tap()
    screen.await_screen(view.Pin)
    kiosk.lamps_become("inService")


def test_pins_are_had_again_after_a_power_cut(kiosk: CabinetWithPins) -> None:
    screen_of(kiosk).await_screen(view.Attract)
    kiosk.kill()
    kiosk.start()
    screen_of(kiosk).await_screen(view.Attract)
    kiosk.lamps_become("cardPlease")
    assert kiosk.told("lamps.state")[-1]["state"] == "online"


def test_a_machine_without_pins_serves_all_the_same_and_says_so(pinless: Kiosk) -> None:
    screen_of(pinless).await_screen(view.Attract)
    pinless.tap()
    screen_of(pinless).await_screen(view.Pin)
    told = {one["event"]: one for one in pinless.journal()}
    assert told["lamps.state"]["state"] == "offline"
    assert "no GPIO pins" in told["lamps.state"]["detail"]
    assert told["inputs.changed"]["online"] is False
    assert "no GPIO pins" in told["inputs.changed"]["detail"]
