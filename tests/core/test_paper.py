"""Is this a new roll, and is there enough left on it for a letter?"""

from __future__ import annotations

import pytest

from firmware.core.paper import Roll, RollWatch, has_room
from hw.protocols import (
    Fault,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
)

FULL, LOW = PrinterOnline(Paper.FULL), PrinterOnline(Paper.LOW)
ENDED = PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)
OPEN = PrinterBlocked(Fault.COVER_OPEN, Paper.FULL)
OPEN_AND_EMPTY = PrinterBlocked(Fault.COVER_OPEN, Paper.OUT)
AWAY = PrinterOffline("unplugged")


def new_rolls(*statuses: PrinterStatus) -> int:
    watch, found = RollWatch(near_end=False), 0
    for status in statuses:
        watch, is_new = watch.after(status)
        found += is_new
    return found


@pytest.mark.parametrize(
    ("story", "found"),
    [
        ((FULL, ENDED, FULL), 1),
        ((FULL, LOW, OPEN_AND_EMPTY, FULL), 1),
        ((FULL, LOW, AWAY, FULL), 1),  # changed while it was switched off
        ((FULL, OPEN_AND_EMPTY, FULL), 0),  # looked at, and put back
        ((FULL, OPEN, FULL), 0),
        ((FULL, LOW, FULL, LOW, FULL), 0),  # a sensor that flutters on the edge of the core
        ((FULL, AWAY, FULL), 0),
        ((FULL, LOW, OPEN_AND_EMPTY, LOW), 0),  # the old roll came back
        ((FULL, ENDED, FULL, LOW, ENDED, FULL), 2),
    ],
)
def test_a_new_roll(story: tuple[PrinterStatus, ...], found: int) -> None:
    assert new_rolls(*story) == found


def test_a_roll_changed_while_the_kiosk_was_off() -> None:
    """The near end was written down before; the first status after the start is full paper."""
    assert RollWatch(near_end=True).after(FULL)[1]


@pytest.mark.parametrize(
    ("roll", "paper", "room"),
    [
        (Roll(0, 0, 0), Paper.FULL, True),
        (Roll(0, 0, 0), Paper.LOW, False),  # the sensor is believed first
        (Roll(79_000, 700, 0), Paper.FULL, True),  # nothing was learned yet: nothing is refused
        (Roll(49_000, 400, 50_000), Paper.FULL, True),
        (Roll(49_900, 400, 50_000), Paper.FULL, False),
        (Roll(52_000, 400, 50_000), Paper.FULL, False),
        (Roll(55_001, 400, 50_000), Paper.FULL, True),  # a longer roll than the last
        (Roll(49_900, 400, 50_000, has_sensor=True), Paper.FULL, True),
    ],
)
def test_room_for_a_letter_of_300_mm(roll: Roll, paper: Paper, room: bool) -> None:
    assert has_room(roll, paper, 300) is room
