"""Which new PINs are refused because a stranger would try them first. Pure.

Nobody learns here what a good PIN is: a citizen reads one plain sentence of what is wrong.
"""

from __future__ import annotations

import re
from itertools import pairwise

from firmware.core.view import PIN_LENGTH, Say

SAME_AS_BEFORE = Say("Itu PIN lama. Pilih angka yang lain.")
NOT_THE_SAME = Say("Kedua PIN tidak sama. Pilih lagi dari awal.")
_ONE_DIGIT = Say("Mudah ditebak: semua angkanya sama. Pilih angka yang lain.")
_RUN = Say("Mudah ditebak: angkanya berurutan. Pilih angka yang lain.")
_REPEATED = Say("Mudah ditebak: angkanya berulang. Pilih angka yang lain.")
_BIRTH = Say("Mudah ditebak: itu tanggal lahir. Pilih angka yang lain.")

_WOMEN_FROM = 40  # a NIK adds 40 to the day of birth of women
_NIK = re.compile(r"\d{16}")
_DATE = re.compile(r"(\d\d)-(\d\d)-(\d\d)(\d\d)")


def weakness(pin: str, nik: str, born: str = "") -> Say | None:
    """Why ``pin`` is too easily guessed for the holder of ``nik``; None when it may be taken.
    ``born`` is DD-MM-YYYY where it is known; else the NIK tells it, without the century.
    """
    if len(set(pin)) == 1:
        return _ONE_DIGIT
    if _steps(pin) in ({1}, {9}):
        return _RUN
    if any(pin == pin[:part] * (PIN_LENGTH // part) for part in (2, 3)):
        return _REPEATED
    return _BIRTH if pin in _birthdays(nik, born) else None


def _steps(pin: str) -> set[int]:
    """From digit to digit, around the clock of ten: 890123 is a run like 456789."""
    return {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}


def _birthdays(nik: str, born: str) -> set[str]:
    """A birth date in every order in which people write six digits of it."""
    day, month, century, year = _birth(nik, born)
    if not day:
        return set()
    found = {day + month + year, month + day + year, year + month + day, year + day + month}
    if century:
        found |= {month + century + year, century + year + month, day + century + year}
        found |= {century + year + day}
    if _NIK.fullmatch(nik):
        found.add(nik[6:12])
    return found


def _birth(nik: str, born: str) -> tuple[str, str, str, str]:
    date = _DATE.fullmatch(born)
    if date is not None:
        return date[1], date[2], date[3], date[4]
    if not _NIK.fullmatch(nik):
        return "", "", "", ""
    day = int(nik[6:8])
    return f"{day % _WOMEN_FROM if day > _WOMEN_FROM else day:02d}", nik[8:10], "", nik[10:12]
