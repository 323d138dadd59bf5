"""Signed letters on their way to their residents: sealed, and sealed again to another key."""

from __future__ import annotations

from sqlalchemy import Connection, insert, or_, select

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


def add_places(db: Connection, request_id: str, kiosks: list[str]) -> None:
    """The letter of this request goes to these kiosks as well."""
    c = t.letter_places.c
    known = set(db.execute(select(c.kiosk).where(c.request_id == request_id)).scalars())
    for kiosk in kiosks:
        if kiosk not in known:
            db.execute(insert(t.letter_places).values(request_id=request_id, kiosk=kiosk))


def title_of(catalogue: Catalogue, letter_type: str) -> str:
    """What people call it; its id when it is in the catalogue no more."""
    letter = catalogue.get(letter_type)
    return letter.title if letter else letter_type


def seal_letter(
    db: Connection, request_id: str, card: tuple[bytes, bytes], catalogue: Catalogue
) -> wire.LetterDown | None:
    """A signed letter outside any numbering, sealed to this card: its tag and public key."""
    r, k = t.requests.c, t.letters.c
    query = select(r.letter_type, k.number, k.pdf, k.roll).join(t.letters, k.request_id == r.id)
    row = db.execute(query.where(r.id == request_id)).one_or_none()
    if row is None:
        return None
    tag, public_key = card
    title = title_of(catalogue, row.letter_type)
    signed = wire.SignedLetter(request_id, row.letter_type, title, row.number, row.pdf, row.roll)
    sealed = seal.seal(public_key, wire.encode(signed), seal.letter_context(request_id))
    return wire.LetterDown(0, request_id, tag, sealed)


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
        title = title_of(catalogue, row.letter_type)
        signed = wire.SignedLetter(row.id, row.letter_type, title, row.number, row.pdf, row.roll)
        for receiver in receivers(db, row.id, nik):
            if kiosk in (None, receiver):
                send_letter(db, receiver, (card.tag, card.public_key), signed)
                touched.add(receiver)
    return touched
