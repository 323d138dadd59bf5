"""A visit from the workbench's page: real reader, screen, printer, controller, Chromium."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from firmware.core.wire import KdfCost
from provisioning.cabinet import Cabinet
from provisioning.desk import browser
from provisioning.keeper import Keeper
from provisioning.visit import Album, Citizen, Wish, wait_for_event

CHEAP = KdfCost(passes=1, memory_kib=1024, lanes=1)
PATIENCE_MS = 20_000
_LIVE = """() => {
  const live = document.getElementById("live"), canvas = document.createElement("canvas");
  canvas.width = live.naturalWidth; canvas.height = live.naturalHeight;
  canvas.getContext("2d").drawImage(live, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}"""


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabinet]:
    with Cabinet(tmp_path_factory.mktemp("bench"), page_printer=False, cost=CHEAP) as cabinet:
        wait_for_event(cabinet, "directory.updated")
        yield cabinet


@pytest.fixture(scope="module")
def keeper(cabinet: Cabinet) -> Iterator[Keeper]:
    with Keeper(cabinet) as keeper:
        yield keeper


@pytest.fixture(scope="module")
def page(cabinet: Cabinet, keeper: Keeper) -> Iterator[Page]:
    """The workbench's page, open; no error in it."""
    url = cabinet.start_workbench(keeper.write_manifest())
    errors: list[str] = []
    with browser() as opened:
        page = opened.new_page(viewport={"width": 1280, "height": 960})
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        yield page
    assert errors == []


def _picture_on(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(page.evaluate(_LIVE)))).convert("RGB")


def _wait_same_picture(cabinet: Cabinet, page: Page, path: Path) -> None:
    """Until the page shows what the screen shows."""
    for _ in range(40):
        cabinet.hands.picture(path)
        if _picture_on(page).tobytes() == Image.open(path).convert("RGB").tobytes():
            return
        page.wait_for_timeout(150)
    pytest.fail("the page does not come to show what the screen shows")


def _touch(cabinet: Cabinet, page: Page, target: str) -> None:
    """Touch a target of the screen on the page's picture."""
    sight = cabinet.hands.wait(target, lambda sight: sight.get(target) is not None)
    found = sight.get(target)
    box = page.locator("#live").bounding_box()
    assert found is not None and box is not None
    page.mouse.click(
        box["x"] + (found.x + found.width / 2) * box["width"] / 1280,
        box["y"] + (found.y + found.height / 2) * box["height"] / 800,
    )


def _resident(cabinet: Cabinet, page: Page, number: int) -> str:
    return f'.resident[data-uid="{cabinet.cards[number].uid}"]'


def test_a_visit_from_tap_to_ticket(cabinet: Cabinet, page: Page, tmp_path: Path) -> None:
    expect(page.locator(".resident")).to_have_count(len(cabinet.cards))
    expect(page.locator("#plugged")).to_be_checked()
    cabinet.hands.wait_screen("attract")

    page.click(f"{_resident(cabinet, page, 0)} button >> text=Tap")
    cabinet.hands.wait_screen("pin")
    _wait_same_picture(cabinet, page, tmp_path / "pin.png")
    expect(page.locator("#lying")).to_have_text("Empty")

    for digit in cabinet.cards[0].pin:
        with page.expect_response("**/do/touch"):
            _touch(cabinet, page, f"digit-{digit}")
    cabinet.hands.wait_screen("home")

    citizen = Citizen(cabinet, cabinet.cards[0], Album(tmp_path, cabinet.hands.picture))
    citizen.ask_for_letter(Wish())
    slip = citizen.send()
    drawn = page.locator(".slip img")
    expect(drawn).to_have_count(1)
    expect(drawn).to_have_js_property("naturalWidth", Image.open(slip).width)
    width = page.evaluate("document.querySelector('.slip img').getBoundingClientRect().width")
    assert width == pytest.approx(Image.open(slip).width / 8 / 25.4 * 96, abs=1)
    _touch(cabinet, page, "finish")
    cabinet.hands.wait_screen("attract")

    page.reload()
    expect(drawn).to_have_count(1)  # earlier slips are kept


def test_a_card_lies_is_swapped_and_lifted(cabinet: Cabinet, page: Page) -> None:
    first, second = (cabinet.cards[number] for number in (0, 1))

    page.click(f"{_resident(cabinet, page, 0)} button >> text=Lay")
    expect(page.locator("#lying")).to_have_text(first.name)
    page.click(f"{_resident(cabinet, page, 1)} button >> text=Lay")
    expect(page.locator("#lying")).to_have_text(second.name)
    expect(page.locator(".resident.lies")).to_have_count(1)
    page.click("#lift")
    expect(page.locator("#lying")).to_have_text("Empty")


def test_switches_reach_the_devices_and_tell_what_is_so(cabinet: Cabinet, page: Page) -> None:
    page.click("#paper >> text=Out")
    expect(page.locator('#paper input[value="out"]')).to_be_checked()
    wait_for_event(cabinet, "printer.status", paper="out")
    page.click("#paper >> text=Full")
    page.click("#cover")
    expect(page.locator("#cover")).not_to_be_checked()
    page.click("#cover")
    expect(page.locator("#cover")).to_be_checked()

    page.click("#plugged")
    expect(page.locator("#lying")).to_have_text("Disconnected")
    page.click("#plugged")
    expect(page.locator("#lying")).to_have_text("Empty")


def test_power_is_cut_and_comes_back(cabinet: Cabinet, keeper: Keeper, page: Page) -> None:
    page.click("text=Cut the power")
    keeper.serve_one()

    expect(page.locator("#said")).to_have_text("Cut the power, and back: done")
    cabinet.hands.wait_screen("attract")


def test_what_cannot_be_done_is_told(cabinet: Cabinet, keeper: Keeper, page: Page) -> None:
    page.click("text=Start the broker")
    keeper.serve_one()

    expect(page.locator("#said")).to_have_text("mosquitto runs already")
