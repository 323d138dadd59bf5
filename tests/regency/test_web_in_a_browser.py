"""The pages in Debian's Chromium, on a phone and on a desk."""

from __future__ import annotations

import shutil
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from tests.regency.web_office import PASSPHRASE, PASSWORD, Office

_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LONG_NAME = "I GUSTI NGURAH AGUNG WIJAYAKUSUMANINGRATPRAWIRADIPURA " * 2
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture
def served(tmp_path):
    """An office and its address."""
    with Office(tmp_path) as office, socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(office.app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [wire]})
        thread.start()
        try:
            yield office, f"http://127.0.0.1:{wire.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGS)
        yield browser
        browser.close()


def open_page(chromium, size):
    """A page, and what its console complains of (what the policy forbids, for one)."""
    page = chromium.new_context(viewport=size, locale="id-ID").new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def sign_in(page, url, username):
    page.goto(f"{url}/meja")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("#masuk")
    page.wait_for_url("**/meja")


def width(page):
    page.wait_for_load_state("load")
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_is_wider_than_the_screen(served, chromium, size):
    office, url = served
    office.rename(LONG_NAME)
    waiting = office.ask(nama_usaha="W" * 60)
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright's loop runs here, signing wants its own
        ready = elsewhere.submit(office.signed).result()
    token = office.store.letter(ready).token
    page, complaints = open_page(chromium, size)
    for path in ("/", "/lacak", f"/lacak/{office.claim(ready)}", f"/v/{token}", "/masuk"):
        page.goto(url + path)
        assert width(page) == size["width"], path
    sign_in(page, url, "petugas")
    for path in ("", "?keadaan=semua", f"/permohonan/{waiting}", f"/permohonan/{ready}"):
        page.goto(f"{url}/meja{path}")
        assert width(page) == size["width"], path
    assert complaints == []


def test_a_letter_is_approved_and_signed_on_a_phone(served, chromium):
    office, url = served
    request_id = office.ask()
    page, complaints = open_page(chromium, PHONE)
    sign_in(page, url, "petugas")
    page.click(f'a[href$="/{request_id}"]')
    page.click("#periksa")
    page.wait_for_selector("#setujui")
    page.wait_for_load_state("load")
    assert page.locator("img.letter").evaluate("picture => picture.naturalWidth") > 800
    page.click("#setujui")
    page.wait_for_selector("p.notice[role=status]")
    page.click("#keluar")
    page.wait_for_url("**/masuk")

    sign_in(page, url, "kades")
    page.click(f'a[href$="/{request_id}"]')
    page.fill("#passphrase", PASSPHRASE)
    page.click("#tanda-tangani")
    page.wait_for_selector("#surat")
    assert page.inner_text("#keadaan") == "Siap diambil"
    assert complaints == []


def test_sending_back_wants_a_note(served, chromium):
    office, url = served
    request_id = office.ask()
    page, _ = open_page(chromium, PHONE)
    sign_in(page, url, "petugas")
    page.goto(f"{url}/meja/permohonan/{request_id}")
    page.click("summary >> text=Kembalikan")
    page.fill("#note", "Foto KK belum jelas.")
    page.click("#kembalikan")
    page.wait_for_selector("p.notice[role=status]")
    assert "Foto KK belum jelas." in page.inner_text(".history")
