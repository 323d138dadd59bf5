"""When an unused printer exercises itself."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from firmware.core.upkeep import UpkeepPolicy, exercise_is_due

WIB = timezone(timedelta(hours=7))
POLICY = UpkeepPolicy(idle_days=7, quiet_hour=3)
NIGHT = datetime(2026, 11, 24, 3, 10, tzinfo=WIB)
NOON = NIGHT.replace(hour=12)
HOUR = timedelta(hours=1)


def days(count: float) -> timedelta:
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("now", "used", "tried", "rest", "due"),
    [
        (NIGHT, NIGHT - days(7), None, HOUR, True),
        (NIGHT, NIGHT - days(6.9), None, HOUR, False),
        (NIGHT, NIGHT - days(8), None, timedelta(seconds=59), False),  # somebody just left
        (NIGHT, NIGHT - days(8), None, timedelta(0), False),  # a visit
        (NOON, NOON - days(7.5), None, HOUR, False),  # the night will come
        (NOON, NOON - days(8), None, HOUR, True),  # it did not: switched off at night
        (NOON, NOON - days(8), None, HOUR / 3, False),  # people come and go
        (NIGHT, NIGHT - days(9), NIGHT - timedelta(minutes=5), HOUR, False),  # restarted
        (NIGHT, NIGHT - days(9), NIGHT - days(1), HOUR, True),  # it failed yesterday
        (NIGHT, NIGHT - days(9), NIGHT + HOUR, HOUR, False),  # the clock was put back a little
        (NIGHT, NIGHT - days(9), NIGHT + days(900), HOUR, True),  # it had been quite wrong
        (NIGHT, NIGHT + days(900), None, HOUR, False),
        (NIGHT, None, None, HOUR, False),
    ],
)
def test_it_is_due(
    now: datetime, used: datetime | None, tried: datetime | None, rest: timedelta, due: bool
) -> None:
    assert exercise_is_due(POLICY, now, used, tried, rest) is due


def test_a_kiosk_that_shall_not_never_does() -> None:
    never = UpkeepPolicy(idle_days=0)
    assert not exercise_is_due(never, NIGHT, NIGHT - days(900), None, HOUR)
