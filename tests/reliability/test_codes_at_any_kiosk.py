"""A ticket's code at a kiosk that knows nothing of its holder, and the code on a signed letter."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update

from firmware.core import commands, events, finds, seal, wire
from firmware.core.claim import make_claim_code
from regency import tables as t
from regency.finds import FINDS_AN_HOUR, WRONG_AN_HOUR, Finds
from regency.journal import now_text, raise_alarm
from tests.core.samples import profile
from tests.firmware import people
from tests.reliability.card_village import AT, CATALOGUE, ELSEWHERE, HERE, CardVillage

CLAIM, TOKEN, NOBODYS = (make_claim_code(n) for n in (101, 202, 303))


@pytest.fixture
def village(tmp_path: Path) -> Iterator[CardVillage]:
    village = CardVillage(tmp_path)
    village.elsewhere.is_online = True
    village.regency.sign_letter("r1", HERE)
    store = village.regency.store
    with store.engine.begin() as db:
        claim = update(t.requests).where(t.requests.c.id == "r1")
        db.execute(claim.values(claim_hash=store.claim_hash(CLAIM)))
        db.execute(update(t.letters).values(token=TOKEN, signed_at=now_text()))
    yield village
    village.close()


def ask(village: CardVillage, code: str, purpose: finds.Purpose = "collect") -> events.Event:
    kiosk = village.elsewhere
    kiosk.finding.find(commands.FindCode(7, purpose, code))
    village.connect(ELSEWHERE)
    return kiosk.told[-1]


def test_the_letter_comes_for_its_code_and_is_counted_where_it_was_printed(
    village: CardVillage,
) -> None:
    found = ask(village, CLAIM)
    assert isinstance(found, events.CodeFound)
    assert found.printable
    assert isinstance(found.found, finds.FoundRequest)
    assert found.found.letter is None  # it stays out of the visit's state
    letter = village.elsewhere.finding.letter(7, "r1")
    assert letter is not None and letter.pdf
    say_collected(village)
    with village.regency.store.engine.begin() as db:
        rows = db.execute(select(t.collected.c.kiosk, t.collected.c.request_id)).all()
    assert [tuple(row) for row in rows] == [(ELSEWHERE, "r1")]
    assert village.regency.alarms() == []


def say_collected(village: CardVillage) -> None:
    message = wire.CollectedUp("c1", 1, AT, "r1", "roll", True, 1)
    village.regency.exchange.take(f"k1/{ELSEWHERE}/up/evt", wire.encode(message))


def test_who_was_given_no_letter_cannot_say_it_was_collected(village: CardVillage) -> None:
    say_collected(village)
    assert any("no ready letter" in what for what in village.regency.alarms())


def test_the_letter_is_gone_with_the_visit(village: CardVillage) -> None:
    ask(village, CLAIM)
    village.elsewhere.finding.stop()
    assert village.elsewhere.finding.letter(7, "r1") is None


def test_a_signed_letter_is_checked_by_its_code(village: CardVillage) -> None:
    told = ask(village, TOKEN, "check")
    assert isinstance(told, events.CodeFound)
    assert isinstance(told.found, finds.FoundLetter)
    assert told.found.initials == "C. W."
    assert profile(1).nama not in repr(msgspec.json.encode(told.found))


def test_a_ticket_s_code_checks_no_letter_and_a_letter_s_code_collects_none(
    village: CardVillage,
) -> None:
    assert ask(village, CLAIM, "check") == events.CodeNotFound(7, "unknown")
    assert ask(village, TOKEN, "collect") == events.CodeNotFound(7, "unknown")


def test_a_request_that_is_not_signed_gives_its_state_alone(village: CardVillage) -> None:
    with village.regency.store.engine.begin() as db:
        db.execute(update(t.requests).values(state="underReview"))
    told = ask(village, CLAIM)
    assert isinstance(told, events.CodeFound)
    assert not told.printable


def test_without_a_line_nothing_is_asked(village: CardVillage) -> None:
    village.elsewhere.is_online = False
    village.elsewhere.finding.find(commands.FindCode(7, "collect", CLAIM))
    assert village.elsewhere.told[-1] == events.CodeNotFound(7, "offline")
    assert not any("/find" in topic for topic, _ in village.elsewhere.up)


def test_an_answer_that_comes_too_late_or_to_another_question_opens_nothing(
    village: CardVillage,
) -> None:
    kiosk = village.elsewhere
    kiosk.finding.find(commands.FindCode(7, "collect", CLAIM))
    kiosk.finding.stop()
    told = len(kiosk.told)
    village.connect(ELSEWHERE)
    kiosk.finding.find(commands.FindCode(8, "collect", CLAIM))
    kiosk.up.clear()
    kiosk.finding.answered(wire.FindDown("another", b"", limited=True))
    assert len(kiosk.told) == told


def test_guessing_is_answered_seldom_and_raises_an_alarm(village: CardVillage) -> None:
    """A stolen kiosk does not keep any limit of its own; the regency's holds."""
    now = [1_800_000_000.0]
    desk = Finds(village.regency.store, CATALOGUE, people.REGENCY_SEED, lambda: now[0])
    limited = [desk.answer(ELSEWHERE, question(NOBODYS)).limited for _ in range(WRONG_AN_HOUR + 3)]
    assert limited == [False] * WRONG_AN_HOUR + [True] * 3
    assert any("codes" in what for what in village.regency.alarms())
    assert not desk.answer(HERE, question(NOBODYS, HERE)).limited
    now[0] += 3601
    assert not desk.answer(ELSEWHERE, question(CLAIM)).limited


def test_nobody_collects_all_day(village: CardVillage) -> None:
    desk = Finds(village.regency.store, CATALOGUE, people.REGENCY_SEED, lambda: 1_800_000_000.0)
    limited = [desk.answer(ELSEWHERE, question(CLAIM)).limited for _ in range(FINDS_AN_HOUR + 1)]
    assert limited == [False] * FINDS_AN_HOUR + [True]


def test_a_letter_asked_for_again_is_given_once_and_let_go_after_a_year(
    village: CardVillage,
) -> None:
    now = [1_800_000_000.0]
    desk = Finds(village.regency.store, CATALOGUE, people.REGENCY_SEED, lambda: now[0])
    for _ in range(3):
        desk.answer(ELSEWHERE, question(CLAIM))
    assert given(village) == ["r1"]
    now[0] += 367 * 86400
    desk.answer(ELSEWHERE, question(NOBODYS))
    assert given(village) == []


def given(village: CardVillage) -> list[str | None]:
    with village.regency.store.engine.begin() as db:
        rows = select(t.finds.c.request_id).where(t.finds.c.request_id.is_not(None))
        return list(db.execute(rows).scalars())


def test_workers_that_are_asked_at_once_do_not_pass_the_limit(village: CardVillage) -> None:
    desk = Finds(village.regency.store, CATALOGUE, people.REGENCY_SEED, lambda: 1_800_000_000.0)
    asked = question(NOBODYS)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: desk.answer(ELSEWHERE, asked), range(WRONG_AN_HOUR * 2)))
    assert [answer.limited for answer in answers].count(False) == WRONG_AN_HOUR


def test_a_second_clumsy_day_is_an_alarm_again(village: CardVillage) -> None:
    with village.regency.store.engine.begin() as db:
        raise_alarm(db, HERE, "codes")
        raise_alarm(db, HERE, "codes")
        db.execute(update(t.alarms).values(at="2020-01-01T08:00:00+07:00"))
        raise_alarm(db, HERE, "codes")
    assert len([what for what in village.regency.alarms() if "codes" in what]) == 2


def question(code: str, kiosk: str = ELSEWHERE, key: bytes | None = None) -> wire.FindUp:
    own = seal.public_key_of(b"s" * seal.SEED_BYTES) if key is None else key
    inside = finds.Find("q1", kiosk, "collect", code, own)
    regency = seal.public_key_of(people.REGENCY_SEED)
    return wire.FindUp(
        "q1", seal.seal(regency, msgspec.json.encode(inside), seal.find_context("q1"))
    )


@pytest.mark.parametrize(
    "bad",
    [
        wire.FindUp("q1", b"nothing sealed"),
        question(CLAIM, HERE),
        question(CLAIM, key=b"no key"),
    ],
    ids=["not sealed", "of another kiosk", "no key"],
)
def test_a_question_that_cannot_be_used_harms_nothing(
    village: CardVillage, bad: wire.FindUp
) -> None:
    village.elsewhere.say("up/find", bad)
    village.connect(ELSEWHERE)
    assert isinstance(ask(village, CLAIM), events.CodeFound)


def test_a_code_is_in_no_journal_and_on_no_disk(village: CardVillage) -> None:
    ask(village, CLAIM)
    ask(village, NOBODYS)
    for file in village.elsewhere.folder.iterdir():
        raw = file.read_bytes()
        assert CLAIM.encode() not in raw and NOBODYS.encode() not in raw, file
