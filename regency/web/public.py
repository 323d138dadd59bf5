"""Pages for everybody: the front, the look-up by claim code, a letter's verification."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from firmware.core.claim import read_claim_code, show_claim_code
from firmware.core.letters import Catalogue
from regency.letters_down import UNNAMED, title_of
from regency.model import SIGNED, initials
from regency.store import RequestRow, Store
from regency.web import words
from regency.web.limits import Limiter, address_of
from regency.web.pages import Pages, pdf_answer

_BAD_CODE = "Kode itu belum benar. Periksa lagi sepuluh huruf dan angka pada tiket."
_UNKNOWN_CODE = (
    "Permohonan dengan kode itu belum ada di sini. Kalau tiketnya baru, coba lagi nanti: "
    "anjungan mengirimnya begitu jaringan tersambung."
)


@dataclass(frozen=True)
class _Found:
    row: RequestRow
    code: str


class PublicPages:
    """No cookie, no sign-in. Wrong codes count for the address that tries them."""

    def __init__(self, store: Store, catalogue: Catalogue, pages: Pages, guesses: Limiter) -> None:
        self._store = store
        self._catalogue = catalogue
        self._pages = pages
        self._guesses = guesses
        self.router = APIRouter()
        add = self.router.add_api_route
        add("/", self.front, methods=["GET", "HEAD"])
        add("/lacak", self.ask, methods=["GET"])
        add("/lacak/{claim}", self.track, methods=["GET"])
        add("/lacak/{claim}/surat.pdf", self.letter, methods=["GET"])
        add("/v/{token}", self.verify, methods=["GET"])

    def front(self, request: Request) -> Response:
        """GET /."""
        return self._pages.show(request, "front")

    def ask(self, request: Request, kode: str = "") -> Response:
        """GET /lacak: the form, or on to the page of ``kode``."""
        if not kode.strip():
            return self._form(request)
        code = read_claim_code(kode)
        if code is None:
            return self._form(request, _BAD_CODE, kode, 400)
        return RedirectResponse(f"/lacak/{code}", 303)

    def track(self, request: Request, claim: str) -> Response:
        """GET: the request's state, and nothing of the person."""
        found = self._find(request, claim)
        if isinstance(found, Response):
            return found
        village = self._store.village(found.row.village)
        return self._pages.show(
            request,
            "track",
            title=self._title(found.row),
            row=found.row,
            code=show_claim_code(found.code),
            path=f"/lacak/{found.code}/surat.pdf",
            words=words.citizen_words(found.row.state, village.kind if village else "Desa"),
            steps=words.STEPS,
            done=words.steps_done(found.row.state),
            has_letter=found.row.state in SIGNED,
        )

    def letter(self, request: Request, claim: str) -> Response:
        """GET: the signed letter; whoever has the ticket may have it."""
        found = self._find(request, claim)
        if isinstance(found, Response):
            return found
        letter = self._store.letter(found.row.id) if found.row.state in SIGNED else None
        if letter is None:
            return self._pages.trouble(
                request, 404, "Surat belum siap", "Surat ini belum ditandatangani. Coba lagi nanti."
            )
        return pdf_answer(letter.pdf, words.file_name(self._title(found.row), found.row.number))

    def verify(self, request: Request, token: str) -> Response:
        """GET: what the QR code on a letter leads to."""
        wait = self._guesses.take(address_of(request))
        if wait:
            return self._wait(request, wait)
        letter = self._store.letter_by_token(read_claim_code(token) or token)
        row = self._store.request(letter.request_id) if letter else None
        if letter is None or row is None:
            return self._pages.show(request, "verify-unknown", 404)
        self._guesses.give_back(address_of(request))
        profile = self._store.resident(row.nik)
        return self._pages.show(
            request,
            "verify",
            letter=letter,
            title=self._title(row),
            village=self._store.village(row.village),
            initials=initials(profile.nama) if profile else "–",
        )

    def _find(self, request: Request, claim: str) -> _Found | Response:
        """The request, or the page that says why there is none. A code that is right does
        not count; one with a wrong check character tells a guesser nothing.
        """
        code = read_claim_code(claim)
        if code is None:
            return self._form(request, _BAD_CODE, "", 404)
        address = address_of(request)
        wait = self._guesses.take(address)
        if wait:
            return self._wait(request, wait)
        row = self._store.request_by_claim(code)
        if row is None:
            return self._form(request, _UNKNOWN_CODE, show_claim_code(code), 404)
        self._guesses.give_back(address)
        return _Found(row, code)

    def _wait(self, request: Request, seconds: int) -> Response:
        answer = self._pages.trouble(
            request,
            429,
            "Tunggu sebentar",
            f"Terlalu banyak percobaan. Coba lagi {-(-seconds // 60)} menit lagi.",
        )
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def _form(
        self, request: Request, sentence: str = "", code: str = "", status: int = 200
    ) -> Response:
        return self._pages.show(request, "track-form", status, sentence=sentence, code=code[:20])

    def _title(self, row: RequestRow) -> str:
        return title_of(self._catalogue, row.letter_type, UNNAMED)
