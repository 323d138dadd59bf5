"""Orders from the regency's command line to the kiosk's answer, over a line that is a list here
and a real broker once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, update

from firmware.core import orders, wire
from firmware.core.errors import ConfigurationError, OrderError, WireError
from firmware.core.events import IdentifyAsked
from provisioning.layout import Ports, Regency
from regency import tables as t
from regency.config import load_config
from regency.exchange import Exchange
from regency.intake import Intake
from regency.letters import load_catalogue
from regency.orders import Orders, packed_catalogue
from regency.store import Store
from tests.firmware.order_bench import KIOSK, SEED, Bench
from tests.regency import test_intake
from tests.regency.test_ingest import Wire, eventually

OTHER = f"{KIOSK[:10]}-2"


class Ends:
    """A kiosk's order desk and the regency; what is under way lies in ``down``."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.database = database or f"sqlite:///{folder / 'regency.db'}"
        self.seconds = 0.0
        self.bench = Bench(folder)
        self.down: list[tuple[str, bytes]] = []
        self.is_cut = False
        self.start()
        with self.store.engine.begin() as db:
            db.execute(insert(t.villages).values(code=KIOSK[:10], data={}))
            for kiosk in (KIOSK, OTHER):
                row = {"village": KIOSK[:10], "revoked": False, "last_srv_seq": 0}
                db.execute(insert(t.kiosks).values(id=kiosk, **row))

    def start(self) -> None:
        """The server starts, or starts again."""
        self.store = Store(self.database, "secret")
        intake = Intake(self.store, load_catalogue(), test_intake.SEED)
        self.exchange = Exchange(
            intake, self.store, self._publish, SEED, clock=lambda: self.seconds
        )
        self.book = Orders(self.store, SEED)

    def _publish(self, topic: str, payload: bytes) -> None:
        if not self.is_cut:
            self.down.append((topic, payload))

    def be_born(self, kiosk: str = KIOSK, nonce: str | None = None) -> None:
        """The kiosk connects."""
        nonce = self.bench.clock.fresh_nonce() if nonce is None else nonce
        last = self.bench.store.orders.highest()
        birth = wire.StateUp(True, 1, nonce=nonce, last_order=last)
        self.exchange.take(wire.state_topic(kiosk), wire.encode(birth))

    def deliver(self) -> list[str]:
        """All that is under way reaches the kiosk, and its answers the regency. The names of the
        orders that were sent.
        """
        names = []
        while self.down:
            topic, payload = self.down.pop(0)
            kiosk, kind = wire.split_topic(topic) or ("", "")
            if kind == "dn/rcp":
                receipt = wire.decode(payload, wire.Receipt)
                self.bench.store.confirm([receipt.id])
            elif kiosk == KIOSK:
                names.append(name_in(payload))
                self.bench.hear("cmd" if kind == "dn/cmd" else "cfg", payload)
            for message in self.bench.store.outgoing(100):
                self.exchange.take(wire.up_topic(KIOSK, message.kind), message.payload)
        return names

    def pass_hour(self) -> None:
        """Long enough for what was sent to be answered."""
        self.seconds += 3600
        self.exchange.send_overdue()
        self.exchange.send_orders()

    def give(self, name: str, kiosk: str = KIOSK, **args: Any) -> int:
        """An order, for an hour."""
        return self.book.give(kiosk, name, args, 3600, "petugas")

    def outcomes(self) -> list[tuple[int, str]]:
        """What the regency knows of the orders' ends, oldest first."""
        return [(row.number, row.outcome) for row in reversed(self.book.of(KIOSK))]

    def alarms(self) -> list[str]:
        """What somebody should look at."""
        with self.store.engine.begin() as db:
            return list(db.execute(select(t.alarms.c.what)).scalars())

    def close(self) -> None:
        self.bench.close()
        self.store.close()


def name_in(payload: bytes) -> str:
    """The name of an order under way."""
    return wire.decode(wire.decode(payload, wire.Signed).body, wire.Order).name


@pytest.fixture
def ends(tmp_path: Path, database_url: str) -> Iterator[Ends]:
    ends = Ends(tmp_path, database_url)
    yield ends
    ends.close()


def test_an_order_that_waited_is_done_at_the_next_birth(ends: Ends) -> None:
    ends.give("identify", seconds=20)
    assert ends.down == []
    ends.be_born()
    assert ends.deliver() == ["clock", "identify"]  # the time goes first
    assert ends.outcomes() == [(1, "done")]
    assert ends.bench.told == [IdentifyAsked(KIOSK, 20)]


def test_an_order_that_another_process_gives_goes_to_a_kiosk_that_is_there(ends: Ends) -> None:
    ends.be_born()
    ends.deliver()
    ends.give("self-test")
    ends.give("identify", kiosk=OTHER)  # that one is not there
    ends.exchange.send_orders()
    ends.exchange.send_orders()
    assert ends.deliver() == ["self-test"]
    assert "reader: well" in ends.book.of(KIOSK)[0].detail


def test_what_is_lost_on_the_line_is_sent_again_and_done_once(ends: Ends) -> None:
    ends.be_born()
    ends.deliver()
    ends.give("identify")
    ends.is_cut = True
    ends.exchange.send_orders()
    ends.is_cut = False
    ends.exchange.send_orders()
    assert ends.down == []
    for _ in range(3):
        ends.pass_hour()
    assert len(ends.down) == 3
    ends.deliver()
    ends.pass_hour()
    assert ends.deliver() == []
    assert ends.outcomes() == [(1, "done")]
    assert len(ends.bench.told) == 1


def test_an_order_is_not_lost_when_the_answer_is(ends: Ends) -> None:
    ends.give("identify")
    ends.be_born()
    message = ends.down[-1]
    ends.deliver()
    ends.exchange.take(wire.up_topic(KIOSK, "evt"), ends_word(ends))
    ends.down.append(message)
    ends.deliver()
    assert ends.outcomes() == [(1, "done")]
    assert ends.alarms() == []


def ends_word(ends: Ends) -> bytes:
    """The kiosk's word again, as it lies in its outbox, settled."""
    [row] = ends.bench.store._db.execute("SELECT payload FROM outbox").fetchall()
    return bytes(row[0])


def test_orders_keep_their_order_and_their_end(ends: Ends) -> None:
    for seconds in (10, 20, 30):
        ends.give("identify", seconds=seconds)
    ends.be_born()
    ends.deliver()
    assert [event.seconds for event in ends.bench.told if isinstance(event, IdentifyAsked)] == [
        10,
        20,
        30,
    ]
    with ends.store.engine.begin() as db:
        db.execute(update(t.orders).values(outcome="", expires_at=1))
    assert ends.book.waiting() == []  # its time is over: it is sent no more


@pytest.mark.parametrize(
    ("name", "args", "sentence"),
    [
        ("format-disk", {}, "there is no order"),
        ("clock", {}, "there is no order"),
        ("identify", {"seconds": 0}, "arguments of identify"),
        ("config", {"values": {"visit.idle_second": 45}}, "did you mean visit.idle_seconds?"),
        ("catalogue", {"catalogue": b"x" * 400_000}, "more than a message may"),
    ],
)
def test_what_a_kiosk_would_refuse_is_not_given(
    ends: Ends, name: str, args: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(OrderError, match=sentence):
        ends.book.give(KIOSK, name, args, 3600, "petugas")
    assert ends.book.of(KIOSK) == []


def test_no_order_without_a_kiosk_a_key_or_an_end(ends: Ends) -> None:
    with pytest.raises(OrderError, match="there is no kiosk"):
        ends.give("identify", kiosk="3510192001-9")
    with pytest.raises(ConfigurationError, match="command_seed"):
        Orders(ends.store, None).give(KIOSK, "identify", {}, 60, "petugas")
    with pytest.raises(OrderError, match="may live"):
        ends.book.give(KIOSK, "identify", {}, 0, "petugas")


def test_a_revoked_kiosk_is_sent_nothing_although_it_is_connected(ends: Ends) -> None:
    ends.be_born()
    ends.deliver()
    ends.give("identify")
    assert ends.book.revoke(KIOSK)
    ends.exchange.send_orders()
    ends.pass_hour()
    ends.exchange.notify(KIOSK)
    ends.be_born()
    assert ends.down == []
    with pytest.raises(OrderError, match="revoked"):
        ends.give("identify")
    assert not ends.book.revoke("3510192001-9")


def test_a_regency_from_an_old_backup_gives_no_number_twice(ends: Ends) -> None:
    for _ in range(3):
        ends.give("identify")
    ends.be_born()
    ends.deliver()
    with ends.store.engine.begin() as db:  # the backup knows nothing of them
        db.execute(t.orders.delete())
        db.execute(t.order_numbers.delete())
    ends.be_born()
    assert ends.alarms() == ["the kiosk has seen order 3 of 0: an old backup runs"]
    assert ends.give("identify") == 4
    ends.exchange.send_orders()
    ends.deliver()
    assert ends.outcomes() == [(4, "done")]


def test_a_new_card_is_told_again_what_it_must_keep(ends: Ends, tmp_path: Path) -> None:
    catalogue = load_catalogue()
    ends.give("config", values={"visit.idle_seconds": 45})
    ends.give("config", values={"visit.idle_seconds": 90})
    ends.give("config-rollback")
    ends.give("catalogue", catalogue=packed_catalogue(catalogue))
    ends.give("service-mode", on=False)
    ends.give("service-mode", on=True)
    ends.give("identify")
    ends.be_born()
    ends.deliver()
    ends.bench.close()
    (tmp_path / "new").mkdir()
    ends.bench = Bench(tmp_path / "new")
    for _ in range(2):
        ends.be_born()
        names = ends.deliver()
    assert names == ["clock"]  # once is enough
    assert ends.bench.tuning.policy().idle == 45
    assert ends.bench.tuning.catalogue == catalogue
    assert ends.bench.tuning.in_service_mode
    assert not any(isinstance(event, IdentifyAsked) for event in ends.bench.told)
    ended = [outcome for _number, outcome in ends.outcomes()]
    assert ended == ["lost"] * 6 + ["done"] * 4
    assert ends.book.settings(KIOSK) == {"visit.idle_seconds": 45}


def test_a_birth_that_the_broker_kept_takes_nothing_back(ends: Ends) -> None:
    old = wire.StateUp(True, 1, nonce="n" * 32, last_order=0)
    ends.give("service-mode", on=True)
    ends.be_born()
    ends.deliver()
    ends.exchange.take(wire.state_topic(KIOSK), wire.encode(old), retained=True)
    assert ends.outcomes() == [(1, "done")]


def test_an_answer_to_an_order_that_was_not_given_is_an_alarm(ends: Ends) -> None:
    word = wire.OrderDone("e1", 1, "2026", "no-such-order", 7, "done")
    ends.exchange.take(wire.up_topic(KIOSK, "evt"), wire.encode(word))
    receipt = wire.decode(ends.down[0][1], wire.Receipt)
    assert (receipt.id, receipt.outcome) == ("e1", "rejected")
    assert ends.alarms() == ["order 7 was answered, and was not given here"]


def test_a_birth_without_a_nonce_is_told_no_time(ends: Ends) -> None:
    for nonce in ("", "short", "x" * 200):
        ends.be_born(nonce=nonce)
    assert ends.down == []


def test_settings_from_afar_are_known_at_the_regency(ends: Ends) -> None:
    ends.give("config", values={"visit.idle_seconds": 45})
    ends.give("config", values={"visit.idle_seconds": 45, "upkeep.quiet_hour": 2})
    assert ends.book.settings(KIOSK) == {"visit.idle_seconds": 45, "upkeep.quiet_hour": 2}
    ends.give("config-rollback")
    assert ends.book.settings(KIOSK) == {"visit.idle_seconds": 45}
    ends.be_born()
    ends.deliver()
    assert ends.outcomes() == [(1, "done"), (2, "done"), (3, "done")]
    assert ends.bench.tuning.policy().idle == 45


def test_the_letters_that_the_regency_knows_reach_the_kiosk(ends: Ends) -> None:
    catalogue = load_catalogue()
    ends.give("catalogue", catalogue=packed_catalogue(catalogue))
    ends.be_born()
    ends.deliver()
    assert ends.bench.tuning.catalogue == catalogue
    assert ends.outcomes() == [(1, "done")]


def test_the_desk_refuses_what_a_broker_makes_up(ends: Ends) -> None:
    """Whoever holds the broker can send anything, and has no command key."""
    ends.give("identify")
    ends.be_born()
    ends.deliver()
    signed = wire.decode(orders.sign(SEED, "cmd", ends.bench.an_order("restart", {})), wire.Signed)
    order = wire.decode(signed.body, wire.Order)
    other = msgspec.structs.replace(
        signed, body=wire.encode(msgspec.structs.replace(order, number=99))
    )
    with pytest.raises(WireError, match="signature"):
        ends.bench.hear("cmd", wire.encode(other))


# ---------------------------------------------------------------- for real


def test_through_a_real_broker(tmp_path: Path) -> None:
    line = Wire(tmp_path)
    line.ingest.close()
    line.command_seed = SEED
    line.ingest = line.start()
    try:
        link, hears = line.kiosk(test_intake.KIOSK)
        nonce = "n" * 32
        link.publish_state(wire.encode(wire.StateUp(online=True, boot=1, nonce=nonce)))
        clock = opened(hears())
        assert (clock.name, clock.args["nonce"]) == ("clock", nonce)
        number = Orders(line.store, SEED).give(test_intake.KIOSK, "identify", {}, 60, "petugas")
        order = opened(hears())
        assert (order.name, order.number) == ("identify", number)
        word = wire.OrderDone("e1", 1, "2026", order.id, number, "done")
        link.publish("evt", wire.encode(word))
        assert hears()["outcome"] == "committed"
        eventually(lambda: Orders(line.store, SEED).of(test_intake.KIOSK)[0].outcome == "done")
    finally:
        line.close()


def opened(message: dict[str, Any]) -> wire.Order:
    """An order as a kiosk opens it."""
    signed = msgspec.convert(message, wire.Signed)
    return orders.open_order(
        orders.public_key_of(SEED), "cmd", test_intake.KIOSK, wire.encode(signed)
    )


def test_the_command_line(tmp_path: Path) -> None:
    regency = Regency(tmp_path / "regency")
    regency.create(Ports(1, 2))
    config = load_config(regency.config)
    store = Store(config.database, config.session_secret)
    with store.engine.begin() as db:
        db.execute(insert(t.villages).values(code=KIOSK[:10], data={}))
        row = {"village": KIOSK[:10], "revoked": False, "last_srv_seq": 0}
        db.execute(insert(t.kiosks).values(id=KIOSK, **row))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "regency", "--config", regency.config, *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    given = run("command", KIOSK, "identify", "--arg", "seconds=30", "--expires", "12h")
    assert json.loads(given.stdout) == {"kiosk": KIOSK, "number": 1, "order": "identify"}
    assert run("config", "all", "visit.idle_seconds=45").returncode == 0
    assert run("publish-catalogue").returncode == 0
    bad = run("config", KIOSK, "visit.idle_seconds=1")
    assert (bad.returncode, len(bad.stderr.splitlines())) == (2, 1)
    assert "from 15 to 600" in bad.stderr
    told = run("orders", KIOSK).stdout.splitlines()
    assert len(told) == 3 and all("waits" in line for line in told)
    assert '"seconds": 30' in told[2]
    assert run("revoke", KIOSK).returncode == 0
    assert "revoked" in run("command", KIOSK, "restart").stderr
    public = msgspec.json.decode(
        b'"' + (regency.folder / "command.pub").read_bytes() + b'"', type=bytes
    )
    with store.engine.begin() as db:
        message = db.execute(select(t.orders.c.message).where(t.orders.c.number == 1)).scalar_one()
    assert orders.open_order(public, "cmd", KIOSK, message).args == {"seconds": 30}
    store.close()
