"""The regency's worker on a real Mosquitto: commits, receipts, births; a bad message harms
nothing else.
"""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, update

from firmware.core import wire
from firmware.link import Link
from firmware.signals import LinkUp, MessageCame, Signal
from regency import tables as t
from regency.exchange import Exchange
from regency.ingest import Ingest
from regency.intake import Intake
from regency.letters import load_catalogue
from tests.firmware.test_link import PATIENCE_SECONDS, Broker
from tests.regency.letter_parts import SONGGON
from tests.regency.test_intake import KIOSK, NEIGHBOUR, SEED, request, sealed
from tests.regency.web_office import Office


class Wire:
    """A regency at work, and a kiosk's link to it."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.broker = Broker(folder)
        self.broker.start()
        self.office = Office(folder, database=database)
        self.store = self.office.store
        self.command_seed: bytes | None = None
        self.ingest = self.start()
        self.links: list[Link] = []

    def start(self, shared: bool = True) -> Ingest:
        keys = self.broker.regency.server / "keys"
        ingest = Ingest(
            Intake(self.store, load_catalogue(), SEED),
            self.store,
            ("127.0.0.1", self.broker.port),
            (keys / "ca.pem", keys / "server.pem", keys / "server.key"),
            command_seed=self.command_seed,
            shared=shared,
        )
        ingest.start()
        assert ingest.connected.wait(PATIENCE_SECONDS)
        return ingest

    def kiosk(self, name: str = KIOSK) -> tuple[Link, Callable[[], dict[str, Any]]]:
        """A kiosk's link, and what it hears next."""
        signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
        will = wire.encode(wire.StateUp(online=False, boot=1))
        files = self.broker.files(name)
        link = Link(name, ("127.0.0.1", self.broker.port), files, will, signals.put)
        link.start()
        self.links.append(link)
        while not isinstance(signals.get(timeout=PATIENCE_SECONDS), LinkUp):
            pass

        def hears() -> dict[str, Any]:
            while not isinstance(signal := signals.get(timeout=PATIENCE_SECONDS), MessageCame):
                pass
            message: dict[str, Any] = json.loads(signal.payload)
            return message

        return link, hears

    def reasons(self) -> list[str]:
        with self.store.engine.begin() as db:
            return list(db.execute(select(t.dead_letters.c.reason)).scalars())

    def close(self) -> None:
        for link in self.links:
            link.close()
        self.ingest.close()
        self.store.close()
        self.broker.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Wire]:
    wire_ = Wire(tmp_path)
    yield wire_
    wire_.close()


def eventually(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.05)


def test_a_request_is_receipted_after_it_is_committed(line: Wire) -> None:
    link, hears = line.kiosk()
    for _ in range(2):
        link.publish("req", wire.encode(sealed(request())))
        link.publish("req", wire.encode(sealed(request())))
    first = hears()
    assert (first["id"], first["outcome"]) == (request().id, "committed")
    assert line.store.request(request().id) is not None


def test_malformed_messages_are_buried_and_the_next_one_is_served(line: Wire) -> None:
    link, hears = line.kiosk()
    for payload in (b"", b"\xff", b"[" * 3000, b'{"id": 5}', b'{"v": 9}'):
        for kind in ("req", "evt", "rcp", "hb", "nonsense"):
            link.publish(kind, payload)
    link.publish("evt", b'{"type":"collected","id":"e9","seq":' + b"9" * 30 + b"}")
    answer = hears()
    assert (answer["id"], answer["outcome"]) == ("e9", "rejected")
    link.publish("req", wire.encode(sealed(request())))
    assert hears()["outcome"] == "committed"
    assert len(line.reasons()) == 26


def test_one_message_that_the_database_refuses_costs_the_others_nothing(line: Wire) -> None:
    names = [f"01993c2a-2222-7000-8000-{number:012d}" for number in range(6)]
    with line.store.engine.begin() as db:
        db.exec_driver_sql(
            f"CREATE TRIGGER spoilt BEFORE INSERT ON requests WHEN NEW.id = '{names[2]}'"
            " BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
        )
    messages = [
        msgspec.structs.replace(sealed(request(id=name)), seq=number)
        for number, name in enumerate(names, start=1)
    ]
    link, hears = line.kiosk()
    enclosed = [wire.Enclosed("req", msgspec.Raw(wire.encode(one))) for one in messages]
    link.publish("many", wire.encode(wire.ManyUp(enclosed)))
    for message in messages:
        link.publish("req", wire.encode(message))
    assert {hears()["id"] for _ in range(5)} == set(names) - {names[2]}
    assert line.store.request(names[2]) is None


def test_a_birth_brings_down_what_waits_until_it_is_receipted(line: Wire) -> None:
    line.office.approved()
    link, hears = line.kiosk()
    birth = wire.encode(wire.StateUp(online=True, boot=1))
    link.publish_state(birth)
    assert [hears()["srv_seq"], hears()["srv_seq"]] == [1, 2]
    link.publish("rcp", wire.encode(wire.ReceiptUp(1)))
    eventually(lambda: [row.srv_seq for row in line.store.undelivered(KIOSK)] == [2])
    link.publish_state(wire.encode(wire.StateUp(online=True, boot=2, last_srv_seq=1)))
    assert hears()["srv_seq"] == 2


def test_what_is_made_while_the_kiosk_is_there_comes_at_once(line: Wire) -> None:
    link, hears = line.kiosk()
    link.publish_state(wire.encode(wire.StateUp(online=True, boot=1)))
    request_id = line.office.ask()
    line.office.workflow.examine(request_id, line.office.officer("petugas"))
    line.ingest.notify(KIOSK)
    down = hears()
    assert (down["type"], down["request_id"], down["state"]) == ("state", request_id, "underReview")


def test_a_stolen_kiosk_is_not_heard_although_the_broker_lets_it_in(line: Wire) -> None:
    with line.store.engine.begin() as db:
        row = {"village": SONGGON.code, "revoked": True, "last_srv_seq": 0}
        db.execute(insert(t.kiosks).values(id=NEIGHBOUR, **row))
    stolen, _ = line.kiosk(NEIGHBOUR)
    stolen.publish("req", wire.encode(sealed(request(kiosk=NEIGHBOUR))))
    eventually(lambda: "the kiosk is unknown or revoked" in line.reasons())
    assert line.store.request(request().id) is None
    with line.store.engine.begin() as db:
        db.execute(update(t.kiosks).where(t.kiosks.c.id == NEIGHBOUR).values(revoked=False))
    stolen.publish("req", wire.encode(sealed(request(kiosk=NEIGHBOUR))))
    eventually(lambda: line.store.request(request().id) is not None)


def test_the_newest_health_of_a_kiosk_is_kept(line: Wire) -> None:
    link, _ = line.kiosk()
    for paper in ("full", "low"):
        beat = wire.Heartbeat(
            KIOSK, "2026-11-24", 1, 2, "online", "online", paper, "noDevice", 0, 0, 3, "0.1.0"
        )
        link.publish("hb", wire.encode(beat))

    def paper_now() -> list[str]:
        with line.store.engine.begin() as db:
            rows = db.execute(select(t.heartbeats.c.data)).scalars()
            return [row["ticket_paper"] for row in rows]

    eventually(lambda: paper_now() == ["low"])


def test_a_heartbeat_of_a_newer_kiosk_is_kept_without_what_is_not_known(line: Wire) -> None:
    link, _ = line.kiosk()
    beat = json.loads(
        wire.encode(
            wire.Heartbeat(
                *(KIOSK, "2026-11-24", 1, 2, "online", "online", "full", "noDevice", 0, 0, 3, "9"),
                cabinet_door="open",
                power="battery",
            )
        )
    )
    link.publish("hb", json.dumps({**beat, "humidity": 0.8, "fans": [{"rpm": 900}]}).encode())

    def kept() -> list[dict[str, Any]]:
        with line.store.engine.begin() as db:
            return list(db.execute(select(t.heartbeats.c.data)).scalars())

    eventually(lambda: len(kept()) == 1)
    [data] = kept()
    assert (data["cabinet_door"], data["power"], data["indicator"]) == (
        "open",
        "battery",
        "noDevice",
    )
    assert "humidity" not in data
    assert line.reasons() == []


def test_the_broker_dies_and_comes_back(line: Wire) -> None:
    link, hears = line.kiosk()
    line.broker.stop()
    line.broker.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        link.publish("req", wire.encode(sealed(request())))
        if line.store.request(request().id) is not None:
            break
        time.sleep(0.3)
    assert hears()["outcome"] == "committed"


def test_a_regency_that_starts_again_sends_only_what_was_not_receipted(line: Wire) -> None:
    line.office.approved()
    link, hears = line.kiosk()
    link.publish_state(wire.encode(wire.StateUp(online=True, boot=1)))
    assert [hears()["srv_seq"], hears()["srv_seq"]] == [1, 2]
    link.publish("rcp", wire.encode(wire.ReceiptUp(1)))
    eventually(lambda: [row.srv_seq for row in line.store.undelivered(KIOSK)] == [2])
    line.ingest.close()
    line.ingest = line.start()  # the broker hands over the birth, which knows of nothing
    assert hears()["srv_seq"] == 2
    link.publish("req", wire.encode(sealed(request())))
    assert hears()["id"] == request().id


class Slow:
    """An exchange whose kiosk takes minutes for what it is sent; ``sent`` are the numbers."""

    def __init__(self, office: Office, sends_down: bool = True) -> None:
        self.now = 0.0
        self.sent: list[int] = []
        self.exchange = Exchange(
            Intake(office.store, load_catalogue(), SEED),
            office.store,
            self._publish,
            sends_down=sends_down,
            clock=lambda: self.now,
        )

    def _publish(self, _topic: str, payload: bytes) -> None:
        self.sent.append(json.loads(payload)["srv_seq"])

    def look_again_for(self, seconds: int) -> list[int]:
        self.sent.clear()
        for _ in range(0, seconds, 60):
            self.now += 60
            self.exchange.send_overdue()
        return self.sent


def test_a_slow_line_is_not_filled_with_what_is_on_it_already(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.approved()
        slow = Slow(office)
        birth = wire.encode(wire.StateUp(online=True, boot=1, boot_id="b"))
        slow.exchange.take(wire.state_topic(KIOSK), birth)
        assert slow.sent == [1, 2]
        assert sorted(slow.look_again_for(120)) == [1, 2]
        Intake(office.store, load_catalogue(), SEED).take_receipt(KIOSK, wire.ReceiptUp(1))
        assert slow.look_again_for(600) in ([2], [2, 2])
        slow.exchange.take(wire.state_topic(KIOSK), birth)
        assert slow.sent[-2:] == [1, 2]  # it connects again: nothing is on its line any more


def test_what_another_process_made_goes_down_soon(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        slow = Slow(office)
        birth = wire.encode(wire.StateUp(online=True, boot=1, boot_id="b"))
        slow.exchange.take(wire.state_topic(KIOSK), birth)
        office.approved()
        slow.exchange.send_new()
        slow.exchange.send_new()
        assert slow.sent == [1, 2]


def test_a_heartbeat_tells_that_a_kiosk_is_there_whose_birth_no_broker_kept(
    tmp_path: Path,
) -> None:
    beat = wire.encode(
        wire.Heartbeat(
            KIOSK, "2026-11-24", 1, 2, "online", "online", "full", "noDevice", 0, 0, 3, "0.1.0"
        )
    )
    with Office(tmp_path) as office:
        office.approved()
        slow, beside = Slow(office), Slow(office, sends_down=False)
        for exchange in (slow.exchange, beside.exchange):
            exchange.take(wire.up_topic(KIOSK, "hb"), beat)
            exchange.take(wire.up_topic(KIOSK, "hb"), beat)
        assert slow.sent == [1, 2]  # once: it is not asked for with every beat
        assert beside.sent == []  # worker 0 alone sends down
        request_id = office.ask()
        office.workflow.examine(request_id, office.officer("petugas"))
        for exchange in (slow.exchange, beside.exchange):
            exchange.send_new()
        assert (slow.sent, beside.sent) == ([1, 2, 3], [])
