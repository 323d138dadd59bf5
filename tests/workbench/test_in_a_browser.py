"""A visit from the workbench's page: real reader, screen, printer, controller, Chromium."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from provisioning.cabinet import Cabinet
from provisioning.visit import Album, Citizen, Wish
from tests.workbench.conftest import wait_for

_LIVE = """() => {
  const live = document.getElementById("live"), canvas = document.createElement("canvas");
  canvas.width = live.naturalWidth; canvas.height = live.naturalHeight;
  canvas.getContext("2d").drawImage(live, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}"""


def _picture_on(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(page.evaluate(_LIVE)))).convert("RGB")


def _wait_same_picture(cabinet: Cabinet, page: Page, path: Path) -> None:
    """Until the page shows what the screen shows."""

    def same() -> bool:
        cabinet.hands.picture(path)
        return _picture_on(page).tobytes() == Image.open(path).convert("RGB").tobytes()

    wait_for(page, "the page to show what the screen shows", same)


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


def _go_home(cabinet: Cabinet, page: Page) -> None:
    """End the visit, on whatever screen it is."""

    def is_home() -> bool:
        sight = cabinet.hands.look()
        found = sight.get("finish")
        if found is not None and cabinet.display is not None:
            cabinet.display.touch(found.x + found.width / 2, found.y + found.height / 2)
        return sight.screen == "attract"

    wait_for(page, "the end of the visit", is_home)


def _resident(cabinet: Cabinet, page: Page, number: int) -> str:
    return f'.resident[data-uid="{cabinet.cards[number].uid}"]'


def test_a_visit_from_tap_to_ticket(cabinet: Cabinet, page: Page, tmp_path: Path) -> None:
    expect(page.locator(".resident")).to_have_count(len(cabinet.cards))
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
    cabinet.hands.wait_screen("pin")
    page.click(f"{_resident(cabinet, page, 1)} button >> text=Lay")
    expect(page.locator("#lying")).to_have_text(second.name)
    expect(page.locator(".resident.lies")).to_have_count(1)
    page.click("#lift")
    expect(page.locator("#lying")).to_have_text("Empty")
    _go_home(cabinet, page)
