"""The NIK, an Indonesian's population number: PPKKCC DDMMYY NNNN (Permendagri 102/2019; UU
23/2006, article 13: it is given once and never changes).

So it tells where and as what somebody was *first registered*: who moves, or whose birthday or
gender is corrected, keeps a NIK that no longer fits. It has no check digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_DIGITS = 16
_WOMAN = 40


class Gender(StrEnum):
    """As an e-KTP has it."""

    MALE = "LAKI-LAKI"
    FEMALE = "PEREMPUAN"


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A NIK taken apart. The century of ``year`` (0 to 99) is not in it. ``repr`` hides it."""

    region: str
    day: int
    month: int
    year: int
    gender: Gender
    serial: int

    def __repr__(self) -> str:
        return "Nik(<hidden>)"

    @property
    def plausible(self) -> bool:
        """Whether it could ever have been given: a day that some year has, serial from 0001."""
        # 19YY and 20YY have the same days, except that 1900 has no 29 February.
        return self.serial > 0 and _is_date(self.day, self.month, 2000 + self.year)

    def was_born(self, day: date) -> bool:
        """Whether ``day`` is the birthday in it."""
        return (day.day, day.month, day.year % 100) == (self.day, self.month, self.year)


def parse_nik(text: str) -> Nik | None:
    """The NIK in 16 digits; None when they are not. Whether it is ``plausible`` is for the
    caller to ask.
    """
    if len(text) != _DIGITS or not (text.isascii() and text.isdigit()):
        return None
    day = int(text[6:8])
    woman = day > _WOMAN
    return Nik(
        region=text[:6],
        day=day - _WOMAN if woman else day,
        month=int(text[8:10]),
        year=int(text[10:12]),
        gender=Gender.FEMALE if woman else Gender.MALE,
        serial=int(text[12:]),
    )


def _is_date(day: int, month: int, year: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
