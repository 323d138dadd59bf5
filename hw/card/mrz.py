"""The machine-readable zone of a travel document, pure. Source: ICAO Doc 9303-3 section 4.9
(check digits), 9303-4 section 4.2 (TD3, passports), 9303-5 section 4.2 (TD1, cards).
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

FILLER = "<"
_ALPHABET = string.digits + string.ascii_uppercase
_WEIGHTS = (7, 3, 1)
_TEXT = re.compile(r"[A-Z0-9<]*")
_SHORTEST_NUMBER = 9


@dataclass(frozen=True, slots=True, repr=False)
class MrzInformation:
    """The printed lines' part that opens the chip: ``document`` is its number; ``birth`` and
    ``expiry`` are YYMMDD. It is personal, so ``repr`` hides it.
    """

    document: str
    birth: str
    expiry: str

    def encode(self) -> bytes:
        """With check digits. Source: Doc 9303-11, section 9.7.2."""
        number = self.document.ljust(_SHORTEST_NUMBER, FILLER)
        return "".join(
            part + check_digit(part) for part in (number, self.birth, self.expiry)
        ).encode()


@dataclass(frozen=True, slots=True, repr=False)
class Mrz:
    """Who the document is for. Names are upper-case letters and spaces; codes are of three
    letters (two or one for some states); dates are YYMMDD.
    """

    kind: str
    issuer: str
    surname: str
    given_names: str
    nationality: str
    sex: str
    information: MrzInformation


def check_digit(text: str) -> str:
    """The check digit over ``text``, which holds letters, digits and fillers only."""
    values = (0 if letter == FILLER else _ALPHABET.index(letter) for letter in text)
    return str(sum(value * _WEIGHTS[i % 3] for i, value in enumerate(values)) % 10)


def parse_information(text: str) -> MrzInformation | None:
    """From what a technician types: the whole zone, or number, birth and expiry with spaces or
    commas between them. None when it is neither.
    """
    whole = parse_mrz("".join(text.split()).upper())
    if whole is not None:
        return whole.information
    parts = text.upper().replace(",", " ").split()
    if len(parts) != 3 or not _TEXT.fullmatch("".join(parts)):
        return None
    number, birth, expiry = parts
    dates = all(len(date) == 6 and date.isdecimal() for date in (birth, expiry))
    return MrzInformation(number.rstrip(FILLER), birth, expiry) if dates and number else None


def parse_mrz(text: str) -> Mrz | None:
    """The zone's lines without line ends; None unless it is a TD1 or TD3 whose check digits,
    the composite one too, are right.
    """
    if not _TEXT.fullmatch(text):
        return None
    if len(text) == 88:
        return _td3(text[:44], text[44:])
    if len(text) == 90:
        return _td1(text[:30], text[30:60], text[60:])
    return None


def _td3(first: str, second: str) -> Mrz | None:
    personal, digit = second[28:42], second[42]
    sound = (
        _checks(second[:9], second[9])
        and (_checks(personal, digit) or (digit == FILLER and not personal.strip(FILLER)))
        and _checks(second[:10] + second[13:20] + second[21:43], second[43])
    )
    number = second[:9].rstrip(FILLER)
    dates = (second[13:20], second[21:28])
    return _mrz(first[:5], number, dates, second[10:13], second[20], first[5:]) if sound else None


def _td1(first: str, second: str, names: str) -> Mrz | None:
    number = _long_number(first[5:30])
    composite = first[5:] + second[:7] + second[8:15] + second[18:29]
    if number is None or not _checks(composite, second[29]):
        return None
    dates = (second[:7], second[8:15])
    return _mrz(first[:5], number, dates, second[15:18], second[7], names)


def _long_number(field: str) -> str | None:
    """A number of more than nine places goes on behind the place of its check digit, which
    then holds a filler (9303-5, section 4.2.2.1, note j).
    """
    number, digit = field[:9], field[9]
    if digit == FILLER:
        rest = field[10:].split(FILLER)[0]
        number, digit = number + rest[:-1], rest[-1:]
    return number.rstrip(FILLER) if _checks(number, digit) else None


def _mrz(
    head: str, number: str, dates: tuple[str, str], nationality: str, sex: str, names: str
) -> Mrz | None:
    """``head`` is the kind of document and the issuer, each date ends in its check digit."""
    birth, expiry = (date[:6] for date in dates)
    if not number or not all(_checks(date[:6], date[6]) for date in dates):
        return None
    surname, _, given = names.partition(FILLER * 2)
    return Mrz(
        kind=head[:2].rstrip(FILLER),
        issuer=head[2:].strip(FILLER),
        surname=_words(surname),
        given_names=_words(given),
        nationality=nationality.strip(FILLER),
        sex=sex.strip(FILLER),
        information=MrzInformation(number, birth, expiry),
    )


def _checks(text: str, digit: str) -> bool:
    return digit == check_digit(text)


def _words(name: str) -> str:
    return " ".join(word for word in name.split(FILLER) if word)
