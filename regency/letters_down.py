"""Signed letters on their way to their residents: sealed, and sealed again to another key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from firmware.core import seal, wire
from firmware.core.letters import Catalogue
from regency import tables as t
from regency.journal import queue_down


def send_letter(
    db: Connection, kiosk: str, card: tuple[bytes, bytes], signed: wire.SignedLetter
) -> None:
    """Queue a letter to a kiosk, sealed to its resident's card: its tag and public key."""
    queue_down(db, kiosk, _down(card, signed))


def _down(card: tuple[bytes, bytes], signed: wire.SignedLetter) -> Callable[[int], wire.LetterDown]:
    """The message, but for its number."""
    tag, public_key = card
    sealed = seal.seal(public_key, wire.encode(signed), seal.letter_context(signed.request_id))
    return lambda seq: wire.LetterDown(seq, signed.request_id, tag, sealed)


def add_places(db: Connection, request_id: str, kiosks: list[str]) -> None:
    """The letter of this request goes to these kiosks as well."""
    c = t.letter_places.c
    known = set(db.execute(select(c.kiosk).where(c.request_id == request_id)).scalars())
    for kiosk in kiosks:
        if kiosk not in known:
            db.execute(insert(t.letter_places).values(request_id=request_id, kiosk=kiosk))


UNNAMED = "Surat"
"""What citizens read of a letter whose kind is in the catalogue no more."""


def title_of(catalogue: Catalogue, letter_type: str, otherwise: str = "") -> str:
    """What people call it; ``otherwise``, or its id, when it is in the catalogue no more."""
    letter = catalogue.get(letter_type)
    return letter.title if letter else otherwise or letter_type


_SIGNED = select(
    t.requests.c.id, t.requests.c.letter_type, t.letters.c.number, t.letters.c.pdf, t.letters.c.roll
).join(t.letters, t.letters.c.request_id == t.requests.c.id)


def _signed(row: Any, catalogue: Catalogue) -> wire.SignedLetter:
    title = title_of(catalogue, row.letter_type)
    return wire.SignedLetter(row.id, row.letter_type, title, row.number, row.pdf, row.roll)


def seal_letter(
    db: Connection, request_id: str, card: tuple[bytes, bytes], catalogue: Catalogue
) -> wire.LetterDown | None:
    """A signed letter outside any numbering, sealed to this card: its tag and public key."""
    row = db.execute(_SIGNED.where(t.requests.c.id == request_id)).one_or_none()
    return _down(card, _signed(row, catalogue))(0) if row is not None else None


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
    e, r = t.enrolments.c, t.requests.c
    card = db.execute(select(e.tag, e.public_key).where(e.nik == nik)).one_or_none()
    if card is None:
        return set()
    touched = set()
    for row in db.execute(_SIGNED.where(r.nik == nik).order_by(r.created_at)).all():
        signed = _signed(row, catalogue)
        for receiver in receivers(db, row.id, nik):
            if kiosk in (None, receiver):
                send_letter(db, receiver, (card.tag, card.public_key), signed)
                touched.add(receiver)
    return touched
