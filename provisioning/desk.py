"""The desk in a real browser: an officer approves, the head signs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from regency.model import Officer

_SIZE: ViewportSize = {"width": 1280, "height": 900}
_PATIENCE_MS = 30_000


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise FileNotFoundError("chromium is not installed: sh provisioning/test.sh --setup-only")
    with sync_playwright() as playwright:
        # Its sandbox cannot be had as root or in many containers; it sees our own desk only.
        opened = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield opened
        finally:
            opened.close()


class Desk:
    """Somebody at the desk. ``next_path`` says where a picture called so goes."""

    def __init__(self, browser: Browser, url: str, next_path: Callable[[str], Path]) -> None:
        self._browser = browser
        self._url = url
        self._next_path = next_path

    def approve(self, officer: Officer, request_id: str) -> None:
        """Sign in, take the request up, approve it."""
        with self._signed_in(officer) as page:
            self._shoot(page, "desk-queue")
            page.click(f'a[href$="/{request_id}"]')
            page.click("#periksa")
            page.wait_for_selector("#setujui")
            self._shoot(page, "desk-request")
            page.click("#setujui")
            page.wait_for_selector("p.notice[role=status]")
            self._shoot(page, "desk-approved")

    def sign(self, head: Officer, request_id: str, passphrase: str) -> None:
        """Sign in, sign the letter with the passphrase of the head's credentials."""
        with self._signed_in(head) as page:
            page.click(f'a[href$="/{request_id}"]')
            page.fill("#passphrase", passphrase)
            self._shoot(page, "desk-to-sign")
            page.click("#tanda-tangani")
            page.wait_for_selector("#surat")
            self._shoot(page, "desk-signed")

    def visit(self, url: str, name: str) -> str:
        """What a page says to anybody who opens ``url``, a QR code's for one."""
        page = self._browser.new_page(viewport={"width": 480, "height": 900})
        try:
            page.goto(url)
            self._shoot(page, name)
            return page.inner_text("body")
        finally:
            page.close()

    @contextmanager
    def _signed_in(self, officer: Officer) -> Iterator[Page]:
        context = self._browser.new_context(viewport=_SIZE, locale="id-ID")
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()
        try:
            page.goto(f"{self._url}/meja")
            page.fill("#username", officer.username)
            page.fill("#password", officer.password)
            page.click("#masuk")
            page.wait_for_url("**/meja")
            yield page
        except PlaywrightError:
            page.screenshot(path=self._next_path("desk-where-it-failed"), full_page=True)
            raise
        finally:
            context.close()

    def _shoot(self, page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=self._next_path(name), full_page=True)
