"""A long backlog goes out, and what matters more goes with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from firmware.core import wire
from firmware.outbox import WIDEST, WINDOW, Outbox
from firmware.parts import Parts
from firmware.regency_line import BEAT_AT_MOST_EVERY_SECONDS, RegencyLine
from firmware.store import Filing, Store
from tests.bench._requests import fill

_DEVICES = ("online", "online", "full", "noDevice")
BEAT = wire.Heartbeat("3510192001-1", "2026", 1, 2, *_DEVICES, 9, 0, 3, "")


class Kiosk:
    """A line whose regency takes parcels and answers within a tenth of a second; ``said`` is what
    went up, by kind and how many messages it holds.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.said: list[tuple[str, int]] = []
        self._under_way: list[str] = []
        link = SimpleNamespace(publish=self._publish, publish_state=lambda _payload: None)
        sections = SimpleNamespace(link=SimpleNamespace(heartbeat_seconds=300))
        parts: Any = SimpleNamespace(
            store=store, link=link, version="", tuning=SimpleNamespace(sections=sections)
        )
        self._outbox = Outbox(store, lambda: 0.0)
        self.line = RegencyLine(cast(Parts, parts), self._outbox, lambda: "n" * 16, lambda: BEAT)
        self.line.up()
        self.now = time.monotonic()

    def _publish(self, kind: str, payload: bytes) -> None:
        if kind == "many":
            names = [bytes(one.message) for one in wire.decode(payload, wire.ManyUp).messages]
        else:
            names = [payload] if kind == "req" else []
        self.said.append((kind, len(names)))
        self._under_way += [name.decode() for name in names]

    def turn(self) -> list[tuple[str, int]]:
        """What the controller's loop does each time receipts have come; what was said."""
        self.said.clear()
        self.line.send_due(self.now)
        self.line.beat_if_due(self.now)
        self.now += 0.1
        self._outbox.takes_many(wire.MANY)
        self._outbox.confirm(self._under_way)
        self._under_way.clear()
        self.line.hurry()
        return list(self.said)

    def file(self, name: str) -> None:
        payload = name.encode()
        self.store.file_request(
            name, b"t" * 32, "2026", lambda seq: Filing("n", "c", b"s", payload)
        )


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    names = [str(100_000 + number) for number in range(1500)]
    fill(tmp_path / "kiosk.db", ((name, name.encode()) for name in names))
    store = Store(tmp_path / "kiosk.db")
    yield Kiosk(store)
    store.close()


def test_health_goes_out_in_the_midst_of_a_backlog(kiosk: Kiosk) -> None:
    first = kiosk.turn()
    assert first[-1] == ("hb", 0)
    assert sum(count for _, count in first) == WINDOW
    for _ in range(3):
        assert ("hb", 0) not in kiosk.turn()
    kiosk.line.beat_soon()
    kiosk.now += BEAT_AT_MOST_EVERY_SECONDS
    turn = kiosk.turn()
    assert turn[-1] == ("hb", 0)
    assert sum(count for _, count in turn) <= WIDEST
    assert kiosk.store.outgoing(1) != []


def test_what_is_filed_in_the_midst_of_a_backlog_goes_first(kiosk: Kiosk) -> None:
    for _ in range(4):
        kiosk.turn()
    kiosk.file("999999")
    kiosk.turn()
    waiting = {message.id for message in kiosk.store.outgoing(2000)}
    assert "999999" not in waiting
    assert len(waiting) > 100


def test_a_long_backlog_needs_few_publications(kiosk: Kiosk) -> None:
    said = 0
    while kiosk.store.outgoing(1):
        said += len(kiosk.turn())
    assert said < 1500 / 10
