"""Days as they are typed and as they are read."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Literal

from firmware.core.calendar import MONTHS
from firmware.core.view import Say
from ui.texts import tr

_DAYS = (
    Say("Senin"),
    Say("Selasa"),
    Say("Rabu"),
    Say("Kamis"),
    Say("Jumat"),
    Say("Sabtu"),
    Say("Minggu"),
)
LENGTH = len("DD-MM-YYYY")


def with_dashes(digits: str) -> str:
    """Up to eight digits as far as they go: ``17``, ``17-0``, ``17-08-2026``."""
    parts = (digits[:2], digits[2:4], digits[4:8])
    return "-".join(part for part in parts if part)


def add_digit(value: str, digit: int) -> str:
    """``value`` and one more digit; a full date stays as it is."""
    digits = value.replace("-", "")
    return value if len(digits) >= 8 else with_dashes(f"{digits}{digit}")


def drop_digit(value: str) -> str:
    """``value`` without its last digit and the dash before it."""
    return with_dashes(value.replace("-", "")[:-1])


def in_words(value: str) -> str:
    """``Senin, 17 Agustus 2026``, in the visitor's language; empty when it is not a day of the
    calendar.
    """
    try:
        day, month, year = (int(part) for part in value.split("-"))
        weekday = date(year, month, day).weekday()
    except ValueError:
        return ""
    if len(value) != LENGTH:
        return ""
    return tr(
        Say(
            "{weekday}, {day} {month} {year}",
            {
                "weekday": _DAYS[weekday],
                "day": str(day),
                "month": MONTHS[month - 1],
                "year": str(year),
            },
        )
    )


def template(value: str) -> str:
    """``value`` with the places that are still to be typed: ``17-08-____``."""
    return value + "__-__-____"[len(value) :]


def month_in_words(month: int) -> str:
    """The name of a month, 1 to 12."""
    return tr(MONTHS[month - 1])


Part = Literal["day", "month", "year"]
FIRST_YEAR, LAST_YEAR = 1900, 2199


def parts_of(value: str) -> tuple[int, int, int] | None:
    """Day, month and year; None when it is not a day of the calendar."""
    try:
        day, month, year = (int(part) for part in value.split("-"))
        date(year, month, day)
    except ValueError:
        return None
    return (day, month, year) if len(value) == LENGTH else None


def stepped(value: str, part: Part, by: int) -> str:
    """The day that a wheel shows when it is turned ``by`` one: each wheel goes round by itself."""
    parts = parts_of(value)
    if parts is None:
        return value
    day, month, year = parts
    if part == "month":
        month = (month - 1 + by) % 12 + 1
    elif part == "year":
        year = min(LAST_YEAR, max(FIRST_YEAR, year + by))
    last = monthrange(year, month)[1]
    day = (day - 1 + by) % last + 1 if part == "day" else min(day, last)
    return f"{day:02d}-{month:02d}-{year:04d}"
