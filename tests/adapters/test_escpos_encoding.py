"""A slip as bytes: nothing hostile gets through, nothing falls off the edge."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.printer.escpos import EscposEncoder, profile_names
from hw.printer.raster import band_heights, fitted, without_real_time_commands
from hw.printer.text import printable, wrapped
from hw.protocols import Align, Cut, Feed, Line, Qr, Raster, Rule
from hw.virtual.escpos import CutPaper, Interpreter, Rows, SetStatusBack

EMPTY = EscposEncoder().encode(())


def body(text: str) -> bytes:
    return EscposEncoder().encode((Line(text),)).removeprefix(EMPTY)


@given(st.text(max_size=200))
def test_no_text_becomes_a_command(text: str) -> None:
    styling, _, _ = body("x").partition(b"\x1bt")
    codes = re.sub(rb"\x1bt.", b"", body(text).removeprefix(styling), flags=re.DOTALL)
    assert not [byte for byte in codes if (byte < 0x20 and byte != 0x0A) or byte == 0x7F]


@given(st.text(max_size=300), st.integers(1, 8))
def test_the_printer_never_has_to_break_a_line(text: str, scale: int) -> None:
    deeds = Interpreter().feed(EscposEncoder().encode((Line(text, scale=scale),)))
    rows = [deed for deed in deeds if isinstance(deed, Rows)]
    columns = 576 // (12 * scale)
    lines = wrapped(printable(text, lambda char: char in "éñ"), columns)
    assert all(len(line) <= columns for line in lines)
    assert len(rows) >= 1


@pytest.mark.parametrize(
    ("given_text", "on_paper"),
    [
        ("Jl. “Mawar” – 5…", b'Jl. "Mawar" - 5...'),
        ("Nuʼaim\u200b Şahin", b"Nu'aim Sahin"),
        ("a\x1b@b\x10\x04\x01c\x07", b"a@bc"),
        ("satu\tdua\nlima", b"satu dua lima"),
        ("漢字", b"??"),
        ("\ud800lone", b"lone"),
        ("10\u00a0000", b"10 000"),
    ],
)
def test_what_the_code_page_lacks_is_written_otherwise(given_text: str, on_paper: bytes) -> None:
    assert on_paper + b"\n" in body(given_text)


def test_letters_of_the_code_page_stay() -> None:
    assert b"Caf\x82" in body("Café")
    assert b"Caf\x82" in body("Cafe\u0301")


def test_long_lines_wrap_at_words() -> None:
    text = "Simpan tiket ini. Siapa pun yang memegang kode ini dapat melihat keadaannya."
    printed = body(text)
    assert b"memegang kode\n" in printed
    assert all(len(line) <= 60 for line in printed.split(b"\n"))


def test_spaces_in_a_table_stay() -> None:
    assert b"Tanggal   : 24 November\n" in body("Tanggal   : 24 November")


def test_a_job_begins_with_initialise_and_never_resets_again() -> None:
    slip = (Line("a"), Rule(), Qr("https://x.test/y"), Raster(8, b"\x18" * 9), Feed(40), Cut())
    job = EscposEncoder().encode(slip)
    assert job.startswith(b"\x1b@\x1da\xff")
    assert job.count(b"\x1b@") == 1


@given(st.integers(0, 4000), st.sampled_from([1, 48, 72, 128]))
def test_bands_add_up_and_avoid_heights_that_break_clones(lines: int, row_bytes: int) -> None:
    heights = list(band_heights(lines, row_bytes))
    assert sum(heights) == lines
    assert all(0 < height <= 100 and height % 48 for height in heights)
    assert all(height * row_bytes <= 8192 for height in heights)


@given(st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14, 0xFF]), max_size=200).map(bytes))
def test_no_picture_holds_a_real_time_command(band: bytes) -> None:
    safe = without_real_time_commands(band)
    assert not re.search(rb"\x10[\x04\x05\x14]", safe)
    changed = sum((a ^ b).bit_count() for a, b in zip(band, safe, strict=True))
    assert changed == len(re.findall(rb"(?=\x10[\x04\x05\x14])", band))


def test_a_picture_arrives_dot_by_dot() -> None:
    rows = random.Random(7).randbytes(72 * 331).replace(b"\x10", b"\x11")
    deeds = Interpreter().feed(EscposEncoder().encode((Raster(576, rows),)))
    strips = [deed.strip for deed in deeds if isinstance(deed, Rows)]
    printed = b"".join(
        strip.point(lambda value: 255 - value).convert("1").tobytes() for strip in strips
    )
    assert printed == rows


def test_a_narrow_picture_is_centred_and_a_wide_one_made_smaller() -> None:
    assert fitted(b"\xff", 8, 24) == b"\x00\xff\x00"
    assert fitted(b"\xff" * 8, 32, 16) == b"\xff\xff"


def test_a_profile_without_native_codes_gets_a_picture() -> None:
    without = next(
        name for name in profile_names() if not _native(EscposEncoder(name).encode((Qr("abc"),)))
    )
    assert b"\x1dv0" in EscposEncoder(without).encode((Qr("abc"),))


def test_an_overlong_code_is_shortened_rather_than_lost() -> None:
    deeds = Interpreter().feed(EscposEncoder().encode((Qr("a" * 9000, module_dots=16),)))
    assert [deed.strip.getextrema() for deed in deeds if isinstance(deed, Rows)] == [(0, 255)]


def test_every_profile_can_be_used() -> None:
    slip = (Line("Surat é", bold=True, align=Align.CENTER, scale=2), Qr("abc"), Cut())
    for name in profile_names():
        deeds = Interpreter().feed(EscposEncoder(name).encode(slip))
        assert any(isinstance(deed, Rows | CutPaper) for deed in deeds), name


@given(st.binary(max_size=400), st.integers(1, 50))
def test_the_virtual_printer_reads_anything(data: bytes, cut: int) -> None:
    whole, pieces = Interpreter(), Interpreter()
    at_once = [type(deed) for deed in whole.feed(data)]
    in_pieces = [
        type(deed)
        for start in range(0, len(data), cut)
        for deed in pieces.feed(data[start : start + cut])
    ]
    assert at_once == in_pieces
    whole.clear()
    assert [type(deed) for deed in whole.feed(b"\x1b@a\n")] == [SetStatusBack, Rows]


def _native(job: bytes) -> bool:
    return b"\x1d(k" in job
