"""Views of asking for a letter, with the longest text that real life brings. All invented."""

from __future__ import annotations

from msgspec.structs import replace

from firmware.core import view
from firmware.core.view import Answered, Known, Piece, Say

NAME = "Raden Ayu Siti Nurhalizah Kusumawardhani Putri"  # 46 letters
ADDRESS = "Dusun Sumberagung Krajan Wetan, Jalan Raya Kawah Ijen Nomor 127B, Gang Melati II"
KNOWN = (
    Known(Say("Nama"), NAME),
    Known(Say("NIK"), "3510195708850003"),
    Known(Say("Alamat"), ADDRESS),
    Known(Say("RT"), "003"),
    Known(Say("RW"), "011"),
    Known(Say("Desa/Kelurahan"), "Sumberbulu Songgon"),
)
SHORT = (
    Known(Say("Nama"), "Siti Aminah"),
    Known(Say("NIK"), "3510195708850003"),
    Known(Say("Alamat"), "Dusun Krajan"),
    Known(Say("RT"), "003"),
    Known(Say("RW"), "011"),
    Known(Say("Desa/Kelurahan"), "Songgon"),
)
USAHA = "Surat Keterangan Usaha"
SKCK = "Surat Pengantar SKCK"
LONGEST_NAME = "Warung Makan Sego Tempong Bu Siti Cabang Songgon Raya"
LONG_QUESTION = (
    "Di mana tempat usaha Bapak/Ibu, dan sejak tahun berapa usaha itu mulai berjalan di sana?"
)
PURPOSES = (
    "Meminjam modal di bank atau koperasi",
    "Membuka rekening bank",
    "Mengurus izin usaha (NIB)",
    "Mengajukan bantuan usaha",
)
LETTERS = (
    view.LetterItem("keterangan-usaha", USAHA, "Mau buka usaha atau pinjam modal", "usaha"),
    view.LetterItem(
        "pengantar-skck",
        SKCK,
        "Mau melamar kerja (surat untuk polisi)",
        "skck",
        ("Fotokopi Kartu Keluarga",),
    ),
)
OFTEN = (
    *LETTERS,
    view.LetterItem("domisili", "Surat Keterangan Domisili", "Butuh bukti alamat", "rumah"),
    view.LetterItem(
        "tidak-mampu",
        "Surat Keterangan Tidak Mampu",
        "Minta keringanan biaya sekolah atau berobat",
        "bantuan",
        ("Kartu Keluarga", "foto rumah"),
    ),
    view.LetterItem(
        "kehilangan", "Surat Pengantar Laporan Kehilangan", "Barang atau surat hilang", "hilang"
    ),
)
GROUPS = (
    ("usaha", "Usaha dan kerja", "Buka usaha, pinjam modal, melamar kerja", "usaha"),
    ("keluarga", "Keluarga", "Kelahiran, kematian, nikah", "keluarga"),
    ("bantuan", "Bantuan dan sekolah", "Keringanan biaya, beasiswa, berobat", "bantuan"),
    ("barang", "Tanah dan barang", "Tanah, rumah, barang hilang", "tanah"),
    ("acara", "Izin acara", "Hajatan, pengajian, keramaian", "acara"),
    ("penduduk", "Kependudukan", "Alamat, pindah, data diri", "penduduk"),
)
FAMILY = (
    ("lahir", "Surat Keterangan Kelahiran", "Anak baru lahir"),
    ("wafat", "Surat Keterangan Kematian", "Keluarga meninggal dunia"),
    ("nikah", "Surat Pengantar Nikah (N1 sampai N4)", "Mau menikah"),
    ("keluarga", "Surat Keterangan Hubungan Keluarga", "Butuh bukti masih keluarga"),
    ("beda-nama", "Surat Keterangan Beda Identitas", "Nama di dua surat tidak sama"),
    ("uang", "Surat Keterangan Penghasilan Orang Tua", "Butuh bukti penghasilan orang tua"),
    ("tidak-ada", "Surat Izin Orang Tua", "Anak perlu izin orang tua"),
)
MANY_LETTERS = tuple(
    view.LetterItem(icon, title, need, icon, ("Kartu Keluarga",) if icon == "lahir" else ())
    for icon, title, need in FAMILY
)
ROWS = (
    Answered("nama_usaha", "Nama usaha", LONGEST_NAME),
    Answered("keperluan", "Keperluan", PURPOSES[0]),
    Answered("berlaku_dari", "Berlaku dari", "24-11-2026"),
    Answered("berlaku_sampai", "Berlaku sampai", "23-05-2027"),
)
EMPTY = Say("Bagian ini belum diisi.")
PAST = Say("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya.")
EMPTY_ROWS = (
    replace(ROWS[0], value="", problem=EMPTY),
    replace(ROWS[1], value="", problem=EMPTY),
    *ROWS[2:],
)
WORDS = tuple(
    Piece(text, is_given=number % 2 == 0)
    for number, text in enumerate(
        (
            NAME,
            " adalah benar penduduk Desa ",
            "Sumberbulu Songgon",
            " dan menurut sepengetahuan kami benar-benar mempunyai usaha ",
            LONGEST_NAME,
            ". Surat ini untuk ",
            PURPOSES[0],
            ", berlaku ",
            "24 November 2026",
            " sampai ",
            "23 Mei 2027",
            ".",
        )
    )
)
DAYS = (
    view.Shortcut("24-11-2026", Say("Hari ini")),
    view.Shortcut("25-11-2026", Say("Besok")),
    view.Shortcut("26-11-2026", Say("Lusa")),
    view.Shortcut("01-12-2026", Say("Minggu depan")),
)
JOBS = ("Petani/Pekebun", "Pedagang", "Buruh Nelayan/Perikanan", "Penyiar Televisi")


def _form(question: view.Question, known: tuple[Known, ...] = SHORT) -> view.Form:
    return view.Form(USAHA, known, question)


def _on_one_page(form: view.Form, rows: tuple[Answered, ...]) -> view.Form:
    question = replace(form.question, position=0, total=0)
    return replace(form, question=question, rows=rows)


def _text(
    value: str, problem: Say | None, question: str = "Apa nama usaha Bapak/Ibu?"
) -> view.Form:
    asked = view.Question(
        "nama_usaha",
        "Nama usaha",
        question,
        "Misalnya: Warung Bu Siti",
        "text",
        (),
        False,
        value,
        problem,
        1,
        2,
        capitals="words",
    )
    return _form(asked, SHORT if question.startswith("Apa") else KNOWN)


def _job(value: str, suggestions: tuple[str, ...]) -> view.Form:
    asked = view.Question(
        "pekerjaan",
        "Pekerjaan",
        "Apa pekerjaan ayah?",
        "Ketik beberapa huruf, lalu pilih.",
        "text",
        (),
        False,
        value,
        None if value else EMPTY,
        2,
        9,
        suggestions,
        capitals="words",
    )
    return _form(asked, KNOWN)


def _choice(value: str, problem: Say | None) -> view.Form:
    asked = view.Question(
        "keperluan",
        "Keperluan",
        "Surat ini untuk apa?",
        "Pilih satu. Kalau tidak ada, tulis sendiri.",
        "choice",
        tuple(view.Option(purpose, purpose) for purpose in PURPOSES),
        True,
        value,
        problem,
        2,
        2,
    )
    return _form(asked, KNOWN)


def _date(value: str, problem: Say | None) -> view.Form:
    asked = view.Question(
        "berlaku_dari",
        "Berlaku dari",
        "Surat berlaku mulai tanggal berapa?",
        "Biasanya hari ini. Kalau sudah benar, tekan Lanjut.",
        "date",
        (),
        False,
        value,
        problem,
        0,
        0,
        shortcuts=DAYS,
        start="24-11-2026",
    )
    return _form(asked, KNOWN)


def _figures(
    kind: view.QuestionKind, question: str, hint: str, value: str, reading: str = ""
) -> view.Form:
    asked = view.Question(
        kind,
        question,
        question,
        hint,
        kind,
        (),
        False,
        value,
        None if value else EMPTY,
        3,
        9,
        reading=reading,
    )
    return _form(asked, KNOWN)


ASKING: dict[str, view.Screen] = {
    "letters": view.LetterList(LETTERS),
    "letters-often": view.LetterList(OFTEN, more=True),
    "letters-groups": view.LetterList((), tuple(view.LetterGroup(*group) for group in GROUPS)),
    "letters-many": view.LetterList(MANY_LETTERS, title="Keluarga"),
    "form-text-empty": _text("", EMPTY),
    "form-text": _text("Warung Bu Siti", None),
    "form-text-abc": replace(_text("Warung Bu Siti", None), keys="abc"),
    "form-text-problem": _text(
        ADDRESS, Say("Terlalu panjang. Tulis paling banyak {n} huruf.", {"n": "60"}), LONG_QUESTION
    ),
    "form-text-suggested": _job("pe", JOBS),
    "form-text-one-page": _on_one_page(_text("", EMPTY), EMPTY_ROWS),
    "form-choice": _choice("", EMPTY),
    "form-choice-made": _choice(PURPOSES[2], None),
    "form-choice-other": _choice("Menyewa lapak di pasar", None),
    "form-choice-one-page": _on_one_page(_choice(PURPOSES[0], None), ROWS),
    "form-date": _date("24-11-2026", None),
    "form-date-begun": _date(
        "31-0", Say("Tanggal ini tidak ada. Tulis tanggal-bulan-tahun, misalnya 17-08-2026.")
    ),
    "form-date-problem": _date(
        "31-02-2026",
        Say("Tanggal ini tidak ada. Tulis tanggal-bulan-tahun, misalnya 17-08-2026."),
    ),
    "form-date-one-page": _on_one_page(_date("24-11-2026", None), ROWS),
    "form-amount": _figures(
        "amount",
        "Berapa penghasilan ayah dan ibu dalam sebulan?",
        "Kira-kira saja, dalam rupiah.",
        "12875000",
        "dua belas juta delapan ratus tujuh puluh lima ribu rupiah",
    ),
    "form-nik": _figures("nik", "Berapa NIK anak?", "Enam belas angka.", "3510195708850003"),
    "form-phone": _figures("phone", "Berapa nomor telepon?", "Misalnya: 0812 3456 7890", ""),
    "review": view.Review(USAHA, KNOWN, ROWS, WORDS, ("Fotokopi Kartu Keluarga", "foto rumah")),
    "review-plain": view.Review(USAHA, SHORT, ROWS),
    "review-problem": view.Review(
        USAHA,
        SHORT,
        (
            *ROWS[:2],
            replace(
                ROWS[2], problem=Say("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya.")
            ),
        ),
        WORDS,
    ),
}
