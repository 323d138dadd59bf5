"""Somebody of another village has opened the own profile at a kiosk far from home: the letters that
are ready at home can be printed there, what is on its way is shown, and nothing of it stays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, select, update

from firmware.core import events, seal, wire
from firmware.core.cards import PapersAsked
from firmware.core.errors import WireError
from firmware.core.request import RequestState
from regency import tables as t
from regency.asks import ASKS_AN_HOUR, LETTERS_SENT
from tests.firmware import people
from tests.reliability.card_village import ELSEWHERE, HERE, THERE, CardVillage, request_row

PIN, TAG = people.PIN, people.tag(1)


@pytest.fixture
def village(tmp_path: Path) -> Iterator[CardVillage]:
    village = CardVillage(tmp_path)
    village.elsewhere.is_online = True
    village.regency.sign_letter("ready", HERE)
    village.regency.sign_letter("taken", HERE)
    with village.regency.store.engine.begin() as db:
        row = {**request_row("checked", THERE), "state": RequestState.UNDER_REVIEW.value}
        db.execute(insert(t.requests).values(**row))
        here = t.requests.c.id == "taken"
        db.execute(update(t.requests).where(here).values(state=RequestState.COLLECTED.value))
    yield village
    village.close()


def come(village: CardVillage, pin: str = PIN) -> events.Event:
    """The card is laid down and known, the PIN typed, and what the regency says then is heard."""
    assert village.elsewhere.look_up(1) == events.CardAsked(1)
    village.connect(ELSEWHERE)
    village.elsewhere.type_pin(pin)
    village.connect(ELSEWHERE)
    return village.elsewhere.told[-1]


def leave(village: CardVillage) -> None:
    village.elsewhere.visits.close()
    village.elsewhere.asking.stop()


def proven(village: CardVillage, token: bytes, asked_of: bytes = TAG) -> wire.AskUp:
    """A question as a kiosk asks it whose visitor's PIN was right."""
    asked = PapersAsked("ask-9", ELSEWHERE, asked_of, (token,))
    key = seal.public_key_of(people.REGENCY_SEED)
    return wire.AskUp(
        "ask-9", asked_of, seal.seal(key, msgspec.json.encode(asked), seal.ask_context("ask-9"))
    )


def answers(village: CardVillage, ask: wire.AskUp) -> list[str]:
    village.regency.exchange.take(wire.up_topic(ELSEWHERE, "ask"), wire.encode(ask))
    down, village.regency.down[:] = list(village.regency.down), []
    return [wire.decode(raw, wire.AskDown).outcome for _topic, raw in down]


def test_ready_letters_and_pending_states_of_home_are_there(village: CardVillage) -> None:
    told = come(village)
    assert isinstance(told, events.LettersChanged)
    assert [(item.request_id, item.copies) for item in told.ready] == [("ready", 0)]
    assert [(one.request_id, str(one.state)) for one in told.pending] == [
        ("checked", "Sedang diperiksa petugas")
    ]
    letter = village.elsewhere.visits.letter(1, "ready")
    assert letter is not None and letter.pdf == b"pdf"
    village.elsewhere.visits.refresh(1)
    assert village.elsewhere.told[-1] == told


def test_nothing_of_it_stays(village: CardVillage) -> None:
    come(village)
    leave(village)
    assert village.elsewhere.store.letters_of(TAG) == []
    assert village.elsewhere.visits.letter(1, "ready") is None
    village.elsewhere.is_online = False
    assert village.elsewhere.look_up(1) == events.CardUnknown(1, revoked=False, asked="offline")
    for file in village.elsewhere.folder.iterdir():
        assert b"checked" not in file.read_bytes()


def test_what_is_printed_there_counts_as_collected(village: CardVillage) -> None:
    come(village)
    collected = wire.CollectedUp("e1", 50, "2026-11-24T08:00:00+07:00", "ready", "page", True, 1)
    village.elsewhere.say("up/evt", collected)
    village.connect(ELSEWHERE, HERE)
    with village.regency.store.engine.begin() as db:
        query = select(t.requests.c.state).where(t.requests.c.id == "ready")
        assert db.execute(query).scalar_one() == RequestState.COLLECTED.value
    assert not any("collected" in alarm for alarm in village.regency.alarms())


def test_a_copy_that_was_printed_there_is_counted(village: CardVillage) -> None:
    come(village)
    books = village.elsewhere.store.prints
    job = books.add_job("letter", "ready", "page", None, "2026-11-24T08:00:00+07:00")
    village.elsewhere.store.collect(job.id, "CONFIRMED", "e1", "", lambda _seq: b"{}")
    village.elsewhere.visits.refresh(1)
    told = village.elsewhere.told[-1]
    assert isinstance(told, events.LettersChanged)
    assert [item.copies for item in told.ready] == [1]


def test_without_the_pin_nothing_is_asked_for(village: CardVillage) -> None:
    assert isinstance(come(village, "000000"), events.PinRefused)
    assert village.elsewhere.up == []


def test_at_home_nothing_is_asked_for(village: CardVillage) -> None:
    village.connect(HERE)
    village.here.is_online = True
    assert isinstance(village.here.type_pin(PIN), events.VaultOpened)
    assert village.here.up == []


def test_a_stolen_kiosk_without_the_token_gets_nothing(village: CardVillage) -> None:
    """It has the card's tag and the regency's key, but nobody typed the PIN there."""
    come(village)
    leave(village)
    assert answers(village, proven(village, os.urandom(32))) == ["unknown"]
    assert any("without its card's token" in alarm for alarm in village.regency.alarms())
    for _ in range(ASKS_AN_HOUR):
        answers(village, proven(village, os.urandom(32)))
    assert answers(village, proven(village, os.urandom(32))) == ["limited"]


def test_a_proof_is_of_this_card_and_this_kiosk(village: CardVillage) -> None:
    come(village)
    opened = village.elsewhere.visits.opened(1)
    assert opened is not None
    good = proven(village, opened.tokens[-1])
    assert answers(village, good) == ["papers", "letter"]
    assert answers(village, msgspec.structs.replace(good, tag=people.tag(2))) == ["unknown"]
    assert answers(village, msgspec.structs.replace(good, id="ask-8")) == ["unknown"]
    assert answers(village, msgspec.structs.replace(good, sealed=b"nonsense")) == ["unknown"]


def test_no_more_letters_come_than_a_line_carries(village: CardVillage) -> None:
    for number in range(LETTERS_SENT + 2):
        village.regency.sign_letter(f"more{number}", HERE)
    told = come(village)
    assert isinstance(told, events.LettersChanged)
    assert len(told.ready) == LETTERS_SENT
    waiting = [str(one.state) for one in told.pending if "Siap" in str(one.state)]
    assert waiting == ["Siap, ambil dengan kode di tiket atau di kantor desa"] * 3


def test_an_answer_to_a_visit_that_is_over_opens_nothing(village: CardVillage) -> None:
    village.elsewhere.look_up(1)
    village.connect(ELSEWHERE)
    village.elsewhere.type_pin(PIN)
    leave(village)
    told = len(village.elsewhere.told)
    village.connect(ELSEWHERE)
    assert len(village.elsewhere.told) == told


def test_papers_that_do_not_open_are_refused(village: CardVillage) -> None:
    come(village)
    village.elsewhere.asking.ask_papers(village.elsewhere.visits.opened(1))
    asked = wire.decode(village.elsewhere.up[-1][1], wire.AskUp)
    with pytest.raises(WireError):
        village.elsewhere.asking.answered(wire.AskDown(asked.id, "papers", sealed=b"no"))
    other = wire.LetterDown(0, "ready", people.tag(2), b"")
    with pytest.raises(WireError):
        village.elsewhere.asking.answered(wire.AskDown(asked.id, "letter", letter=other))
