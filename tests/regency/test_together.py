"""Messages that come at once share a transaction, and nothing but that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from firmware.core import wire
from regency import tables as t
from regency.exchange import Exchange
from regency.intake import Intake
from regency.store import Store
from regency.together import Arrival
from tests.bench._ingest_worker import open_office
from tests.reliability.delivery import CATALOGUE, KIOSK, SEED, Line, Message

TOPIC = wire.up_topic(KIOSK, "req")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    place = tmp_path / "line"
    place.mkdir()
    line = Line(place)
    yield line
    line.close()


def requests(line: Line, count: int) -> list[Message]:
    """So many requests as they go up, each by itself."""
    for _ in range(count):
        line.kiosk.file_request()
    waiting = line.kiosk.store.outgoing(count)
    return [(wire.up_topic(KIOSK, one.kind), one.payload) for one in waiting]


def parcel(messages: list[Message]) -> Message:
    """The same in one message."""
    enclosed = [wire.Enclosed("req", msgspec.Raw(payload)) for _, payload in messages]
    return wire.up_topic(KIOSK, "many"), wire.encode(wire.ManyUp(enclosed))


def receipts(line: Line) -> list[wire.Receipt]:
    return [wire.decode(payload, wire.Receipt) for _, payload in line.down]


def test_what_came_at_once_costs_one_commit_and_each_gets_its_receipt(line: Line) -> None:
    messages = requests(line, 20)
    commits: list[object] = []
    event.listen(line.regency.store.engine, "commit", commits.append)
    line.regency.hear_all(messages)
    assert len(commits) == 1
    assert [one.id for one in receipts(line)] == line.kiosk.filed
    assert all(one.outcome == "committed" and one.also == [] for one in receipts(line))


def test_nonsense_among_many_is_refused_and_harms_no_other(line: Line) -> None:
    messages = requests(line, 4)
    messages[1] = (TOPIC, b'{"id": "odd", "seq": "seven"}')
    messages[2:2] = [("k1/nobody/up/req", b"?"), (wire.up_topic(KIOSK, "nonsense"), b"{}")]
    line.regency.hear_all(messages)
    outcomes = {one.id: one.outcome for one in receipts(line)}
    first, _, third, fourth = line.kiosk.filed
    good = dict.fromkeys((first, third, fourth), "committed")
    assert outcomes == {**good, "odd": "rejected"}
    assert set(line.regency.requests()) == set(good)
    assert len(line.regency.dead_letters()) == 3


def test_one_id_with_two_bodies_is_an_alarm_among_many_too(line: Line) -> None:
    messages = requests(line, 3)
    other = wire.decode(messages[2][1], wire.RequestUp)
    forged = msgspec.structs.replace(
        wire.decode(messages[0][1], wire.RequestUp), sealed=other.sealed
    )
    line.regency.hear_all([*messages, (TOPIC, wire.encode(forged)), messages[1]])
    said = [(one.id, one.outcome) for one in receipts(line)]
    a, b, c = line.kiosk.filed
    good, bad = "committed", "rejected"
    assert said == [(a, good), (b, good), (c, good), (a, bad), (b, good)]
    assert any("another body" in what for what in line.regency.alarms())


def test_the_server_fails_between_two_of_many_and_has_promised_none(line: Line) -> None:
    messages = requests(line, 5)
    refusing = line.regency.refusing_rows(f"NEW.id = '{line.kiosk.filed[2]}'")
    with refusing, pytest.raises(IntegrityError):
        line.regency.hear_all(messages)
    assert (line.regency.requests(), line.down) == ({}, [])
    for message in messages[:2] + messages[3:]:
        line.regency.hear(message)
    assert [one.id for one in receipts(line)] == list(line.regency.requests())
    assert len(line.down) == 4


def test_a_birth_among_many_is_taken_in_its_order(line: Line) -> None:
    messages = requests(line, 3)
    line.kiosk.be_born()
    birth = line.up.pop()
    line.regency.hear_all([messages[0], birth, *messages[1:]])
    assert sorted(line.regency.requests()) == sorted(line.kiosk.filed)
    assert line.regency.alarms() == []


def test_a_parcel_is_answered_with_one_receipt(line: Line) -> None:
    line.regency.hear(parcel(requests(line, 7)))
    (receipt,) = receipts(line)
    assert [receipt.id, *receipt.also] == line.kiosk.filed
    line.kiosk.hear(line.down.pop())
    assert line.kiosk.store.outgoing(9) == []


def test_what_is_refused_in_a_parcel_is_said_by_itself(line: Line) -> None:
    messages = requests(line, 3)
    line.regency.hear(parcel([messages[0], (TOPIC, b'{"id":"odd"}'), *messages[1:]]))
    odd, rest = receipts(line)
    assert (odd.id, odd.outcome, odd.also) == ("odd", "rejected", [])
    assert [rest.id, *rest.also] == line.kiosk.filed


def test_the_receipt_of_a_parcel_is_lost_and_all_comes_again_by_itself(line: Line) -> None:
    messages = requests(line, 3)
    line.regency.hear(parcel(messages))
    line.down.clear()
    line.regency.hear_all(messages)
    line.regency.hear(parcel(messages))
    assert [line.down.pop()[0]] == [wire.down_topic(KIOSK, "rcp")]
    assert [one.id for one in receipts(line)] == line.kiosk.filed
    assert (sorted(line.regency.requests()), line.regency.alarms()) == (line.kiosk.filed, [])


def test_two_parcels_at_once_have_a_receipt_each(line: Line) -> None:
    messages = requests(line, 4)
    line.regency.hear_all([parcel(messages[:2]), parcel(messages[2:])])
    assert [[one.id, *one.also] for one in receipts(line)] == [
        line.kiosk.filed[:2],
        line.kiosk.filed[2:],
    ]


def test_a_parcel_that_is_none_is_buried_whole(line: Line) -> None:
    deep = (wire.up_topic(KIOSK, "many"), b'{"messages":' + b"[" * 3000)
    many = parcel([(TOPIC, b"{}")] * (wire.MANY + 1))
    inner = (wire.up_topic(KIOSK, "many"), b'{"messages":[{"kind":"many","message":{}}],"v":1}')
    empty = (wire.up_topic(KIOSK, "many"), b'{"messages":[]}')
    line.regency.hear_all([deep, many, inner, empty, *requests(line, 1)])
    assert len(line.regency.dead_letters()) == 3
    assert [one.id for one in receipts(line)] == line.kiosk.filed


def test_a_letter_that_was_taken_shares_the_commit_of_a_request(line: Line) -> None:
    request_id = line.kiosk.file_request()
    line.heal()
    line.regency.sign(request_id)
    line.deliver()
    line.kiosk.print_letter(request_id)
    (event_,) = [
        (wire.up_topic(KIOSK, one.kind), one.payload) for one in line.kiosk.store.outgoing(9)
    ]
    line.regency.hear_all([event_, event_])
    assert line.regency.collected() == line.kiosk.collected


def test_two_workers_take_the_same_messages_in_opposite_orders(
    line: Line, database_url: str
) -> None:
    """On PostgreSQL each then waits for the other: one of them gives way and tries again."""
    messages = requests(line, 12)
    store = open_office(database_url)
    heard: list[tuple[str, str]] = []
    start = threading.Barrier(2)

    def work(mine: list[Message]) -> None:
        own = Store(database_url, "secret")
        intake = Intake(own, CATALOGUE, SEED)
        exchange = Exchange(
            intake, own, lambda _topic, said: heard.append(outcome_of(said)), sends_down=False
        )
        start.wait(60)
        exchange.take_all(Arrival(*message) for message in mine)
        own.close()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in (messages, messages[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == sorted([(name, "committed") for name in line.kiosk.filed] * 2)
    with store.engine.connect() as db:
        assert sorted(db.execute(select(t.requests.c.id)).scalars()) == line.kiosk.filed
        assert list(db.execute(select(t.alarms.c.what)).scalars()) == []
    store.close()


def outcome_of(payload: bytes) -> tuple[str, str]:
    receipt = wire.decode(payload, wire.Receipt)
    return receipt.id, receipt.outcome
