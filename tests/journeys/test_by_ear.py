"""Whole visits at a real controller by four keys, with the spoken words as the only output."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from firmware.store import Store
from tests.core.samples import card, profile
from tests.firmware import people
from tests.journeys.ear import BlindVisitor
from tests.journeys.kiosk import Kiosk, a_kiosk
from tests.journeys.test_cabinet_inputs import CabinetWithPins, started
from ui.keys import PadKey

OFFICER, CITIZEN = 9, 2
NEW = "735028"
ROLL = zlib.compress(bytes(72 * 200))


@pytest.fixture(params=[{}])
def kiosk(request: pytest.FixtureRequest) -> Iterator[Kiosk]:
    """Its parameter is the table [visit] of its configuration."""
    with a_kiosk(printer_mm_per_second=40, visit=request.param) as kiosk:
        store = Store(kiosk.database)
        store.take_entry(replace(people.entry(OFFICER, 2), role="officer"))
        store.take_letter(people.letter(1, "r1", 3, ROLL))
        store.close()
        kiosk.start()
        yield kiosk


@contextlib.contextmanager
def a_visitor(kiosk: Kiosk) -> Iterator[BlindVisitor]:
    visitor = BlindVisitor(kiosk.folder / "heard", kiosk.folder / "kiosk" / "run" / "ui.sock")
    yield visitor
    visitor.close()


@pytest.fixture
def visitor(kiosk: Kiosk) -> Iterator[BlindVisitor]:
    with a_visitor(kiosk) as visitor:
        yield visitor


def _comes(kiosk: Kiosk, visitor: BlindVisitor, person: int = 1) -> None:
    """The key that repeats wakes the voice; then the card."""
    visitor.wakes_voice()
    kiosk.reader.insert(card(person).uid)
    visitor.hears("Masukkan PIN Anda", "Angka tidak disebutkan")
    kiosk.reader.remove()
    visitor.presses(PadKey.NEXT)


def test_a_letter_is_asked_for_by_ear(kiosk: Kiosk, visitor: BlindVisitor) -> None:
    _comes(kiosk, visitor)
    visitor.types_pin(people.PIN)
    visitor.hears("Selamat datang", profile(1).nama)
    visitor.picks("Tombol Buat surat baru")
    visitor.hears("Apa yang Anda perlukan?")
    visitor.picks("Surat Keterangan Usaha")
    visitor.hears("Apa nama usaha", "Misalnya")
    visitor.spells("Toko")
    visitor.picks("Tombol Lanjut")
    visitor.hears("Surat ini untuk apa?")
    visitor.picks("Membuka rekening bank")
    visitor.picks("Tombol Lanjut")
    assert "Toko" in visitor.hears("Apakah sudah benar semua?")
    visitor.picks("Tombol Kirim")
    visitor.hears("Permohonan Anda sudah tersimpan", "Tiket sudah dicetak. Silakan ambil.")
    visitor.picks("Tombol Selesai")
    visitor.hears("Terima kasih")
    visitor.falls_silent()
    assert len(kiosk.kept()) == 1


def test_another_language_is_chosen_by_ear(kiosk: Kiosk, visitor: BlindVisitor) -> None:
    visitor.wakes_voice()
    visitor.picks("Tombol Bahasa dan tampilan")
    visitor.hears("Besar huruf", "Warna layar")
    visitor.picks("English")
    visitor.hears("Size of letters")
    visitor.picks("Button Done")
    visitor.hears("Hold your e-KTP")
    kiosk.reader.insert(card(1).uid)
    visitor.hears("Enter your PIN")
    kiosk.reader.remove()
    visitor.picks("Button Cancel")
    visitor.falls_silent()
    visitor.wakes_voice()
    visitor.hears("Tempelkan e-KTP")


def test_a_wrong_pin_is_heard_and_the_right_one_opens(kiosk: Kiosk, visitor: BlindVisitor) -> None:
    _comes(kiosk, visitor)
    visitor.types_pin("111111")
    visitor.hears("PIN belum tepat", "kesempatan")
    visitor.types_pin(people.PIN)
    visitor.hears("Selamat datang", profile(1).nama)
    for digit in (people.PIN, "111111"):
        assert digit not in visitor.everything
        assert " ".join(digit) not in visitor.everything


def test_a_letter_is_printed_though_the_paper_ends(kiosk: Kiosk, visitor: BlindVisitor) -> None:
    _comes(kiosk, visitor)
    visitor.types_pin(people.PIN)
    visitor.hears("1 surat siap dicetak", "Biodata")
    kiosk.printer.control({"paper": "out"})
    visitor.picks("Tombol Cetak, Biodata")
    visitor.hears("Surat belum tercetak.", "Kertas habis.")
    kiosk.printer.control({"paper": "full"})
    visitor.hears("Surat sudah dicetak. Silakan ambil.")
    visitor.picks("Tombol Selesai")
    visitor.hears("Terima kasih")


@pytest.mark.parametrize("kiosk", [{"idle_seconds": 2, "answer_seconds": 30}], indirect=True)
def test_who_is_asked_by_ear_answers_by_key(kiosk: Kiosk, visitor: BlindVisitor) -> None:
    _comes(kiosk, visitor)
    visitor.hears("Masih di sini?", "detik")
    visitor.picks("Tombol Ya, saya masih di sini")
    visitor.hears("Masukkan PIN Anda")


def test_a_headphone_alone_brings_the_voice_and_tells_the_digits() -> None:
    with started(CabinetWithPins) as cabinet, a_visitor(cabinet) as visitor:
        cabinet.ask({"headphone": "in"})
        visitor.hears("Suara menyala", "Tempelkan e-KTP")
        cabinet.reader.insert(card(1).uid)
        visitor.hears("Masukkan PIN Anda")
        cabinet.reader.remove()
        assert visitor.presses(PadKey.NEXT) == "1"
        visitor.types_digits(people.PIN)
        visitor.hears("Selamat datang", profile(1).nama)
        assert visitor.is_private
        cabinet.ask({"headphone": "out"})
        visitor.falls_silent()


@pytest.mark.long
def test_a_pin_is_changed_by_ear(kiosk: Kiosk, visitor: BlindVisitor) -> None:
    _comes(kiosk, visitor)
    visitor.types_pin(people.PIN)
    visitor.hears("Selamat datang")
    visitor.picks("Tombol Ganti PIN")
    visitor.hears("Masukkan PIN lama Anda")
    visitor.types_pin(people.PIN)
    visitor.hears("Pilih PIN baru")
    visitor.types_pin(NEW)
    visitor.hears("Ketik PIN baru sekali lagi")
    visitor.types_pin(NEW)
    visitor.hears("PIN Anda sudah diganti")
    visitor.picks("Tombol Ke halaman Anda")
    visitor.hears("Selamat datang")
    assert "735028" not in visitor.everything.replace(" ", "")


@pytest.mark.long
def test_an_officer_enrols_a_card_by_ear(kiosk: Kiosk, visitor: BlindVisitor) -> None:
    _comes(kiosk, visitor, OFFICER)
    visitor.types_pin(people.PIN)
    visitor.hears("Petugas")
    visitor.picks("Tombol Daftarkan kartu")
    visitor.hears("Ketik NIK warga")
    visitor.types_digits(profile(CITIZEN).nik)
    visitor.picks("Tombol Lanjut")
    visitor.hears("Tempelkan kartu warga")
    kiosk.reader.insert(card(CITIZEN).uid)
    visitor.hears("Angkat kartu")
    kiosk.reader.remove()
    visitor.hears("Tempelkan sekali lagi")
    kiosk.reader.insert(card(CITIZEN).uid)
    visitor.hears("Pilih PIN baru")
    visitor.types_pin(NEW)
    visitor.hears("Ketik PIN baru sekali lagi")
    visitor.types_pin(NEW)
    visitor.hears("Menunggu kabupaten")
    visitor.picks("Tombol Ke halaman Anda")
    visitor.hears("menunggu jawaban kabupaten")
