"""What each kiosk must know of the cards of its village. Compared with what it was told, so that
a kiosk that came later, a corrected profile, a new card and one that no longer holds are told
once each.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, select, true

from firmware.core import seal, wire
from firmware.core.cards import OFFICER_ROLE, TOKEN_BYTES, pack_profile
from firmware.core.request import PROFILE_LABELS, Profile
from regency import tables as t
from regency.database import put
from regency.journal import queue_down

_REVOKED = b""
_UNSURE = b"?"


@dataclass(frozen=True, repr=False)
class _Card:
    """An enrolled card with its resident's profile."""

    village: str
    tag: bytes
    salt: bytes
    kdf: wire.KdfCost
    public_key: bytes
    profile: Profile
    token: bytes
    role: str = ""

    @cached_property
    def digest(self) -> bytes:
        """Changes whenever a kiosk must be told anew."""
        told = (self.salt, self.kdf, self.public_key, self.profile, self.token, self.role)
        return hashlib.sha256(msgspec.json.encode(told)).digest()

    @cached_property
    def sealed_profile(self) -> bytes:
        profile = pack_profile(self.profile, (self.token,))
        return seal.seal(self.public_key, profile, seal.profile_context(self.tag))

    def entry(self, srv_seq: int) -> wire.DirectoryEntry:
        return wire.DirectoryEntry(
            srv_seq,
            self.tag,
            self.salt,
            self.kdf,
            self.public_key,
            self.sealed_profile,
            role=self.role,
        )


def tell_directory(db: Connection, tag: bytes | None = None) -> set[str]:
    """Queue to every kiosk what it was not told yet, of every card or of ``tag`` alone. The
    kiosks for which something was queued.
    """
    kiosks, touched = _kiosks(db), set()
    told = {
        (row.kiosk, row.tag): row.digest
        for row in db.execute(select(t.told).where(_only(t.told.c.tag, tag)))
        if row.kiosk in kiosks
    }
    for card in _cards(db, tag) + _officer_cards(db, tag):
        for kiosk, village in kiosks.items():
            if village == card.village and told.pop((kiosk, card.tag), None) != card.digest:
                queue_down(db, kiosk, card.entry)
                _note(db, kiosk, card.tag, card.digest)
                touched.add(kiosk)
    for (kiosk, gone), digest in told.items():
        if digest != _REVOKED:
            tell_revoked(db, kiosk, gone)
            touched.add(kiosk)
    return touched


def entry_of(db: Connection, tag: bytes) -> tuple[str | None, wire.DirectoryEntry | None]:
    """The resident of this card and its entry outside any numbering; never an officer's."""
    query = select(t.enrolments.c.nik).where(t.enrolments.c.tag == tag)
    nik = db.execute(query).scalar_one_or_none()
    cards = _cards(db, tag) if nik is not None else []
    return nik, cards[0].entry(0) if cards else None


def tell_revoked(db: Connection, kiosk: str, tag: bytes) -> None:
    """The card is served there no longer. The entry holds nothing that a PIN could be tried at."""

    def entry(srv_seq: int) -> wire.DirectoryEntry:
        salt, key = bytes(seal.SALT_BYTES), bytes(seal.PUBLIC_KEY_BYTES)
        return wire.DirectoryEntry(srv_seq, tag, salt, seal.DEFAULT_COST, key, b"", revoked=True)

    srv_seq = queue_down(db, kiosk, entry)
    _note(db, kiosk, tag, _REVOKED)
    if revocation_told(db, kiosk, tag) is None:
        db.execute(insert(t.revocations).values(kiosk=kiosk, tag=tag, srv_seq=srv_seq))


def revocation_told(db: Connection, kiosk: str, tag: bytes) -> int | None:
    """The number of the first message that told this kiosk that the card is out of use."""
    c = t.revocations.c
    query = select(c.srv_seq).where(c.kiosk == kiosk, c.tag == tag)
    found: int | None = db.execute(query).scalar_one_or_none()
    return found


def doubt(db: Connection, kiosk: str, tag: bytes) -> None:
    """What this kiosk holds of the card is another thing than what it was told: it will be told
    again, whatever it is.
    """
    _note(db, kiosk, tag, _UNSURE)


def set_token(db: Connection, tag: bytes, token: bytes, kiosk: str = "", seq: int = 0) -> None:
    """The token that proves from now on that the card's profile was opened."""
    put(db, t.card_tokens, {"tag": tag}, {"token": token, "kiosk": kiosk, "seq": seq})


def token_of(db: Connection, tag: bytes) -> bytes | None:
    """The token of a resident's card; None when it is none, or was never told."""
    c = t.card_tokens.c
    query = select(c.token).join(t.enrolments, t.enrolments.c.tag == c.tag).where(c.tag == tag)
    found: bytes | None = db.execute(query).scalar_one_or_none()
    return found


def forget_token(db: Connection, tag: bytes) -> None:
    """The card has another key: a new token is made for it when it is told."""
    db.execute(delete(t.card_tokens).where(t.card_tokens.c.tag == tag))


def _only(column: Any, tag: bytes | None) -> ColumnElement[bool]:
    return true() if tag is None else column == tag


def _kiosks(db: Connection) -> dict[str, str]:
    """The village of each kiosk that may know of anybody."""
    c = t.kiosks.c
    rows = db.execute(select(c.id, c.village).where(c.revoked.is_(False)).order_by(c.id))
    return {row.id: row.village for row in rows}


def _cards(db: Connection, tag: bytes | None) -> list[_Card]:
    e, r, k = t.enrolments.c, t.residents.c, t.card_tokens.c
    query = (
        select(r.village, e.tag, e.salt, e.kdf, e.public_key, r.profile, k.token)
        .join(t.residents, r.nik == e.nik)
        .outerjoin(t.card_tokens, k.tag == e.tag)
        .where(_only(e.tag, tag))
    )
    rows = db.execute(query.order_by(e.nik)).all()
    return [_card(db, row, msgspec.convert(row.profile, Profile)) for row in rows]


def _officer_cards(db: Connection, tag: bytes | None) -> list[_Card]:
    """An officer's profile is a name: what enrolment shows."""
    o, c, k = t.officers.c, t.officer_cards.c, t.card_tokens.c
    query = (
        select(o.village, o.name, c.tag, c.salt, c.kdf, c.public_key, k.token)
        .join(t.officers, o.username == c.username)
        .outerjoin(t.card_tokens, k.tag == c.tag)
        .where(_only(c.tag, tag))
    )
    rows = db.execute(query.order_by(c.username)).all()
    return [_card(db, row, _named(row.name), OFFICER_ROLE) for row in rows]


def _card(db: Connection, row: Any, profile: Profile, role: str = "") -> _Card:
    return _Card(
        row.village,
        row.tag,
        row.salt,
        msgspec.convert(row.kdf, wire.KdfCost),
        row.public_key,
        profile,
        row.token or _new_token(db, row.tag),
        role,
    )


def _named(name: str) -> Profile:
    empty = dict.fromkeys(PROFILE_LABELS, "")
    return Profile(**{**empty, "nama": name})


def _new_token(db: Connection, tag: bytes) -> bytes:
    token = secrets.token_bytes(TOKEN_BYTES)
    set_token(db, tag, token)
    return token


def _note(db: Connection, kiosk: str, tag: bytes, digest: bytes) -> None:
    put(db, t.told, {"kiosk": kiosk, "tag": tag}, {"digest": digest})
