"""A trial print of every letter, so that a mistake in letter.typ is found at the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import typst

from firmware.core.answers import YES, default_answer
from firmware.core.calendar import format_date
from firmware.core.letters import Field, LetterType
from firmware.core.request import Profile
from regency.letters.files import Mistake
from regency.model import Village
from regency.typeset import LetterContent, Typesetter

_DAY = date(2026, 8, 17)
_VILLAGE = Village(
    code="3510192001",
    kind="Desa",
    name="Contoh",
    district="Contoh",
    regency="Banyuwangi",
    province="Jawa Timur",
    address="Jalan Contoh Nomor 1",
    postcode="68400",
    head_name="Nama Kepala Desa",
    head_title="Kepala Desa",
)
_PROFILE = Profile(
    nik="3510190101800001",
    nama="NAMA PENDUDUK",
    tempat_lahir="Banyuwangi",
    tanggal_lahir="01-01-1980",
    jenis_kelamin="Laki-laki",
    agama="Islam",
    status_kawin="Kawin",
    pekerjaan="Petani",
    alamat="Dusun Contoh",
    rt="001",
    rw="001",
    desa="Contoh",
    kecamatan="Contoh",
    kabupaten="Banyuwangi",
    kewarganegaraan="WNI",
)


def trial_content(letter: LetterType) -> LetterContent:
    """``letter`` for nobody in particular, every question answered."""
    return LetterContent(
        letter=letter,
        number=f"{letter.code}/1/{_VILLAGE.code}/VIII/2026",
        village=_VILLAGE,
        profile=_PROFILE,
        answers={field.name: _answer(field) for field in letter.fields},
        signed_on=_DAY,
        verify_url="https://example.invalid/periksa/CONTOH",
        request_number="3510192001-1/1",
    )


def _answer(field: Field) -> str:
    if field.choices:
        return field.choices[0].value
    return default_answer(field, _DAY) or _SAMPLES.get(field.kind) or "Contoh jawaban"


_SAMPLES = {
    "yesno": YES,
    "date": format_date(_DAY),
    "number": "2",
    "amount": "1500000",
    "year": "2020",
    "phone": "081234567890",
    "nik": "3510190101800001",
}


def trial_mistakes(folder: Path, letters: Iterable[LetterType]) -> tuple[Mistake, ...]:
    """What Typst says against each letter.typ, on the page and on the roll."""
    typesetter = Typesetter(folder)
    found: list[Mistake] = []
    for letter in letters:
        file = folder / letter.id / "letter.typ"
        try:
            typesetter.pdf(trial_content(letter))
            typesetter.roll(trial_content(letter))
        except typst.TypstError as error:
            first = str(error).strip().splitlines()[0]
            found.append(Mistake(file, 0, f"Typst cannot set this letter: {first}"))
    return tuple(found)
