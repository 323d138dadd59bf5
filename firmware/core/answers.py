"""The checks of what a citizen answers: one sentence for each thing to mend. Pure; kiosk and
regency use the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from firmware.core import amounts
from firmware.core.calendar import format_date, parse_date
from firmware.core.letters import Field
from firmware.core.nik import nik_problem
from firmware.core.view import Say

YES, NO = "Ya", "Tidak"
FIRST_YEAR = 1900
LARGEST = 10**12 - 1
"""The largest number or amount: words for it still fit a line."""

# Letters of every script that Indonesian names use, digits and the punctuation of addresses.
_TEXT = re.compile(r"[^\W_](?:[^\W_]|[ .,'’()/&:;+\-])*", re.UNICODE)
_DEFAULT_DATE = re.compile(r"today(?:\+([0-9]{1,4})d)?")
_FIGURES = re.compile(r"[0-9]{1,20}")
_PHONE = re.compile(r"0[1-9][0-9]{7,12}")


def default_answer(field: Field, today: date) -> str:
    """What stands in the field before the citizen says anything."""
    if field.kind != "date":
        return field.default
    match = _DEFAULT_DATE.fullmatch(field.default)
    if match is None:
        return ""
    days = min(int(match[1] or 0), (date.max - today).days)  # a clock may stand at year 9999
    return format_date(today + timedelta(days=days))


def check_answer(field: Field, answers: Mapping[str, str], today: date) -> Say | None:
    """The sentence that says what to mend in the answer to ``field``; None when it is good."""
    value = answers.get(field.name, "").strip()
    if not value:
        return None if field.optional else Say("Bagian ini belum diisi.")
    if field.kind == "date":
        return _check_date(field, value, answers, today)
    if field.kind in _FIGURES_ONLY:
        return _FIGURES_ONLY[field.kind](field, value, today)
    return _check_words(field, value)


def _check_words(field: Field, value: str) -> Say | None:
    if field.kind == "yesno":
        return None if value in (YES, NO) else Say("Pilih Ya atau Tidak.")
    if field.kind == "choice" and value in {choice.value for choice in field.choices}:
        return None
    if field.kind == "choice" and not field.other:
        return Say("Pilih salah satu jawaban yang tersedia.")
    return _check_text(field, value)


def _check_text(field: Field, value: str) -> Say | None:
    if _TEXT.fullmatch(value) is None:
        return Say("Gunakan huruf, angka, dan tanda baca biasa saja, diawali huruf atau angka.")
    if len(value) < field.min_length:
        return Say("Terlalu pendek. Tulis paling sedikit {n} huruf.", {"n": str(field.min_length)})
    if len(value) > field.max_length:
        return Say("Terlalu panjang. Tulis paling banyak {n} huruf.", {"n": str(field.max_length)})
    return None


def _check_date(field: Field, value: str, answers: Mapping[str, str], today: date) -> Say | None:
    day = parse_date(value)
    if day is None:
        return Say("Tanggal ini tidak ada. Tulis tanggal-bulan-tahun, misalnya 17-08-2026.")
    if day < today and not field.max_days_back:
        return Say("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya.")
    if day > today and not field.max_days_ahead:
        return Say("Tanggal ini belum tiba. Pilih hari ini atau sebelumnya.")
    if (today - day).days > field.max_days_back:
        return Say(
            "Tanggal ini terlalu lama. Paling lama {n} hari yang lalu.",
            {"n": str(field.max_days_back)},
        )
    if (day - today).days > field.max_days_ahead:
        return Say(
            "Tanggal ini terlalu jauh. Paling jauh {n} hari dari sekarang.",
            {"n": str(field.max_days_ahead)},
        )
    earliest = parse_date(answers.get(field.not_before, ""))
    if earliest is not None and day < earliest:
        return Say("Tanggal akhir tidak boleh sebelum tanggal awal.")
    return None


# ---------------------------------------------------------------- figures


def _check_number(field: Field, value: str, _today: date) -> Say | None:
    most = field.most or LARGEST
    if _FIGURES.fullmatch(value) is None:
        return Say("Tulis dengan angka saja.")
    if int(value) < field.least:
        return Say(
            "Angka ini terlalu kecil. Paling sedikit {least}.",
            {"least": _shown(field, field.least)},
        )
    if int(value) > most:
        return Say("Angka ini terlalu besar. Paling banyak {most}.", {"most": _shown(field, most)})
    return None


def _shown(field: Field, number: int) -> str:
    return amounts.rupiah(number) if field.kind == "amount" else amounts.thousands(number)


def _check_year(field: Field, value: str, today: date) -> Say | None:
    first, last = field.least or FIRST_YEAR, field.most or today.year
    if _FIGURES.fullmatch(value) is None or len(value) != 4:
        return Say("Tulis tahun dengan empat angka, misalnya {year}.", {"year": str(today.year)})
    if not first <= int(value) <= last:
        years = {"first": str(first), "last": str(last)}
        return Say("Tahun ini tidak mungkin. Isi {first} sampai {last}.", years)
    return None


def _check_phone(_field: Field, value: str, _today: date) -> Say | None:
    if _PHONE.fullmatch(value) is None:
        return Say("Nomor telepon diawali 0 dan terdiri dari 9 sampai 14 angka.")
    return None


def _check_nik(_field: Field, value: str, _today: date) -> Say | None:
    return nik_problem(value if _FIGURES.fullmatch(value) else "")


_FIGURES_ONLY: dict[str, Callable[[Field, str, date], Say | None]] = {
    "number": _check_number,
    "amount": _check_number,
    "year": _check_year,
    "phone": _check_phone,
    "nik": _check_nik,
}


def written(field: Field, value: str) -> str:
    """An answer as letters write it: figures in groups, rupiah as such."""
    if field.kind in ("number", "amount") and _FIGURES.fullmatch(value):
        return _shown(field, int(value))
    return value
