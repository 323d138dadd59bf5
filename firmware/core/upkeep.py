"""When an unused ticket printer exercises itself. Pure.

Printers that stand for months are found dead by the first villager: rollers stick, cutters rust,
the cable was pulled by a mouse. So an idle one prints a short slip and cuts it, and how that ended
is told to the regency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

RESTED = timedelta(minutes=1)
LONG_RESTED = timedelta(minutes=30)
A_DAY = timedelta(days=1)
SAME_TRY = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class UpkeepPolicy:
    """Exercise after ``idle_days`` without a print (0: never), in the hour that begins at
    ``quiet_hour`` o'clock.
    """

    idle_days: int = 7
    quiet_hour: int = 3


def exercise_is_due(
    policy: UpkeepPolicy,
    now: datetime,
    used_at: datetime | None,
    tried_at: datetime | None,
    rest: timedelta,
) -> bool:
    """Whether to exercise now. ``used_at``: the last print, or when the printer was first seen;
    ``tried_at``: the last exercise, however it ended; ``rest``: how long nobody has been here.

    A kiosk that is switched off at night never sees its quiet hour: a day later any half hour of
    rest will do. One try a day, whatever restarts come between. A clock that was put back makes
    "the last try" lie ahead; then it is only believed when it is near.
    """
    if not policy.idle_days or used_at is None or rest < RESTED:
        return False
    if tried_at is not None and abs(now - tried_at) < SAME_TRY:
        return False
    idle = now - used_at
    if idle < timedelta(days=policy.idle_days):
        return False
    is_overdue = idle >= timedelta(days=policy.idle_days) + A_DAY and rest >= LONG_RESTED
    return now.hour == policy.quiet_hour or is_overdue
