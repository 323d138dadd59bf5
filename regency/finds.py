"""A kiosk asks what a code belongs to: somebody stands there with a ticket, or with a letter.

Codes can be guessed by whoever has a kiosk's keys, so wrong ones are answered seldom. Who has
the ticket may have the letter, as on the page /lacak.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from firmware.core import finds, seal, wire
from firmware.core.calendar import format_date
from firmware.core.claim import read_claim_code
from firmware.core.errors import SealError, WireError
from firmware.core.letters import Catalogue
from regency import tables as t
from regency.database import transact
from regency.journal import raise_alarm
from regency.letters_down import UNNAMED, title_of
from regency.model import SIGNED, initials
from regency.receiving import Opening, hold_kiosk, open_sealed
from regency.store import LetterRow, RequestRow, Store
from regency.trouble import Trouble

WRONG_AN_HOUR = 15
FINDS_AN_HOUR = 60
_HOUR, _DAY, _YEAR = 3600, 86400, 366 * 86400
_OPENING = Opening(seal.find_context, "the question")


class Finds:
    """Answers what kiosks ask. ``seed`` is the regency's own key; ``clock`` gives seconds since
    1970.
    """

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        seed: bytes,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._key = seal.private_key(seed)
        self._clock = clock

    def answer(self, kiosk: str, message: wire.FindUp) -> wire.FindDown:
        """What the code belongs to, sealed; raises WireError for what cannot be read."""
        question = open_sealed(self._key, kiosk, message, finds.Find, _OPENING)
        if isinstance(question, Trouble):
            raise WireError(question.reason)
        now = int(self._clock())
        asking = transact(self._store.engine, lambda db: _count_in(db, kiosk, now))
        if asking is None:
            return wire.FindDown(message.id, limited=True)
        found, request_id = self._look(question)
        if found is not None:
            transact(self._store.engine, lambda db: _note_found(db, kiosk, asking, request_id, now))
        try:
            sealed = seal.seal(
                question.key,
                msgspec.json.encode(finds.Answer(found)),
                seal.found_context(message.id),
            )
        except SealError as error:
            raise WireError("the question brings no key that can be used") from error
        return wire.FindDown(message.id, sealed)

    def _look(self, question: finds.Find) -> tuple[finds.Found | None, str | None]:
        code = read_claim_code(question.code)
        if code is None:
            return None, None
        if question.purpose == "check":
            return self._check(code), None
        row = self._store.request_by_claim(code)
        if row is None:
            return None, None
        letter = self._store.letter(row.id) if row.state in SIGNED else None
        return self._request(row, letter), row.id if letter else None

    def _request(self, row: RequestRow, letter: LetterRow | None) -> finds.FoundRequest:
        title = title_of(self._catalogue, row.letter_type, UNNAMED)
        found = finds.FoundRequest(row.id, title, row.number, row.state)
        if letter is None:
            return found
        signed = wire.SignedLetter(
            row.id, row.letter_type, title, letter.number, letter.pdf, letter.roll
        )
        return msgspec.structs.replace(found, letter=signed)

    def _check(self, code: str) -> finds.FoundLetter | None:
        letter = self._store.letter_by_token(code)
        row = self._store.request(letter.request_id) if letter else None
        if letter is None or row is None:
            return None
        profile, village = self._store.resident(row.nik), self._store.village(row.village)
        signed_on = datetime.fromisoformat(letter.signed_at).date()
        return finds.FoundLetter(
            title_of(self._catalogue, row.letter_type, UNNAMED),
            letter.number,
            f"{village.kind} {village.name}" if village else "–",
            format_date(signed_on),
            initials(profile.nama) if profile else "–",
            letter.signer,
        )


def _count_in(db: Connection, kiosk: str, now: int) -> int | None:
    """The row of this asking, a wrong one until it is answered; None when there were too many.
    The kiosk's row is held, so that several workers cannot pass the limits together.
    """
    c = t.finds.c
    hold_kiosk(db, kiosk)
    if _is_limited(db, kiosk, now):
        return None
    db.execute(delete(t.finds).where(c.kiosk == kiosk, c.request_id.is_(None), c.at <= now - _DAY))
    db.execute(delete(t.finds).where(c.kiosk == kiosk, c.at <= now - _YEAR))
    row = insert(t.finds).values(kiosk=kiosk, request_id=None, known=False, at=now)
    return int(db.execute(row.returning(c.id)).scalar_one())


def _is_limited(db: Connection, kiosk: str, now: int) -> bool:
    c = t.finds.c
    asked = select(func.count()).where(c.kiosk == kiosk, c.request_id.is_(None), c.at > now - _HOUR)
    wrong = int(db.execute(asked.where(c.known.is_(False))).scalar_one())
    if wrong < WRONG_AN_HOUR and int(db.execute(asked).scalar_one()) < FINDS_AN_HOUR:
        return False
    raise_alarm(db, kiosk, "more codes were tried than people come")
    return True


def _note_found(db: Connection, kiosk: str, asking: int, request_id: str | None, now: int) -> None:
    """The asking was no guess. It is kept for a day; that a letter was given here (one row for
    each kiosk and request, so that it may be collected) for a year after it was last asked for.
    """
    c = t.finds.c
    db.execute(update(t.finds).where(c.id == asking).values(known=True))
    if request_id is None:
        return
    given = update(t.finds).where(c.kiosk == kiosk, c.request_id == request_id)
    if not db.execute(given.values(at=now)).rowcount:
        row = {"kiosk": kiosk, "request_id": request_id, "known": True, "at": now}
        db.execute(insert(t.finds).values(row))
