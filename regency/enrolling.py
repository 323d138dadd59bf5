"""A card is filed for a resident: by a seed file, or by an officer at a kiosk."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from regency import tables as t
from regency.directory import forget_token, revocation_told
from regency.journal import now_text
from regency.model import Enrolment


def enrol(db: Connection, enrolment: Enrolment) -> set[bytes]:
    """File a card; the tags of which kiosks must hear: this one and the resident's former one.
    Empty for a card that is filed like that already.

    A card belongs to one resident, the one who was enrolled with it last; a resident has one. The
    former one is out of use from now on.
    """
    c = t.enrolments.c
    known = db.execute(select(c.tag, c.public_key).where(c.nik == enrolment.nik)).one_or_none()
    if known is not None and tuple(known) == (enrolment.tag, enrolment.public_key):
        return set()
    db.execute(delete(t.enrolments).where(c.tag == enrolment.tag, c.nik != enrolment.nik))
    values = {
        "tag": enrolment.tag,
        "salt": enrolment.salt,
        "kdf": msgspec.to_builtins(enrolment.kdf),
        "public_key": enrolment.public_key,
    }
    if known is None:
        db.execute(insert(t.enrolments).values(nik=enrolment.nik, **values))
    else:
        db.execute(update(t.enrolments).where(c.nik == enrolment.nik).values(**values))
    forget_token(db, enrolment.tag)
    db.execute(delete(t.revoked_cards).where(t.revoked_cards.c.tag == enrolment.tag))
    if known is None or known.tag == enrolment.tag:
        return {enrolment.tag}
    take_out_of_use(db, known.tag)
    return {enrolment.tag, known.tag}


def lock_cards(db: Connection, nik: str) -> str | None:
    """Nobody else changes this resident's cards until the transaction ends. Their village; None
    when there is no such resident.
    """
    r = t.residents.c
    found: str | None = db.execute(
        select(r.village).where(r.nik == nik).with_for_update()
    ).scalar_one_or_none()
    return found


def take_out_of_use(db: Connection, tag: bytes) -> None:
    """From now on only an officer who was told of it enrols this card again."""
    forget_token(db, tag)
    db.execute(delete(t.revocations).where(t.revocations.c.tag == tag))
    db.execute(delete(t.revoked_cards).where(t.revoked_cards.c.tag == tag))
    db.execute(insert(t.revoked_cards).values(tag=tag, at=now_text()))


def is_out_of_use(db: Connection, tag: bytes) -> bool:
    """Whether the card was taken out of use and not enrolled again since."""
    query = select(t.revoked_cards.c.tag).where(t.revoked_cards.c.tag == tag)
    return db.execute(query).one_or_none() is not None


def has_heard(db: Connection, kiosk: str, tag: bytes, revocation: int) -> bool:
    """Whether ``revocation``, the message by which the kiosk knew the card to be out of use, is
    that of this time, or one that came after it.
    """
    told = revocation_told(db, kiosk, tag)
    return told is not None and revocation >= told


def may_enrol(db: Connection, kiosk: str, tag: bytes) -> bytes | None:
    """The token of this card, when an officer of the kiosk's village holds it."""
    query = (
        select(t.card_tokens.c.token)
        .join(t.officer_cards, t.officer_cards.c.tag == t.card_tokens.c.tag)
        .join(t.officers, t.officers.c.username == t.officer_cards.c.username)
        .join(t.kiosks, t.kiosks.c.village == t.officers.c.village)
    )
    here = (t.card_tokens.c.tag == tag) & (t.kiosks.c.id == kiosk)
    token: bytes | None = db.execute(query.where(here)).scalar_one_or_none()
    return token


def is_enrolled(db: Connection, tag: bytes) -> bool:
    """Whether the card is a resident's or an officer's."""
    query = select(t.enrolments.c.tag).where(t.enrolments.c.tag == tag)
    return db.execute(query).one_or_none() is not None or is_officers(db, tag)


def is_officers(db: Connection, tag: bytes) -> bool:
    """Whether the card is an officer's."""
    query = select(t.officer_cards.c.tag).where(t.officer_cards.c.tag == tag)
    return db.execute(query).one_or_none() is not None
