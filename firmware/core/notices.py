"""What the citizen reads when something is not as hoped: what, what it means, what next."""

from __future__ import annotations

from firmware.core.view import Notice, Say
from hw.protocols import CardTrouble, Fault


def _notice(title: str, meaning: str, next_step: str, retry: bool = False) -> Notice:
    return Notice(Say(title), Say(meaning), Say(next_step), retry)


NOT_ENROLLED = _notice(
    "Kartu ini belum terdaftar",
    "Anjungan belum mengenal e-KTP ini. Tidak ada yang salah dengan kartunya.",
    "Mintalah petugas di kantor desa untuk mendaftarkan kartu Anda. Cukup sekali saja.",
)
NOT_KNOWN_OFFLINE = _notice(
    "Kartu ini belum dikenal di sini",
    "Anjungan sedang tidak tersambung, jadi belum dapat bertanya ke kabupaten.",
    "Coba lagi nanti. Kartu yang belum terdaftar dapat didaftarkan di kantor desa.",
)
NOT_ANSWERED = _notice(
    "Kartu ini belum dikenal di sini",
    "Anjungan sudah bertanya ke kabupaten, tetapi belum ada jawaban.",
    "Silakan coba lagi nanti, atau hubungi petugas di kantor desa.",
)
CODE_NOT_ANSWERED = _notice(
    "Kode belum dapat dicari",
    "Anjungan sudah bertanya ke kabupaten, tetapi belum ada jawaban.",
    "Silakan coba lagi nanti, atau hubungi petugas di kantor desa.",
)
POWER_ENDS = _notice(
    "Listrik padam",
    "Baterai anjungan hampir habis, jadi layanan dihentikan. Permohonan yang sudah bertiket aman.",
    "Coba lagi setelah listrik menyala.",
)
REVOKED = _notice(
    "Kartu ini tidak dapat dipakai",
    "Kartu ini tidak dilayani lagi di sini: dilaporkan hilang, diganti, atau pemiliknya pindah.",
    "Hubungi petugas di kantor desa dan bawa kartu Anda.",
)
LOCKED = _notice(
    "Kartu ini terkunci",
    "PIN terlalu sering salah. Data Anda tetap aman.",
    "Mintalah petugas membuka kuncinya, atau mendaftarkan kartu Anda ulang dengan PIN baru.",
)
DAMAGED = _notice(
    "Data Anda belum dapat dibuka",
    "PIN Anda benar, tetapi data di anjungan ini tidak terbaca. Tidak ada yang hilang.",
    "Hubungi petugas di kantor desa supaya kartu Anda didaftarkan ulang.",
)
SLOW = _notice(
    "Anjungan sedang lambat",
    "Data Anda belum dapat dibuka. Tidak ada permohonan yang dikirim.",
    "Silakan tempelkan kartu Anda sekali lagi.",
)
NOT_STORED = _notice(
    "Permohonan belum diterima",
    "Anjungan belum dapat menyimpan permohonan Anda, jadi belum ada yang dikirim.",
    "Silakan coba sekali lagi. Bila tetap gagal, datanglah ke kantor desa.",
    retry=True,
)
UNSURE_STORED = _notice(
    "Anjungan sedang lambat",
    "Belum pasti apakah permohonan Anda sudah tersimpan.",
    "Tempelkan kartu Anda lagi dan lihat daftar permohonan sebelum mencoba ulang.",
)

NOT_ENROLLED_NOW = _notice(
    "Kartu belum didaftarkan",
    "Anjungan belum dapat menyimpan pendaftaran, jadi belum ada yang dikirim.",
    "Tempelkan kartu petugas dan ulangi pendaftaran.",
)
UNSURE_ENROLLED = _notice(
    "Anjungan sedang lambat",
    "Belum pasti apakah pendaftaran sudah tersimpan.",
    "Tempelkan kartu petugas lagi dan lihat daftar pendaftaran sebelum mengulang.",
)
PIN_NOT_CHANGED = _notice(
    "PIN belum diganti",
    "Anjungan belum dapat menyimpan PIN baru. PIN lama Anda tetap berlaku.",
    "Tempelkan kartu Anda dan coba sekali lagi. Bila tetap gagal, datanglah ke kantor desa.",
)
UNSURE_CHANGED = _notice(
    "Anjungan sedang lambat",
    "Belum pasti apakah PIN Anda sudah diganti.",
    "Tempelkan kartu Anda lagi. Coba PIN baru; bila belum tepat, pakai PIN lama.",
)

UNREADABLE: dict[CardTrouble, Notice] = {
    CardTrouble.PULLED: _notice(
        "Kartu terlalu cepat diangkat",
        "Kartu belum sempat terbaca.",
        "Tempelkan lagi kartu Anda dan tunggu sampai layar berganti.",
    ),
    CardTrouble.MUTE: _notice(
        "Kartu tidak terbaca",
        "Kartu tidak memberi jawaban.",
        "Angkat kartu, lepaskan dari dompet, lalu tempelkan lagi.",
    ),
    CardTrouble.RANDOM_UID: _notice(
        "Ini bukan e-KTP yang dapat dipakai",
        "Kartu atau HP ini memberi nomor yang berubah-ubah.",
        "Tempelkan e-KTP Anda, bukan kartu lain atau HP.",
    ),
    CardTrouble.UNKNOWN_KIND: _notice(
        "Kartu ini tidak dikenal",
        "Anjungan ini hanya membaca e-KTP.",
        "Tempelkan e-KTP Anda. Bila ini e-KTP, tanyakan kepada petugas di kantor desa.",
    ),
    CardTrouble.NEEDS_MRZ: _notice(
        "Ini paspor",
        "Paspor Anda baik-baik saja, tetapi anjungan ini memakai e-KTP.",
        "Angkat paspor, lalu tempelkan e-KTP Anda.",
    ),
    CardTrouble.NOT_GENUINE: _notice(
        "Kartu ini tidak dapat dipakai",
        "Anjungan tidak dapat memastikan bahwa kartu ini e-KTP asli.",
        "Coba tempelkan sekali lagi. Bila tetap begini, bawalah kartu ke petugas di kantor desa.",
    ),
    CardTrouble.NO_SAM: _notice(
        "Kartu belum dapat diperiksa",
        "Ada bagian anjungan yang bermasalah. Tidak ada yang salah dengan kartu Anda.",
        "Beri tahu petugas di kantor desa.",
    ),
    CardTrouble.BUSY: _notice(
        "Pembaca kartu sedang dipakai",
        "Kartu belum terbaca.",
        "Angkat kartu, tunggu sebentar, lalu tempelkan lagi.",
    ),
}

FAULTS: dict[Fault, Say] = {
    Fault.PAPER_OUT: Say("Kertas habis."),
    Fault.PAPER_LOW: Say("Kertas hampir habis, surat belum dicetak supaya tidak terpotong."),
    Fault.PAPER_JAMMED: Say("Kertas tersangkut."),
    Fault.COVER_OPEN: Say("Tutup pencetak terbuka."),
    Fault.CUTTER: Say("Pemotong kertas macet."),
    Fault.TOO_HOT: Say("Pencetak panas, tunggu sebentar."),
    Fault.MEDIA_SIZE: Say("Ukuran kertas di pencetak tidak sesuai."),
    Fault.SUPPLY: Say("Tinta atau toner habis."),
    Fault.HARDWARE: Say("Pencetak bermasalah."),
}
"""Why a printer does not print."""
