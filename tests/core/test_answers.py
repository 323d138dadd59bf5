"""Every kind of question has its checks, and each mistake its sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import amounts
from firmware.core.answers import LARGEST, check_answer, written
from firmware.core.letters import Field
from firmware.core.shortcuts import shortcuts
from firmware.core.suggestions import folded, suggested
from tests.core.samples import BUSINESS, FAMILY, JOBS, TODAY


def field(name: str) -> Field:
    found = FAMILY.field(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("penghasilan", "1500000", None),
        ("penghasilan", "0", "terlalu kecil. Paling sedikit Rp1."),
        ("penghasilan", "1000000001", "Paling banyak Rp1.000.000.000."),
        ("penghasilan", "1.500.000", "angka saja"),
        ("penghasilan", "", "belum diisi"),
        ("anak", "", None),
        ("anak", "21", "Paling banyak 20."),
        ("anak", "٣", "angka saja"),
        ("lulus", "1998", None),
        ("lulus", "98", "empat angka"),
        ("lulus", "1949", "Isi 1950 sampai 2026."),
        ("lulus", "2027", "Isi 1950 sampai 2026."),
        ("telepon", "081234567890", None),
        ("telepon", "81234567890", "diawali 0"),
        ("telepon", "0812", "9 sampai 14"),
        ("nik_anak", "3510195708850003", None),
        ("nik_anak", "3510195799850003", "Tidak ada NIK"),
        ("nik_anak", "35101957088500", "16 angka"),
        ("nik_anak", "351019570885000x", "16 angka"),
        ("menikah", "Ya", None),
        ("menikah", "mungkin", "Ya atau Tidak"),
        ("lahir", "05-08-1978", None),
        ("lahir", "25-11-2026", "belum tiba"),
        ("lahir", "05-08-1878", "terlalu lama"),
    ],
)
def test_an_answer_of_every_kind(name: str, typed: str, problem: str | None) -> None:
    said = check_answer(field(name), {name: typed}, TODAY)
    assert said is None if problem is None else problem in str(said)


@given(st.text(max_size=30), st.sampled_from(FAMILY.fields))
def test_nothing_typed_breaks_a_check_or_how_it_is_written(typed: str, asked: Field) -> None:
    check_answer(asked, {asked.name: typed}, TODAY)
    assert typed in written(asked, typed) or typed.isdecimal()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (100, "seratus"),
        (1001, "seribu satu"),
        (2015, "dua ribu lima belas"),
        (1_500_000, "satu juta lima ratus ribu"),
        (100_000, "seratus ribu"),
        (2_000_000_000_007, "dua triliun tujuh"),
    ],
)
def test_a_number_in_words(number: int, words: str) -> None:
    assert amounts.in_words(number) == words


@given(st.integers(0, LARGEST))
def test_every_number_has_words_and_figures_of_its_own(number: int) -> None:
    assert int(amounts.rupiah(number)[2:].replace(".", "")) == number
    words = amounts.in_words(number)
    assert words and "  " not in words and words == words.strip()
    assert words != amounts.in_words(number + 1)


# ---------------------------------------------------------------- suggestions


def test_a_job_is_found_by_the_beginning_of_any_of_its_words() -> None:
    assert suggested(JOBS, "") == JOBS
    assert suggested(JOBS, "pe") == ("Petani/Pekebun", "Pedagang", "Buruh Tani/Perkebunan")
    assert suggested(JOBS, "PÉKE") == ("Petani/Pekebun",)
    assert suggested(JOBS, "bur perk") == ("Buruh Tani/Perkebunan",)
    assert suggested(JOBS, "kebun") == ()
    assert (suggested(JOBS, "guru"), suggested(JOBS, "Guru ")) == (("Guru",), ())
    assert suggested(JOBS, "penjual") == ()


@given(st.lists(st.text(max_size=20), max_size=30), st.text(max_size=10))
def test_what_is_suggested_is_of_the_list_and_fits(known: list[str], typed: str) -> None:
    found = suggested(known, typed)
    assert len(found) <= 4
    for text in found:
        assert text in known
        for word in folded(typed):
            assert any(other.startswith(word) for other in folded(text))


@given(st.sampled_from(JOBS), st.integers(1, 6), st.booleans())
def test_whoever_types_on_finds_it(job: str, letters: int, loud: bool) -> None:
    typed = job[:letters].upper() if loud else job[:letters].lower()
    assert job in suggested(JOBS, typed) or job == typed


# ---------------------------------------------------------------- days


def test_days_to_choose_at_one_touch_are_days_taken() -> None:
    start, end = BUSINESS.fields[2], BUSINESS.fields[3]
    given_ = {"dari": "31-12-2026"}
    assert [str(day.shown) for day in shortcuts(start, {}, TODAY)] == [
        "Hari ini", "Besok", "Lusa", "Minggu depan",
    ]  # fmt: skip
    ends = [(str(day.shown), day.value) for day in shortcuts(end, given_, TODAY)]
    assert ends == [("1 bulan", "31-01-2027"), ("3 bulan", "31-03-2027"), ("6 bulan", "30-06-2027")]
    past = shortcuts(field("lahir"), {}, TODAY)
    assert past[1].value == "23-11-2026"
