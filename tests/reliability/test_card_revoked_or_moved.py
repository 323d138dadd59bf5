"""A card is taken out of use, or its holder moves to another village: who serves it then, and
where its letters lie. What a kiosk accepted before it heard of that is not lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from firmware.core import commands, events, wire
from firmware.core.errors import ConfigurationError
from regency import tables as t
from regency.residents import Address, move, revoke_card
from tests.core.samples import profile
from tests.firmware import people
from tests.regency.letter_parts import ANSWERS
from tests.reliability.card_village import (
    AT,
    CATALOGUE,
    ELSEWHERE,
    GENTENG,
    HERE,
    SONGGON,
    THERE,
    CardVillage,
    Kiosk,
)

ALL = (HERE, THERE, ELSEWHERE)
NIK, PIN = profile(1).nik, people.PIN
HOME = Address("Jalan Contoh 3", "004", "001")
GONE = events.CardUnknown(1, revoked=True)


@pytest.fixture
def village(tmp_path: Path) -> Iterator[CardVillage]:
    village = CardVillage(tmp_path)
    village.regency.sign_letter("r1", HERE)
    village.connect(*ALL)
    assert village.here.sees(PIN) == ["r1"]
    yield village
    village.close()


def relocate(village: CardVillage, code: str) -> int:
    return move(village.regency.store, CATALOGUE, NIK, code, HOME).kiosks


def letters_on(kiosk: Kiosk) -> int:
    with closing(sqlite3.connect(kiosk.folder / "kiosk.db")) as db:
        return int(db.execute("SELECT count(*) FROM letter").fetchone()[0])


def state_of(village: CardVillage, request_id: str) -> str:
    with village.regency.store.engine.begin() as db:
        query = select(t.requests.c.state).where(t.requests.c.id == request_id)
        return str(db.execute(query).scalar_one())


def collected(kiosk: Kiosk, request_id: str, event_id: str) -> None:
    kiosk.say("up/evt", wire.CollectedUp(event_id, 50, AT, request_id, "page", True, 1))


def test_a_revoked_card_is_served_nowhere(village: CardVillage) -> None:
    assert revoke_card(village.regency.store, NIK).kiosks == 2
    assert village.here.sees(PIN) == ["r1"]  # it has not heard
    village.connect(*ALL)
    for kiosk in (village.here, village.there):
        assert kiosk.look_up(1) == GONE
        assert letters_on(kiosk) == 0
        entry = kiosk.store.entry(people.tag(1))
        assert entry is not None and entry.sealed_profile == b"" and not any(entry.salt)


def test_it_is_served_again_once_an_officer_has_enrolled_it(village: CardVillage) -> None:
    revoke_card(village.regency.store, NIK)
    village.connect(*ALL)
    village.here.officer_enrols(NIK, 1, "735028")
    village.connect(*ALL)
    assert village.here.sees("735028") == ["r1"]


def test_a_pin_that_was_changed_meanwhile_does_not_bring_it_back(village: CardVillage) -> None:
    village.here.visit_and_change(PIN, "735028")
    revoke_card(village.regency.store, NIK)
    village.connect(*ALL)
    assert village.here.look_up(1) == GONE


def test_who_moves_is_served_in_the_new_village_with_letters(village: CardVillage) -> None:
    assert relocate(village, GENTENG.code) == 3
    village.connect(*ALL)
    assert village.elsewhere.sees(PIN) == ["r1"]
    assert village.here.look_up(1) == village.there.look_up(1) == GONE
    assert letters_on(village.here) == 0
    village.elsewhere.type_pin(PIN)
    opened = village.elsewhere.visits.opened(1)
    assert opened is not None
    assert (opened.profile.desa, opened.profile.alamat) == (GENTENG.name, HOME.alamat)


def test_the_letter_is_collected_where_its_resident_has_moved(village: CardVillage) -> None:
    relocate(village, GENTENG.code)
    collected(village.elsewhere, "r1", "e1")
    village.connect(*ALL)
    assert state_of(village, "r1") == "collected"
    assert not any("collected" in alarm for alarm in village.regency.alarms())


def test_what_was_printed_before_the_kiosk_heard_counts(village: CardVillage) -> None:
    relocate(village, GENTENG.code)
    collected(village.here, "r1", "e1")
    village.connect(*ALL)
    assert state_of(village, "r1") == "collected"


def test_a_kiosk_that_never_had_the_letter_cannot_say_so(village: CardVillage) -> None:
    collected(village.elsewhere, "r1", "e1")
    village.connect(*ALL)
    assert state_of(village, "r1") == "ready"


def test_a_request_from_before_the_kiosk_heard_is_taken(village: CardVillage) -> None:
    """The ticket was given; whoever moved must get what it promises."""
    village.here.type_pin(PIN)
    letter = CATALOGUE.get("keterangan-usaha")
    assert letter is not None
    submit = commands.Submit(1, letter.id, profile(1), ANSWERS)
    village.here.visits.submit(submit, letter, datetime.fromisoformat(AT))
    stored = village.here.told[-1]
    assert isinstance(stored, events.RequestStored)
    village.here.visits.close()
    relocate(village, GENTENG.code)
    village.connect(*ALL)
    with village.regency.store.engine.begin() as db:
        row = db.execute(
            select(t.requests.c.village, t.requests.c.kiosk).where(
                t.requests.c.id == stored.request_id
            )
        ).one_or_none()
        places = t.letter_places.c
        query = select(places.kiosk).where(places.request_id == stored.request_id)
        assert list(db.execute(query).scalars()) == [ELSEWHERE]
    assert row is not None and tuple(row) == (GENTENG.code, HERE)


def test_who_moves_back_is_at_home_again(village: CardVillage) -> None:
    relocate(village, GENTENG.code)
    village.connect(*ALL)
    relocate(village, SONGGON.code)
    village.connect(*ALL)
    assert village.here.sees(PIN) == ["r1"]
    assert village.elsewhere.look_up(1) == GONE
    assert letters_on(village.elsewhere) == 0


def test_what_is_not_known_is_a_sentence_without_a_nik(village: CardVillage) -> None:
    store = village.regency.store
    for order in (
        lambda: revoke_card(store, "3510190101000077"),
        lambda: move(store, CATALOGUE, "3510190101000077", GENTENG.code, HOME),
        lambda: move(store, CATALOGUE, NIK, "0000000000", HOME),
    ):
        with pytest.raises(ConfigurationError) as error:
            order()
        assert "3510190101" not in str(error.value)
    village.connect(*ALL)
    assert village.here.sees(PIN) == ["r1"]
