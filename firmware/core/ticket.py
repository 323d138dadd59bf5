"""The ticket: what the citizen takes home after asking for a letter."""

from __future__ import annotations

import msgspec

from firmware.core.claim import show_claim_code
from hw.protocols import Align, Cut, Feed, Line, Qr, Rule, Slip


class Ticket(msgspec.Struct, frozen=True):
    """All that a ticket says. ``printed_at`` is local time, already in words."""

    place: str
    letter_title: str
    request_number: str
    claim_code: str
    accepted_at: str
    track_url: str

    def __repr__(self) -> str:
        return f"Ticket(request_number={self.request_number!r}, <hidden>)"


def ticket_slip(ticket: Ticket, copy: int) -> Slip:
    """The lines to print. From the second ``copy`` on it is marked SALINAN."""
    return (
        Line("ANJUNGAN SURAT MANDIRI", bold=True, align=Align.CENTER),
        Line(ticket.place, align=Align.CENTER),
        Rule(),
        *_copy_mark(copy),
        Line("BUKTI PERMOHONAN", bold=True, align=Align.CENTER),
        Feed(2),
        Line(ticket.letter_title, bold=True, align=Align.CENTER),
        Feed(2),
        Line(f"Tanggal   : {ticket.accepted_at}"),
        Line(f"No. mohon : {ticket.request_number}"),
        Feed(3),
        Line("KODE PENGAMBILAN", align=Align.CENTER),
        Line(show_claim_code(ticket.claim_code), bold=True, align=Align.CENTER, scale=2),
        Feed(3),
        Qr(ticket.track_url, module_dots=6),
        Feed(2),
        Line("Pindai untuk melihat sampai mana surat Anda.", align=Align.CENTER),
        Rule(),
        Line("Simpan tiket ini. Pemegang kode dapat melihat"),
        Line("dan mengambil surat Anda."),
        Line("Surat siap? Tempelkan e-KTP di anjungan ini."),
        Line("Layanan ini gratis.", bold=True),
        Cut(),
    )


def _copy_mark(copy: int) -> tuple[Line, ...]:
    if copy < 2:
        return ()
    return (Line(f"SALINAN {copy - 1}", bold=True, align=Align.CENTER, scale=2),)
