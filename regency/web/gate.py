"""Signing in and out, and what each page of the desk asks first."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from regency.store import OfficerRow, Store
from regency.web.limits import Limiter, address_of
from regency.web.pages import Pages, csrf_token
from regency.web.sessions import Passwords, Sessions

_LONGEST_INPUT = 200


class NotSignedInError(Exception):
    """The page is for officers: sign in first."""


class ForgedFormError(Exception):
    """The form did not bring its token: another site may have sent it, or it is too old."""


@dataclass(frozen=True)
class Guesses:
    """How many wrong passwords: for one name from one address, and from one address."""

    name: Limiter
    address: Limiter

    @staticmethod
    def usual() -> Guesses:
        """Five for a name, thirty for an address, in five minutes."""
        return Guesses(Limiter(5, 300), Limiter(30, 300))


class Gate:
    """Who is at the desk."""

    def __init__(self, store: Store, pages: Pages, sessions: Sessions, guesses: Guesses) -> None:
        self._store = store
        self._pages = pages
        self._sessions = sessions
        self._guesses = guesses
        self._passwords = Passwords()
        self.router = APIRouter()
        self.router.add_api_route("/masuk", self.show, methods=["GET"])
        self.router.add_api_route("/masuk", self.enter, methods=["POST"])
        self.router.add_api_route("/keluar", self.leave, methods=["POST"])

    def officer(self, request: Request) -> OfficerRow:
        """Who asks; raises NotSignedInError. Read anew each time, so that a change counts."""
        username = self._sessions.username(str(request.session.get("sid", "")))
        officer = self._store.officer(username) if username else None
        if officer is None:
            raise NotSignedInError
        return officer

    def check_form(self, request: Request, csrf: str) -> None:
        """Raises ForgedFormError unless the form came from our own page in this browser."""
        token = request.session.get("csrf")
        if not isinstance(token, str) or not hmac.compare_digest(token.encode(), csrf.encode()):
            raise ForgedFormError

    def show(self, request: Request) -> Response:
        """GET /masuk."""
        try:
            self.officer(request)
        except NotSignedInError:
            return self._form(request)
        return RedirectResponse("/meja", 303)

    def enter(
        self,
        request: Request,
        username: str = Form(""),
        password: str = Form(""),
        csrf: str = Form(""),
    ) -> Response:
        """POST /masuk."""
        self.check_form(request, csrf)
        username = username.strip()[:_LONGEST_INPUT]
        address = address_of(request)
        name = f"{address} {username.casefold()}"
        wait = max(self._guesses.name.take(name), self._guesses.address.take(address))
        if wait:
            return self._wait(request, username, wait)
        officer = self._store.officer(username)
        known = officer.password_hash if officer else None
        if officer is None or not self._passwords.right(known, password[:_LONGEST_INPUT]):
            return self._form(request, "Nama pengguna atau kata sandi salah.", username, 401)
        self._guesses.name.forget(name)
        self._guesses.address.give_back(address)
        self._begin(request, officer.username)
        return RedirectResponse("/meja", 303)

    def leave(self, request: Request, csrf: str = Form("")) -> Response:
        """POST /keluar."""
        self.check_form(request, csrf)
        self._sessions.close(str(request.session.get("sid", "")))
        request.session.clear()
        return RedirectResponse("/masuk", 303)

    def _begin(self, request: Request, username: str) -> None:
        """Nothing of the session before signing in lives on (session fixation)."""
        self._sessions.close(str(request.session.get("sid", "")))
        request.session.clear()
        request.session["sid"] = self._sessions.open(username)

    def _wait(self, request: Request, username: str, seconds: int) -> Response:
        minutes = -(-seconds // 60)
        sentence = f"Terlalu banyak percobaan. Tunggu {minutes} menit, lalu coba lagi."
        answer = self._form(request, sentence, username, 429)
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def _form(
        self, request: Request, sentence: str = "", username: str = "", status: int = 200
    ) -> Response:
        return self._pages.show(
            request,
            "sign-in",
            status,
            csrf=csrf_token(request),
            sentence=sentence,
            username=username,
        )
