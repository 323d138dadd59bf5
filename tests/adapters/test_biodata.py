"""An e-KTP's biodata: what can be read is read, and what cannot is named, field by field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.card.biodata import FIELDS, LONGEST_FIELD, Field, FieldTrouble, Problem, Reading, parse
from hw.card.nik import Gender, parse_nik
from hw.virtual import ektp

CELLS = [
    "3510195204900001",
    "DUSUN KRAJAN",
    "002",
    "001",
    "BANYUWANGI",
    "SONGGON",
    "SRAGI",
    "BANYUWANGI",
    "PEREMPUAN",
    "O",
    "ISLAM",
    "KAWIN",
    "PETANI",
    "SARI WULANDARI",
    "12-04-1990",
    *[""] * 4,
    "WNI",
    "",
]


def _file(**changed: str) -> bytes:
    cells = list(CELLS)
    for name, value in changed.items():
        cells[Field[name.upper()]] = value
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells).encode()


def _problems(reading: Reading) -> set[tuple[Field | None, Problem]]:
    return {(trouble.field, trouble.problem) for trouble in reading.troubles}


def test_a_sound_card_is_read_whole() -> None:
    reading = parse(_file())
    assert reading.troubles == () and reading.sound
    person = reading.biodata
    assert person.nama == "SARI WULANDARI"
    assert person.tanggal_lahir == date(1990, 4, 12)
    assert person.jenis_kelamin is Gender.FEMALE
    assert (person.alamat, person.rt, person.rw) == ("DUSUN KRAJAN", "002", "001")
    assert (person.kelurahan, person.kecamatan) == ("SRAGI", "SONGGON")
    assert person.kewarganegaraan == "WNI"


def test_the_virtual_card_carries_what_is_read_here() -> None:
    reading = parse(ektp.BIODATA.encode())
    assert reading.troubles == ()
    assert reading.biodata.nama == "SARI WULANDARI"


def test_nothing_personal_is_in_a_repr() -> None:
    reading = parse(_file(tanggal_lahir="31-02-1990"))
    assert (
        "SARI" not in repr(reading) and "3510" not in repr(reading) and "1990" not in repr(reading)
    )


@pytest.mark.parametrize(
    "name",
    ['SITI "NUR" AMINAH', "SITI, S.PD", 'A "', '" B', '""', ",", "SITI'A", "I GUSTI ÑOMAN", "A  B"],
)
def test_quotes_and_commas_in_a_name_shift_nothing(name: str) -> None:
    reading = parse(_file(nama=name))
    assert reading.troubles == ()
    assert reading.biodata.nama == " ".join(name.split())
    assert reading.biodata.tanggal_lahir == date(1990, 4, 12)


def test_a_quote_that_nobody_doubled_shifts_nothing() -> None:
    raw = _file(nama="SITI X AMINAH").replace(b"X AMINAH", b'"NUR" AMINAH"')
    reading = parse(raw)
    assert reading.sound
    assert reading.biodata.nama == 'SITI "NUR" AMINAH"'
    assert reading.biodata.kewarganegaraan == "WNI"


def test_an_other_birthday_and_gender_than_in_the_nik_are_warnings() -> None:
    reading = parse(_file(tanggal_lahir="13-04-1990", jenis_kelamin="Laki-laki"))
    assert _problems(reading) == {
        (Field.TANGGAL_LAHIR, Problem.OTHER_BIRTHDAY),
        (Field.JENIS_KELAMIN, Problem.OTHER_GENDER),
    }
    assert reading.sound
    assert reading.biodata.tanggal_lahir == date(1990, 4, 13)
    assert reading.biodata.jenis_kelamin is Gender.MALE


def test_the_century_is_not_in_the_nik() -> None:
    assert parse(_file(tanggal_lahir="12-04-1890")).troubles == ()
    assert parse(_file(nik="3510192902000001", tanggal_lahir="29-02-2000", jenis_kelamin="L")).sound


@pytest.mark.parametrize(
    "nik", ["3510190004900001", "3510191313900001", "3510197204900001", "3510195204900000"]
)
def test_a_nik_that_no_office_gives_is_a_warning_and_is_kept(nik: str) -> None:
    reading = parse(_file(nik=nik))
    assert (Field.NIK, Problem.ODD_NIK) in _problems(reading)
    assert reading.sound and reading.biodata.nik == nik


@pytest.mark.parametrize(
    "nik", ["351019520490000", "35101952049000011", "351019520490000X", "٣" * 16]
)
def test_what_is_not_16_digits_is_no_nik(nik: str) -> None:
    reading = parse(_file(nik=nik))
    assert _problems(reading) == {(Field.NIK, Problem.NOT_A_NIK)}
    assert not reading.sound and reading.biodata.nik == ""
    assert reading.biodata.nama == "SARI WULANDARI"


@pytest.mark.parametrize(
    "text", ["31-02-1990", "00-00-1945", "12041990", "12-04-90", "x", "1-1-0000"]
)
def test_a_date_that_is_none_leaves_the_rest(text: str) -> None:
    reading = parse(_file(tanggal_lahir=text))
    assert _problems(reading) == {(Field.TANGGAL_LAHIR, Problem.NOT_A_DATE)}
    assert reading.biodata.tanggal_lahir is None
    assert reading.biodata.nik == CELLS[0]


@pytest.mark.parametrize("text", ["12-04-1990", "12/04/1990", "12.4.1990", "12 04 1990"])
def test_dates_are_written_in_several_ways(text: str) -> None:
    assert parse(_file(tanggal_lahir=text)).biodata.tanggal_lahir == date(1990, 4, 12)


@pytest.mark.parametrize(
    ("word", "gender"),
    [
        ("PEREMPUAN", "PEREMPUAN"),
        ("p", "PEREMPUAN"),
        ("LAKI LAKI", "LAKI-LAKI"),
        ("L", "LAKI-LAKI"),
    ],
)
def test_genders_are_written_in_several_ways(word: str, gender: str) -> None:
    assert parse(_file(jenis_kelamin=word)).biodata.jenis_kelamin == gender


def test_an_unknown_gender_is_not_guessed_from_the_nik() -> None:
    reading = parse(_file(jenis_kelamin="X"))
    assert _problems(reading) == {(Field.JENIS_KELAMIN, Problem.UNKNOWN_WORD)}
    assert reading.biodata.jenis_kelamin is None


def test_control_and_direction_characters_are_taken_out_and_told() -> None:
    reading = parse(_file(nama="SARI\x1b[2J\u202e WULAN\tDARI\u200b\x00", rt="A1"))
    assert reading.biodata.nama == "SARI[2J WULAN DARI"
    assert _problems(reading) == {
        (Field.NAMA, Problem.CONTROL_CHARACTERS),
        (Field.RT, Problem.NOT_A_NUMBER),
    }
    assert reading.sound


def test_an_older_encoding_is_read_and_told() -> None:
    reading = parse(_file(nama="JOSÉ").decode().encode("cp1252"))
    assert reading.biodata.nama == "JOSÉ"
    assert _problems(reading) == {(None, Problem.ENCODING)}


@pytest.mark.parametrize("end", [b"\x00" * 40, b"\xff" * 9, b"\r\n", b"\r\n\x00\x00", b" "])
def test_what_fills_up_the_file_is_passed_over(end: bytes) -> None:
    assert parse(b"\xef\xbb\xbf" + _file() + end) == parse(_file())


@pytest.mark.parametrize("size", range(0, len(_file()), 7))
def test_a_file_that_is_cut_off_gives_what_came_before(size: int) -> None:
    reading = parse(_file()[:size])
    assert not reading.sound
    whole = parse(_file()).biodata
    if size > 40:
        assert reading.biodata.nik == whole.nik and reading.biodata.alamat == whole.alamat
    missing = {field for field, problem in _problems(reading) if problem is Problem.MISSING}
    assert all(field in missing for field in Field if field >= _file()[:size].count(b'","') + 1)


def test_too_many_fields_are_told() -> None:
    reading = parse(_file() + b',"MORE"')
    assert _problems(reading) == {(None, Problem.WRONG_COUNT)}


def test_fields_without_quotes_are_read_and_told() -> None:
    reading = parse(",".join(CELLS).encode())
    assert reading.biodata.nama == "SARI WULANDARI"
    assert _problems(reading) == {(None, Problem.BAD_QUOTES)}


def test_endless_fields_and_files_are_cut() -> None:
    reading = parse(_file(alamat="J" * 5000))
    assert reading.biodata.alamat == "J" * LONGEST_FIELD
    assert _problems(reading) == {(Field.ALAMAT, Problem.TOO_LONG)}
    assert (None, Problem.TOO_LONG) in _problems(parse(b'"' * 100_000))


def test_an_empty_file_misses_every_field() -> None:
    reading = parse(b"")
    assert {trouble.field for trouble in reading.troubles} == {None, *Field}
    assert not reading.sound


@given(st.lists(st.text(max_size=40), max_size=FIELDS + 3))
def test_whatever_the_fields_hold_they_can_be_shown(cells: list[str]) -> None:
    reading = parse(",".join(f'"{cell}"' for cell in cells).encode(errors="surrogatepass"))
    person = reading.biodata
    for text in (person.nik, person.alamat, person.nama, person.pekerjaan, person.rt):
        assert text.isprintable() and len(text) <= LONGEST_FIELD
    assert reading.troubles or len(cells) == FIELDS


@given(st.text("0123456789", min_size=16, max_size=16))
def test_any_16_digits_are_taken_apart(text: str) -> None:
    nik = parse_nik(text)
    assert nik is not None
    assert nik.region == text[:6] and f"{nik.serial:04d}" == text[12:]
    assert text not in repr(nik)


def test_a_warning_is_of_a_field_that_may_be_used() -> None:
    assert FieldTrouble(Field.NIK, Problem.ODD_NIK).is_warning
    assert not FieldTrouble(Field.NIK, Problem.NOT_A_NIK).is_warning
