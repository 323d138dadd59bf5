"""What the screen shows of an officer's visit. Pure."""

from __future__ import annotations

from firmware.core import view
from firmware.core.officer import work_of
from firmware.core.state import Phase, State
from firmware.core.view import EnrolmentItem, Known, Say

MOST_SHOWN = 5

_STATES = {
    "waiting": Say("menunggu jawaban kabupaten"),
    "accepted": Say("sudah dapat dipakai"),
}
_REFUSALS = {
    "nik": Say("NIK tidak dikenal"),
    "village": Say("bukan warga desa ini"),
    "officer": Say("kartu petugas tidak berlaku"),
    "card": Say("ini kartu petugas"),
    "revoked": Say("kartu ini sudah dicabut; bila sudah ditemukan, daftarkan sekali lagi"),
}
_REFUSED = Say("ditolak, hubungi kabupaten")
_ASK = Say("hubungi kabupaten")

_TAPS: dict[view.TapStep, tuple[Say, Say]] = {
    "firstTap": (
        Say("Tempelkan kartu warga"),
        Say("Letakkan kartu di pembaca sampai layar berganti."),
    ),
    "removal": (Say("Angkat kartu"), Say("Angkat kartu dari pembaca.")),
    "secondTap": (
        Say("Tempelkan sekali lagi"),
        Say("Kartu yang sama, untuk memastikan nomornya tetap."),
    ),
}


def _state_words(item: EnrolmentItem) -> Say:
    if item.state in _STATES:
        return _STATES[item.state]
    reason = _REFUSALS.get(item.reason)
    return Say("ditolak: {why}", {"why": reason}) if reason else _REFUSED


def _officer(state: State) -> view.Screen:
    work = work_of(state)
    rows = tuple(
        Known(Say("NIK {nik}", {"nik": item.nik or "–"}), _state_words(item))
        for item in work.enrolments[:MOST_SHOWN]
    )
    return view.OfficerScreen(work.name, rows)


def _nik(state: State) -> view.Screen:
    work = work_of(state)
    if work.is_reset:
        return view.NikEntry(work.nik, work.problem, Say("Ketik NIK warga yang lupa PIN"))
    return view.NikEntry(work.nik, work.problem)


def _taps(state: State) -> view.Screen:
    work = work_of(state)
    title, meaning = _TAPS[work.awaits]
    return view.TapCard(title, meaning, work.problem, None)


def _unlock(state: State) -> view.Screen:
    work = work_of(state)
    return view.TapCard(
        Say("Tempelkan kartu yang terkunci"),
        Say("Kunci dibuka di anjungan ini saja."),
        work.problem,
        work.news,
    )


def _assist(state: State) -> view.Screen:
    work = work_of(state)
    return view.TapCard(
        Say("Tempelkan kartu warga yang dibantu"),
        Say("Warga memasukkan PIN sendiri. Surat yang perlu didampingi petugas dapat dipilih."),
        work.problem,
        None,
    )


def _pin(state: State) -> view.Screen:
    work = work_of(state)
    assert work.new_pin is not None
    return view.Pin(len(work.new_pin.typed), work.problem, 0, work.new_pin.asks)


def _enrolled(state: State) -> view.Screen:
    work = work_of(state)
    item = next((one for one in work.enrolments if one.id == work.enrolment_id), None)
    if item is not None and item.state == "accepted":
        return view.Done(
            Say("PIN baru sudah berlaku") if work.is_reset else Say("Kartu sudah terdaftar"),
            Say("Kartu ini sudah dapat dipakai di anjungan ini dengan PIN yang baru dipilih."),
        )
    if item is not None and item.state == "refused":
        return view.Done(
            Say("Pendaftaran tidak diterima"),
            Say(
                "Kabupaten menjawab: {why}. Tidak ada yang berubah.",
                {"why": _REFUSALS.get(item.reason, _ASK)},
            ),
            "warning",
        )
    if state.link_online:
        meaning = Say(
            "Pendaftaran tersimpan. Menunggu jawaban kabupaten; kartu dan PIN baru belum berlaku."
        )
    else:
        meaning = Say(
            "Pendaftaran tersimpan, tetapi anjungan sedang tidak tersambung. Kartu dan PIN baru"
            " berlaku setelah tersambung dan kabupaten menyetujui."
        )
    return view.Done(Say("Menunggu kabupaten"), meaning, "clock")


OFFICER_SCREENS = {
    Phase.OFFICER: _officer,
    Phase.ENROL_NIK: _nik,
    Phase.ENROL_CARD: _taps,
    Phase.ENROL_PIN: _pin,
    Phase.ENROLLING: lambda _state: view.Wait(Say("Sebentar, pendaftaran sedang disimpan…")),
    Phase.ENROLLED: _enrolled,
    Phase.UNLOCK: _unlock,
    Phase.ASSIST: _assist,
}
