"""A disk that is full for every file of the controller: it starts all the same, and it ends as it
was meant to. The kernel refuses the writes (``RLIMIT_FSIZE``).
"""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator

import pytest

from firmware.core import view
from firmware.store import Store
from provisioning.processes import StartError
from tests.journeys.kiosk import Kiosk
from tests.journeys.test_cabinet_inputs import CabinetWithPins, screen_of, started
from tests.journeys.test_killed_at_any_time import VISIT, play

LONGEST_OTHER_FILE = 100_000
"""What libraries write at a start: SQLite its kiosk.db-shm, python-escpos a cache."""
FREE = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def kiosk() -> Iterator[CabinetWithPins]:
    with started(CabinetWithPins) as kiosk:
        yield kiosk


@contextlib.contextmanager
def children_have_a_full_disk(most_bytes: int) -> Iterator[None]:
    """Whoever is started meanwhile can make no file longer than that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def wait_for_paper(kiosk: Kiosk) -> None:
    """A visitor whose ticket waits for a new roll."""
    play(kiosk, VISIT[:-2])
    screen_of(kiosk).await_view(
        lambda now: isinstance(now.screen, view.Ticket) and now.screen.print_state == "blocked"
    )


def grow_log(kiosk: Kiosk) -> int:
    """The bytes of the database's write-ahead log, which has more of them than any other file."""
    store = Store(kiosk.database)
    log = kiosk.database.with_name("kiosk.db-wal")
    while log.stat().st_size <= LONGEST_OTHER_FILE:
        store.count("doors")
    store.close()
    return log.stat().st_size


def test_a_full_disk_keeps_the_kiosk_neither_down_nor_up(kiosk: CabinetWithPins) -> None:
    kiosk.printer.control({"paper": "out"})
    wait_for_paper(kiosk)
    written = grow_log(kiosk)
    kiosk.kill()
    with children_have_a_full_disk(written):
        kiosk.start()
    screen_of(kiosk).await_screen(view.Attract)
    bugs = [one["error"] for one in kiosk.told("controller.bug")]
    assert any("Error" in error for error in bugs), "nothing failed: the disk was not full"

    assert kiosk.controller is not None
    resource.prlimit(kiosk.controller.pid, resource.RLIMIT_FSIZE, FREE)
    wait_for_paper(kiosk)
    resource.prlimit(kiosk.controller.pid, resource.RLIMIT_FSIZE, (1, 1))
    kiosk.ask({"mains": "off"})
    with pytest.raises(StartError, match="code 3"):
        kiosk.controller.succeed()
