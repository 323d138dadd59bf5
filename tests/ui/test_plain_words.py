"""One word for one thing, spelt as EYD V spells it; and no language's words in another's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from firmware.core.letters import sentences
from regency.letters import load_catalogue
from ui.locale import catalogues

CATALOGUE = load_catalogue()
_SPELLING = {
    "silahkan": "silakan",
    "ijin": "izin",
    "antri": "antre",
    "antrian": "antrean",
    "nomer": "nomor",
    "resiko": "risiko",
    "merubah": "mengubah",
    "rubah": "ubah",
    "dirubah": "diubah",
    "aktifitas": "aktivitas",
    "praktek": "praktik",
    "jadual": "jadwal",
    "tandatangan": "tanda tangan",
    "beritahu": "beri tahu",
    "dimana": "di mana",
    "disini": "di sini",
    "didalam": "di dalam",
    "diatas": "di atas",
    "terimakasih": "terima kasih",
}
_ONE_WORD = {
    "kiosk": "anjungan",
    "kios": "anjungan",
    "mesin": "anjungan",
    "printer": "pencetak",
    "reader": "pembaca kartu",
    "dokumen": "surat",
    "struk": "tiket",
    "karcis": "tiket",
    "operator": "petugas",
    "pegawai": "petugas",
    "admin": "petugas",
    "pengguna": "Anda",
    "user": "Anda",
    "kamu": "Anda",
    "password": "PIN",
    "sandi": "PIN",
}
_INDONESIAN = re.compile(
    r"\b(dan|yang|tidak|sudah|belum|dengan|untuk|silakan|Anda|sedang|akan|dari|atau|bila|lagi|"
    r"surat|permohonan|jangan|karena|supaya|mohon|tunggu)\b"
)


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:\.toml)?", text)


def indonesian() -> Iterator[str]:
    for message in catalogues.template():
        if message.id:
            yield str(message.id if isinstance(message.id, str) else message.id[0])
    for letter in CATALOGUE.letters:
        yield from sentences(letter)
    for group in CATALOGUE.groups:
        yield from (group.title, group.hint)


def translated(language: str) -> Iterator[str]:
    for message in catalogues.read(catalogues.LOCALES / language / catalogues.NAME):
        if message.id and message.context is None:
            texts = [message.string] if isinstance(message.string, str) else message.string
            yield from (text for text in texts or () if text)
    for letter in CATALOGUE.letters:
        yield from letter.texts[language].values()


@pytest.mark.parametrize(
    ("wrong", "right"), [*_SPELLING.items(), *_ONE_WORD.items()], ids=lambda word: word
)
def test_indonesian_has_one_good_word_for_it(wrong: str, right: str) -> None:
    found = [text for text in indonesian() if wrong in map(str.lower, words_of(text))]
    assert found == [], f"say {right!r}"


def test_who_is_spoken_to_is_written_with_a_capital() -> None:
    assert [text for text in indonesian() if "anda" in words_of(text)] == []


def test_nothing_is_doubled_or_left_open() -> None:
    for text in indonesian():
        assert "  " not in text and " ." not in text and " ," not in text, text
        assert re.search(r"\b(\w{3,}) \1\b", text, re.IGNORECASE) is None, text


@pytest.mark.parametrize("language", ["jv", "en"])
def test_no_indonesian_word_stands_in_a_translation(language: str) -> None:
    found = {text: match[0] for text in translated(language) if (match := _INDONESIAN.search(text))}
    assert found == {}


def test_javanese_is_krama() -> None:
    """Ngoko words that krama has another one for; a kiosk speaks so to nobody."""
    ngoko = re.compile(
        r"\b(aku|kowe|sampeyan|ora|wis|durung|lagi|bakal|karo|utawa|saka|iki|iku|kuwi|kene|kono|"
        r"apa|sapa|piro|pira|njaluk|nggawe|gawe|jupuk|anyar|lawas|entek|mati|urip|bali|maneh|"
        r"kertumu|layang|omah|dina|sasi|jeneng|takon|ngenteni|enteni)\b",
        re.IGNORECASE,
    )
    found = {text: match[0] for text in translated("jv") if (match := ngoko.search(text))}
    assert found == {}


def test_english_is_no_telegram() -> None:
    for text in translated("en"):
        assert "please to" not in text.lower() and "can not" not in text.lower(), text
