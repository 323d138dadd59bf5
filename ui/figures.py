"""Figures as they are read while they are typed."""

from __future__ import annotations

from firmware.core.view import QuestionKind

LONGEST: dict[QuestionKind, int] = {
    "number": 12,
    "amount": 12,
    "phone": 14,
    "nik": 16,
    "year": 4,
}
"""Kinds of questions that are answered with figures alone, and the most that are taken."""


def spaced(kind: QuestionKind, digits: str) -> str:
    """Thousands with points, long numbers in groups of four. Anything else as it is."""
    if not digits.isdecimal():
        return digits
    if kind in ("amount", "number"):
        number = f"{int(digits):,}".replace(",", ".")
        return f"Rp {number}" if kind == "amount" else number
    if kind in ("phone", "nik"):
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    return digits


def added(kind: QuestionKind, value: str, more: str) -> str:
    """``value`` and more digits, as many as the kind takes; a number begins with no nought."""
    whole = value + more
    if kind in ("amount", "number"):
        whole = whole.lstrip("0") or ("0" if whole else "")
    return whole if len(whole) <= LONGEST[kind] else value
