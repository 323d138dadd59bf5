"""Words and times as the pages show them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from firmware.core.calendar import long_date
from firmware.core.request import STATE_WORDS, RequestState

WIB = timezone(timedelta(hours=7), "WIB")

DESK_WORDS: dict[RequestState, str] = {
    RequestState.QUEUED: "Di anjungan",
    RequestState.SENT: "Dalam pengiriman",
    RequestState.RECEIVED: "Baru masuk",
    RequestState.INCOMPLETE: "Belum lengkap",
    RequestState.UNDER_REVIEW: "Sedang diperiksa",
    RequestState.AWAITING_SIGNATURE: "Menunggu tanda tangan",
    RequestState.READY: "Siap diambil",
    RequestState.COLLECTED: "Sudah diambil",
    RequestState.CANCELLED: "Dibatalkan",
    RequestState.REJECTED: "Ditolak",
}
"""What officers read."""

STEPS = ("Diterima", "Diperiksa", "Ditandatangani", "Siap diambil")
_STEPS_DONE = {
    RequestState.RECEIVED: 1,
    RequestState.UNDER_REVIEW: 1,
    RequestState.AWAITING_SIGNATURE: 2,
    RequestState.READY: 4,
    RequestState.COLLECTED: 4,
}


def steps_done(state: RequestState) -> int | None:
    """How many of STEPS lie behind; None when the request came to another end."""
    return _STEPS_DONE.get(state)


def citizen_words(state: RequestState, kind: str) -> str:
    """What the citizen reads; ``kind`` is the village's, Desa or Kelurahan."""
    words = str(STATE_WORDS[state])
    if kind == "Kelurahan":
        words = words.replace("kepala desa", "lurah").replace("kantor desa", "kantor kelurahan")
    return words


def moment(iso: str) -> str:
    """24 November 2026, 14.05 WIB."""
    at = _read(iso)
    return f"{long_date(at.date())}, {at:%H.%M} WIB" if at else "–"


def day(iso: str) -> str:
    """24 November 2026."""
    at = _read(iso)
    return long_date(at.date()) if at else "–"


def age(iso: str, now: datetime) -> str:
    """How long ago, in one unit."""
    at = _read(iso)
    if at is None:
        return "–"
    minutes = int((now - at).total_seconds() // 60)
    for size, unit in ((1440, "hari"), (60, "jam"), (1, "menit")):
        if minutes >= size:
            return f"{minutes // size} {unit}"
    return "baru saja"


def file_name(title: str, number: str) -> str:
    """surat-keterangan-usaha-3510192001-1-000123.pdf: ASCII letters, digits and dashes."""
    plain = re.sub(r"[^a-z0-9]+", "-", f"{title} {number}".lower()).strip("-")
    return f"{plain[:100] or 'surat'}.pdf"


def _read(iso: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(iso)
    except (TypeError, ValueError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(WIB)
