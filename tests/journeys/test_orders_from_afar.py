"""Orders on real parts: the regency's command line, its server, Mosquitto, the controller."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from firmware.core.wire import KdfCost
from provisioning.cabinet import Cabinet
from provisioning.visit import wait_for_event
from regency.config import load_config
from regency.orders import OrderRow, Orders
from regency.store import Store

CHEAP = KdfCost(passes=1, memory_kib=1024, lanes=1)
PATIENCE_SECONDS = 90.0


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabinet]:
    folder = tmp_path_factory.mktemp("kiosk")
    with Cabinet(folder, page_printer=False, screen=False, cost=CHEAP) as cabinet:
        wait_for_event(cabinet, "clock.told")
        yield cabinet


@pytest.fixture
def book(cabinet: Cabinet) -> Iterator[Orders]:
    """The regency's orders, in another process than its server."""
    config = load_config(cabinet.regency.config)
    with closing(Store(config.database, config.session_secret)) as store:
        yield Orders(store, config.command_seed)


def wait_until(true: Callable[[], bool], otherwise: str) -> None:
    """Until it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)


def done(cabinet: Cabinet, book: Orders, name: str, **args: object) -> OrderRow:
    """Give an order, and wait until the regency knows its end."""
    number = book.give(cabinet.kiosk, name, args, 600, "petugas")
    wait_until(lambda: _order(cabinet, book, number).outcome != "", f"{name} has no end")
    return _order(cabinet, book, number)


def _order(cabinet: Cabinet, book: Orders, number: int) -> OrderRow:
    return next(row for row in book.of(cabinet.kiosk) if row.number == number)


def _phase(cabinet: Cabinet) -> str:
    changes = [e for e in cabinet.journal_events() if e["event"] == "phase.changed"]
    return str(changes[-1]["new"])


def test_a_technician_far_away_puts_a_kiosk_right(cabinet: Cabinet, book: Orders) -> None:
    slips = len(cabinet.printed_slips())
    assert "reader: well" in done(cabinet, book, "self-test").detail
    slip = done(cabinet, book, "status-slip")
    assert (slip.outcome, slip.detail) == ("done", "the printer confirmed it")
    assert len(cabinet.printed_slips()) == slips + 1

    done(cabinet, book, "service-mode", on=True)
    wait_until(lambda: _phase(cabinet) == "outOfService", "the kiosk still serves")
    restart = book.give(cabinet.kiosk, "restart", {}, 600, "petugas")
    wait_until(cabinet.restart_as_ordered, "the controller does not end")
    wait_until(lambda: _order(cabinet, book, restart).outcome == "done", "no word of the restart")
    assert _phase(cabinet) == "outOfService"  # it outlives a restart
    done(cabinet, book, "service-mode", on=False)
    wait_until(lambda: _phase(cabinet) == "attract", "the kiosk does not serve again")


def test_settings_and_letters_come_from_the_command_line(cabinet: Cabinet, book: Orders) -> None:
    for words in (("config", "all", "visit.idle_seconds=45"), ("publish-catalogue",)):
        command = [sys.executable, "-m", "regency", "--config", cabinet.regency.config, *words]
        subprocess.run(command, capture_output=True, timeout=120, check=True)
    wait_until(
        lambda: [row.outcome for row in book.of(cabinet.kiosk)[:2]] == ["done", "done"], "not done"
    )
