"""One contract, kept over every broker that we say works: docs/brokers.md."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.core import wire
from firmware.signals import LinkDown, LinkUp
from hw.virtual.line import Line
from provisioning.ca import Authorities
from regency.ingest import Ingest
from regency.intake import Intake
from regency.letters import load_catalogue
from regency.push_off import push_off
from tests.regency.test_intake import SEED, request, sealed
from tests.regency.web_office import Office
from tests.reliability.brokers.houses import Nats
from tests.reliability.brokers.kinds import ALL, STORIES, kind_of
from tests.reliability.brokers.place import BIRTH, KIOSK, OTHER, PATIENCE_SECONDS, WILL, Place
from tests.reliability.chaos.account import settle, wait_until_quiet
from tests.reliability.chaos.kiosk import Errand
from tests.reliability.chaos.town import Size, Town

LONGEST_BYTES = 512 * 1024
SMALL = Size(kiosks=2, requests=12, letters=2, seconds=4.0)
DRAIN_SECONDS = 150.0
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module", params=ALL)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """One broker for all tests of its kind: RabbitMQ takes half a minute to start."""
    folder = Path(tempfile.mkdtemp(prefix="anjungan-broker-"))
    place = Place(folder, kind_of(request.param))
    try:
        place.start()
        yield place
    finally:
        place.children.stop()
        shutil.rmtree(folder)


def test_the_version_is_the_one_that_the_broker_speaks(place: Place) -> None:
    with place.a_regency() as regency:
        assert regency.sessions[-1].version is place.kind.version
        assert regency.sessions[-1].shares is place.kind.shares


def test_what_is_sent_arrives_whole_and_in_order(place: Place) -> None:
    with place.a_regency() as regency, place.a_kiosk() as kiosk:
        kiosk.tells(LinkUp)
        kiosk.link.publish_state(BIRTH)
        regency.hears_at_last(wire.state_topic(KIOSK), BIRTH)
        sent = [b"%d" % number for number in range(60)] + [b"x" * LONGEST_BYTES]
        for payload in sent:
            kiosk.link.publish("req", payload)
        topic = wire.up_topic(KIOSK, "req")
        assert [regency.hears() for _ in sent] == [(topic, payload, False) for payload in sent]
        down = wire.down_topic(KIOSK, "res")
        for payload in sent:
            regency.broker.publish(down, payload)
        assert [kiosk.hears() for _ in sent] == [(down, payload) for payload in sent]


def test_the_will_of_a_kiosk_that_is_cut_off_is_heard_and_no_farewell_brings_it(
    place: Place,
) -> None:
    with Line(("127.0.0.1", place.port)) as line, place.a_regency() as regency:
        with place.a_kiosk(port=line.port) as kiosk:
            kiosk.tells(LinkUp)
            kiosk.link.publish("hb", b"before")
            regency.hears_at_last(wire.up_topic(KIOSK, "hb"), b"before")
            line.control({"drop": True})
            assert regency.hears() == (wire.state_topic(KIOSK), WILL, False)
            kiosk.tells(LinkDown)
            kiosk.tells(LinkUp)
            kiosk.link.publish_state(b"farewell")
        assert regency.hears() == (wire.state_topic(KIOSK), b"farewell", False)
        with place.a_kiosk(OTHER) as other:
            other.tells(LinkUp)
            other.link.publish("hb", b"marker")
            assert regency.hears_at_last(wire.up_topic(OTHER, "hb"), b"marker") == []


def test_a_regency_that_comes_late_is_given_births_where_the_broker_keeps_them(
    place: Place,
) -> None:
    with place.a_kiosk() as kiosk:
        kiosk.tells(LinkUp)
        kiosk.link.publish_state(BIRTH)
        with place.an_ear("regency", place.regency_files, ["k1/+/st", "k1/+/up/#"]) as regency:
            regency.is_up()
            kiosk.link.publish("hb", b"marker")
            before = regency.hears_at_last(wire.up_topic(KIOSK, "hb"), b"marker")
        births = [(t, p) for t, p, kept in before if kept and t == wire.state_topic(KIOSK)]
        # Where it does not, the first heartbeat says that the kiosk is there (regency.exchange).
        assert births == ([(wire.state_topic(KIOSK), BIRTH)] if place.kind.keeps_births else [])


def test_a_kiosk_speaks_and_listens_for_itself_alone(place: Place) -> None:
    with place.a_regency() as regency, place.a_kiosk(OTHER) as honest:
        honest.tells(LinkUp)
        own = [wire.down_topic(KIOSK, "#")]
        with place.an_ear(KIOSK, place.files(KIOSK), own) as forger:
            forger.is_up()
            forger.broker.publish(wire.up_topic(OTHER, "req"), b"forged")
            forger.broker.publish(wire.down_topic(OTHER, "res"), b"forged")
            honest.link.publish("req", b"honest")
            before = regency.hears_at_last(wire.up_topic(OTHER, "req"), b"honest")
            assert all(kept for _, _, kept in before)  # of tests before this one
        with place.an_ear(KIOSK, place.files(KIOSK), [wire.down_topic(OTHER, "#")]) as thief:
            while "before it answers" in (said := thief.said.get(timeout=PATIENCE_SECONDS)):
                pass  # RabbitMQ is silent to MQTT 5
            # Mosquitto says that it may listen, and gives it nothing.
            assert said == "up" or "check its ACL" in said
            for payload in (b"one", b"two"):
                regency.broker.publish(wire.down_topic(OTHER, "res"), payload)
            assert [honest.hears()[1], honest.hears()[1]] == [b"one", b"two"]
            assert thief.heard.empty()


def test_who_is_no_kiosk_of_this_regency_is_not_let_in(place: Place, tmp_path: Path) -> None:
    strangers = Authorities.create(tmp_path / "other").devices
    strangers.issue_client(KIOSK).write(tmp_path / "own.pem", tmp_path / "own.key")
    forged = (place.files(KIOSK)[0], tmp_path / "own.pem", tmp_path / "own.key")
    with place.an_ear(KIOSK, place.where(forged).files, ["#"]) as stranger:
        for _ in range(3):  # in both versions of MQTT, where there is a choice
            assert stranger.said.get(timeout=PATIENCE_SECONDS) != "up"
    assert stranger.sessions == []
    with place.a_kiosk() as kiosk:
        kiosk.tells(LinkUp)


def test_of_two_kiosks_with_one_name_the_newer_one_is_heard(place: Place) -> None:
    """A copy of a card in another cabinet, or a connection that only the broker believes in."""
    with place.a_regency() as regency, place.a_kiosk() as older:
        older.tells(LinkUp)
        with place.a_kiosk() as newer:
            newer.tells(LinkUp)
            older.tells(LinkDown)
        older.tells(LinkUp)
        older.link.publish("hb", b"I am back")
        regency.hears_at_last(wire.up_topic(KIOSK, "hb"), b"I am back")


def test_the_regency_can_push_off_whom_it_has_revoked(place: Place) -> None:
    with place.a_kiosk() as stolen, place.a_kiosk(OTHER) as other:
        stolen.tells(LinkUp)
        other.tells(LinkUp)
        address = ("127.0.0.1", place.inner)
        assert push_off(KIOSK, address, place.regency_files, place.kind.protocol)
        stolen.tells(LinkDown)
        assert other.signals.empty()


def test_a_regency_shares_its_work_or_says_that_it_cannot(
    place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Worker 0 hears every message in either case: once, or once among all workers."""
    caplog.set_level(logging.WARNING)
    with Office(tmp_path) as office:
        workers = [
            Ingest(
                Intake(office.store, load_catalogue(), SEED),
                office.store,
                ("127.0.0.1", place.inner),
                place.regency_files,
                worker=number,
                protocol=place.kind.protocol,
            )
            for number in (0, 1)
        ]
        for worker in workers:
            worker.start()
        try:
            assert workers[0].connected.wait(PATIENCE_SECONDS)
            shares = place.kind.shares
            if shares:
                assert workers[1].connected.wait(PATIENCE_SECONDS)
            with place.a_kiosk() as kiosk:
                kiosk.tells(LinkUp)
                for number in range(6):
                    name = f"01993c2a-0000-7000-8000-{number:012d}"
                    asked = sealed(request(id=name, number=f"{KIOSK}-{number:05d}"))
                    kiosk.link.publish("req", wire.encode(asked))
                outcomes = [wire.decode(kiosk.hears()[1], wire.Receipt) for _ in range(6)]
            assert {one.outcome for one in outcomes} == {"committed"}
            assert len({one.id for one in outcomes}) == 6
            assert workers[1].connected.is_set() is shares
            said = "has no shared subscriptions: worker 0 takes everything alone"
            assert (said in caplog.text) is not shares
        finally:
            for worker in workers:
                worker.close()


def test_nats_ends_the_connection_of_a_kiosk_that_is_no_user_any_more(tmp_path: Path) -> None:
    place = Place(tmp_path, kind_of("nats"))
    house = place.house
    assert isinstance(house, Nats)
    try:
        place.start()
        with place.a_kiosk() as stolen, place.a_kiosk(OTHER) as other:
            stolen.tells(LinkUp)
            other.tells(LinkUp)
            assert place.regency.revoke(KIOSK) == 1
            house.read_users_again()
            stolen.tells(LinkDown)
            assert "Not authorized" in str(stolen.tells(LinkDown))
            assert other.signals.empty()
    finally:
        place.children.stop()


@pytest.mark.parametrize("name", STORIES)
def test_what_waits_outlives_the_death_of_broker_and_kiosk(name: str) -> None:
    """Whole stories: asked, durable, receipted, signed, letter down, receipted, collected."""
    kind = kind_of(name)
    folder = Path(tempfile.mkdtemp(prefix="anjungan-broker-"))
    workers = 2 if kind.shares else 1
    try:
        with Town(folder, SMALL, kind.make, workers, kind.protocol) as town:
            _asked(town, 2)
            town.kill_broker()
            _asked(town, SMALL.requests // SMALL.kiosks)  # all the others, on the disk alone
            town.kill_kiosk(0)
            town.start_broker()
            town.start_kiosk(0)
            assert wait_until_quiet(town, DRAIN_SECONDS), (town.trouble, settle(town))
            town.stop_programs()
            account = settle(town)
            assert account.wrong == []
            assert (account.lost, account.twice) == (0, 0)
            assert (account.requests, account.letters) == (SMALL.requests, SMALL.letters)
    finally:
        shutil.rmtree(folder)


def _asked(town: Town, each: int) -> None:
    """Wait until every kiosk has filed so many requests."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while any(_promises(errand) < each for errand in town.errands):
        assert time.monotonic() < deadline and not town.trouble, town.trouble
        time.sleep(0.1)


def _promises(errand: Errand) -> int:
    return len(errand.promised.read_text().split()) if errand.promised.exists() else 0
