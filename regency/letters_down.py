"""Signed letters on their way to their residents: sealed, and sealed again to another key."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

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


def receivers(db: Connection, request_id: str, nik: str) -> list[str]:
    """The kiosks to which a letter goes: where it was asked for and where its resident has moved
    to, as far as they stand where the resident lives now.
    """
    r, p, k = t.requests.c, t.letter_places.c, t.kiosks.c
    asked = select(r.kiosk).where(r.id == request_id)
    added = select(p.kiosk).where(p.request_id == request_id)
    lives = select(t.residents.c.village).where(t.residents.c.nik == nik).scalar_subquery()
    query = select(k.id).where(
        or_(k.id.in_(asked), k.id.in_(added)), k.village == lives, k.revoked.is_(False)
    )
    return list(db.execute(query.order_by(k.id)).scalars())


def send_letters_again(
    db: Connection, nik: str, catalogue: Catalogue, kiosk: str | None = None
) -> set[str]:
    """The resident has another key, card or village: every signed letter goes down once more, to
    the kiosks where it belongs (or to ``kiosk`` alone). These kiosks.
    """
    e, r, k = t.enrolments.c, t.requests.c, t.letters.c
    card = db.execute(select(e.tag, e.public_key).where(e.nik == nik)).one_or_none()
    if card is None:
        return set()
    query = select(r.id, r.letter_type, k.number, k.pdf, k.roll).join(
        t.letters, k.request_id == r.id
    )
    touched = set()
    for row in db.execute(query.where(r.nik == nik).order_by(r.created_at)).all():
        letter = catalogue.get(row.letter_type)
        title = letter.title if letter else row.letter_type
        signed = wire.SignedLetter(row.id, row.letter_type, title, row.number, row.pdf, row.roll)
        for receiver in receivers(db, row.id, nik):
            if kiosk in (None, receiver):
                send_letter(db, receiver, (card.tag, card.public_key), signed)
                touched.add(receiver)
    return touched
