"""Loading a seed file: villages, kiosks, residents, cards and officers. Safe to run again:
what is there already and the same is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from argon2 import PasswordHasher
from sqlalchemy import Connection, Table, insert, select, update

from firmware.core import seal, wire
from firmware.core.errors import ConfigurationError
from firmware.core.request import Profile
from regency import tables as t
from regency.journal import queue_down
from regency.model import Enrolment, Seed
from regency.store import Store


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much is there after loading, and how many cards were new."""

    villages: int
    kiosks: int
    residents: int
    officers: int
    new_cards: int


def read_seed(file: Path) -> Seed:
    """The seed in ``file``; raises ConfigurationError with one sentence."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Seed)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is no seed file: {error}") from error


def load(store: Store, seed: Seed) -> Loaded:
    """Take all of it in, or nothing."""
    hasher = PasswordHasher()
    with store.engine.begin() as db:
        for village in seed.villages:
            _keep(db, t.villages, {"code": village.code}, {"data": msgspec.to_builtins(village)})
        for kiosk in seed.kiosks:
            _keep(db, t.kiosks, {"id": kiosk.id}, {"village": kiosk.village})
        for one in seed.residents:
            values = {"village": one.village, "profile": msgspec.to_builtins(one.profile)}
            _keep(db, t.residents, {"nik": one.profile.nik}, values)
        for officer in seed.officers:
            _keep(
                db,
                t.officers,
                {"username": officer.username},
                {
                    "name": officer.name,
                    "role": officer.role,
                    "village": officer.village,
                    "password_hash": hasher.hash(officer.password),
                },
            )
        new_cards = sum(_enrol(db, enrolment) for enrolment in seed.enrolments)
    return Loaded(
        len(seed.villages),
        len(seed.kiosks),
        len(seed.residents),
        len(seed.officers),
        new_cards,
    )


def _keep(db: Connection, table: Table, key: dict[str, str], values: dict[str, Any]) -> None:
    """Insert a row, or bring it up to date."""
    ((name, wanted),) = key.items()
    here = table.c[name] == wanted
    if not db.execute(update(table).where(here).values(**values)).rowcount:
        extra = {"revoked": False, "last_srv_seq": 0} if table is t.kiosks else {}
        db.execute(insert(table).values(**key, **values, **extra))


def _enrol(db: Connection, enrolment: Enrolment) -> bool:
    """File a card and tell the kiosks of its resident's village; False for a card known."""
    c = t.enrolments.c
    known = db.execute(select(c.tag, c.public_key).where(c.nik == enrolment.nik)).one_or_none()
    if known is not None and tuple(known) == (enrolment.tag, enrolment.public_key):
        return False
    values = {
        "tag": enrolment.tag,
        "salt": enrolment.salt,
        "kdf": msgspec.to_builtins(enrolment.kdf),
        "public_key": enrolment.public_key,
    }
    _keep(db, t.enrolments, {"nik": enrolment.nik}, values)
    r = t.residents.c
    village, raw = db.execute(select(r.village, r.profile).where(r.nik == enrolment.nik)).one()
    sealed = seal.seal(
        enrolment.public_key,
        msgspec.json.encode(msgspec.convert(raw, Profile)),
        seal.profile_context(enrolment.tag),
    )
    for kiosk in db.execute(select(t.kiosks.c.id).where(t.kiosks.c.village == village)).scalars():
        queue_down(db, kiosk, lambda seq: _entry(seq, enrolment, sealed))
    return True


def _entry(srv_seq: int, enrolment: Enrolment, sealed_profile: bytes) -> wire.DirectoryEntry:
    return wire.DirectoryEntry(
        srv_seq,
        enrolment.tag,
        enrolment.salt,
        enrolment.kdf,
        enrolment.public_key,
        sealed_profile,
    )
