"""What the screen shows of an officer's visit. Pure."""

from __future__ import annotations

from firmware.core import view
from firmware.core.officer import work_of
from firmware.core.state import Phase, State
from firmware.core.view import EnrolmentItem, Known, Say

MOST_SHOWN = 5

_STATES = {
    "waiting": "menunggu jawaban kabupaten",
    "accepted": "sudah dapat dipakai",
}
_REFUSALS = {
    "nik": "ditolak: NIK tidak dikenal",
    "village": "ditolak: bukan warga desa ini",
    "officer": "ditolak: kartu petugas tidak berlaku",
    "card": "ditolak: ini kartu petugas",
    "revoked": "ditolak: kartu ini sudah dicabut; bila sudah ditemukan, daftarkan sekali lagi",
}
_REFUSED = "ditolak, hubungi kabupaten"

_TAPS: dict[view.TapStep, tuple[str, str]] = {
    "firstTap": ("Tempelkan kartu warga", "Letakkan kartu di pembaca sampai layar berganti."),
    "removal": ("Angkat kartu", "Angkat kartu dari pembaca."),
    "secondTap": ("Tempelkan sekali lagi", "Kartu yang sama, untuk memastikan nomornya tetap."),
}


def _state_words(item: EnrolmentItem) -> str:
    return _STATES.get(item.state) or _REFUSALS.get(item.reason, _REFUSED)


def _officer(state: State) -> view.Screen:
    work = work_of(state)
    rows = tuple(
        Known(f"NIK {item.nik or '–'}", _state_words(item)) for item in work.enrolments[:MOST_SHOWN]
    )
    return view.OfficerScreen(work.name, rows)


def _nik(state: State) -> view.Screen:
    work = work_of(state)
    return view.NikEntry(work.nik, work.problem)


def _taps(state: State) -> view.Screen:
    work = work_of(state)
    title, meaning = _TAPS[work.awaits]
    return view.TapCard(Say(title), Say(meaning), work.problem, None)


def _unlock(state: State) -> view.Screen:
    work = work_of(state)
    title, meaning = "Tempelkan kartu yang terkunci", "Kunci dibuka di anjungan ini saja."
    return view.TapCard(Say(title), Say(meaning), work.problem, work.news)


def _pin(state: State) -> view.Screen:
    work = work_of(state)
    assert work.new_pin is not None
    return view.Pin(len(work.new_pin.typed), work.problem, 0, work.new_pin.asks)


def _enrolled(state: State) -> view.Screen:
    work = work_of(state)
    item = next((one for one in work.enrolments if one.id == work.enrolment_id), None)
    if item is not None and item.state == "accepted":
        return view.Done(
            Say("Kartu sudah terdaftar"),
            Say("Kartu ini sudah dapat dipakai di anjungan ini dengan PIN yang baru dipilih."),
        )
    if item is not None and item.state == "refused":
        return view.Done(
            Say("Pendaftaran tidak diterima"),
            Say("Kabupaten menjawab: {why}. Tidak ada yang berubah.", {"why": _why(item)}),
            "warning",
        )
    if state.link_online:
        meaning = (
            "Pendaftaran tersimpan. Menunggu jawaban kabupaten; kartu dan PIN baru belum berlaku."
        )
    else:
        meaning = (
            "Pendaftaran tersimpan, tetapi anjungan sedang tidak tersambung. Kartu dan PIN baru"
            " berlaku setelah tersambung dan kabupaten menyetujui."
        )
    return view.Done(Say("Menunggu kabupaten"), Say(meaning), "clock")


def _why(item: EnrolmentItem) -> str:
    return _state_words(item).partition(": ")[2] or "hubungi kabupaten"


OFFICER_SCREENS = {
    Phase.OFFICER: _officer,
    Phase.ENROL_NIK: _nik,
    Phase.ENROL_CARD: _taps,
    Phase.ENROL_PIN: _pin,
    Phase.ENROLLING: lambda _state: view.Wait(Say("Sebentar, pendaftaran sedang disimpan…")),
    Phase.ENROLLED: _enrolled,
    Phase.UNLOCK: _unlock,
}
