"""Fictional people, letters and states for tests of the core."""

from __future__ import annotations

from datetime import date

from firmware.core.letters import Catalogue, Choice, Field, LetterType
from firmware.core.request import Profile
from firmware.core.state import Phase, Policy, State
from hw.protocols import CardIdentity

TODAY = date(2026, 11, 24)
KNOWN = ("nik", "nama", "alamat")

BUSINESS = LetterType(
    id="keterangan-usaha",
    code="503",
    title="Surat Keterangan Usaha",
    need="Mau buka usaha",
    icon="usaha",
    known=KNOWN,
    fields=(
        Field("nama_usaha", "Nama usaha", "Apa nama usaha Anda?"),
        Field(
            "keperluan",
            "Keperluan",
            "Untuk apa surat ini?",
            kind="choice",
            choices=(Choice("Pinjaman bank"), Choice("Izin usaha")),
            other=True,
        ),
        Field("dari", "Berlaku dari", "Mulai kapan?", kind="date", default="today"),
        Field(
            "sampai",
            "Berlaku sampai",
            "Sampai kapan?",
            kind="date",
            default="today+180d",
            not_before="dari",
        ),
    ),
)
FAMILY = LetterType(
    id="penghasilan",
    code="470",
    title="Surat Keterangan Penghasilan",
    need="Perlu bukti penghasilan",
    icon="uang",
    known=KNOWN,
    fields=(
        Field("pekerjaan", "Pekerjaan", "Apa pekerjaannya?", suggest="pekerjaan"),
        Field("penghasilan", "Penghasilan", "Berapa sebulan?", kind="amount", least=1, most=10**9),
        Field("anak", "Jumlah anak", "Berapa anaknya?", kind="number", most=20, optional=True),
        Field("lulus", "Tahun lulus", "Lulus tahun berapa?", kind="year", least=1950),
        Field("telepon", "Telepon", "Berapa nomor teleponnya?", kind="phone", optional=True),
        Field("nik_anak", "NIK anak", "Berapa NIK anaknya?", kind="nik"),
        Field("menikah", "Menikah", "Apakah sudah menikah?", kind="yesno"),
        Field(
            "lahir",
            "Tanggal lahir",
            "Lahir kapan?",
            kind="date",
            max_days_ahead=0,
            max_days_back=40_000,
        ),
    ),
    words="{nama} bekerja sebagai {pekerjaan} dengan penghasilan {penghasilan} sejak {lahir}.",
    proofs=("Kartu Keluarga",),
)
"""A question of every kind that BUSINESS has not."""
JOBS = ("Petani/Pekebun", "Pedagang", "Buruh Tani/Perkebunan", "Guru")
PLAIN = LetterType("biodata", "470", "Biodata Penduduk", "Butuh biodata", "badge", KNOWN, ())
CATALOGUE = Catalogue(version=1, letters=(BUSINESS, PLAIN))


def profile(person: int) -> Profile:
    """The profile of fictional person number ``person``; every value names that number."""
    return Profile(
        nik=f"3510190101{person:06d}",
        nama=f"Contoh Warga {person}",
        tempat_lahir="Banyuwangi",
        tanggal_lahir="01-01-1990",
        jenis_kelamin="Laki-laki",
        agama="Islam",
        status_kawin="Kawin",
        pekerjaan="Petani",
        alamat=f"Dusun Contoh nomor {person}",
        rt="001",
        rw="002",
        desa="Songgon",
        kecamatan="Songgon",
        kabupaten="Banyuwangi",
        kewarganegaraan="WNI",
    )


def card(person: int) -> CardIdentity:
    """The card of fictional person number ``person``."""
    return CardIdentity("uid_tag", b"\x04" + person.to_bytes(6, "big"))


def resting(**changes: object) -> State:
    """A kiosk at rest with everything in order."""
    values: dict[str, object] = {
        "policy": Policy("Desa Contoh"),
        "catalogue": CATALOGUE,
        "phase": Phase.ATTRACT,
        "today": TODAY,
        "reader_online": True,
        "printer_usable": True,
        "link_online": True,
    }
    return State(**{**values, **changes})  # type: ignore[arg-type]
