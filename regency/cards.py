"""What kiosks say of cards: a resident chose a new PIN, an officer enrolled a card.
Committed once, whatever comes twice.

A stolen kiosk can seal to the regency and has a certificate. What it cannot have is the token of
a profile that it did not open (``firmware.core.cards``): without it nothing is changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, insert, select, update

from firmware.core import seal, wire
from firmware.core.cards import (
    REFUSED_CARD,
    REFUSED_NIK,
    REFUSED_OFFICER,
    REFUSED_REVOKED,
    REFUSED_VILLAGE,
    TOKEN_BYTES,
    EnrolmentRequest,
    PinChange,
    holds,
)
from firmware.core.letters import Catalogue
from regency import tables as t
from regency.database import transact
from regency.directory import doubt, revocation_told, set_token, tell_directory, tell_revoked
from regency.enrolling import (
    enrol,
    has_heard,
    is_enrolled,
    is_officers,
    is_out_of_use,
    lock_cards,
    may_enrol,
)
from regency.journal import now_text
from regency.letters_down import send_letters_again
from regency.model import Enrolment
from regency.receiving import Opening, again, committed, open_sealed, refuse
from regency.standing import note_number
from regency.store import Store
from regency.trouble import Trouble

_CARD = Opening(seal.card_context)
_Up = wire.PinChangedUp | wire.EnrolUp
_Said = TypeVar("_Said", PinChange, EnrolmentRequest)


@dataclass(frozen=True, slots=True)
class Answer:
    """The receipt, and the kiosks for which something new was queued."""

    receipt: wire.Receipt
    touched: set[str] = field(default_factory=set)


class CardDesk:
    """Takes in what is said of cards. ``seed`` is the regency's own key."""

    def __init__(self, store: Store, catalogue: Catalogue, seed: bytes) -> None:
        self._store = store
        self._catalogue = catalogue
        self._key = seal.private_key(seed)

    def take_pin_change(self, kiosk: str, message: wire.PinChangedUp) -> Answer:
        """Another key for a card, once, and to every kiosk of the village; or why not. A kiosk
        that is refused is told what the card's key is: it has another one.
        """
        opened = open_sealed(self._key, kiosk, message, PinChange, _CARD)

        def take(db: Connection, change: PinChange) -> Answer:
            if _is_outdated(db, kiosk, change.tag, message.seq):
                return self._remembered(db, kiosk, message)
            trouble = _check(db, change)
            if trouble is not None:
                answer = Answer(refuse(db, kiosk, "up/evt", message.id, trouble))
                return self._set_right(db, kiosk, change.tag, answer)
            answer = self._remembered(db, kiosk, message)
            return Answer(answer.receipt, self._change(db, change, message.seq))

        return self._once(kiosk, message, opened, take)

    def take_enrolment(self, kiosk: str, message: wire.EnrolUp) -> Answer:
        """A card for a resident of the kiosk's village, once, asked for by an officer of it; or
        why not. The kiosk's answer is the card's entry; a former card is taken out of use. One
        that is out of use is enrolled again only where that was known: else the enrolment may be
        from before, and the kiosk is told now.
        """
        opened = open_sealed(self._key, kiosk, message, EnrolmentRequest, _CARD)

        def take(db: Connection, request: EnrolmentRequest) -> Answer:
            trouble = _check_enrolment(db, request)
            if trouble is not None:
                answer = Answer(refuse(db, kiosk, "up/evt", message.id, trouble))
                if trouble.reason == REFUSED_REVOKED and not _was_told(db, request):
                    tell_revoked(db, kiosk, request.tag)
                    answer.touched.add(kiosk)
                return answer
            answer = self._remembered(db, kiosk, message)
            return Answer(answer.receipt, self._enrol(db, request))

        return self._once(kiosk, message, opened, take)

    def _once(
        self,
        kiosk: str,
        message: _Up,
        opened: _Said | Trouble,
        work: Callable[[Connection, _Said], Answer],
    ) -> Answer:
        """``work`` for a message that was never here; a known one is answered again."""

        def take(db: Connection) -> Answer:
            note_number(db, kiosk, message.seq, message.id, message.boot_id)
            known = _known_digest(db, message.id)
            if known is not None:
                return Answer(again(db, kiosk, "up/evt", message.id, known == _digest(message)))
            if isinstance(opened, Trouble):
                return Answer(refuse(db, kiosk, "up/evt", message.id, opened))
            return work(db, opened)

        return transact(self._store.engine, take)

    def _remembered(self, db: Connection, kiosk: str, message: _Up) -> Answer:
        kind = "enrol" if isinstance(message, wire.EnrolUp) else "pinChanged"
        db.execute(
            insert(t.card_events).values(
                event_id=message.id,
                kiosk=kiosk,
                kind=kind,
                at=now_text(),
                body_digest=_digest(message),
            )
        )
        return Answer(committed(message.id))

    def _enrol(self, db: Connection, request: EnrolmentRequest) -> set[str]:
        card = Enrolment(request.nik, request.tag, request.salt, request.kdf, request.public_key)
        touched: set[str] = set()
        for tag in enrol(db, card):
            touched |= tell_directory(db, tag)
        return touched | send_letters_again(db, request.nik, self._catalogue)

    def _change(self, db: Connection, change: PinChange, seq: int) -> set[str]:
        values = {
            "salt": change.salt,
            "kdf": msgspec.to_builtins(change.kdf),
            "public_key": change.public_key,
        }
        for table in (t.enrolments, t.officer_cards):
            db.execute(update(table).where(table.c.tag == change.tag).values(**values))
        set_token(db, change.tag, change.next_token, change.kiosk, seq)
        return tell_directory(db, change.tag) | self._letters_again(db, change.tag)

    def _set_right(self, db: Connection, kiosk: str, tag: bytes, answer: Answer) -> Answer:
        """The kiosk has sealed this card's things to a key that will never be known."""
        if not _has_been_told(db, kiosk, tag):
            return answer
        doubt(db, kiosk, tag)
        touched = tell_directory(db, tag) | self._letters_again(db, tag, kiosk)
        return Answer(answer.receipt, touched)

    def _letters_again(self, db: Connection, tag: bytes, kiosk: str | None = None) -> set[str]:
        query = select(t.enrolments.c.nik).where(t.enrolments.c.tag == tag)
        nik = db.execute(query).scalar_one_or_none()
        return send_letters_again(db, nik, self._catalogue, kiosk) if nik is not None else set()


def _check(db: Connection, change: PinChange) -> Trouble | None:
    if not seal.is_usable(change.kdf, change.salt, change.public_key):
        return Trouble("the new key, its salt or its costs are out of range")
    if len(change.next_token) != TOKEN_BYTES:
        return Trouble("the new token has the wrong length")
    c = t.card_tokens.c
    query = select(c.token).where(c.tag == change.tag).with_for_update()
    token = db.execute(query).scalar_one_or_none()
    if token is None or not is_enrolled(db, change.tag):
        return Trouble("the card is not enrolled any more")
    if not holds(token, change.tokens):
        return Trouble("a PIN was changed without its card's token, or twice at once", True)
    return None


def _check_enrolment(db: Connection, request: EnrolmentRequest) -> Trouble | None:
    token = may_enrol(db, request.kiosk, request.officer_tag)
    if token is None or not holds(token, (*request.former, request.token)):
        return Trouble(REFUSED_OFFICER, is_alarm=True)
    if len(request.tag) != seal.TAG_BYTES or is_officers(db, request.tag):
        return Trouble(REFUSED_CARD)
    if not seal.is_usable(request.kdf, request.salt, request.public_key):
        return Trouble("the key, its salt or its costs are out of range")
    here = select(t.kiosks.c.village).where(t.kiosks.c.id == request.kiosk)
    found = lock_cards(db, request.nik)
    if found is None:
        return Trouble(REFUSED_NIK)
    if found != db.execute(here).scalar_one():
        return Trouble(REFUSED_VILLAGE)
    is_late = is_out_of_use(db, request.tag) and not has_heard(
        db, request.kiosk, request.tag, request.revocation
    )
    return Trouble(REFUSED_REVOKED) if is_late else None


def _was_told(db: Connection, request: EnrolmentRequest) -> bool:
    return revocation_told(db, request.kiosk, request.tag) is not None


def _is_outdated(db: Connection, kiosk: str, tag: bytes, seq: int) -> bool:
    """Whether a later change of the same kiosk was here first: messages may overtake."""
    c = t.card_tokens.c
    row = db.execute(select(c.kiosk, c.seq).where(c.tag == tag)).one_or_none()
    return row is not None and row.kiosk == kiosk and row.seq > seq


def _has_been_told(db: Connection, kiosk: str, tag: bytes) -> bool:
    c = t.told.c
    query = select(c.tag).where(c.kiosk == kiosk, c.tag == tag)
    return db.execute(query).one_or_none() is not None


def _digest(message: _Up) -> bytes:
    return hashlib.sha256(message.sealed).digest()


def _known_digest(db: Connection, message_id: str) -> bytes | None:
    query = select(t.card_events.c.body_digest).where(t.card_events.c.event_id == message_id)
    found: bytes | None = db.execute(query).scalar_one_or_none()
    return found
