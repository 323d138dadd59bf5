"""The page's lamps blink as the pins do, and say in words what they show."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hw.indicator.looks import LOOKS
from hw.protocols import Pattern
from hw.virtual.pins import VirtualIndicator
from hw.workbench.cabinet import Bench
from hw.workbench.manifest import Manifest, Pins
from hw.workbench.server import WorkbenchServer
from provisioning.cabinet import Cabinet
from provisioning.tell import tell
from tests.workbench.conftest import Journal, wait_for

_WATCH = """place => {
  const lamp = document.querySelector(`.lamp[data-place="${place}"]`);
  window.seen = [];
  new MutationObserver(() => {
    if (window.seen.at(-1) !== lamp.dataset.lit) window.seen.push(lamp.dataset.lit);
  }).observe(lamp, { attributes: true });
}"""


def changes_of(page: Page, place: str, count: int) -> list[str]:
    """So many changes of a lamp, as somebody who looks sees them."""
    page.evaluate(_WATCH, place)
    wait_for(page, f"{place} to blink", lambda: page.evaluate("window.seen.length") >= count)
    return list(page.evaluate("window.seen"))


def words_of(page: Page, place: str) -> str:
    return page.locator(f'.lamp[data-place="{place}"] .rhythm').inner_text()


def beats_of(page: Page, place: str) -> Any:
    return page.locator(f'.lamp[data-place="{place}"] .beats').get_attribute("data-beats")


def test_one_lamp_of_three_colours(cabinet: Cabinet, page: Page, journal: Journal) -> None:
    cabinet.hands.wait_screen("attract")
    expect(page.locator("#lamps .pattern")).to_have_text("Card please")
    assert words_of(page, "front") == "blue, slow"
    seen = changes_of(page, "front", 3)
    assert seen[:3] in (["true", "false", "true"], ["false", "true", "false"])

    tell(cabinet.printer_control, {"paper": "out"})
    journal.tells("printer.status", paper="out")
    expect(page.locator("#lamps .pattern")).to_have_text("Out of paper")
    told = tell(cabinet.pins_control, {"ask": "state"})["state"]["lamps"]["front"]
    assert words_of(page, "front") == f"{told['colour']}, {told['rhythm']}"
    assert beats_of(page, "front") == told["beats"]
    expect(page.locator(".beats i")).to_have_count(len(told["beats"]))
    tell(cabinet.printer_control, {"paper": "full"})
    expect(page.locator("#lamps .pattern")).to_have_text("Card please")


@pytest.fixture
def lamps(tmp_path: Path) -> Iterator[VirtualIndicator]:
    indicator = VirtualIndicator(tmp_path / "pins.sock", form="lamps")
    yield indicator
    indicator.close()


@pytest.fixture
def lamps_page(lamps: VirtualIndicator, tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    del lamps  # there before the page
    server = WorkbenchServer(Bench(Manifest("Contoh", pins=Pins(str(tmp_path / "pins.sock")))))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    page = chromium.new_page()
    page.goto(server.url)
    yield page
    page.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_three_lamps_at_their_places(lamps: VirtualIndicator, lamps_page: Page) -> None:
    lamps.show(Pattern.TAKE_PAPER)
    expect(lamps_page.locator("#lamps .pattern")).to_have_text("Take paper", timeout=60_000)
    expect(lamps_page.locator(".lamp b")).to_have_text(["Card", "Paper", "Service"])

    assert [words_of(lamps_page, place) for place in ("card", "paper", "service")] == [
        "off",
        LOOKS[Pattern.TAKE_PAPER].rhythm.words,
        "continuous",
    ]
    assert len(changes_of(lamps_page, "paper", 4)) >= 4
    assert lamps_page.locator('.lamp[data-place="service"]').get_attribute("data-lit") == "true"
    assert lamps_page.locator('.lamp[data-place="card"]').get_attribute("data-lit") == "false"
    expect(lamps_page.locator("#pins")).to_be_hidden()  # nothing else is wired here
