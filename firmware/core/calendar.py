"""Days in Indonesian words, for tickets and letters."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def long_date(day: date) -> str:
    """A day as letters write it: 24 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
