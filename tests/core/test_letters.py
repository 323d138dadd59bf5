"""Answers are checked as they are typed, and the sentence says what to mend."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.answers import check_answer, default_answer
from firmware.core.calendar import format_date, parse_date
from firmware.core.errors import CatalogueError
from firmware.core.letters import Catalogue, decode_catalogue, needed_format
from tests.core.samples import BUSINESS, CATALOGUE, TODAY

NAME, PURPOSE, START, END = BUSINESS.fields


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "belum diisi"),
        ("  ", "belum diisi"),
        ("Wa", "Terlalu pendek"),
        ("W" * 61, "Terlalu panjang"),
        ("-Warung", "huruf, angka"),
        ("Warung #1", "huruf, angka"),
        ("Warung\x1b@", "huruf, angka"),
        ("Warung Sego Tempong, Mbok Wah (2)", None),
        ("UD. Sumber Rejeki & Anak", None),
    ],
)
def test_a_name_of_a_business(typed: str, problem: str | None) -> None:
    said = check_answer(NAME, {"nama_usaha": typed}, TODAY)
    assert (str(said) if said else None) == problem or (problem and problem in str(said))


def test_a_choice_may_be_typed_only_where_the_letter_says_so() -> None:
    assert check_answer(PURPOSE, {"keperluan": "Izin usaha"}, TODAY) is None
    assert check_answer(PURPOSE, {"keperluan": "Bantuan modal"}, TODAY) is None
    closed = msgspec.structs.replace(PURPOSE, other=False)
    assert "Pilih salah satu" in str(check_answer(closed, {"keperluan": "Bantuan modal"}, TODAY))


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        ("24-11-2026", "24-05-2027", None),
        ("25-11-2026", "24-11-2026", "sebelum tanggal awal"),
        ("24-11-2026", "31-02-2027", "tidak ada"),
        ("24-11-2026", "1-1-27", "tidak ada"),
        ("24-11-2026", "23-11-2026", "sudah lewat"),
        ("24-11-2026", "26-11-2028", "terlalu jauh"),
    ],
)
def test_until_when_a_letter_is_valid(start: str, end: str, problem: str | None) -> None:
    said = check_answer(END, {"dari": start, "sampai": end}, TODAY)
    assert said is None if problem is None else problem in str(said)


def test_dates_stand_in_the_form_already() -> None:
    assert default_answer(START, TODAY) == "24-11-2026"
    assert default_answer(END, TODAY) == "23-05-2027"


@given(st.dates())
def test_a_day_survives_being_written_and_read(day: date) -> None:
    assert parse_date(format_date(day)) == day


@given(st.text(max_size=300), st.sampled_from(BUSINESS.fields))
def test_no_answer_breaks_the_check(typed: str, field: msgspec.Struct) -> None:
    check_answer(field, {field.name: typed}, TODAY)  # type: ignore[arg-type, attr-defined]


def test_a_catalogue_goes_to_the_kiosk_and_comes_out_the_same() -> None:
    assert decode_catalogue(msgspec.json.encode(CATALOGUE)) == CATALOGUE


@pytest.mark.parametrize(
    ("catalogue", "sentence"),
    [
        (Catalogue(1, ()), "empty"),
        (Catalogue(1, (BUSINESS, BUSINESS)), "twice"),
        (Catalogue(1, (msgspec.structs.replace(BUSINESS, known=("ibu",)),)), "no field 'ibu'"),
        (Catalogue(1, (msgspec.structs.replace(BUSINESS, fields=(END,)),)), "'dari'"),
        (
            Catalogue(
                1,
                (
                    msgspec.structs.replace(
                        BUSINESS, fields=(msgspec.structs.replace(PURPOSE, choices=()),)
                    ),
                ),
            ),
            "no choices",
        ),
    ],
)
def test_a_wrong_catalogue_is_refused(catalogue: Catalogue, sentence: str) -> None:
    with pytest.raises(CatalogueError, match=sentence):
        decode_catalogue(msgspec.json.encode(catalogue))


def test_a_catalogue_that_is_no_catalogue() -> None:
    with pytest.raises(CatalogueError, match="not readable"):
        decode_catalogue(b'{"version": 1, "letters": [{"id": 5}]}')


def test_what_an_older_kiosk_would_offer_wrongly_makes_a_newer_format() -> None:
    assert needed_format(BUSINESS) == 1
    assert needed_format(msgspec.structs.replace(BUSINESS, assisted=True)) == 2
    optional = msgspec.structs.replace(BUSINESS.fields[0], optional=True)
    assert needed_format(msgspec.structs.replace(BUSINESS, fields=(optional,))) == 2
