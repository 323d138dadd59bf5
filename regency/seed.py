"""Loading a seed file: villages, kiosks, residents, cards and officers. Safe to run again:
what is there already and the same is left alone. So is a card that is there with another key (its
holder has chosen a new PIN since) or that was taken out of use.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, IntegrityError

from firmware.core.errors import ConfigurationError
from regency import tables as t
from regency.database import put, transact
from regency.directory import forget_token, tell_directory
from regency.enrolling import enrol, is_out_of_use
from regency.model import Enrolment, OfficerCard, Seed
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
    """Take all of it in, or nothing, and tell kiosks of cards. Raises ConfigurationError when
    something names a village or resident that is nowhere.
    """
    try:
        return transact(store.engine, lambda db: _load(db, seed))
    except DataError as error:
        raise ConfigurationError(
            "the seed file has a name, code or number that is longer than the database keeps"
        ) from error
    except IntegrityError as error:
        raise ConfigurationError(
            "the seed file names a village or a resident that is neither in it nor known already"
        ) from error


def _load(db: Connection, seed: Seed) -> Loaded:
    hasher = PasswordHasher()
    for village in seed.villages:
        put(db, t.villages, {"code": village.code}, {"data": msgspec.to_builtins(village)})
    for kiosk in seed.kiosks:
        values = {"village": kiosk.village}
        put(db, t.kiosks, {"id": kiosk.id}, values, {"revoked": False, "last_srv_seq": 0})
    for one in seed.residents:
        living = {"village": one.village, "profile": msgspec.to_builtins(one.profile)}
        put(db, t.residents, {"nik": one.profile.nik}, living)
    for officer in seed.officers:
        put(
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
    for card in seed.officer_cards:
        _keep_officer_card(db, card)
    tell_directory(db)
    return Loaded(
        len(seed.villages),
        len(seed.kiosks),
        len(seed.residents),
        len(seed.officers),
        new_cards,
    )


def _enrol(db: Connection, enrolment: Enrolment) -> bool:
    c = t.enrolments.c
    query = select(c.tag).where(c.nik == enrolment.nik, c.tag == enrolment.tag)
    if db.execute(query).one_or_none() is not None or is_out_of_use(db, enrolment.tag):
        return False
    return bool(enrol(db, enrolment))


def _keep_officer_card(db: Connection, card: OfficerCard) -> None:
    c = t.officer_cards.c
    query = select(c.tag).where(c.username == card.username)
    if db.execute(query).scalar_one_or_none() == card.tag:
        return
    values = {
        "tag": card.tag,
        "salt": card.salt,
        "kdf": msgspec.to_builtins(card.kdf),
        "public_key": card.public_key,
    }
    put(db, t.officer_cards, {"username": card.username}, values)
    forget_token(db, card.tag)
