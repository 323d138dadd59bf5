"""A resident's profile, a request for a letter, and the request's life."""

from __future__ import annotations

from enum import StrEnum

import msgspec

PROFILE_LABELS: dict[str, str] = {
    "nik": "NIK",
    "nama": "Nama",
    "tempat_lahir": "Tempat lahir",
    "tanggal_lahir": "Tanggal lahir",
    "jenis_kelamin": "Jenis kelamin",
    "agama": "Agama",
    "status_kawin": "Status perkawinan",
    "pekerjaan": "Pekerjaan",
    "alamat": "Alamat",
    "rt": "RT",
    "rw": "RW",
    "desa": "Desa/Kelurahan",
    "kecamatan": "Kecamatan",
    "kabupaten": "Kabupaten",
    "kewarganegaraan": "Kewarganegaraan",
}
"""The profile's fields and what the citizen reads beside them."""


class Profile(msgspec.Struct, frozen=True):
    """What the regency knows of a resident, as printed on letters. Dates are DD-MM-YYYY."""

    nik: str
    nama: str
    tempat_lahir: str
    tanggal_lahir: str
    jenis_kelamin: str
    agama: str
    status_kawin: str
    pekerjaan: str
    alamat: str
    rt: str
    rw: str
    desa: str
    kecamatan: str
    kabupaten: str
    kewarganegaraan: str

    def __repr__(self) -> str:
        return "Profile(<hidden>)"


class LetterRequest(msgspec.Struct, frozen=True):
    """What a citizen asked for. It travels sealed to the regency; this is the inside.

    ``id`` is a UUIDv7, made at the kiosk. ``number`` is what people say aloud: the kiosk's id
    and its running number. ``created_at`` is ISO 8601 with offset.
    """

    id: str
    kiosk: str
    number: str
    nik: str
    letter_type: str
    answers: dict[str, str]
    claim_code: str
    created_at: str

    def __repr__(self) -> str:
        return f"LetterRequest(id={self.id!r}, <hidden>)"


class RequestState(StrEnum):
    """A request's life. OpenSID's 0 to 5 are incomplete to cancelled."""

    QUEUED = "queued"  # durable at the kiosk
    SENT = "sent"  # handed to the broker
    RECEIVED = "received"  # committed at the regency
    INCOMPLETE = "incomplete"  # 0 Belum Lengkap
    UNDER_REVIEW = "underReview"  # 1 Sedang Diperiksa
    AWAITING_SIGNATURE = "awaitingSignature"  # 2 Menunggu Tandatangan
    READY = "ready"  # 3 Siap Diambil
    COLLECTED = "collected"  # 4 Sudah Diambil
    CANCELLED = "cancelled"  # 5 Dibatalkan
    REJECTED = "rejected"


STATE_WORDS: dict[RequestState, str] = {
    RequestState.QUEUED: "Tersimpan di anjungan, menunggu dikirim",
    RequestState.SENT: "Tersimpan di anjungan, sedang dikirim",
    RequestState.RECEIVED: "Sudah diterima, menunggu diperiksa petugas",
    RequestState.INCOMPLETE: "Belum lengkap, hubungi kantor desa",
    RequestState.UNDER_REVIEW: "Sedang diperiksa petugas",
    RequestState.AWAITING_SIGNATURE: "Menunggu tanda tangan kepala desa",
    RequestState.READY: "Siap diambil",
    RequestState.COLLECTED: "Sudah diambil",
    RequestState.CANCELLED: "Dibatalkan",
    RequestState.REJECTED: "Tidak dapat diproses, hubungi kantor desa",
}
"""What the citizen reads: the true state, and who has the request now."""
