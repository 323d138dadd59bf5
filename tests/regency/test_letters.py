"""The letters that come with the house, and what an author of a new one is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from firmware.core.answers import check_answer, default_answer
from firmware.core.calendar import format_date
from firmware.core.errors import CatalogueError
from firmware.core.letters import decode_catalogue
from firmware.core.request import PROFILE_LABELS
from regency.letters import LETTERS_DIR, load_catalogue, read_letters
from regency.letters.__main__ import main
from tests.regency.letter_parts import ANSWERS

TODAY = date(2026, 11, 24)

GOOD = """\
code = "470"
title = "Surat Keterangan Domisili"
need = "Butuh bukti alamat"
icon = "rumah"
known = ["nama", "alamat"]

[[fields]]
name = "keperluan"
label = "Keperluan"
question = "Surat ini untuk apa?"
kind = "choice"
choices = ["Sekolah", "Bank"]

[[fields]]
name = "sejak"
label = "Sejak"
question = "Mulai kapan?"
kind = "date"
default = "today"

[[fields]]
name = "sampai"
label = "Sampai"
question = "Sampai kapan?"
kind = "date"
default = "today+30d"
not_before = "sejak"
"""
CATALOGUE_TOML = """\
[[groups]]
id = "barang"
title = "Barang"
hint = "Barang hilang"
icon = "tanah"
[lists]
desa = ["Songgon"]
"""
LETTER_TYP = '#import "/common.typ": letter, resident\n#show: letter\n#resident()\n'

Author = Callable[[str], Path]


@pytest.fixture
def author(tmp_path: Path) -> Author:
    """Writes a letter `domisili` with the given letter.toml; returns the letters' folder."""

    def write(source: str) -> Path:
        folder = tmp_path / "domisili"
        folder.mkdir(exist_ok=True)
        (folder / "letter.toml").write_text(source, encoding="utf-8")
        (folder / "letter.typ").write_text(LETTER_TYP, encoding="utf-8")
        shutil.copy(LETTERS_DIR / "common.typ", tmp_path)
        (tmp_path / "catalogue.toml").write_text(CATALOGUE_TOML, encoding="utf-8")
        return tmp_path

    return write


# ---------------------------------------------------------------- the letters of the house


def test_two_letters_come_with_the_house() -> None:
    assert [(letter.id, letter.code) for letter in load_catalogue().letters] == [
        ("keterangan-usaha", "503"),
        ("pengantar-skck", "331"),
    ]


def test_a_citizen_finds_them_in_plain_words() -> None:
    for letter in load_catalogue().letters:
        assert letter.need.startswith("Mau ")
        assert set(letter.known) <= set(PROFILE_LABELS)
        assert all(field.question.endswith("?") for field in letter.fields)


def test_the_answers_offered_are_answers_taken() -> None:
    for letter in load_catalogue().letters:
        given = {
            **ANSWERS,
            **{f.name: default_answer(f, TODAY) for f in letter.fields if f.default},
        }
        for field in letter.fields:
            assert check_answer(field, given, TODAY) is None
            for choice in field.choices:
                assert check_answer(field, {field.name: choice.value}, TODAY) is None


def test_a_business_letter_holds_for_half_a_year() -> None:
    letter = load_catalogue().get("keterangan-usaha")
    assert letter is not None
    until = next(field for field in letter.fields if field.name == "berlaku_sampai")
    assert default_answer(until, TODAY) == format_date(TODAY + timedelta(days=180))


def test_the_catalogue_that_is_exported_is_what_a_kiosk_reads(tmp_path: Path) -> None:
    out = tmp_path / "catalogue.json"
    assert main(["export", "--out", str(out)]) == 0
    assert decode_catalogue(out.read_bytes()) == load_catalogue()


def test_the_house_passes_its_own_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "2 letters read, 0 mistakes\n"


def test_the_version_follows_the_content(author: Author) -> None:
    first = load_catalogue(author(GOOD)).version
    assert load_catalogue(author(GOOD)).version == first
    assert load_catalogue(author(GOOD.replace("Bank", "Koperasi"))).version != first


# ---------------------------------------------------------------- a new letter


def test_a_new_folder_is_a_new_letter(author: Author) -> None:
    folder = author(GOOD)
    assert main(["--letters", str(folder), "check"]) == 0
    letter = load_catalogue(folder).get("domisili")
    assert letter is not None
    assert [choice.value for choice in letter.fields[0].choices] == ["Sekolah", "Bank"]


MISTAKES = [
    # what was written, what stands there instead, line, sentence
    ('code = "470"', "code = 470", 1, "code must be text in quotes"),
    ('code = "470"', 'code = ""', 1, "code is empty; write what belongs there"),
    ('code = "470"', 'code = "SKD"', 1, "code 'SKD' must be figures and points, like 503 or 500.3"),
    ('code = "470"\n', "", 1, "code is missing; add it"),
    ("title =", "titel =", 2, "key 'titel' does not exist; did you mean 'title'?"),
    ("title =", "titel =", 1, "title is missing; add it"),
    ('"rumah"', '"rumah ku"', 4, "icon 'rumah ku' must be a picture's name in a-z, 0-9 and dashes"),
    ('["nama", "alamat"]', '"nama"', 5, "known must be a list"),
    ('"alamat"]', "7]", 5, "known must be a list of texts in quotes, none of them empty"),
    ('"alamat"]', '"almat"]', 5, "known: a profile has no 'almat'; did you mean 'alamat'?"),
    ('"alamat"]', '"nama"]', 5, "known names 'nama' twice; leave one out"),
    ('name = "keperluan"', 'name = "Keperluan!"', 8, "must be a-z, 0-9 and _, and begin with a"),
    ('name = "sejak"', 'name = "keperluan"', 15, "field 'keperluan' is there twice"),
    ('label = "Sejak"\n', "", 14, "label is missing in this field; add it"),
    ('question = "Mulai kapan?"', 'question = ""', 17, "question is empty"),
    ('"rumah"', '"rumah"\ngroup = "tanah"', 5, "there is no group 'tanah'; there are: barang"),
    ('"rumah"', '"rumah"\ngroup = "brang"', 5, "no group 'brang'; did you mean 'barang'?"),
    ('"rumah"', '"rumah"\nwords = "{nma} pindah"', 5, "no {nma} to fill in; did you mean {nama}?"),
    ('"rumah"', '"rumah"\nwords = "{nama"', 5, "a brace stands alone"),
    ('"rumah"', '"rumah"\nproofs = [1]', 5, "proofs must be a list of texts in quotes"),
    (
        'kind = "choice"',
        'kind = "amuont"',
        11,
        "kind 'amuont' does not exist; did you mean 'amount'",
    ),
    (
        '"Mulai kapan?"',
        '"Mulai kapan?"\nsuggest = 5',
        18,
        "suggest must be text in quotes or a",
    ),
    ('"Mulai kapan?"', '"Mulai kapan?"\nsuggest = "desa"', 18, 'suggest belongs to kind = "text"'),
    ('"Mulai kapan?"', '"Mulai kapan?"\nleast = 5', 18, "least belongs to number, amount and year"),
    (
        'kind = "choice"',
        'kind = "choise"',
        11,
        "kind 'choise' does not exist; did you mean",
    ),
    ('kind = "choice"\n', "", 11, "choices belongs to kind = \"choice\", but 'keperluan' is text"),
    ('["Sekolah", "Bank"]', "[]", 12, "choice 'keperluan' has no choices; list at least one"),
    ('"Bank"]', '"Sekolah"]', 12, "'Sekolah' can be chosen twice; leave one out"),
    ('"Bank"]', "3]", 12, "choices must be a list of texts in quotes"),
    ('"Bank"]', '"Bank"]\nother = "ya"', 13, "other must be true or false"),
    ('"Bank"]', '"Bank"]\ndefault = "Toko"', 13, "the default of 'keperluan' is none of its"),
    ('"Bank"]', '"Bank"]\nmin_length = 0', 13, "min_length must be 1 or more"),
    ('"Bank"]', '"Bank"]\nmax_length = 2', 13, "max_length is less than min_length"),
    ('"Bank"]', '"Bank"]\nmax_length = 900', 13, "max_length must be 200 or less"),
    ('"Bank"]', '"Bank"]\nmax_length = "9"', 13, "max_length must be a whole number"),
    ('"Bank"]', '"Bank"]\nnot_before = "sejak"', 13, 'not_before belongs to kind = "date"'),
    ('default = "today"', 'default = "besok"', 19, "the default of a date must be"),
    ('default = "today"', 'default = "today"\nother = true', 20, "other belongs to kind"),
    ('"today+30d"', '"today+999d"', 26, "the default lies beyond max_days_ahead"),
    ('"today+30d"', '"today"\nmax_days_ahead = -1', 27, "max_days_ahead must be 0 or more"),
    ('not_before = "sejak"', 'not_before = "sejek"', 27, "which is no date field asked before"),
    ('not_before = "sejak"', 'not_before = "sampai"', 27, "which is no date field asked before"),
    ('kind = "date"\ndefault = "today"\n', 'default = "!"\n', 18, "would itself be refused"),
    ('need = "Butuh', "need = Butuh", 3, "this is not TOML"),
    ('icon = "rumah"', 'icon = "rumah"\nicon = "lain"', 5, "this is not TOML"),
]


@pytest.mark.parametrize(("written", "instead", "line", "sentence"), MISTAKES)
def test_a_mistake_is_named_with_its_line(
    author: Author,
    capsys: pytest.CaptureFixture[str],
    written: str,
    instead: str,
    line: int,
    sentence: str,
) -> None:
    assert written in GOOD
    folder = author(GOOD.replace(written, instead, 1))
    assert main(["--letters", str(folder), "check"]) == 1
    said = capsys.readouterr().err.splitlines()
    place = f"{folder / 'domisili' / 'letter.toml'}:{line}: "
    assert [text for text in said if text.startswith(place) and sentence in text], said
    with pytest.raises(CatalogueError):
        load_catalogue(folder)


def test_every_mistake_is_named_at_once(author: Author, capsys: pytest.CaptureFixture[str]) -> None:
    source = GOOD.replace('code = "470"', "code = 470").replace("title =", "titel =")
    assert main(["--letters", str(author(source.replace('"Bank"]', "3]"))), "check"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [text.split("letter.toml:")[1].split(":")[0] for text in said] == ["1", "1", "2", "12"]


def test_fields_must_be_tables(author: Author, capsys: pytest.CaptureFixture[str]) -> None:
    source = GOOD.split("[[fields]]")[0] + 'fields = ["keperluan"]\n'
    assert main(["--letters", str(author(source)), "check"]) == 1
    assert "write every question as a [[fields]] table" in capsys.readouterr().err


def test_missing_files_are_named(author: Author, capsys: pytest.CaptureFixture[str]) -> None:
    folder = author(GOOD)
    (folder / "domisili" / "letter.typ").unlink()
    (folder / "kosong").mkdir()
    assert main(["--letters", str(folder), "check"]) == 1
    said = capsys.readouterr().err
    assert "letter.typ: the file is missing; it says how the letter looks" in said
    assert "letter.toml: the file is missing; every letter needs one" in said


def test_a_folder_name_must_be_an_id(author: Author, capsys: pytest.CaptureFixture[str]) -> None:
    folder = author(GOOD)
    (folder / "domisili").rename(folder / "Surat Domisili")
    assert main(["--letters", str(folder), "check"]) == 1
    assert "the folder's name is the letter's id" in capsys.readouterr().err


def test_a_file_in_another_encoding_is_named(
    author: Author, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = author(GOOD)
    (folder / "domisili" / "letter.toml").write_bytes(b'title = "Caf\xe9"')
    assert main(["--letters", str(folder), "check"]) == 1
    assert "the file is not UTF-8; save it as UTF-8" in capsys.readouterr().err


def test_a_mistake_in_the_typst_source_is_found_before_a_citizen_waits(
    author: Author, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = author(GOOD)
    (folder / "domisili" / "letter.typ").write_text("#tidak-ada()\n", encoding="utf-8")
    assert main(["--letters", str(folder), "check"]) == 1
    said = capsys.readouterr().err
    assert "Typst cannot set this letter" in said
    assert "tidak-ada" in said


def test_a_folder_without_letters_is_a_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_letters(tmp_path)[0] == ()
    assert main(["--letters", str(tmp_path), "check"]) == 1
    assert "there is no letter here" in capsys.readouterr().err


def test_a_wrong_folder_or_file_is_one_sentence(
    author: Author, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--letters", str(tmp_path / "mana"), "check"]) == 1
    assert main(["export", "--out", str(tmp_path / "mana" / "x.json")]) == 1
    folder = author(GOOD.replace("title", "titel"))
    assert main(["--letters", str(folder), "export", "--out", str(tmp_path / "x.json")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert not (tmp_path / "x.json").exists()
