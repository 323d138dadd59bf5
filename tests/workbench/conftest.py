"""One cabinet, its keeper and its page for all tests of this folder that need them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from firmware.core.wire import KdfCost
from provisioning.cabinet import Cabinet
from provisioning.desk import browser
from provisioning.keeper import Keeper
from provisioning.visit import wait_for_event

CHEAP = KdfCost(passes=1, memory_kib=1024, lanes=1)
PATIENCE_MS = 60_000


@pytest.fixture(scope="package")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabinet]:
    with Cabinet(tmp_path_factory.mktemp("bench"), cost=CHEAP) as cabinet:
        wait_for_event(cabinet, "directory.updated")
        yield cabinet


@pytest.fixture(scope="package")
def keeper(cabinet: Cabinet) -> Iterator[Keeper]:
    with Keeper(cabinet) as keeper:
        yield keeper


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="package")
def page(cabinet: Cabinet, keeper: Keeper, chromium: Browser) -> Iterator[Page]:
    """The workbench's page, open; no error in it."""
    url = cabinet.start_workbench(keeper.write_manifest())
    errors: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 960})
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    yield page
    assert errors == []


class Journal:
    """What the kiosk has written down since a test began."""

    def __init__(self, cabinet: Cabinet, page: Page) -> None:
        self._cabinet, self._page = cabinet, page
        self._begin = len(cabinet.journal_events())

    def tells(self, event: str, **fields: object) -> dict[str, Any]:
        """The first such event after the last one that was told; waits for it."""

        def is_it(entry: dict[str, Any]) -> bool:
            return entry["event"] == event and fields.items() <= entry.items()

        def found() -> int | None:
            entries = self._cabinet.journal_events()
            numbers = range(self._begin, len(entries))
            return next((number for number in numbers if is_it(entries[number])), None)

        number = wait_for(self._page, f"{event} {fields} in the journal", found)
        self._begin = number + 1
        return self._cabinet.journal_events()[number]


@pytest.fixture
def journal(cabinet: Cabinet, page: Page) -> Journal:
    return Journal(cabinet, page)


def wait_for(page: Page, what: str, find: Callable[[], Any]) -> Any:
    """Until ``find`` finds something; the page goes on meanwhile."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while (found := find()) is None or found is False:
        assert time.monotonic() < end, f"waited for {what} in vain"
        page.wait_for_timeout(100)
    return found
