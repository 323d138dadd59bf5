"""A resident's profile, a request for a letter, and the request's life."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from firmware.core.view import Say

PROFILE_LABELS: dict[str, Say] = {
    "nik": Say("NIK"),
    "nama": Say("Nama"),
    "tempat_lahir": Say("Tempat lahir"),
    "tanggal_lahir": Say("Tanggal lahir"),
    "jenis_kelamin": Say("Jenis kelamin"),
    "agama": Say("Agama"),
    "status_kawin": Say("Status perkawinan"),
    "pekerjaan": Say("Pekerjaan"),
    "alamat": Say("Alamat"),
    "rt": Say("RT"),
    "rw": Say("RW"),
    "desa": Say("Desa/Kelurahan"),
    "kecamatan": Say("Kecamatan"),
    "kabupaten": Say("Kabupaten"),
    "kewarganegaraan": Say("Kewarganegaraan"),
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
    and its running number. ``created_at`` is ISO 8601 with offset. ``helper`` is the tag of the
    card of the officer who helped, if one did.
    """

    id: str
    kiosk: str
    number: str
    nik: str
    letter_type: str
    answers: dict[str, str]
    claim_code: str
    created_at: str
    helper: bytes = b""

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


STATE_WORDS: dict[RequestState, Say] = {
    RequestState.QUEUED: Say("Tersimpan di anjungan, menunggu dikirim"),
    RequestState.SENT: Say("Tersimpan di anjungan, sedang dikirim"),
    RequestState.RECEIVED: Say("Sudah diterima, menunggu diperiksa petugas"),
    RequestState.INCOMPLETE: Say("Belum lengkap, hubungi kantor desa"),
    RequestState.UNDER_REVIEW: Say("Sedang diperiksa petugas"),
    RequestState.AWAITING_SIGNATURE: Say("Menunggu tanda tangan kepala desa"),
    RequestState.READY: Say("Siap diambil"),
    RequestState.COLLECTED: Say("Sudah diambil"),
    RequestState.CANCELLED: Say("Dibatalkan"),
    RequestState.REJECTED: Say("Tidak dapat diproses, hubungi kantor desa"),
}
"""What the citizen reads: the true state, and who has the request now."""
