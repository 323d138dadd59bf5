"""Brokers that know only MQTT 3.1.1, refuse, keep silent or talk nonsense: the connection finds a
way, or says what is wrong and tries on.
"""

from __future__ import annotations

import gc
import queue
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import firmware.broker
from firmware.broker import Broker, Ears, Session, Where
from firmware.core.mqtt_version import Protocol, Version
from provisioning.ca import LOOPBACK, Authorities
from tests.firmware.odd_broker import (
    NO_IN_NEW,
    NO_IN_OLD,
    NOT_AUTHORISED_IN_NEW,
    TOPIC_BEYOND_ITS_PACKET,
    OddBroker,
)

KIOSK = "3510192001-1"
PATIENCE_SECONDS = 40.0


class Bench:
    """An odd broker, and a client whose ears write down what they are told."""

    def __init__(self, folder: Path) -> None:
        devices = Authorities.create(folder / "ca").devices
        self._ca = folder / "ca.pem"
        self._ca.write_bytes(devices.pem)
        self._own = folder / "own.pem", folder / "own.key"
        devices.issue_client(KIOSK).write(*self._own)
        self._its = folder / "its.pem", folder / "its.key"
        devices.issue_server(LOOPBACK).write(*self._its)
        self.said: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.sessions: list[Session] = []
        self._close: list[Callable[[], None]] = []

    def broker(
        self,
        on_new: bytes | None,
        grant: int = 1,
        then: bytes = b"",
        own: tuple[Path, Path] | None = None,
    ) -> OddBroker:
        broker = OddBroker((self._ca, *(own or self._its)), on_new, grant, then)
        self._close.append(broker.close)
        return broker

    def connect(self, port: int, protocol: Protocol = "auto", keepalive: int = 60) -> None:
        files = (self._ca, *self._own)
        where = Where("127.0.0.1", port, files, protocol, keepalive, (0.1, 0.1))
        ears = Ears(
            topics=self._topics,
            up=lambda: self.said.put("up"),
            down=self.said.put,
            message=lambda *what: self.said.put(what),
            failed=self.said.put,
        )
        client = Broker(KIOSK, where, ears)
        client.start()
        self._close.append(client.close)

    def _topics(self, session: Session) -> list[str]:
        self.sessions.append(session)
        return ["a/#"]

    def hears(self) -> object:
        return self.said.get(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        while self._close:
            self._close.pop()()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.mark.parametrize("no", [NO_IN_OLD, NO_IN_NEW])
def test_a_broker_that_says_no_to_mqtt_5_is_spoken_to_in_3_1_1_at_once(
    bench: Bench, no: bytes
) -> None:
    broker = bench.broker(no)
    bench.connect(broker.port)
    assert bench.hears() == "up"
    assert broker.levels == [5, 4]
    assert bench.sessions == [Session(Version.OLD, shares=False)]


def test_a_broker_that_closes_on_mqtt_5_is_found_out(bench: Bench) -> None:
    broker = bench.broker(None)
    bench.connect(broker.port)
    for _ in range(2):
        assert "ends the connection before it answers (MQTT 5)" in str(bench.hears())
    assert bench.hears() == "up"
    assert broker.levels == [5, 5, 4]


def test_a_broker_that_says_nothing_to_mqtt_5_is_found_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firmware.broker, "ANSWER_SECONDS", 1.0)
    broker = bench.broker(b"")
    bench.connect(broker.port)
    for _ in range(2):
        assert "no answer in 1 seconds" in str(bench.hears())
    assert bench.hears() == "up"
    assert broker.levels == [5, 5, 4]


def test_a_port_that_takes_connections_and_says_nothing_is_no_broker(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        bench.connect(port, keepalive=1)
        for _ in range(3):
            assert f"no broker answers at 127.0.0.1 port {port}" in str(bench.hears())
        assert bench.sessions == []


def test_a_broker_of_another_ca_is_told_apart(bench: Bench, tmp_path: Path) -> None:
    other = tmp_path / "other.pem", tmp_path / "other.key"
    Authorities.create(tmp_path / "others").devices.issue_server(LOOPBACK).write(*other)
    broker = bench.broker(NO_IN_OLD, own=other)
    bench.connect(broker.port)
    assert "is not the one that our CA vouches for" in str(bench.hears())
    assert broker.levels == []


def test_a_refusal_in_mqtt_5_is_no_reason_to_speak_3_1_1(bench: Bench) -> None:
    broker = bench.broker(NOT_AUTHORISED_IN_NEW)
    bench.connect(broker.port)
    for _ in range(4):
        assert bench.hears() == f"the broker refuses {KIOSK}: Not authorized"
    assert set(broker.levels) == {5}


def test_a_version_that_is_fixed_is_the_only_one_tried(bench: Bench) -> None:
    broker = bench.broker(NO_IN_OLD)
    bench.connect(broker.port, "5")
    for _ in range(3):
        assert bench.hears() == "the broker does not speak MQTT 5; see [link] protocol"
    assert set(broker.levels) == {5}


def test_3_1_1_alone_asks_nothing_of_mqtt_5(bench: Bench) -> None:
    broker = bench.broker(None)
    bench.connect(broker.port, "3.1.1")
    assert bench.hears() == "up"
    assert broker.levels == [4]


def test_a_subscription_that_3_1_1_refuses_is_told_and_tried_again(bench: Bench) -> None:
    broker = bench.broker(None, grant=0x80)
    bench.connect(broker.port, "3.1.1")
    assert bench.hears() == f"the broker does not let {KIOSK} listen; check its ACL"
    broker.grant = 1  # the ACL is mended
    while (said := bench.hears()) != "up":
        assert "check its ACL" in str(said)


def test_nonsense_from_a_broker_does_not_leave_a_deaf_client(bench: Bench) -> None:
    broker = bench.broker(None, then=TOPIC_BEYOND_ITS_PACKET)
    bench.connect(broker.port, "3.1.1")
    for _ in range(2):
        assert bench.hears() == "up"
        assert isinstance(bench.hears(), str)
    assert len(broker.levels) >= 2


@pytest.mark.parametrize(
    ("on_new", "protocol", "then"),
    [
        (NOT_AUTHORISED_IN_NEW, "5", b""),
        (None, "5", b""),
        (None, "3.1.1", TOPIC_BEYOND_ITS_PACKET),
    ],
)
def test_thirty_lost_connections_leave_no_file_open(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    on_new: bytes | None,
    protocol: Protocol,
    then: bytes,
) -> None:
    """Without Python's search for what refers to itself: nobody says when that comes."""
    monkeypatch.setattr(firmware.broker, "_SHORTEST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(firmware.broker, "_POLL_SECONDS", 0.05)
    gc.collect()
    gc.disable()
    try:
        before = _open_files()
        broker = bench.broker(on_new, then=then)
        bench.connect(broker.port, protocol)
        while len(broker.levels) < 30:
            bench.hears()
        bench.close()
        after = _open_files()
    finally:
        gc.enable()
    assert after <= before


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
