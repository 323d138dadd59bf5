"""Signed letters on their way to their residents: sealed, and sealed again to another key."""

from __future__ import annotations

from sqlalchemy import Connection, select

from firmware.core import seal, wire
from firmware.core.letters import Catalogue
from regency import tables as t
from regency.journal import queue_down


def send_letter(
    db: Connection, kiosk: str, card: tuple[bytes, bytes], signed: wire.SignedLetter
) -> None:
    """Queue a letter to a kiosk, sealed to its resident's card: its tag and public key."""
    tag, public_key = card
    sealed = seal.seal(public_key, wire.encode(signed), seal.letter_context(signed.request_id))
    queue_down(db, kiosk, lambda seq: wire.LetterDown(seq, signed.request_id, tag, sealed))


def send_letters_again(
    db: Connection, nik: str, catalogue: Catalogue, kiosk: str | None = None
) -> set[str]:
    """The resident has another key or card: every signed letter goes down once more, to the kiosk
    where it was asked for (or only those of ``kiosk``). These kiosks.
    """
    e, r, k = t.enrolments.c, t.requests.c, t.letters.c
    card = db.execute(select(e.tag, e.public_key).where(e.nik == nik)).one_or_none()
    if card is None:
        return set()
    query = select(r.id, r.kiosk, r.letter_type, k.number, k.pdf, k.roll).join(
        t.letters, k.request_id == r.id
    )
    if kiosk is not None:
        query = query.where(r.kiosk == kiosk)
    touched = set()
    for row in db.execute(query.where(r.nik == nik).order_by(r.created_at)).all():
        letter = catalogue.get(row.letter_type)
        title = letter.title if letter else row.letter_type
        signed = wire.SignedLetter(row.id, row.letter_type, title, row.number, row.pdf, row.roll)
        send_letter(db, row.kiosk, (card.tag, card.public_key), signed)
        touched.add(row.kiosk)
    return touched
