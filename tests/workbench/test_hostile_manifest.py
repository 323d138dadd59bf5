"""What a manifest says is shown as text, whatever it is."""

from __future__ import annotations

import threading

from playwright.sync_api import Browser, expect

from hw.virtual.ipp_control import PageCondition, changed
from hw.workbench.cabinet import Bench
from hw.workbench.manifest import Card, Command, Manifest, Program, Programs, Reader
from hw.workbench.server import WorkbenchServer

EVIL = '"><img src=x onerror=document.title="taken"><b>'


def test_labels_and_ids_are_text(chromium: Browser) -> None:
    manifest = Manifest(
        EVIL,
        reader=Reader("/nowhere/card.sock"),
        programs=Programs("/nowhere/keeper.sock", (Program(EVIL, EVIL), Program("list", "L"))),
        cards=(Card("04", EVIL, EVIL),),
        commands=(Command(EVIL, EVIL, ("true",)),),
    )
    server = WorkbenchServer(Bench(manifest))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    page = chromium.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.url)

    expect(page.locator("#title")).to_have_text(EVIL, timeout=60_000)
    expect(page.locator(".resident b")).to_have_text(EVIL)
    expect(page.locator("#kept-programs .switch")).to_have_text([EVIL, "L"])
    page.locator("#command-list button").click()
    expect(page.locator("#said")).to_have_text(f"{EVIL}: done", timeout=60_000)
    expect(page.locator("#pad.gone")).to_contain_text("card.sock does not answer", timeout=60_000)
    assert page.locator("main img[src=x], header img").count() == 0
    assert page.title() == f"{EVIL} · Workbench"
    assert errors == []

    page.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_no_page_printer_can_do_is_refused() -> None:
    bad: list[tuple[str, object]] = [
        ("paper", "some"),
        ("paper", None),
        ("media", "a3"),
        ("toner", 101),
        ("toner", -1),
        ("toner", True),
        ("trouble", "fire"),
        ("power", True),
        ("cups", "frozen"),
        ("ask", "all"),
        ("folder", "/"),
    ]

    def is_refused(key: str, value: object) -> bool:
        try:
            changed(PageCondition(), key, value)
        except ValueError:
            return True
        return False

    assert [wish for wish in bad if not is_refused(*wish)] == []
    assert changed(PageCondition(), "toner", 0).toner == 0
