"""Whether sixteen digits can be a NIK, so that a slip of the finger is seen at once. Pure.

PPKKCC DDMMYY NNNN, the day raised by 40 for women (Permendagri 102/2019). There is no check digit:
only the regency knows whether somebody has it.
"""

from __future__ import annotations

from firmware.core.view import Say

NIK_DIGITS = 16
_WOMEN = 40
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SHORT = Say("NIK terdiri dari {n} angka.", {"n": str(NIK_DIGITS)})
_NONE = Say("Tidak ada NIK seperti ini. Periksa angkanya.")


def nik_problem(text: str) -> Say | None:
    """What to mend in it; None when it could be one."""
    if len(text) != NIK_DIGITS:
        return _SHORT
    day, month = int(text[6:8]), int(text[8:10])
    day = day - _WOMEN if day > _WOMEN else day
    good = 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]
    return None if good and int(text[12:]) > 0 and text[0] != "0" else _NONE
