"""A letter on F4 paper and on the roll, read as an office and a phone would read it."""

from __future__ import annotations

import io
import threading
import zlib
from datetime import date

import msgspec
import pikepdf
import pytest
from PIL import Image

from firmware.core.calendar import long_date
from regency.typeset import ROLL_DOTS, LetterContent, Typesetter
from tests.regency.letter_parts import (
    ANSWERS,
    GENTENG,
    SITI,
    SONGGON,
    URL,
    content,
    ink_box,
    page_picture,
    qr_texts,
    roll_picture,
    text_of,
)

LETTERS = ("keterangan-usaha", "pengantar-skck")

HOSTILE = (
    '#eval("1 + 1")',
    '#read("/common.typ")',
    "*tebal* _miring_ `kode` $x^2$",
    "= Judul ] [ } { ) (",
    "a\\nb \\ c // d /* e */",
    "\"kutip\" 'satu' <label> @rujuk ~ -- ---",
    "{{answers}} %s {0}",
    "محمد علي",
    "משה כהן",
    "Ñáéíóú Ķļ Đorđe",
)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def of(name: str, letter_id: str = "keterangan-usaha") -> LetterContent:
    """The letter of a resident with that name."""
    return content(letter_id, profile=msgspec.structs.replace(SITI, nama=name))


@pytest.mark.parametrize("letter_id", LETTERS)
def test_the_page_is_one_f4_sheet(typesetter: Typesetter, letter_id: str) -> None:
    with pikepdf.open(io.BytesIO(typesetter.pdf(content(letter_id)))) as pdf:
        assert len(pdf.pages) == 1
        width, height = (float(side) * 25.4 / 72 for side in pdf.pages[0].mediabox[2:])
        assert (round(width), round(height)) == (215, 330)


@pytest.mark.parametrize("letter_id", LETTERS)
def test_the_page_can_be_kept_for_years(typesetter: Typesetter, letter_id: str) -> None:
    with pikepdf.open(io.BytesIO(typesetter.pdf(content(letter_id)))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
        fonts = [font for font in pdf.objects if _is(font, "/FontDescriptor")]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)


def _is(thing: object, kind: str) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == kind


@pytest.mark.parametrize("letter_id", LETTERS)
def test_the_page_says_everything(typesetter: Typesetter, letter_id: str) -> None:
    letter = content(letter_id)
    text = text_of(typesetter.pdf(letter))
    for expected in (
        "PEMERINTAH KABUPATEN BANYUWANGI",
        "KECAMATAN SONGGON",
        "KANTOR KEPALA DESA SONGGON",
        "Jalan Raya Songgon Nomor 12 Kode Pos 68463",
        letter.letter.title.upper(),
        f"Nomor: {letter.number}",
        "Yang bertanda tangan di bawah ini Kepala Desa Songgon, Kecamatan Songgon,",
        "SITI AMINAH",
        "3510194508780001",
        "Banyuwangi, 5 Agustus 1978",
        "Membuka rekening bank",
        "24 November 2026 sampai dengan 23 Mei 2027",
        "Songgon, 24 November 2026",
        "Suparman Hadi, S.Sos.",
        "itandatangani secara elektronik",
        "3510192001-1/000123",
        URL,
    ):
        assert expected in text


def test_the_business_stands_in_its_letter(typesetter: Typesetter) -> None:
    assert "Warung Nasi Tempong Bu Siti" in text_of(typesetter.pdf(content()))


def test_the_skck_letter_vouches_for_conduct(typesetter: Typesetter) -> None:
    text = text_of(typesetter.pdf(content("pengantar-skck")))
    assert "berkelakuan baik" in text
    assert "Surat Keterangan Catatan Kepolisian (SKCK)" in text


@pytest.mark.parametrize("letter_id", LETTERS)
def test_a_kelurahan_has_a_lurah(typesetter: Typesetter, letter_id: str) -> None:
    resident = msgspec.structs.replace(SITI, desa="GENTENG KULON", kecamatan="Genteng")
    text = text_of(typesetter.pdf(content(letter_id, village=GENTENG, profile=resident)))
    assert "PEMERINTAH KABUPATEN BANYUWANGI" in text
    assert "KANTOR KELURAHAN GENTENG KULON" in text
    assert "di bawah ini Lurah Genteng Kulon, Kecamatan Genteng" in text
    assert "benar penduduk Kelurahan Genteng Kulon" in text
    assert "Kepala Desa" not in text.replace("DESA", "Desa")


@pytest.mark.parametrize("letter_id", LETTERS)
def test_a_phone_reads_the_code_on_the_page(typesetter: Typesetter, letter_id: str) -> None:
    assert qr_texts(page_picture(typesetter.pdf(content(letter_id)))) == [URL]


@pytest.mark.parametrize("letter_id", LETTERS)
def test_a_phone_reads_the_code_on_the_roll(typesetter: Typesetter, letter_id: str) -> None:
    assert qr_texts(roll_picture(typesetter.roll(content(letter_id)))) == [URL]


@pytest.mark.parametrize("length", [20, 60, 120, 250])
def test_addresses_of_any_length_stay_readable(typesetter: Typesetter, length: int) -> None:
    url = ("https://anjungan.example/" + "A1b2" * 80)[:length]
    letter = content(verify_url=url)
    assert qr_texts(page_picture(typesetter.pdf(letter))) == [url]
    assert qr_texts(roll_picture(typesetter.roll(letter))) == [url]


@pytest.mark.parametrize("letter_id", LETTERS)
def test_the_roll_fits_the_printer_and_a_message(typesetter: Typesetter, letter_id: str) -> None:
    roll = typesetter.roll(content(letter_id))
    picture = roll_picture(roll)
    left, _, right, bottom = ink_box(picture)
    assert picture.width == ROLL_DOTS
    assert left >= 4
    assert right <= ROLL_DOTS - 4
    assert picture.height - bottom >= 8
    assert picture.height < 3200  # 40 cm of paper
    assert len(roll) < 60_000


def test_a_set_bit_on_the_roll_is_ink(typesetter: Typesetter) -> None:
    rows = zlib.decompress(typesetter.roll(content()))
    ink = sum(byte.bit_count() for byte in rows) / (len(rows) * 8)
    assert 0.03 < ink < 0.25


def test_the_roll_is_thresholded_not_dithered(typesetter: Typesetter) -> None:
    grey = Image.open(io.BytesIO(typesetter.roll_picture(content()))).convert("L")
    expected = grey.point(lambda shade: 0 if shade < 128 else 255)
    assert roll_picture(typesetter.roll(content())).tobytes() == expected.tobytes()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_looks_like_code_is_printed_as_it_stands(
    typesetter: Typesetter, name: str
) -> None:
    pdf = typesetter.pdf(of(name))
    assert _letters(name) <= _letters(text_of(pdf))
    if name.isascii():
        assert name in text_of(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_metadata() as metadata:
        assert metadata.pdfa_status == "2B"
    assert ink_box(roll_picture(typesetter.roll(of(name))))[2] <= ROLL_DOTS - 4


def _letters(text: str) -> set[str]:
    return {sign for sign in text if not sign.isspace()}


@pytest.mark.parametrize("answer", HOSTILE)
def test_an_answer_that_looks_like_code_is_printed_as_it_stands(
    typesetter: Typesetter, answer: str
) -> None:
    letter = content(answers={**ANSWERS, "nama_usaha": answer, "keperluan": answer})
    text = text_of(typesetter.pdf(letter))
    assert _letters(answer) <= _letters(text)
    assert qr_texts(roll_picture(typesetter.roll(letter))) == [URL]


@pytest.mark.parametrize("sign", ["😀", "ꦱꦶꦠꦶ", "王芳"])
def test_a_sign_that_no_font_has_becomes_a_box_and_a_warning(
    typesetter: Typesetter, sign: str, caplog: pytest.LogCaptureFixture
) -> None:
    pdf = typesetter.pdf(of(f"SITI {sign} AMINAH"))
    text = text_of(pdf)
    assert "SITI" in text
    assert "AMINAH" in text
    assert "a sign that no font has" in caplog.text
    assert "SITI" not in caplog.text
    assert page_picture(pdf).tobytes() != page_picture(typesetter.pdf(of("SITI AMINAH"))).tobytes()
    assert qr_texts(roll_picture(typesetter.roll(of(sign)))) == [URL]


def test_direction_and_control_signs_cannot_turn_a_letter_round(typesetter: Typesetter) -> None:
    text = text_of(typesetter.pdf(of("SITI \u202eHANIMA\u202c\x07\n\tBINTI\u2066 X\u200b")))
    assert "SITI HANIMA BINTI X" in text


@pytest.mark.parametrize("letter_id", LETTERS)
@pytest.mark.parametrize("name", ["X" * 80, "MUHAMMAD " * 9, "W" * 200])
def test_long_names_wrap_inside_the_paper(
    typesetter: Typesetter, letter_id: str, name: str
) -> None:
    resident = msgspec.structs.replace(SITI, nama=name, alamat=name, pekerjaan=name)
    village = msgspec.structs.replace(SONGGON, head_name=name[:80], address=name[:80])
    letter = content(letter_id, profile=resident, village=village)
    page = page_picture(typesetter.pdf(letter), dpi=100)
    left, _, right, _ = ink_box(page)
    assert left > page.width * 0.12
    assert right < page.width * 0.9
    roll_left, _, roll_right, _ = ink_box(roll_picture(typesetter.roll(letter)))
    assert roll_left >= 4
    assert roll_right <= ROLL_DOTS - 4


def test_a_missing_answer_shows_as_a_dash(typesetter: Typesetter) -> None:
    assert "Nama usaha : –" in text_of(typesetter.pdf(content(answers={})))


def test_a_day_that_cannot_be_read_is_left_as_it_is(typesetter: Typesetter) -> None:
    resident = msgspec.structs.replace(SITI, tanggal_lahir="00-00-1978")
    assert "Banyuwangi, 00-00-1978" in text_of(typesetter.pdf(content(profile=resident)))


def test_the_same_letter_gives_the_same_bytes(typesetter: Typesetter) -> None:
    assert typesetter.pdf(content()) == Typesetter().pdf(content())
    assert typesetter.roll(content()) == Typesetter().roll(content())


def test_one_letter_leaves_nothing_in_the_next(typesetter: Typesetter) -> None:
    before = typesetter.pdf(content())
    typesetter.pdf(of("ORANG LAIN"))
    assert typesetter.pdf(content()) == before


def test_threads_may_share_a_typesetter(typesetter: Typesetter) -> None:
    made: dict[str, bytes] = {}

    def make(name: str) -> None:
        made[name] = typesetter.pdf(of(name))

    names = [f"WARGA KE {number}" for number in range(8)]
    threads = [threading.Thread(target=make, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [name for name in names if name in text_of(made[name])] == names


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 8, 17), "17 Agustus 2026"), (date(2027, 1, 1), "1 Januari 2027")],
)
def test_days_are_written_in_indonesian(day: date, words: str) -> None:
    assert long_date(day) == words


def test_a_letter_hides_its_content_in_logs() -> None:
    assert "SITI" not in repr(content())
    assert SITI.nik not in repr(content())
