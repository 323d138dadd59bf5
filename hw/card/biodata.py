"""The biodata of an e-KTP (EF 6FF1, which a SAM opens): 21 quoted fields with commas between.

The order of the fields is as peers have found it; five of them nobody has named, and they are
not kept. No published standard fixes the encoding or the spelling, and what is on a card may be
damaged or forged: ``parse`` reads what can be read and returns the troubles beside it, field by
field. Nothing it is given makes it raise, and no trouble holds a citizen's data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from hw.card.nik import Gender, Nik, parse_nik

FIELDS = 21
LONGEST_FILE = 0x7FFF
LONGEST_FIELD = 255


class Field(IntEnum):
    """Where a field is in the file."""

    NIK = 0
    ALAMAT = 1
    RT = 2
    RW = 3
    TEMPAT_LAHIR = 4
    KECAMATAN = 5
    KELURAHAN = 6
    KABUPATEN = 7
    JENIS_KELAMIN = 8
    GOLONGAN_DARAH = 9
    AGAMA = 10
    STATUS_KAWIN = 11
    PEKERJAAN = 12
    NAMA = 13
    TANGGAL_LAHIR = 14
    KEWARGANEGARAAN = 19


class Problem(StrEnum):
    """What is the matter with a field, or with the file as a whole."""

    WRONG_COUNT = "wrongCount"  # of fields: those behind the first odd one may be misplaced
    BAD_QUOTES = "badQuotes"  # the file is not quoted from end to end: cut off, or not ours
    TOO_LONG = "tooLong"  # the file or a field; the rest was left out
    MISSING = "missing"  # the file ends before this field
    EMPTY = "empty"
    NOT_A_NIK = "notANik"  # not 16 digits
    NOT_A_DATE = "notADate"
    UNKNOWN_WORD = "unknownWord"
    # Warnings: what was read may be used.
    ENCODING = "encoding"  # not UTF-8; read as Windows-1252
    CONTROL_CHARACTERS = "controlCharacters"  # taken out
    NOT_A_NUMBER = "notANumber"  # RT or RW; some villages have letters there
    ODD_NIK = "oddNik"  # 16 digits that no office would give: day 00, month 13, serial 0000
    OTHER_BIRTHDAY = "otherBirthday"  # than in the NIK, which never changes: see hw.card.nik
    OTHER_GENDER = "otherGender"


_WARNINGS = frozenset(
    {
        Problem.ENCODING,
        Problem.CONTROL_CHARACTERS,
        Problem.NOT_A_NUMBER,
        Problem.ODD_NIK,
        Problem.OTHER_BIRTHDAY,
        Problem.OTHER_GENDER,
    }
)
_MAY_BE_EMPTY = frozenset({Field.GOLONGAN_DARAH, Field.RT, Field.RW})


@dataclass(frozen=True, slots=True)
class FieldTrouble:
    """A problem with ``field``; None: with the file."""

    field: Field | None
    problem: Problem

    @property
    def is_warning(self) -> bool:
        """Whether the field's value may be used all the same."""
        return self.problem in _WARNINGS


@dataclass(frozen=True, slots=True, repr=False)
class Biodata:
    """What the card says, in the words and names of the e-KTP. What could not be read is "" or
    None. ``repr`` hides it all.
    """

    nik: str
    alamat: str
    rt: str
    rw: str
    tempat_lahir: str
    kecamatan: str
    kelurahan: str
    kabupaten: str
    jenis_kelamin: Gender | None
    golongan_darah: str
    agama: str
    status_kawin: str
    pekerjaan: str
    nama: str
    tanggal_lahir: date | None
    kewarganegaraan: str

    def __repr__(self) -> str:
        return "Biodata(<hidden>)"


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read, and what was the matter, in the order of the fields."""

    biodata: Biodata
    troubles: tuple[FieldTrouble, ...]

    @property
    def sound(self) -> bool:
        """Whether there are at most warnings."""
        return all(trouble.is_warning for trouble in self.troubles)


def parse(raw: bytes) -> Reading:
    """The file without its two bytes of length, as ``hw.card.ektp.read_biodata`` gives it."""
    text, troubles = _text_of(raw)
    cells, well_quoted = _split(text)
    if not well_quoted:
        troubles.append(FieldTrouble(None, Problem.BAD_QUOTES))
    if len(cells) != FIELDS:
        troubles.append(FieldTrouble(None, Problem.WRONG_COUNT))
    values = {field: _value(cells, field, troubles) for field in Field}
    nik = _nik(values, troubles)
    gender = _gender(values, troubles)
    born = _birthday(values, troubles)
    _compare(nik, gender, born, troubles)
    biodata = Biodata(
        nik=values[Field.NIK],
        alamat=values[Field.ALAMAT],
        rt=_number(values, Field.RT, troubles),
        rw=_number(values, Field.RW, troubles),
        tempat_lahir=values[Field.TEMPAT_LAHIR],
        kecamatan=values[Field.KECAMATAN],
        kelurahan=values[Field.KELURAHAN],
        kabupaten=values[Field.KABUPATEN],
        jenis_kelamin=gender,
        golongan_darah=values[Field.GOLONGAN_DARAH],
        agama=values[Field.AGAMA],
        status_kawin=values[Field.STATUS_KAWIN],
        pekerjaan=values[Field.PEKERJAAN],
        nama=values[Field.NAMA],
        tanggal_lahir=born,
        kewarganegaraan=values[Field.KEWARGANEGARAAN],
    )
    return Reading(biodata, tuple(sorted(troubles, key=_place)))


def _place(trouble: FieldTrouble) -> int:
    return -1 if trouble.field is None else trouble.field


def _text_of(raw: bytes) -> tuple[str, list[FieldTrouble]]:
    """The file as text, without a byte order mark and what fills up the end of an EF."""
    troubles: list[FieldTrouble] = []
    if len(raw) > LONGEST_FILE:
        raw = raw[:LONGEST_FILE]
        troubles.append(FieldTrouble(None, Problem.TOO_LONG))
    raw = raw.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x00\xff \r\n")
    try:
        return raw.decode(), troubles
    except UnicodeDecodeError:
        troubles.append(FieldTrouble(None, Problem.ENCODING))
        return raw.decode("cp1252", errors="ignore"), troubles


_BETWEEN = re.compile(r'"[ \t]{0,8},[ \t]{0,8}"')


def _split(text: str) -> tuple[list[str], bool]:
    """The cells, and whether the text is quoted from end to end.

    A CSV reader's rules would let one stray quote in a name shift all that follows. As every
    field is quoted, ``","`` is what divides them, and quotes and commas inside are harmless.
    """
    text = text.strip()
    if not text.startswith('"'):
        return text.split(",") if text else [], False
    inner = text[1:]
    closed = inner.endswith('"')
    if closed:
        inner = inner[:-1]
    return [cell.replace('""', '"') for cell in _BETWEEN.split(inner)], closed


def _value(cells: list[str], field: Field, troubles: list[FieldTrouble]) -> str:
    """A cell, safe to show on one line."""
    if field >= len(cells):
        troubles.append(FieldTrouble(field, Problem.MISSING))
        return ""
    cell = cells[field]
    if len(cell) > LONGEST_FIELD:
        cell = cell[:LONGEST_FIELD]
        troubles.append(FieldTrouble(field, Problem.TOO_LONG))
    if not cell.isprintable():
        # isprintable also refuses signs that turn the direction of writing or have no width.
        cell = "".join(sign if sign.isprintable() else _instead(sign) for sign in cell)
        troubles.append(FieldTrouble(field, Problem.CONTROL_CHARACTERS))
    cell = " ".join(cell.split())
    if not cell and field not in _MAY_BE_EMPTY:
        troubles.append(FieldTrouble(field, Problem.EMPTY))
    return cell


def _instead(sign: str) -> str:
    return " " if sign.isspace() else ""


def _nik(values: dict[Field, str], troubles: list[FieldTrouble]) -> Nik | None:
    nik = parse_nik(values[Field.NIK])
    if nik is None:
        if values[Field.NIK]:
            troubles.append(FieldTrouble(Field.NIK, Problem.NOT_A_NIK))
        values[Field.NIK] = ""
    elif not nik.plausible:
        troubles.append(FieldTrouble(Field.NIK, Problem.ODD_NIK))
    return nik


_GENDERS = {
    "LAKILAKI": Gender.MALE,
    "L": Gender.MALE,
    "PEREMPUAN": Gender.FEMALE,
    "P": Gender.FEMALE,
}


def _gender(values: dict[Field, str], troubles: list[FieldTrouble]) -> Gender | None:
    word = values[Field.JENIS_KELAMIN]
    gender = _GENDERS.get(word.upper().replace("-", "").replace(" ", ""))
    if word and gender is None:
        troubles.append(FieldTrouble(Field.JENIS_KELAMIN, Problem.UNKNOWN_WORD))
    return gender


_DATE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")


def _birthday(values: dict[Field, str], troubles: list[FieldTrouble]) -> date | None:
    word = values[Field.TANGGAL_LAHIR]
    if not word:
        return None
    match = _DATE.fullmatch(word)
    try:
        day, month, year = map(int, match.groups() if match else (0, 0, 0))
        return date(year, month, day)
    except ValueError:
        troubles.append(FieldTrouble(Field.TANGGAL_LAHIR, Problem.NOT_A_DATE))
        return None


def _number(values: dict[Field, str], field: Field, troubles: list[FieldTrouble]) -> str:
    word = values[field]
    if word and not (word.isascii() and word.isdigit()):
        troubles.append(FieldTrouble(field, Problem.NOT_A_NUMBER))
    return word


def _compare(
    nik: Nik | None, gender: Gender | None, born: date | None, troubles: list[FieldTrouble]
) -> None:
    """Warn of what does not fit the NIK. A person keeps it when the rest is corrected."""
    if nik is None:
        return
    if born is not None and not nik.was_born(born):
        troubles.append(FieldTrouble(Field.TANGGAL_LAHIR, Problem.OTHER_BIRTHDAY))
    if gender is not None and gender is not nik.gender:
        troubles.append(FieldTrouble(Field.JENIS_KELAMIN, Problem.OTHER_GENDER))
