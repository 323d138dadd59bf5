"""Loading a seed file again: each kiosk is told of each card once, and of what changed."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec
import pytest
from msgspec.structs import replace

from firmware.core import seal, wire
from firmware.core.errors import ConfigurationError
from firmware.core.request import Profile
from regency.model import Enrolment, Kiosk, Officer, Resident, Seed
from regency.seed import load
from regency.store import Store
from tests.regency.letter_parts import GENTENG, SITI, SONGGON

KIOSK, LATER, ELSEWHERE = f"{SONGGON.code}-1", f"{SONGGON.code}-2", f"{GENTENG.code}-1"
KEY = os.urandom(seal.SEED_BYTES)
CARD = Enrolment(SITI.nik, b"a" * 32, b"s" * 16, seal.DEFAULT_COST, seal.public_key_of(KEY))
OFFICER = Officer("petugas", "Dewi Lestari", "officer", SONGGON.code, "kopi-robusta")
FIRST = Seed(
    (SONGGON, GENTENG),
    (Kiosk(KIOSK, SONGGON.code), Kiosk(ELSEWHERE, GENTENG.code)),
    (Resident(SONGGON.code, SITI),),
    (CARD,),
    (OFFICER,),
)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url, "s" * 40)
    load(store, FIRST)
    yield store
    store.close()


def told(store: Store, kiosk: str) -> list[wire.DirectoryEntry]:
    rows = store.undelivered(kiosk)
    return [msgspec.json.decode(row.payload, type=wire.DirectoryEntry) for row in rows]


def name_in(entry: wire.DirectoryEntry) -> str:
    raw = seal.unseal(KEY, entry.sealed_profile, seal.profile_context(entry.tag))
    return msgspec.json.decode(raw, type=Profile).nama


def test_the_kiosks_of_the_village_are_told_and_no_other(store: Store) -> None:
    (entry,) = told(store, KIOSK)
    assert (entry.tag, entry.public_key, name_in(entry)) == (CARD.tag, CARD.public_key, SITI.nama)
    assert told(store, ELSEWHERE) == []


def test_the_same_again_tells_nothing(store: Store) -> None:
    assert load(store, FIRST).new_cards == 0
    assert len(told(store, KIOSK)) == 1


def test_a_kiosk_that_comes_later_is_told_of_everybody(store: Store) -> None:
    load(store, replace(FIRST, kiosks=(*FIRST.kiosks, Kiosk(LATER, SONGGON.code))))
    assert [entry.tag for entry in told(store, LATER)] == [CARD.tag]
    assert len(told(store, KIOSK)) == 1


def test_a_corrected_name_goes_down(store: Store) -> None:
    corrected = Resident(SONGGON.code, replace(SITI, nama="SITI AMINAH WATI"))
    load(store, replace(FIRST, residents=(corrected,)))
    assert [name_in(entry) for entry in told(store, KIOSK)] == [SITI.nama, "SITI AMINAH WATI"]


def test_a_replaced_card_is_served_no_longer(store: Store) -> None:
    load(store, replace(FIRST, enrolments=(replace(CARD, tag=b"b" * 32),)))
    now = {entry.tag: entry for entry in told(store, KIOSK)}
    assert (now[b"a" * 32].revoked, now[b"b" * 32].revoked) == (True, False)
    assert CARD.public_key != now[b"a" * 32].public_key
    assert now[b"a" * 32].sealed_profile == b""


def test_who_moves_is_served_at_the_new_place_only(store: Store) -> None:
    load(store, replace(FIRST, residents=(Resident(GENTENG.code, SITI),)))
    assert [entry.revoked for entry in told(store, KIOSK)] == [False, True]
    assert [entry.revoked for entry in told(store, ELSEWHERE)] == [False]


@pytest.mark.parametrize(
    "bad",
    [
        replace(FIRST, kiosks=(Kiosk("9999999999-1", "9999999999"),)),
        replace(FIRST, enrolments=(replace(CARD, nik="1" * 16, tag=b"c" * 32),)),
    ],
)
def test_a_seed_that_names_what_is_nowhere_changes_nothing(store: Store, bad: Seed) -> None:
    with pytest.raises(ConfigurationError, match="neither in it nor known"):
        load(store, replace(bad, officers=(replace(OFFICER, name="Lain"),)))
    officer = store.officer("petugas")
    assert officer is not None and officer.name == "Dewi Lestari"
    assert len(told(store, KIOSK)) == 1
