"""The web application, put together."""

from __future__ import annotations

import logging
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from regency.letters import load_catalogue
from regency.store import Store
from regency.web.desk import Desk
from regency.web.gate import ForgedFormError, Gate, Guesses, NotSignedInError
from regency.web.limits import Limiter
from regency.web.pages import FOLDER, Pages
from regency.web.public import PublicPages
from regency.web.sessions import Sessions
from regency.web.shell import Shell, security_headers
from regency.workflow import Workflow

_log = logging.getLogger(__name__)
_SENTENCES = {
    404: ("Halaman tidak ada", "Halaman ini tidak ada, atau bukan untuk Anda."),
    405: ("Tidak bisa begitu", "Halaman ini tidak dapat dibuka dengan cara itu."),
}
_BROKEN = (
    '<!doctype html><html lang="id"><meta charset="utf-8"><title>Gangguan</title>'
    "<h1>Ada gangguan</h1><p>Coba lagi sebentar. Tidak ada yang hilang.</p></html>"
)


class WebConfig(Protocol):
    """What the pages need of the configuration."""

    @property
    def public_url(self) -> str:
        """Where people reach it; https makes cookies secure."""

    @property
    def session_secret(self) -> str:
        """Signs the cookie."""


def make_app(config: WebConfig, store: Store, workflow: Workflow) -> FastAPI:
    """All pages. One process only: sessions and counts of guesses are kept in memory."""
    https = config.public_url.startswith("https:")
    pages = Pages()
    gate = Gate(store, pages, Sessions(), Guesses.usual())
    catalogue = load_catalogue()
    public = PublicPages(store, catalogue, pages, Limiter(20, 300))
    desk = Desk(store, workflow, catalogue, pages, gate)

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, title="Anjungan")
    for router in (gate.router, desk.router, public.router):
        app.include_router(router)
    app.add_api_route("/api/health", _health, methods=["GET", "HEAD"])
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    _add_troubles(app, pages, https)
    app.add_middleware(
        SessionMiddleware,
        secret_key=config.session_secret,
        session_cookie="anjungan",
        max_age=None,
        same_site="lax",
        https_only=https,
    )
    app.add_middleware(Shell, https=https)
    return app


def _health() -> dict[str, str]:
    """GET /api/health."""
    return {"status": "ok"}


def _add_troubles(app: FastAPI, pages: Pages, https: bool) -> None:
    """Pages instead of exceptions; none repeats what was sent."""

    def sign_in(request: Request, error: Exception) -> Response:
        return RedirectResponse("/masuk", 303)

    def forged(request: Request, error: Exception) -> Response:
        return pages.trouble(
            request,
            403,
            "Formulir sudah lama",
            "Formulir ini tidak berlaku lagi. Buka lagi halamannya, lalu ulangi.",
        )

    def unreadable(request: Request, error: Exception) -> Response:
        return pages.trouble(request, 400, "Tidak terbaca", "Isian tidak dapat dibaca.")

    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        title, sentence = _SENTENCES.get(status, ("Tidak bisa", "Permintaan tidak dapat dipenuhi."))
        return pages.trouble(request, status, title, sentence)

    def broken(request: Request, error: Exception) -> Response:
        _log.error("a page failed: %s", type(error).__name__)
        return HTMLResponse(_BROKEN, 500, headers=security_headers(https))

    app.add_exception_handler(NotSignedInError, sign_in)
    app.add_exception_handler(ForgedFormError, forged)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, broken)
