"""Days as they are typed, and in Indonesian words for tickets and letters."""

from __future__ import annotations

import re
from datetime import date

from firmware.core.view import Say

_DATE = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")

MONTHS = (
    Say("Januari"),
    Say("Februari"),
    Say("Maret"),
    Say("April"),
    Say("Mei"),
    Say("Juni"),
    Say("Juli"),
    Say("Agustus"),
    Say("September"),
    Say("Oktober"),
    Say("November"),
    Say("Desember"),
)


def long_date(day: date) -> str:
    """A day as letters write it: 24 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def parse_date(text: str) -> date | None:
    """DD-MM-YYYY to a day; None when it is no day of the calendar."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def format_date(day: date) -> str:
    """A day as DD-MM-YYYY."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"
