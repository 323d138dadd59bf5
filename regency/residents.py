"""What becomes of a resident's card at the regency: taken out of use, or served elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from firmware.core.errors import ConfigurationError
from firmware.core.letters import Catalogue
from firmware.core.request import Profile
from regency import tables as t
from regency.asks import has_visited
from regency.database import transact
from regency.directory import tell_directory
from regency.enrolling import lock_cards, take_out_of_use
from regency.journal import now_text
from regency.letters_down import add_places, send_letters_again
from regency.model import Village
from regency.store import Store


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives in their village, as an e-KTP has it."""

    alamat: str
    rt: str
    rw: str


@dataclass(frozen=True, slots=True)
class Told:
    """For how many kiosks something was queued; those that are there hear within a minute."""

    kiosks: int


def revoke_card(store: Store, nik: str) -> Told:
    """The resident's card is of no use any more: it was lost, or its holder has died. Another is
    enrolled at a kiosk; so may this one be, where its officer was told of this. Raises
    ConfigurationError when there is none.
    """

    def work(db: Connection) -> set[str]:
        c = t.enrolments.c
        lock_cards(db, nik)
        tag = db.execute(select(c.tag).where(c.nik == nik)).scalar_one_or_none()
        if tag is None:
            raise ConfigurationError("no card is enrolled for this NIK")
        db.execute(delete(t.enrolments).where(c.nik == nik))
        take_out_of_use(db, tag)
        return tell_directory(db, tag)

    return Told(len(transact(store.engine, work)))


def move(store: Store, catalogue: Catalogue, nik: str, village: str, address: Address) -> Told:
    """The resident lives in another village. Its kiosks learn of the card, those of the former
    one forget it; letters follow, and so do requests that are still on their way. Raises
    ConfigurationError when resident or village is not known.
    """

    def work(db: Connection) -> set[str]:
        data = db.execute(
            select(t.villages.c.data).where(t.villages.c.code == village)
        ).scalar_one_or_none()
        if data is None:
            raise ConfigurationError(f"there is no village {village}")
        _change_address(db, nik, msgspec.convert(data, Village), address)
        kiosks = _kiosks_of(db, village)
        requests = db.execute(select(t.requests.c.id).where(t.requests.c.nik == nik)).scalars()
        for request_id in list(requests):
            add_places(db, request_id, kiosks)
        c = t.enrolments.c
        tag = db.execute(select(c.tag).where(c.nik == nik)).scalar_one_or_none()
        if tag is None:
            return set()
        return tell_directory(db, tag) | send_letters_again(db, nik, catalogue)

    return Told(len(transact(store.engine, work)))


def _change_address(db: Connection, nik: str, village: Village, address: Address) -> None:
    r, m = t.residents.c, t.moves.c
    row = db.execute(select(r.village, r.profile).where(r.nik == nik)).one_or_none()
    if row is None:
        raise ConfigurationError("no resident has this NIK")
    profile = msgspec.structs.replace(
        msgspec.convert(row.profile, Profile),
        alamat=address.alamat,
        rt=address.rt,
        rw=address.rw,
        desa=village.name,
        kecamatan=village.district,
        kabupaten=village.regency.removeprefix("Kabupaten "),
    )
    values = {"village": village.code, "profile": msgspec.to_builtins(profile)}
    db.execute(update(t.residents).where(r.nik == nik).values(**values))
    db.execute(delete(t.moves).where(m.nik == nik, m.village.in_((village.code, row.village))))
    if row.village != village.code:
        db.execute(insert(t.moves).values(nik=nik, village=row.village, at=now_text()))


_KIOSKS_VILLAGE = select(t.kiosks.c.village).where(t.kiosks.c.id == bindparam("kiosk"))
_BOTH_VILLAGES = select(
    t.residents.c.village, _KIOSKS_VILLAGE.scalar_subquery().label("here")
).where(t.residents.c.nik == bindparam("nik"))


def helper_of(db: Connection, tag: bytes, village: str) -> str | None:
    """The name of the officer of this village whose card has that tag."""
    card, officer = t.officer_cards.c, t.officers.c
    query = select(officer.name).join(t.officer_cards, card.username == officer.username)
    named = query.where(card.tag == tag, officer.village == village)
    return db.execute(named).scalar_one_or_none()


def village_for(db: Connection, kiosk: str, nik: str) -> str | None:
    """The resident's village, when a kiosk may ask for a letter of theirs: it stands there, or
    where they lived before, or was given their card when they came. What a kiosk accepted before
    it heard of a move is not refused.
    """
    row = db.execute(_BOTH_VILLAGES, {"kiosk": kiosk, "nik": nik}).one_or_none()
    if row is None or row.village == row.here:
        return row.village if row else None
    m = t.moves.c
    moved = select(m.nik).where(m.nik == nik, m.village == row.here)
    known = db.execute(moved).one_or_none() is not None or has_visited(db, kiosk, nik)
    return row.village if known else None


def follow(db: Connection, request_id: str, kiosk: str, village: str) -> None:
    """A request of somebody who has moved to ``village`` since: its letter goes there."""
    kiosks = _kiosks_of(db, village)
    if kiosk not in kiosks:
        add_places(db, request_id, kiosks)


def _kiosks_of(db: Connection, village: str) -> list[str]:
    c = t.kiosks.c
    query = select(c.id).where(c.village == village, c.revoked.is_(False)).order_by(c.id)
    return list(db.execute(query).scalars())
