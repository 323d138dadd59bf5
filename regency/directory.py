"""What each kiosk must know of the cards of its village. Compared with what it was told, so that
a kiosk that came later, a corrected profile, a new card and one that no longer holds are told
once each.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import msgspec
from sqlalchemy import Connection, delete, insert, select

from firmware.core import seal, wire
from firmware.core.request import Profile
from regency import tables as t
from regency.journal import queue_down

_REVOKED = b""


@dataclass(frozen=True, repr=False)
class _Card:
    """An enrolled card with its resident's profile."""

    village: str
    tag: bytes
    salt: bytes
    kdf: wire.KdfCost
    public_key: bytes
    profile: Profile

    @cached_property
    def digest(self) -> bytes:
        """Changes whenever a kiosk must be told anew."""
        told = (self.salt, self.kdf, self.public_key, self.profile)
        return hashlib.sha256(msgspec.json.encode(told)).digest()

    @cached_property
    def sealed_profile(self) -> bytes:
        profile = msgspec.json.encode(self.profile)
        return seal.seal(self.public_key, profile, seal.profile_context(self.tag))

    def entry(self, srv_seq: int) -> wire.DirectoryEntry:
        return wire.DirectoryEntry(
            srv_seq, self.tag, self.salt, self.kdf, self.public_key, self.sealed_profile
        )


def tell_directory(db: Connection) -> None:
    """Queue to every kiosk what it was not told yet."""
    kiosks = _kiosks(db)
    told = {
        (row.kiosk, row.tag): row.digest
        for row in db.execute(select(t.told))
        if row.kiosk in kiosks
    }
    for card in _cards(db):
        for kiosk, village in kiosks.items():
            if village == card.village and told.pop((kiosk, card.tag), None) != card.digest:
                queue_down(db, kiosk, card.entry)
                _note(db, kiosk, card.tag, card.digest)
    for (kiosk, tag), digest in told.items():
        if digest != _REVOKED:
            _revoke(db, kiosk, tag)


def _kiosks(db: Connection) -> dict[str, str]:
    """The village of each kiosk that may know of anybody."""
    c = t.kiosks.c
    rows = db.execute(select(c.id, c.village).where(c.revoked.is_(False)).order_by(c.id))
    return {row.id: row.village for row in rows}


def _cards(db: Connection) -> list[_Card]:
    e, r = t.enrolments.c, t.residents.c
    query = select(r.village, e.tag, e.salt, e.kdf, e.public_key, r.profile).join(
        t.residents, r.nik == e.nik
    )
    return [
        _Card(
            row.village,
            row.tag,
            row.salt,
            msgspec.convert(row.kdf, wire.KdfCost),
            row.public_key,
            msgspec.convert(row.profile, Profile),
        )
        for row in db.execute(query.order_by(e.nik))
    ]


def _revoke(db: Connection, kiosk: str, tag: bytes) -> None:
    """The card is served there no longer. The entry holds nothing that a PIN could be tried at."""

    def entry(srv_seq: int) -> wire.DirectoryEntry:
        salt, key = bytes(seal.SALT_BYTES), bytes(seal.PUBLIC_KEY_BYTES)
        return wire.DirectoryEntry(srv_seq, tag, salt, seal.DEFAULT_COST, key, b"", revoked=True)

    queue_down(db, kiosk, entry)
    _note(db, kiosk, tag, _REVOKED)


def _note(db: Connection, kiosk: str, tag: bytes, digest: bytes) -> None:
    c = t.told.c
    db.execute(delete(t.told).where(c.kiosk == kiosk, c.tag == tag))
    db.execute(insert(t.told).values(kiosk=kiosk, tag=tag, digest=digest))
