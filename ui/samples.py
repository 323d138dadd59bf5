"""Views to look at: one of each kind, with the longest text that real life brings.

The people are invented.
"""

from __future__ import annotations

from firmware.core import view
from firmware.core.view import Known, Say
from ui.asking_samples import ASKING, NAME, SKCK, USAHA

NUMBER = "3510192001-1-000124"
CODE = "7KQ4MZ9TXB"


def _refused(why: Say) -> Say:
    return Say("ditolak: {why}", {"why": why})


def _ticket(state: view.PrintState, message: Say | None, delivered: bool) -> view.Ticket:
    return view.Ticket(USAHA, NUMBER, CODE, state, message, delivered)


def _collect(state: view.PrintState, message: Say | None = None) -> view.Collect:
    return view.Collect(USAHA, "503/0012/3510192001/XI/2026", state, message)


READY = tuple(
    view.ReadyItem(f"r{n}", title, f"503/00{n}2/3510192001/XI/2026", n)
    for n, title in enumerate((USAHA, SKCK))
)
PENDING = (
    view.PendingItem("p1", SKCK, NUMBER, Say("Menunggu tanda tangan kepala desa")),
    view.PendingItem("p2", USAHA, NUMBER, Say("Tersimpan di anjungan, menunggu dikirim")),
)
NOT_PRINTED = Say("Kertas habis.")
UNIT = "192.168.100.50:9100, EPSON TM-T82X, firmware 1.24 ESC/POS, serial X4FX012345"
FACTS = (
    Known(Say("Anjungan"), "3510192001-1"),
    Known(Say("Tempat"), "Kelurahan Kampung Mandar, Kecamatan Banyuwangi"),
    Known(Say("Waktu"), "24-11-2026 09.41"),
    Known(
        Say("Versi"),
        Say("{software} (protokol {wire})", {"software": "1.0.0", "wire": "1"}),
    ),
    Known(
        Say("Menyala"),
        Say("kali ke-{times}, {span}", {"times": "1284", "span": Say("{n} hari", {"n": "27"})}),
    ),
    Known(Say("Sambungan"), Say("terputus")),
    Known(
        Say("Antrean kirim"),
        Say("{length}, tertua {span}", {"length": "1284", "span": Say("{n} hari", {"n": "27"})}),
    ),
    Known(Say("Terkirim terakhir"), "28-10-2026 16.20"),
    Known(Say("Sisa kertas"), Say("kira-kira {n} tiket", {"n": "640"})),
    Known(Say("Ruang simpan"), Say("{size} GB kosong", {"size": "11,8"})),
)
WELL_DEVICES = (
    view.DeviceLine(
        "reader",
        Say("Pembaca kartu"),
        "well",
        Say("Kartu terbaca ({profile}).", {"profile": "uid_tag"}),
        None,
        Say(
            "{one}; {other}",
            {
                "one": "ACS ACR1252 1S CL Reader [ACR1252 Dual Reader PICC] 00 00",
                "other": Say("modul SAM: {value}", {"value": Say("tidak ada")}),
            },
        ),
    ),
    view.DeviceLine(
        "ticketPrinter",
        Say("Pencetak tiket"),
        "well",
        Say("Siap."),
        None,
        Say(
            "{one}; {other}",
            {"one": UNIT, "other": Say("lebar {value} titik", {"value": "576"})},
        ),
    ),
    view.DeviceLine("pagePrinter", Say("Pencetak surat (F4)"), "asked", Say("Sedang ditanya…")),
    view.DeviceLine("lamps", Say("Lampu"), "well", Say("Tidak dipasang.")),
    view.DeviceLine(
        "inputs",
        Say("Pintu dan listrik"),
        "well",
        Say(
            "Siap: {how}.",
            {
                "how": Say(
                    "{one}, {other}",
                    {"one": Say("pintu terbuka"), "other": Say("listrik menyala")},
                )
            },
        ),
    ),
)
TROUBLED_DEVICES = (
    view.DeviceLine(
        "reader",
        Say("Pembaca kartu"),
        "notThere",
        Say("Tidak terhubung."),
        Say("Periksa kabel USB pembaca kartu."),
        "No reader is connected: plug it in, or look with `pcsc_scan` at what pcscd finds.",
    ),
    view.DeviceLine(
        "ticketPrinter",
        Say("Pencetak tiket"),
        "needsPerson",
        Say("Pencetak panas, tunggu sebentar."),
        Say("Matikan lalu nyalakan. Bila tetap begitu, bawa untuk diperbaiki."),
        UNIT,
    ),
    view.DeviceLine(
        "pagePrinter",
        Say("Pencetak surat (F4)"),
        "needsPerson",
        Say("Ukuran kertas di pencetak tidak sesuai."),
        Say("Isi kertas F4 (215 × 330 mm)."),
        "anjungan at 127.0.0.1:631",
    ),
    view.DeviceLine(
        "lamps",
        Say("Lampu"),
        "notThere",
        Say("Tidak terhubung."),
        Say("Periksa kabel lampu dan pin di kiosk.toml."),
        "This machine has no GPIO pins that can be used; the kiosk goes on without lamps.",
    ),
    view.DeviceLine(
        "inputs",
        Say("Pintu dan listrik"),
        "needsPerson",
        Say("Listrik padam, memakai baterai."),
        Say("Periksa listrik kantor dan colokan anjungan."),
    ),
)

SCREENS: dict[str, view.Screen] = {
    "attract": view.Attract(),
    "wait": view.Wait(Say("Sebentar, data Anda sedang dibuka…")),
    "wait-asking": view.Wait(Say("Kartu belum dikenal di sini. Bertanya ke kabupaten…")),
    "pin": view.Pin(3, None, 0),
    "pin-wrong": view.Pin(0, Say("PIN belum tepat. Masih ada {n} kesempatan.", {"n": "1"}), 0),
    "pin-locked": view.Pin(0, Say("PIN belum tepat. Masih ada {n} kesempatan.", {"n": "10"}), 15),
    "pin-old": view.Pin(
        0, Say("PIN belum tepat. Masih ada {n} kesempatan.", {"n": "9"}), 30, "old"
    ),
    "pin-new": view.Pin(4, None, 0, "new"),
    "pin-new-weak": view.Pin(
        0, Say("Mudah ditebak: angkanya berurutan. Pilih angka yang lain."), 0, "new"
    ),
    "pin-again": view.Pin(2, None, 0, "again"),
    "home": view.Home("Siti Aminah", READY[:1], PENDING[:1]),
    "home-new": view.Home(NAME, (), ()),
    "home-many": view.Home(NAME, READY, PENDING),
    **ASKING,
    "ticket-printing": _ticket("printing", None, False),
    "ticket-queued": _ticket("queued", None, False),
    "ticket-awaiting": _ticket("awaiting", None, False),
    "ticket-printed": _ticket("printed", None, True),
    "ticket-unconfirmed": _ticket("unconfirmed", None, True),
    "ticket-blocked": _ticket("blocked", NOT_PRINTED, False),
    "ticket-blocked-cutter": _ticket("blocked", Say("Pemotong kertas macet."), False),
    "ticket-blocked-hot": _ticket("blocked", Say("Pencetak panas, tunggu sebentar."), False),
    "ticket-unknown": _ticket("unknown", None, False),
    "ticket-unavailable": _ticket("unavailable", Say("Pencetak bermasalah."), False),
    "collect-printing": _collect("printing"),
    "collect-awaiting": _collect("awaiting"),
    "collect-printed": _collect("printed"),
    "collect-blocked": _collect("blocked", Say("Kertas tersangkut.")),
    "notice": view.Notice(
        Say("Kartu ini belum terdaftar"),
        Say("Anjungan belum mengenal e-KTP ini. Tidak ada yang salah dengan kartunya."),
        Say("Mintalah petugas di kantor desa untuk mendaftarkan kartu Anda. Cukup sekali saja."),
        False,
    ),
    "notice-offline": view.Notice(
        Say("Kartu ini belum dikenal di sini"),
        Say("Anjungan sedang tidak tersambung, jadi belum dapat bertanya ke kabupaten."),
        Say("Coba lagi nanti. Kartu yang belum terdaftar dapat didaftarkan di kantor desa."),
        False,
    ),
    "notice-retry": view.Notice(
        Say("Permohonan belum diterima"),
        Say("Anjungan belum dapat menyimpan permohonan Anda, jadi belum ada yang dikirim."),
        Say("Silakan coba sekali lagi. Bila tetap gagal, datanglah ke kantor desa."),
        True,
    ),
    "done": view.Done(
        Say("PIN Anda sudah diganti"),
        Say(
            "Mulai sekarang pakai PIN baru di anjungan ini. Di anjungan lain PIN lama masih"
            " berlaku sampai kabarnya tiba di sana."
        ),
    ),
    "done-waiting": view.Done(
        Say("Menunggu kabupaten"),
        Say(
            "Pendaftaran tersimpan, tetapi anjungan sedang tidak tersambung. Kartu dan PIN baru"
            " berlaku setelah tersambung dan kabupaten menyetujui."
        ),
        "clock",
    ),
    "done-refused": view.Done(
        Say("Pendaftaran tidak diterima"),
        Say(
            "Kabupaten menjawab: {why}. Tidak ada yang berubah.",
            {"why": Say("NIK tidak dikenal")},
        ),
        "warning",
    ),
    "officer": view.OfficerScreen(
        "Dewi Kusumaningtyas Wulandari, S.Sos., M.AP.",
        (
            Known(Say("NIK {nik}", {"nik": "3510195708850003"}), Say("menunggu jawaban kabupaten")),
            Known(Say("NIK {nik}", {"nik": "3510191208840001"}), Say("sudah dapat dipakai")),
            Known(
                Say("NIK {nik}", {"nik": "3510195708850007"}),
                _refused(Say("bukan warga desa ini")),
            ),
            Known(
                Say("NIK {nik}", {"nik": "–"}),
                _refused(Say("kartu petugas tidak berlaku")),
            ),
            Known(Say("NIK {nik}", {"nik": "3510191208840009"}), Say("ditolak, hubungi kabupaten")),
        ),
    ),
    "officer-new": view.OfficerScreen("Dewi Lestari", ()),
    "nik": view.NikEntry("3510195708850003", None),
    "nik-begun": view.NikEntry("", None),
    "nik-problem": view.NikEntry(
        "3510195799850003", Say("Tidak ada NIK seperti ini. Periksa angkanya.")
    ),
    "tap-card": view.TapCard(
        Say("Tempelkan kartu warga"),
        Say("Letakkan kartu di pembaca sampai layar berganti."),
        Say("Itu kartu lain, atau kartu yang nomornya berubah-ubah. Ulangi dari awal."),
        None,
    ),
    "tap-card-unlocked": view.TapCard(
        Say("Tempelkan kartu yang terkunci"),
        Say("Kunci dibuka di anjungan ini saja."),
        None,
        Say("Kunci kartu sudah dibuka. Pemilik dapat mencoba PIN lagi."),
    ),
    "diagnosis": view.DiagnosisScreen(
        (
            Known(Say("Server"), "anjungan.banyuwangikab.example"),
            Known(Say("Port"), "8883"),
            Known("eth0", Say("{address}, {state}", {"address": "-", "state": Say("terputus")})),
            Known(
                "wlan0",
                Say("{address}, {state}", {"address": "192.168.100.23", "state": Say("terpasang")}),
            ),
        ),
        "3510192001-1 1/3\n08.15.02 print.job state=CONFIRMED medium=roll copy=1\n" * 9,
        1,
        3,
        service_mode=False,
    ),
    "diagnosis-closed": view.DiagnosisScreen((), "", 1, 0, service_mode=True),
    "home-helped": view.Home("Siti Aminah", (), (), "Dewi Lestari"),
    "nik-reset": view.NikEntry("3510", None, Say("Ketik NIK warga yang lupa PIN")),
    "help": view.Help(with_card=False),
    "code": view.CodeEntry("collect", "7KQ", None),
    "code-check": view.CodeEntry("check", "", None),
    "code-problem": view.CodeEntry(
        "collect",
        "7KQ4M-Z9TXB",
        Say(
            "Belum ada permohonan dengan kode ini di kabupaten. Kalau tiketnya baru, coba lagi"
            " nanti."
        ),
    ),
    "found-ready": view.FoundRequest("r1", USAHA, NUMBER, Say("Siap diambil"), ready=True),
    "found-waiting": view.FoundRequest(
        "r1", USAHA, NUMBER, Say("Menunggu tanda tangan kepala desa"), ready=False
    ),
    "checked": view.CheckedLetter(
        USAHA,
        (
            Known(Say("Nomor surat"), "503/0012/3510192001/XI/2026"),
            Known(Say("Diterbitkan oleh"), "Kelurahan Kampung Mandar"),
            Known(Say("Tanggal"), "24-11-2026"),
            Known(Say("Untuk"), "R. A. S. N. K. P."),
            Known(Say("Ditandatangani oleh"), "Bambang Sutrisno Wicaksono"),
        ),
    ),
    "out-of-service": view.OutOfService(
        Say("Pembaca kartu sedang tidak berfungsi."),
        Say("Silakan beri tahu petugas. Untuk keperluan mendesak, datanglah ke kantor desa."),
    ),
    "service-mode": view.OutOfService(
        Say("Anjungan ini ditutup sementara oleh petugas."),
        Say("Permohonan Anda tetap aman. Untuk keperluan mendesak, datanglah ke kantor desa."),
    ),
    "identify": view.Identify(
        "3510192001-1",
        Say("Petugas sedang mencari anjungan ini."),
        Say("Anjungan tetap melayani: tempelkan e-KTP Anda."),
    ),
    "goodbye": view.Goodbye(),
    "technician": view.TechnicianScreen(WELL_DEVICES, FACTS, None, slip_under_way=False),
    "technician-trouble": view.TechnicianScreen(
        TROUBLED_DEVICES,
        FACTS,
        Say("Slip uji terkirim. Pencetak ini tidak dapat memastikan: lihat kertasnya."),
        slip_under_way=True,
    ),
}


def view_states() -> dict[str, view.ViewState]:
    """Every screen as a whole view; two of them with an idle warning or trouble."""
    good = view.Lights(True, True, True)
    states = {
        name: view.ViewState(
            number,
            "Desa Songgon",
            good,
            screen,
            adjustable=not isinstance(screen, view.Goodbye | view.OutOfService | view.Wait),
        )
        for number, (name, screen) in enumerate(SCREENS.items())
    }
    states["adjusting"] = view.ViewState(96, "Desa Songgon", good, SCREENS["home"], adjusting=True)
    wish = view.Preferences(voice=True, hidden=True)
    states["hidden"] = view.ViewState(95, "Desa Songgon", good, SCREENS["home"], preferences=wish)
    states["idle-warning"] = view.ViewState(98, "Desa Songgon", good, SCREENS["review"], 24)
    on_battery = view.Lights(True, True, True, mains=False)
    states["on-battery"] = view.ViewState(97, "Desa Songgon", on_battery, SCREENS["attract"])
    dark = view.Lights(False, False, False, mains=False)
    long_place = "Kelurahan Kampung Mandar, Kecamatan Banyuwangi"
    states["lights-out"] = view.ViewState(99, long_place, dark, SCREENS["home-many"])
    return states
