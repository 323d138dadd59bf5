"""texts.jv.toml: a letter's sentences in another language, and the mistakes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.core.letters import sentences
from regency.letters import load_catalogue, read_letters
from tests.regency.test_letters import GOOD, LETTER_TYP
from ui import texts

JAVANESE = """\
# Javanese
"Surat Keterangan Domisili" = "Serat Katrangan Domisili"
"Butuh bukti alamat" = "Betah bukti alamat"
"Keperluan" = "Kaperluan"
"Surat ini untuk apa?" = "Serat punika kanggé menapa?"
"Sekolah" = "Sekolah"
"Bank" = "Bank"
"Sejak" = "Wiwit"
"Mulai kapan?" = "Wiwit kapan?"
"Sampai" = "Dumugi"
"Sampai kapan?" = "Dumugi kapan?"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A letter that is right, without other languages."""
    place = tmp_path / "domisili"
    place.mkdir()
    (place / "letter.toml").write_text(GOOD, encoding="utf-8")
    (place / "letter.typ").write_text(LETTER_TYP, encoding="utf-8")
    return tmp_path


def mistakes(folder: Path, language: str, source: str) -> list[str]:
    file = folder / "domisili" / f"texts.{language}.toml"
    file.write_text(source, encoding="utf-8")
    letters, found = read_letters(folder)
    assert bool(letters) != bool(found)
    return [str(mistake).removeprefix(str(folder / "domisili") + "/") for mistake in found]


def test_a_language_is_a_file_beside_the_letter(folder: Path) -> None:
    before = load_catalogue(folder)
    assert mistakes(folder, "jv", JAVANESE) == []
    after = load_catalogue(folder)
    assert after.version != before.version
    assert after.letters[0].in_words("Keperluan", "jv") == "Kaperluan"
    assert after.letters[0].in_words("Keperluan", "en") == "Keperluan"
    assert load_catalogue(folder, plain=True) == before


def test_what_a_file_lacks_is_named(folder: Path) -> None:
    short = JAVANESE.replace('"Sejak" = "Wiwit"\n', "")
    assert mistakes(folder, "jv", short) == ["texts.jv.toml: 'Sejak' is not translated; add it"]


def test_a_sentence_that_the_letter_no_longer_says_is_named(folder: Path) -> None:
    changed = JAVANESE.replace('"Keperluan"', '"Keperluann"')
    assert mistakes(folder, "jv", changed) == [
        "texts.jv.toml: 'Keperluan' is not translated; add it",
        "texts.jv.toml:4: the letter does not say 'Keperluann'; did you mean 'Keperluan'?",
    ]


@pytest.mark.parametrize(
    ("language", "source", "sentence"),
    [
        ("Jawa", "", "texts.Jawa.toml: name it by its language, like texts.jv.toml"),
        ("jv", "nothing\n", "texts.jv.toml:1: this is not TOML"),
        ("jv", JAVANESE.replace('"Kaperluan"', "5"), "texts.jv.toml:4: 'Keperluan' must have"),
        ("jv", JAVANESE.replace('"Kaperluan"', '" "'), "texts.jv.toml:4: 'Keperluan' must have"),
    ],
)
def test_a_broken_file_is_named(folder: Path, language: str, source: str, sentence: str) -> None:
    (found,) = mistakes(folder, language, source)
    assert found.startswith(sentence)


def test_the_letters_of_the_house_speak_every_language_of_the_screen() -> None:
    wanted = {one.tag for one in texts.languages()} - {texts.SOURCE}
    for letter in load_catalogue().letters:
        assert set(letter.texts) == wanted, letter.id
        for spoken in letter.texts.values():
            assert set(spoken) == set(sentences(letter))


def test_so_do_the_groups_that_they_stand_in() -> None:
    wanted = {one.tag for one in texts.languages()} - {texts.SOURCE}
    for group in load_catalogue().groups:
        assert set(group.texts) == wanted, group.id
        for spoken in group.texts.values():
            assert set(spoken) == {group.title, group.hint}
