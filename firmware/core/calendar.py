"""Days in Indonesian words, for tickets and letters."""

from __future__ import annotations

from datetime import date

from firmware.core.view import Say

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
