"""The officers' desk: the queue of their village, and a request with all that can be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from firmware.core.letters import Catalogue
from firmware.core.request import PROFILE_LABELS, RequestState
from regency.letters_down import title_of
from regency.model import SIGNED, Role
from regency.store import LetterRow, OfficerRow, RequestRow, Store
from regency.web import words
from regency.web.gate import Gate
from regency.web.pages import Pages, csrf_token, pdf_answer
from regency.web.picture import pdf_picture
from regency.workflow import MOVES, Done, Refused, Workflow

PAGE_ROWS = 50
_ONE = "/meja/permohonan/{id}"

_MINE: dict[Role, frozenset[RequestState]] = {
    "officer": frozenset({RequestState.RECEIVED, RequestState.UNDER_REVIEW}),
    "head": frozenset({RequestState.AWAITING_SIGNATURE}),
}
"""What waits for whom."""

_SHOWN = (
    RequestState.RECEIVED,
    RequestState.UNDER_REVIEW,
    RequestState.INCOMPLETE,
    RequestState.AWAITING_SIGNATURE,
    RequestState.READY,
    RequestState.COLLECTED,
    RequestState.REJECTED,
)
"""States with a tally on the queue's page, in the order of a request's life."""

_OVER = frozenset({*SIGNED, RequestState.REJECTED, RequestState.CANCELLED})

_ACTIONS = {
    "periksa": "examine",
    "setujui": "approve",
    "kembalikan": "send_back",
    "tolak": "reject",
    "tanda-tangani": "sign",
}
"""The word in a form's address, and the workflow's move."""

_DONE = {
    "periksa": "Permohonan ini sedang Anda periksa.",
    "setujui": "Disetujui. Surat menunggu tanda tangan.",
    "kembalikan": "Permohonan dikembalikan kepada warga.",
    "tolak": "Permohonan ditolak.",
    "tanda-tangani": "Surat sudah ditandatangani dan siap diambil di anjungan.",
}


@dataclass(frozen=True)
class _Line:
    """A line of the queue."""

    row: RequestRow
    title: str
    name: str
    age: str


class Desk:
    """Pages under /meja. Each asks the gate who it is, and shows that village alone."""

    def __init__(
        self, store: Store, workflow: Workflow, catalogue: Catalogue, pages: Pages, gate: Gate
    ) -> None:
        self._store = store
        self._workflow = workflow
        self._catalogue = catalogue
        self._pages = pages
        self._gate = gate
        self.router = APIRouter()
        add = self.router.add_api_route
        add("/meja", self.queue, methods=["GET"])
        add(_ONE, self.one, methods=["GET"])
        add(_ONE + "/pratinjau.png", self.picture, methods=["GET"])
        add(_ONE + "/surat.pdf", self.letter, methods=["GET"])
        add(_ONE + "/periksa", self.examine, methods=["POST"])
        add(_ONE + "/setujui", self.approve, methods=["POST"])
        add(_ONE + "/kembalikan", self.send_back, methods=["POST"])
        add(_ONE + "/tolak", self.reject, methods=["POST"])
        add(_ONE + "/tanda-tangani", self.sign, methods=["POST"])

    # ---------------------------------------------------------------- looking

    def queue(self, request: Request, keadaan: str = "", halaman: int = 1) -> Response:
        """GET /meja: ``keadaan`` is a state's value, ``semua``, or empty: what waits for me."""
        officer = self._gate.officer(request)
        states = _states(keadaan, officer.role)
        rows = self._store.queue(officer.village, states)
        if states and states <= _OVER:
            rows = rows[::-1]  # of what is over, the latest is looked for
        last = max(1, -(-len(rows) // PAGE_ROWS))
        page = min(max(1, halaman), last)
        return self._pages.show(
            request,
            "queue",
            officer=officer,
            village=self._store.village(officer.village),
            csrf=csrf_token(request),
            tallies=self._tallies(officer),
            mine=sum(self._store.village_counts(officer.village).get(s, 0) for s in _mine(officer)),
            chosen=keadaan if states is not None and keadaan else ("semua" if not states else ""),
            lines=self._lines(rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
            page=page,
            last=last,
        )

    def one(self, request: Request, id: str, selesai: str = "") -> Response:
        """GET: a request. ``selesai`` names what was just done."""
        officer, row = self._find(request, id)
        return self._show(request, officer, row, notice=_DONE.get(selesai, ""))

    def picture(self, request: Request, id: str) -> Response:
        """GET: the letter as it is, or as it would be."""
        _, row = self._find(request, id)
        letter = self._signed(row)
        if letter is None and not self._can_preview(row):
            raise HTTPException(404)
        picture = (
            pdf_picture(letter.pdf)
            if letter
            else pdf_picture(self._workflow.preview(row.id), "BELUM DITANDATANGANI")
        )
        return Response(picture, media_type="image/png")

    def letter(self, request: Request, id: str) -> Response:
        """GET: the signed letter."""
        _, row = self._find(request, id)
        letter = self._signed(row)
        if letter is None:
            raise HTTPException(404)
        return pdf_answer(letter.pdf, words.file_name(self._title(row), row.number))

    # ---------------------------------------------------------------- doing

    def examine(self, request: Request, id: str, csrf: str = Form("")) -> Response:
        """POST: an officer takes it up."""
        return self._do(request, id, csrf, "periksa", self._workflow.examine)

    def approve(self, request: Request, id: str, csrf: str = Form("")) -> Response:
        """POST: on to the head."""
        return self._do(request, id, csrf, "setujui", self._workflow.approve)

    def send_back(
        self, request: Request, id: str, note: str = Form(""), csrf: str = Form("")
    ) -> Response:
        """POST: back to the citizen."""
        return self._do(
            request,
            id,
            csrf,
            "kembalikan",
            lambda key, officer: self._workflow.send_back(key, officer, note),
        )

    def reject(
        self, request: Request, id: str, reason: str = Form(""), csrf: str = Form("")
    ) -> Response:
        """POST: refuse it."""
        return self._do(
            request,
            id,
            csrf,
            "tolak",
            lambda key, officer: self._workflow.reject(key, officer, reason),
        )

    def sign(
        self, request: Request, id: str, passphrase: str = Form(""), csrf: str = Form("")
    ) -> Response:
        """POST: the head signs. A plain function, since signing runs an event loop of its own."""
        return self._do(
            request,
            id,
            csrf,
            "tanda-tangani",
            lambda key, officer: self._workflow.sign(key, officer, passphrase),
        )

    def _do(
        self,
        request: Request,
        id: str,
        csrf: str,
        name: str,
        act: Callable[[str, OfficerRow], Done | Refused],
    ) -> Response:
        officer, row = self._find(request, id)
        self._gate.check_form(request, csrf)
        answer = act(row.id, officer)
        if isinstance(answer, Refused):
            now = self._store.request(row.id) or row
            return self._show(request, officer, now, 409, refused=answer.sentence)
        return RedirectResponse(f"/meja/permohonan/{row.id}?selesai={name}", 303)

    # ---------------------------------------------------------------- parts

    def _find(self, request: Request, id: str) -> tuple[OfficerRow, RequestRow]:
        """The officer and the request; 404 for another village's, as if there were none."""
        officer = self._gate.officer(request)
        row = self._store.request(id)
        if row is None or row.village != officer.village:
            raise HTTPException(404)
        return officer, row

    def _show(
        self,
        request: Request,
        officer: OfficerRow,
        row: RequestRow,
        status: int = 200,
        notice: str = "",
        refused: str = "",
    ) -> Response:
        profile = self._store.resident(row.nik)
        return self._pages.show(
            request,
            "request",
            status,
            officer=officer,
            village=self._store.village(row.village),
            csrf=csrf_token(request),
            row=row,
            title=self._title(row),
            person=[(str(label), getattr(profile, name)) for name, label in PROFILE_LABELS.items()]
            if profile
            else [],
            answers=self._answers(row),
            history=self._store.history(row.id),
            prints=self._store.collected(row.id),
            signed=self._signed(row),
            has_picture=row.state in SIGNED or self._can_preview(row),
            actions=_actions(officer, row),
            notice=notice,
            refused=refused,
        )

    def _signed(self, row: RequestRow) -> LetterRow | None:
        return self._store.letter(row.id) if row.state in SIGNED else None

    def _can_preview(self, row: RequestRow) -> bool:
        known = self._catalogue.get(row.letter_type) is not None
        return known and self._store.resident(row.nik) is not None

    def _lines(self, rows: list[RequestRow]) -> list[_Line]:
        now = datetime.now(UTC)
        profiles = ((row, self._store.resident(row.nik)) for row in rows)
        return [
            _Line(
                row,
                self._title(row),
                profile.nama if profile else "Warga tidak dikenal",
                words.age(row.received_at, now),
            )
            for row, profile in profiles
        ]

    def _tallies(self, officer: OfficerRow) -> list[tuple[RequestState, int]]:
        counts = self._store.village_counts(officer.village)
        return [(state, counts.get(state, 0)) for state in _SHOWN]

    def _title(self, row: RequestRow) -> str:
        return title_of(self._catalogue, row.letter_type)

    def _answers(self, row: RequestRow) -> list[tuple[str, str]]:
        letter = self._catalogue.get(row.letter_type)
        labels = {field.name: field.label for field in letter.fields} if letter else {}
        return [(labels.get(name, name), value) for name, value in row.answers.items()]


def _mine(officer: OfficerRow) -> frozenset[RequestState]:
    return _MINE[officer.role]


def _actions(officer: OfficerRow, row: RequestRow) -> list[str]:
    """Which buttons are offered: what the workflow would let this officer do now."""
    moves = ((word, MOVES[name]) for word, name in _ACTIONS.items())
    return [word for word, move in moves if move.role == officer.role and row.state in move.sources]


def _states(chosen: str, role: Role) -> set[RequestState] | None:
    """None is all; what is not a state is as if nothing were chosen."""
    if chosen == "semua":
        return None
    known = {state for state in _SHOWN if state.value == chosen}
    return known or set(_MINE[role])
