"""Somebody of another village lays a card on a kiosk that does not know it: the regency is asked,
the answer is for the visit alone, and whoever has stolen a kiosk gets little of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from firmware.asking import ASKS_AN_HOUR as KIOSK_ASKS
from firmware.core import commands, events, seal, wire
from regency import tables as t
from regency.asks import ASKS_A_DAY, ASKS_AN_HOUR, Asks
from tests.core.samples import card, profile
from tests.firmware import people
from tests.regency.letter_parts import ANSWERS
from tests.reliability.card_village import (
    AT,
    CATALOGUE,
    ELSEWHERE,
    HERE,
    OFFICER,
    SONGGON,
    THERE,
    CardVillage,
    Kiosk,
)

PIN = people.PIN
UNKNOWN = events.CardUnknown(1, revoked=False)


@pytest.fixture
def village(tmp_path: Path) -> Iterator[CardVillage]:
    village = CardVillage(tmp_path)
    village.elsewhere.is_online = True
    yield village
    village.close()


def come(village: CardVillage, person: int = 1) -> events.Event:
    """The card is laid down, and the regency's answer awaited."""
    assert village.elsewhere.look_up(person) == events.CardAsked(1)
    village.connect(ELSEWHERE)
    return village.elsewhere.told[-1]


def leave(kiosk: Kiosk) -> None:
    kiosk.visits.close()
    kiosk.asking.stop()


def test_the_visitor_is_served_and_forgotten(village: CardVillage) -> None:
    assert come(village) == events.CardKnown(1, 0.0)
    opened = village.elsewhere.type_pin(PIN)
    assert isinstance(opened, events.VaultOpened)
    assert opened.profile == profile(1)
    assert village.elsewhere.store.entry(people.tag(1)) is None
    leave(village.elsewhere)
    village.elsewhere.is_online = False
    assert village.elsewhere.look_up(1) == events.CardUnknown(1, revoked=False, asked="offline")


def test_a_wrong_pin_is_counted_over_visits(village: CardVillage) -> None:
    come(village)
    for _ in range(5):
        village.elsewhere.type_pin("000000")
    leave(village.elsewhere)
    assert village.elsewhere.store.wrong_pins(people.tag(1)) == 5
    assert come(village) == events.CardKnown(1, 0.0)  # the wait is over meanwhile
    for _ in range(10):
        village.elsewhere.type_pin("000000")
    leave(village.elsewhere)
    assert come(village) == events.CardLocked(1)


def test_a_request_made_on_the_way_is_one_of_the_home_village(village: CardVillage) -> None:
    come(village)
    village.elsewhere.type_pin(PIN)
    letter = CATALOGUE.get("keterangan-usaha")
    assert letter is not None
    submit = commands.Submit(1, letter.id, profile(1), ANSWERS)
    village.elsewhere.visits.submit(submit, letter, datetime.fromisoformat(AT))
    stored = village.elsewhere.told[-1]
    assert isinstance(stored, events.RequestStored)
    leave(village.elsewhere)
    village.connect(ELSEWHERE)
    with village.regency.store.engine.begin() as db:
        query = select(t.requests.c.village).where(t.requests.c.id == stored.request_id)
        assert db.execute(query).scalar_one() == SONGGON.code
        places = t.letter_places.c
        here = select(places.kiosk).where(places.request_id == stored.request_id)
        assert sorted(db.execute(here).scalars()) == [HERE, THERE]


def test_no_pin_is_changed_where_the_card_is_a_guest(village: CardVillage) -> None:
    come(village)
    village.elsewhere.type_pin(PIN)
    assert village.elsewhere.change_pin("735028") == events.PinNotChanged(1)


def test_nobody_s_card_and_an_officer_s_stay_unknown(village: CardVillage) -> None:
    assert come(village, person=7) == UNKNOWN
    leave(village.elsewhere)
    assert come(village, person=OFFICER) == UNKNOWN


def test_without_a_line_nothing_is_asked(village: CardVillage) -> None:
    village.elsewhere.is_online = False
    assert village.elsewhere.look_up(1) == events.CardUnknown(1, revoked=False, asked="offline")
    assert village.elsewhere.up == []


def test_an_answer_to_a_visit_that_is_over_opens_nothing(village: CardVillage) -> None:
    assert village.elsewhere.look_up(1) == events.CardAsked(1)
    leave(village.elsewhere)
    told = len(village.elsewhere.told)
    village.connect(ELSEWHERE)
    assert len(village.elsewhere.told) == told


def test_an_entry_for_another_card_than_was_asked_for_is_not_taken(village: CardVillage) -> None:
    village.elsewhere.look_up(2)
    village.elsewhere.asking.answered(wire.AskDown("ask-1", "entry", people.entry(1)))
    assert village.elsewhere.told[-1] == events.CardUnknown(1, revoked=False, asked="entry")


def test_a_kiosk_asks_seldom(village: CardVillage) -> None:
    for _ in range(KIOSK_ASKS):
        assert village.elsewhere.look_up(1) == events.CardAsked(1)
    assert village.elsewhere.look_up(1) == events.CardUnknown(1, revoked=False, asked="limited")
    village.elsewhere.now += 3601.0
    assert village.elsewhere.look_up(1) == events.CardAsked(1)


def test_a_stolen_kiosk_is_answered_seldom(village: CardVillage) -> None:
    """It does not keep its own limit; the regency's holds, an hour and a day."""
    now = [1_800_000_000.0]
    asks = Asks(village.regency.store, CATALOGUE, people.REGENCY_SEED, lambda: now[0])
    outcomes = []
    for _hour in range(6):
        for _ in range(ASKS_AN_HOUR + 5):
            outcomes.append(asks.answer(ELSEWHERE, wire.AskUp("a", people.tag(1))).outcome)
        now[0] += 3601.0
    assert outcomes[: ASKS_AN_HOUR + 1] == ["entry"] * ASKS_AN_HOUR + ["limited"]
    assert outcomes.count("entry") == ASKS_A_DAY
    assert asks.answer(HERE, wire.AskUp("b", people.tag(1))).outcome == "entry"
    assert any("asked for" in alarm for alarm in village.regency.alarms())


def test_without_the_uid_there_is_nothing_to_ask_for(village: CardVillage) -> None:
    """A tag of another site key, or a made-up one, is nobody's."""
    asks = Asks(village.regency.store, CATALOGUE, people.REGENCY_SEED)
    strange = seal.card_tag(b"\x09" * 32, card(1).uid)
    assert asks.answer(ELSEWHERE, wire.AskUp("a", strange)).entry is None
