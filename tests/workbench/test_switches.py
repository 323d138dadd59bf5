"""Every switch of the page reaches its device, and the kiosk says so itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from provisioning.cabinet import Cabinet
from provisioning.keeper import Keeper
from provisioning.tell import tell
from tests.workbench.conftest import Journal, wait_for


def flips(page: Page, switch: str, on: bool) -> None:
    """A person flips a switch, and the device says that it is so."""
    with page.expect_response("**/do/**") as answer:
        page.click(f"#{switch}")
    assert answer.value.ok, answer.value.text()
    expect(page.locator(f"#{switch}")).to_be_checked(checked=on)


def chooses(page: Page, group: str, word: str, value: str) -> None:
    with page.expect_response("**/do/**") as answer:
        page.click(f"#{group} >> text={word}")
    assert answer.value.ok, answer.value.text()
    expect(page.locator(f'#{group} input[value="{value}"]')).to_be_checked()


def test_all_that_can_befall_the_ticket_printer(page: Page, journal: Journal) -> None:
    chooses(page, "paper", "Out", "out")
    journal.tells("printer.status", printer="roll", paper="out")
    chooses(page, "paper", "Full", "full")
    flips(page, "cover", on=False)
    journal.tells("printer.status", printer="roll", detail="coverOpen")
    flips(page, "cover", on=True)
    flips(page, "cutter", on=False)
    journal.tells("printer.status", printer="roll", detail="cutter")
    flips(page, "cutter", on=True)
    expect(page.locator("#printer-trouble")).to_have_text("open and close the cover")
    flips(page, "cover", on=False)
    flips(page, "cover", on=True)
    expect(page.locator("#printer-trouble")).to_be_hidden()
    flips(page, "heat", on=False)
    journal.tells("printer.status", printer="roll", detail="tooHot")
    flips(page, "heat", on=True)
    journal.tells("printer.status", printer="roll", status="online")


def test_the_cable_is_cut_and_the_printer_has_power(page: Page, journal: Journal) -> None:
    flips(page, "cable", on=False)
    journal.tells("printer.status", printer="roll", status="offline")
    expect(page.locator("#power")).to_be_checked()
    flips(page, "cable", on=True)
    journal.tells("printer.status", printer="roll", status="online")


@pytest.mark.long
def test_the_printer_has_no_power(page: Page, journal: Journal) -> None:
    flips(page, "power", on=False)
    journal.tells("printer.status", printer="roll", status="offline")
    expect(page.locator("#printer-trouble")).to_have_text("no power")
    expect(page.locator("#cable")).to_be_checked()
    flips(page, "power", on=True)
    journal.tells("printer.status", printer="roll", status="online")


def test_reader_and_daemon_are_two_things(page: Page, journal: Journal) -> None:
    flips(page, "plugged", on=False)
    journal.tells("card.reader", online=False)
    expect(page.locator("#lying")).to_have_text("Unplugged")
    expect(page.locator('#daemon input[value="runs"]')).to_be_checked()
    flips(page, "plugged", on=True)
    journal.tells("card.reader", online=True)

    chooses(page, "daemon", "Killed", "killed")
    journal.tells("card.reader", online=False)
    expect(page.locator("#lying")).to_have_text("pcscd is killed")
    expect(page.locator("#plugged")).to_be_checked()
    chooses(page, "daemon", "Hangs", "hangs")  # started, and stopped in its tracks
    expect(page.locator("#lying")).to_have_text("pcscd hangs")
    chooses(page, "daemon", "Runs", "runs")
    journal.tells("card.reader", online=True)
    expect(page.locator("#lying")).to_have_text("Empty")


def test_the_page_printers_tray(cabinet: Cabinet, page: Page, journal: Journal) -> None:
    chooses(page, "pages-paper", "Out", "out")
    journal.tells("printer.status", printer="page", paper="out")
    refused = tell(cabinet.page_printer_control, {"paper": "low", "power": "off"})
    assert refused == {"ok": False, "error": "the page printer has no power"}
    chooses(page, "pages-paper", "Full", "full")
    journal.tells("printer.status", printer="page", status="online")


@pytest.mark.long
def test_the_page_printer_has_no_power(page: Page, journal: Journal) -> None:
    flips(page, "pages-power", on=False)
    journal.tells("printer.status", printer="page", status="offline")
    expect(page.locator("#pages-trouble")).to_have_text("no power")
    flips(page, "pages-power", on=True)
    journal.tells("printer.status", printer="page", status="online")


@pytest.mark.long
def test_the_print_server_is_killed(page: Page, journal: Journal) -> None:
    flips(page, "pages-cups", on=False)
    journal.tells("printer.status", printer="page", status="offline")
    flips(page, "pages-cups", on=True)
    journal.tells("printer.status", printer="page", status="online")


def test_door_and_button_bring_the_technicians_screen(
    cabinet: Cabinet, page: Page, journal: Journal
) -> None:
    flips(page, "door", on=False)
    journal.tells("door.changed", open=True)
    expect(page.locator("#lamps .pattern")).to_have_text("Technician expected")
    page.click("#hold")
    journal.tells("service.pressed", long=True)
    cabinet.hands.wait_screen("technician")
    cabinet.hands.touch("leave")
    cabinet.hands.wait_screen("attract")
    flips(page, "door", on=True)
    journal.tells("door.changed", open=False)
    page.click("#press")
    journal.tells("service.pressed", long=False)
    expect(page.locator("#lamps .pattern")).to_have_text("Card please")


def test_the_mains_goes_and_comes_back(page: Page, journal: Journal) -> None:
    flips(page, "mains", on=False)
    journal.tells("power.changed", on_mains=False)
    flips(page, "mains", on=True)
    journal.tells("power.changed", on_mains=True)


def test_a_cut_network_is_no_dead_broker(cabinet: Cabinet, page: Page, journal: Journal) -> None:
    chooses(page, "line-state", "Cut", "cut")
    journal.tells("link.changed", online=False)
    expect(page.locator("#program-mosquitto")).to_be_checked()
    assert cabinet.is_up("mosquitto")
    chooses(page, "line-state", "Whole", "whole")
    journal.tells("link.changed", online=True)


def test_a_slow_and_silent_network_is_what_the_line_says(cabinet: Cabinet, page: Page) -> None:
    page.select_option("#latency", "300")
    page.select_option("#speed", "16")
    chooses(page, "line-state", "Silent", "silent")

    def slow() -> bool:
        state = tell(cabinet.line_control, {"ask": "state"})["state"]
        return (state["line"], state["latency_ms"], state["kbit_per_s"]) == ("silent", 300, 16)

    wait_for(page, "a slow and silent line", slow)
    tell(cabinet.line_control, {"line": "whole", "latency_ms": 700, "kbit_per_s": 0})
    expect(page.locator("#latency")).to_have_value("700")  # what somebody else chose is shown
    page.select_option("#latency", "0")
    expect(page.locator("#speed")).to_have_value("0")


def flips_program(page: Page, keeper: Keeper, name: str, on: bool) -> None:
    page.click(f"#program-{name}")
    keeper.serve_one()
    expect(page.locator(f"#program-{name}")).to_be_checked(checked=on)


def test_the_controller_alone_is_killed(
    cabinet: Cabinet, keeper: Keeper, page: Page, journal: Journal
) -> None:
    flips_program(page, keeper, "controller", on=False)
    cabinet.hands.wait_screen("preparing")
    expect(page.locator("#lamps")).to_contain_text("no controller works them")
    expect(page.locator("#pins-trouble")).to_have_text("no controller")
    expect(page.locator("#door")).to_be_disabled()
    expect(page.locator("#program-ui")).to_be_checked()

    flips_program(page, keeper, "controller", on=True)
    journal.tells("controller.started")
    cabinet.hands.wait_screen("attract")
    expect(page.locator("#lamps .pattern")).to_have_text("Card please")
    expect(page.locator("#door")).to_be_enabled()


def test_the_screen_alone_is_killed(
    cabinet: Cabinet, keeper: Keeper, page: Page, journal: Journal
) -> None:
    flips_program(page, keeper, "ui", on=False)
    journal.tells("screen.lost")
    expect(page.locator("#dark")).to_contain_text("No picture")
    flips_program(page, keeper, "ui", on=True)
    journal.tells("screen.connected")
    cabinet.hands.wait_screen("attract")
    expect(page.locator("#dark")).to_be_hidden()


def test_the_broker_is_killed(keeper: Keeper, page: Page, journal: Journal) -> None:
    flips_program(page, keeper, "mosquitto", on=False)
    journal.tells("link.changed", online=False)
    flips_program(page, keeper, "mosquitto", on=True)
    journal.tells("link.changed", online=True)


def test_the_regency_is_killed(cabinet: Cabinet, keeper: Keeper, page: Page) -> None:
    flips_program(page, keeper, "regency", on=False)
    flips_program(page, keeper, "regency", on=True)
    assert cabinet.is_up("regency")


def test_power_is_cut_and_comes_back(
    cabinet: Cabinet, keeper: Keeper, page: Page, journal: Journal
) -> None:
    page.click("text=Cut the power")
    keeper.serve_one()

    expect(page.locator("#said")).to_have_text("Cut the power, and back: done")
    journal.tells("controller.started")
    cabinet.hands.wait_screen("attract")


def test_what_cannot_be_done_is_told(page: Page) -> None:
    flips(page, "plugged", on=False)
    page.locator(".resident button", has_text="Lay").first.click()
    expect(page.locator("#said")).to_have_text("the reader is unplugged")
    flips(page, "plugged", on=True)
