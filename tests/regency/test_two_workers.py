"""Several workers on one broker: each message is taken by one, only worker 0 sends down, and one
that dies is made up for by the others.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from firmware.core import wire
from provisioning.processes import Child, Children
from regency import tables as t
from tests.regency.test_ingest import Wire, eventually
from tests.regency.test_intake import KIOSK, SEED, request, sealed


class Workers(Wire):
    """The server's own worker, and two more in processes of their own."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, database)
        server = self.broker.regency.server
        config = server / "regency.toml"
        config.write_text(config.read_text().replace("sqlite:///regency.db", database))
        (server / "keys" / "regency.seed").write_text(SEED.hex())
        self._children = Children(folder / "logs")
        self.workers = {number: self.start_worker(number) for number in (1, 2)}
        for number, child in self.workers.items():
            assert child.ready() == {"ready": True, "worker": number}

    def start_worker(self, number: int) -> Child:
        config = self.broker.regency.config
        command = [sys.executable, "-m", "regency", "--config", config, "ingest"]
        return self._children.start(f"worker-{number}", [*command, "--worker", str(number)])

    def heard_the_birth(self) -> bool:
        with self.store.engine.begin() as db:
            return bool(db.execute(select(t.births.c.kiosk)).all())

    def alarms(self) -> list[str]:
        with self.store.engine.begin() as db:
            return list(db.execute(select(t.alarms.c.what)).scalars())

    def close(self) -> None:
        self._children.stop()
        super().close()


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[Workers]:
    workers = Workers(tmp_path, database_url)
    yield workers
    workers.close()


def test_a_broker_without_shared_subscriptions_has_one_worker(tmp_path: Path) -> None:
    line = Wire(tmp_path)
    try:
        line.ingest.close()
        line.ingest = line.start(shared=False)
        link, hears = line.kiosk()
        link.publish("req", wire.encode(_request(1)))
        assert hears()["id"] == _request(1).id
        config = line.broker.regency.config
        config.write_text(config.read_text().replace("[link]", "[link]\nshared = false"))
        command = [sys.executable, "-m", "regency", "--config", config, "ingest", "--worker", "1"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (ended.returncode, "[link] shared is false" in ended.stderr) == (2, True)
    finally:
        line.close()


BOOT_ID = "0123456789abcdef"
BIRTH = wire.encode(wire.StateUp(online=True, boot=1, boot_id=BOOT_ID))


def _request(number: int) -> wire.RequestUp:
    up = sealed(request(id=f"01993c2a-3333-7000-8000-{number:012d}"))
    return wire.RequestUp(up.id, number, up.at, up.sealed, BOOT_ID)


def test_three_workers_take_each_message_once_and_one_sends_down(line: Workers) -> None:
    link, hears = line.kiosk()
    link.publish_state(BIRTH)
    requests = [wire.encode(_request(number)) for number in range(1, 13)]
    for payload in requests:
        link.publish("req", payload)
    answers = [hears() for _ in range(12)]
    assert {answer["outcome"] for answer in answers} == {"committed"}
    assert len({answer["id"] for answer in answers}) == 12
    assert line.alarms() == []
    eventually(line.heard_the_birth)
    signed = line.office.signed()
    line.ingest.notify(KIOSK)
    down = [hears() for _ in range(3)]
    assert [message["srv_seq"] for message in down] == [1, 2, 3]
    assert {message["request_id"] for message in down} == {signed}
    for message in down:  # whichever worker hears it notes it
        link.publish("rcp", wire.encode(wire.ReceiptUp(message["srv_seq"])))
    eventually(lambda: line.store.undelivered(KIOSK) == [])
    for number in (1, 2):
        line.workers[number].kill()
    for payload in requests:  # all of it once more; some may still be given to the dead
        link.publish("req", payload)
    assert hears()["outcome"] == "committed"  # and no message down came a second time
    with line.store.engine.begin() as db:
        chosen = select(t.events.c.request_id).where(t.events.c.new == "received")
        taken = list(db.execute(chosen).scalars())
    assert len(taken) == len(set(taken)) == 12
