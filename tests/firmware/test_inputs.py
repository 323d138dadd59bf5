"""The door, the service button and the mains, from a switch's report to journal and heartbeat."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from firmware.core import wire
from firmware.core.events import (
    DoorChanged,
    Event,
    HeadphoneChanged,
    PowerChanged,
    PowerEnding,
    ServiceAsked,
)
from firmware.health import Readings, heartbeat
from firmware.inputs import WARNING_SECONDS, InputReadings, Inputs
from firmware.journal import Journal
from firmware.store import Store
from hw.protocols import (
    DeviceState,
    DoorClosed,
    DoorOpened,
    HeadphoneIn,
    HeadphoneOut,
    InputsOffline,
    InputsOnline,
    PowerBack,
    PowerLost,
    ServicePressed,
)

UPS_SECONDS = 120


class Watched:
    """Inputs, with all that they told."""

    def __init__(self, folder: Path, ups_seconds: float = UPS_SECONDS) -> None:
        self._file = folder / "journal.jsonl"
        self.journal = Journal(self._file, lambda: datetime.now().astimezone())
        self.told: list[Event] = []
        self.counted: Counter[str] = Counter()
        self.inputs = Inputs(
            self.journal, self.told.append, lambda name: self.counted.update([name]), ups_seconds
        )

    def written(self) -> list[str]:
        return [json.loads(line)["event"] for line in self._file.read_text().splitlines()]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    watched.journal.close()


def test_a_cabinet_without_inputs_has_none(watched: Watched) -> None:
    assert watched.inputs.readings == InputReadings(DeviceState.NO_DEVICE, "noDevice", "noDevice")
    assert not watched.inputs.battery_is_over(1e9)


def test_a_start_with_the_door_shut_and_power_is_no_news(watched: Watched) -> None:
    for report in (InputsOnline(), DoorClosed(), PowerBack()):
        watched.inputs.take(report, 1.0)
    assert watched.written() == ["inputs.changed"]
    assert watched.counted == {}
    assert watched.inputs.readings == InputReadings(DeviceState.ONLINE, "closed", "mains")


def test_an_open_door_is_written_down_counted_and_told(watched: Watched) -> None:
    for report in (InputsOnline(), DoorClosed(), DoorOpened(), DoorOpened(), DoorClosed()):
        watched.inputs.take(report, 1.0)
    assert watched.written() == ["inputs.changed", "door.changed", "door.changed"]
    assert watched.counted == {"doors": 1}
    assert watched.told[-2:] == [DoorChanged(open=True), DoorChanged(open=False)]


def test_the_service_button_is_passed_on(watched: Watched) -> None:
    watched.inputs.take(ServicePressed(long=False), 1.0)
    watched.inputs.take(ServicePressed(long=True), 2.0)
    assert watched.told == [ServiceAsked(long=False), ServiceAsked(long=True)]


def test_a_short_cut_of_the_mains_is_outlived(watched: Watched) -> None:
    watched.inputs.take(InputsOnline(), 0.0)
    watched.inputs.take(PowerLost(), 10.0)
    assert watched.inputs.readings.power == "battery"
    assert not watched.inputs.battery_is_over(129.9)
    watched.inputs.take(PowerBack(), 129.9)
    assert not watched.inputs.battery_is_over(1e9)
    assert watched.told == [PowerChanged(on_mains=False), PowerChanged(on_mains=True)]
    assert watched.counted == {"power_cuts": 1}


def test_a_long_cut_ends_the_battery(watched: Watched) -> None:
    watched.inputs.take(InputsOnline(), 0.0)
    watched.inputs.take(PowerLost(), 10.0)
    watched.inputs.take(PowerLost(), 100.0)  # told again, it is still the same cut
    assert watched.inputs.battery_is_over(130.0)


def test_a_battery_that_is_nearly_over_is_said_once_a_cut(watched: Watched) -> None:
    for report in (InputsOnline(), PowerLost()):
        watched.inputs.take(report, 10.0)
    watched.inputs.warn_if_due(130.0 - WARNING_SECONDS - 1)
    assert PowerEnding() not in watched.told
    for _ in range(2):
        watched.inputs.warn_if_due(130.0 - WARNING_SECONDS)
    assert watched.told.count(PowerEnding()) == 1
    watched.inputs.take(PowerBack(), 110.0)
    watched.inputs.take(PowerLost(), 200.0)
    watched.inputs.warn_if_due(310.0)
    assert watched.told.count(PowerEnding()) == 2


def test_a_battery_without_limit_is_never_over(tmp_path: Path) -> None:
    watched = Watched(tmp_path, ups_seconds=0)
    watched.inputs.take(PowerLost(), 10.0)
    assert not watched.inputs.battery_is_over(1e9)
    watched.inputs.warn_if_due(1e9)
    assert PowerEnding() not in watched.told
    watched.journal.close()


def test_lines_that_cannot_be_read_any_more_keep_nobody_out(watched: Watched) -> None:
    for report in (InputsOnline(), DoorOpened(), PowerLost()):
        watched.inputs.take(report, 10.0)
    watched.inputs.take(InputsOffline("the chip is gone"), 20.0)
    assert watched.told[-2:] == [DoorChanged(open=False, seen=False), PowerChanged(on_mains=True)]
    assert watched.inputs.readings == InputReadings(DeviceState.OFFLINE, "noDevice", "noDevice")
    assert not watched.inputs.battery_is_over(1e9)


def test_a_battery_that_is_seen_again_is_as_old_as_it_is(watched: Watched) -> None:
    """The lines go away in mid-cut and come back: the countdown has not begun anew."""
    for report in (InputsOnline(), PowerLost()):
        watched.inputs.take(report, 10.0)
    watched.inputs.take(InputsOffline("the chip is gone"), 20.0)
    assert not watched.inputs.battery_is_over(130.0)  # nobody knows
    watched.inputs.take(InputsOnline(), 135.0)
    assert not watched.inputs.battery_is_over(135.0)
    watched.inputs.take(PowerLost(), 135.0)
    assert watched.inputs.battery_is_over(135.0)
    assert watched.counted == {"power_cuts": 1}
    assert watched.told[-1] == PowerChanged(on_mains=False)
    assert "power.unseen" in watched.written()


def test_a_mains_that_came_back_unseen_ends_the_cut(watched: Watched) -> None:
    watched.inputs.take(PowerLost(), 10.0)
    watched.inputs.take(InputsOffline("the chip is gone"), 20.0)
    watched.inputs.take(InputsOnline(), 500.0)
    watched.inputs.take(PowerBack(), 500.0)
    assert watched.written()[-1] == "power.changed"
    watched.inputs.take(PowerLost(), 600.0)
    assert not watched.inputs.battery_is_over(719.0)
    assert watched.inputs.battery_is_over(720.0)
    assert watched.counted == {"power_cuts": 2}


def test_a_heartbeat_tells_of_lamps_door_and_power(tmp_path: Path) -> None:
    store = Store(tmp_path / "kiosk.db")
    for name in ("doors", "doors", "power_cuts"):
        store.count(name)
    now = datetime.now().astimezone()
    readings = Readings(
        kiosk="3510192001-1",
        at=now.isoformat(),
        uptime_seconds=1,
        reader_online=True,
        printers={},
        indicator=DeviceState.OFFLINE,
        inputs=InputReadings(DeviceState.ONLINE, "open", "battery"),
        version="0",
    )
    beat = msgspec.json.decode(wire.encode(heartbeat(readings, store, now)))
    told = {name: beat[name] for name in ("indicator", "inputs", "cabinet_door", "power")}
    assert told == {
        "indicator": "offline",
        "inputs": "online",
        "cabinet_door": "open",
        "power": "battery",
    }
    assert (beat["door_openings"], beat["power_cuts"]) == (2, 1)
    store.close()


def test_a_headphone_is_told_and_written_nowhere(watched: Watched) -> None:
    for report in (InputsOnline(), HeadphoneOut(), HeadphoneIn(), HeadphoneIn()):
        watched.inputs.take(report, 1.0)
    assert watched.told == [HeadphoneChanged(plugged=True)]
    watched.inputs.take(InputsOffline("gone"), 2.0)
    assert watched.told[1:] == [HeadphoneChanged(plugged=False)]
    assert watched.written() == ["inputs.changed", "inputs.changed"]
