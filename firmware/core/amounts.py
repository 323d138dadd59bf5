"""Numbers as Indonesian writes and reads them. Pure."""

from __future__ import annotations

_UNITS = (
    "", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
    "sepuluh", "sebelas",
)  # fmt: skip
_SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"))


def thousands(number: int) -> str:
    """Figures in groups of three: 1.500.000."""
    return f"{number:,}".replace(",", ".")


def rupiah(number: int) -> str:
    """An amount of money: Rp1.500.000 (PUEBI: no space)."""
    return f"Rp{thousands(number)}"


def in_words(number: int) -> str:
    """A whole number in words (terbilang): 1 500 000 is satu juta lima ratus ribu.

    From 0 up to 999 trillions; raises ValueError beyond.
    """
    if not 0 <= number < 10**15:
        raise ValueError("no words for this number")
    return _read(number) or "nol"


def _read(number: int) -> str:
    if number < 12:
        return _UNITS[number]
    if number < 20:
        return f"{_UNITS[number - 10]} belas"
    if number < 100:
        return f"{_UNITS[number // 10]} puluh {_read(number % 10)}".strip()
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    many, rest = divmod(number, size)
    if many == 1 and size in (100, 1000):
        return f"se{name} {_read(rest)}".strip()
    return f"{_read(many)} {name} {_read(rest)}".strip()
