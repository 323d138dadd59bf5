"""A request's life at the regency, as a table, and the hands that move it on.

Who may do what is checked here, not at the door: an officer of one village touches nothing of
another's. Expected trouble is ``Refused``, with a sentence for the desk.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, insert, select, update

from firmware.core import wire
from firmware.core.claim import RANDOM_BITS, make_claim_code, show_claim_code
from firmware.core.letters import Catalogue, LetterType
from firmware.core.request import STATE_WORDS, Profile, RequestState
from regency import tables as t
from regency.database import transact
from regency.journal import note_event, now_text, tell_state
from regency.letters_down import receivers, send_letter
from regency.model import Role, Village
from regency.signing import Signer, SigningTrouble, load_signer
from regency.store import REQUEST_COLUMNS, OfficerRow, RequestRow, Store, request_row
from regency.typeset import LetterContent, Typesetter

S = RequestState


@dataclass(frozen=True, slots=True)
class Move:
    """From which states, to which one, by whom."""

    sources: frozenset[RequestState]
    target: RequestState
    role: Role


MOVES: dict[str, Move] = {
    "examine": Move(frozenset({S.RECEIVED}), S.UNDER_REVIEW, "officer"),
    "approve": Move(frozenset({S.UNDER_REVIEW}), S.AWAITING_SIGNATURE, "officer"),
    "send_back": Move(frozenset({S.RECEIVED, S.UNDER_REVIEW}), S.INCOMPLETE, "officer"),
    "reject": Move(frozenset({S.RECEIVED, S.UNDER_REVIEW}), S.REJECTED, "officer"),
    "sign": Move(frozenset({S.AWAITING_SIGNATURE}), S.READY, "head"),
}
"""What can be done. Collecting is not here: only a kiosk says that (``regency.intake``)."""


@dataclass(frozen=True, slots=True)
class Done:
    """It is so now."""

    request: RequestRow


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done; ``sentence`` says why and what to do, in Indonesian."""

    sentence: str


Result = Done | Refused

_NOT_FOUND = Refused("Permohonan ini tidak ada.")
_NOTE_NEEDED = Refused("Tulis alasannya, supaya pemohon tahu apa yang harus diperbaiki.")
_NO_SUCH_LETTER = Refused("Jenis surat ini tidak tersedia lagi. Hubungi pengelola sistem.")
_LONGEST_NOTE = 500


class Workflow:
    """Moves requests on. ``notify`` is told of each kiosk for which a message was queued."""

    def __init__(
        self,
        store: Store,
        typesetter: Typesetter,
        catalogue: Catalogue,
        credentials: Path,
        public_url: str,
        notify: Callable[[str], None],
    ) -> None:
        self._store = store
        self._typesetter = typesetter
        self._catalogue = catalogue
        self._credentials = credentials
        self._public_url = public_url
        self._notify = notify

    def examine(self, request_id: str, officer: OfficerRow) -> Result:
        """Somebody looks at it."""
        return self._move("examine", request_id, officer, "")

    def approve(self, request_id: str, officer: OfficerRow) -> Result:
        """It is in order; the head may sign."""
        return self._move("approve", request_id, officer, "")

    def send_back(self, request_id: str, officer: OfficerRow, note: str) -> Result:
        """Something is missing; ``note`` tells the citizen what."""
        return self._move_with_note("send_back", request_id, officer, note)

    def reject(self, request_id: str, officer: OfficerRow, reason: str) -> Result:
        """It cannot be done; ``reason`` tells the citizen why."""
        return self._move_with_note("reject", request_id, officer, reason)

    def _move_with_note(self, name: str, request_id: str, officer: OfficerRow, note: str) -> Result:
        note = " ".join(note.split())[:_LONGEST_NOTE]
        return self._move(name, request_id, officer, note) if note else _NOTE_NEEDED

    def _move(self, name: str, request_id: str, officer: OfficerRow, note: str) -> Result:
        def move(db: Connection) -> RequestRow | Refused:
            request = _locked(db, request_id)
            refused = _may(MOVES[name], request, officer)
            if refused is not None or request is None:
                return refused or _NOT_FOUND
            _advance(db, request, MOVES[name].target, officer.name, note)
            tell_state(db, request.kiosk, request.id, MOVES[name].target)
            return request

        return self._tell(transact(self._store.engine, move))

    def _tell(self, moved: RequestRow | Refused) -> Result:
        """It is committed: what waits for the kiosk may go."""
        if isinstance(moved, Refused):
            return moved
        self._notify(moved.kiosk)
        return self._done(moved.id)

    def _done(self, request_id: str) -> Result:
        request = self._store.request(request_id)
        return Done(request) if request else _NOT_FOUND

    # ------------------------------------------------------------ letters

    def preview(self, request_id: str) -> bytes:
        """The letter as it would be, a PDF without number or signature. KeyError for an id,
        resident or letter type that is not there.
        """
        request = self._store.request(request_id)
        profile = self._store.resident(request.nik) if request else None
        village = self._store.village(request.village) if request else None
        letter = self._catalogue.get(request.letter_type) if request else None
        if request is None or profile is None or village is None or letter is None:
            raise KeyError("nothing to preview")
        number = "— belum bernomor —"
        return self._typesetter.pdf(
            LetterContent(
                letter,
                number,
                village,
                profile,
                request.answers,
                date.today(),
                self._public_url,
                request.number,
            )
        )

    def sign(self, request_id: str, officer: OfficerRow, passphrase: str) -> Result:
        """Number, typeset and sign a letter, and send it down: all of it or nothing.

        The passphrase is tried before anything else. The request is taken, checked again and
        numbered in one transaction, so that two clicks or two heads give one number.
        """
        request = self._store.request(request_id)
        refused = _may(MOVES["sign"], request, officer)
        if refused is not None or request is None:
            return refused or _NOT_FOUND
        if self._catalogue.get(request.letter_type) is None:
            return _NO_SUCH_LETTER
        signer = load_signer(self._credentials / f"{officer.village}.p12", passphrase)
        if isinstance(signer, SigningTrouble):
            return Refused(signer.sentence)

        def sign(db: Connection) -> RequestRow | Refused:
            locked = _locked(db, request_id)
            refused = _may(MOVES["sign"], locked, officer)
            if refused is not None or locked is None:
                return refused or _NOT_FOUND
            self._sign_locked(db, locked, officer, signer)
            return locked

        return self._tell(transact(self._store.engine, sign))

    def _sign_locked(
        self, db: Connection, request: RequestRow, officer: OfficerRow, signer: Signer
    ) -> None:
        letter = self._catalogue.get(request.letter_type)
        assert letter is not None  # looked at before the passphrase
        village, profile = _village(db, request.village), _profile(db, request.nik)
        today = datetime.now().astimezone().date()
        number = letter_number(
            letter, _next_number(db, request.village, today.year), village, today
        )
        token = make_claim_code(secrets.randbits(RANDOM_BITS))
        content = LetterContent(
            letter,
            number,
            village,
            profile,
            request.answers,
            today,
            f"{self._public_url}/v/{show_claim_code(token)}",
            request.number,
        )
        pdf = signer.sign(self._typesetter.pdf(content), village.name, letter.title)
        roll = self._typesetter.roll(content)
        db.execute(
            insert(t.letters).values(
                request_id=request.id,
                number=number,
                token=token,
                pdf=pdf,
                roll=roll,
                signed_at=now_text(),
                signer=signer.name,
            )
        )
        _advance(db, request, S.READY, officer.name, f"Nomor {number}")
        signed = wire.SignedLetter(request.id, letter.id, letter.title, number, pdf, roll)
        _send_letter(db, request, signed)


def letter_number(letter: LetterType, sequence: int, village: Village, day: date) -> str:
    """Letter code / sequence / village code / Roman month / year."""
    return f"{letter.code}/{sequence:03d}/{village.code}/{ROMAN_MONTHS[day.month - 1]}/{day.year}"


ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def _may(move: Move, request: RequestRow | None, officer: OfficerRow) -> Refused | None:
    """Why this officer may not make this move; None when they may."""
    if request is None or request.village != officer.village:
        return _NOT_FOUND
    if officer.role != move.role:
        who = "kepala desa" if move.role == "head" else "petugas"
        return Refused(f"Hanya {who} yang dapat melakukan ini.")
    if request.state not in move.sources:
        return Refused(
            f"Sudah tidak bisa: permohonan ini {str(STATE_WORDS[request.state]).lower()}."
        )
    return None


def _locked(db: Connection, request_id: str) -> RequestRow | None:
    query = REQUEST_COLUMNS.where(t.requests.c.id == request_id)
    row = db.execute(query.with_for_update(key_share=True)).one_or_none()
    return request_row(row._mapping) if row else None


def _advance(
    db: Connection, request: RequestRow, state: RequestState, actor: str, note: str
) -> None:
    here = t.requests.c.id == request.id
    db.execute(update(t.requests).where(here).values(state=state.value))
    note_event(db, request.id, actor, request.state.value, state, note)


def _village(db: Connection, code: str) -> Village:
    query = select(t.villages.c.data).where(t.villages.c.code == code)
    return msgspec.convert(db.execute(query).scalar_one(), Village)


def _profile(db: Connection, nik: str) -> Profile:
    query = select(t.residents.c.profile).where(t.residents.c.nik == nik)
    return msgspec.convert(db.execute(query).scalar_one(), Profile)


def _next_number(db: Connection, village: str, year: int) -> int:
    """The village's next number this year. The village's row is held meanwhile, so that the
    year's first two signers do not both begin the count; requests of the village may come in.
    """
    held = select(t.villages.c.code).where(t.villages.c.code == village)
    db.execute(held.with_for_update(key_share=True))
    here = (t.numbers.c.village == village) & (t.numbers.c.year == year)
    raised = update(t.numbers).where(here).values(last=t.numbers.c.last + 1)
    number = db.execute(raised.returning(t.numbers.c.last)).scalar_one_or_none()
    if number is None:
        db.execute(insert(t.numbers).values(village=village, year=year, last=1))
        return 1
    return int(number)


def _send_letter(db: Connection, request: RequestRow, signed: wire.SignedLetter) -> None:
    """Queue the letter, sealed to its resident. Without a card there is nobody to seal it to:
    it is then fetched with the claim code.
    """
    c = t.enrolments.c
    row = db.execute(select(c.tag, c.public_key).where(c.nik == request.nik)).one_or_none()
    if row is None:
        tell_state(db, request.kiosk, request.id, S.READY)
        return
    there = receivers(db, request.id, request.nik)
    for kiosk in there:
        send_letter(db, kiosk, (row.tag, row.public_key), signed)
    if request.kiosk not in there:
        tell_state(db, request.kiosk, request.id, S.READY)
