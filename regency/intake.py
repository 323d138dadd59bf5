"""What kiosks send, checked and committed. Answers say what to receipt; nothing is published
here. Whatever is committed twice is committed once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update

from firmware.core import seal, wire
from firmware.core.answers import check_answer
from firmware.core.claim import read_claim_code
from firmware.core.letters import Catalogue, LetterType
from firmware.core.request import LetterRequest, RequestState
from regency import tables as t
from regency.asks import Asks
from regency.cards import CardDesk
from regency.database import put, transact
from regency.finds import Finds
from regency.journal import note_event, now_text
from regency.receiving import ID_TOO_LONG, Opening, again, committed, open_sealed, refuse
from regency.residents import follow, helper_of, village_for
from regency.standing import compare, note_number
from regency.store import Store
from regency.trouble import Trouble

_OPENING = Opening(seal.request_context, "the request", "the opened request")
_NO_SUCH_HELPER = Trouble("no officer of the kiosk's village has the helper's card", True)
_NOT_OF_VILLAGE = Trouble("the resident is not of the kiosk's village")

# Made once: most of what a statement costs here is its making.
_REQUEST = select(t.requests.c.body_digest).where(t.requests.c.id == bindparam("of"))
_COLLECTED = select(t.collected.c.body_digest).where(t.collected.c.event_id == bindparam("of"))
_INSERT_REQUEST = insert(t.requests)


class Intake:
    """Takes messages in. ``seed`` is the regency's own key. What is said of cards goes to
    ``cards``, what is asked of unknown cards to ``asks``, of codes to ``finds``.
    """

    def __init__(self, store: Store, catalogue: Catalogue, seed: bytes) -> None:
        self._store = store
        self._catalogue = catalogue
        self._key = seal.private_key(seed)
        self.cards = CardDesk(store, catalogue, seed)
        self.asks = Asks(store, catalogue, seed)
        self.finds = Finds(store, catalogue, seed)

    # ------------------------------------------------------------ requests

    def take_request(self, kiosk: str, message: wire.RequestUp) -> wire.Receipt:
        """Commit a request, once, and say so; or say why not."""
        return transact(self._store.engine, self.request(kiosk, message))

    def request(self, kiosk: str, message: wire.RequestUp) -> Callable[[Connection], wire.Receipt]:
        """The same, for a transaction of the caller's. What takes long is done at once."""
        digest = hashlib.sha256(message.sealed).digest()
        opened = open_sealed(self._key, kiosk, message, LetterRequest, _OPENING)
        trouble = opened if isinstance(opened, Trouble) else self._check(opened)

        def take(db: Connection) -> wire.Receipt:
            note_number(db, kiosk, message.seq, message.id, message.boot_id)
            known: bytes | None = db.execute(_REQUEST, {"of": message.id}).scalar_one_or_none()
            if known is not None:
                return again(db, kiosk, "up", message.id, known == digest)
            if trouble is not None:
                return refuse(db, kiosk, "up/req", message.id, trouble)
            assert isinstance(opened, LetterRequest)  # there was no trouble
            village = village_for(db, kiosk, opened.nik)
            if village is None:
                return refuse(db, kiosk, "up/req", message.id, _NOT_OF_VILLAGE)
            helper = helper_of(db, opened.helper, kiosk[:10]) if opened.helper else ""
            if helper is None:
                return refuse(db, kiosk, "up/req", message.id, _NO_SUCH_HELPER)
            self._insert(db, kiosk, village, opened, digest)
            note = f"menurut anjungan: dibantu {helper}" if helper else ""
            note_event(db, opened.id, f"anjungan {kiosk}", "", RequestState.RECEIVED, note)
            return committed(message.id)

        return take

    def _check(self, request: LetterRequest) -> Trouble | None:
        letter = self._catalogue.get(request.letter_type)
        if letter is None:
            return Trouble("the letter type is not in the catalogue")
        if set(request.answers) != {field.name for field in letter.fields}:
            return Trouble("the answers are not those of the letter type")
        if not _answers_are_good(letter, request):
            return Trouble("an answer is not one that the kiosk lets pass")
        if read_claim_code(request.claim_code) != request.claim_code:
            return Trouble("the claim code is none")
        if letter.assisted and not request.helper:
            return Trouble("this letter is asked for with an officer only", is_alarm=True)
        return None

    def _insert(
        self, db: Connection, kiosk: str, village: str, request: LetterRequest, digest: bytes
    ) -> None:
        db.execute(
            _INSERT_REQUEST,
            {
                "id": request.id,
                "kiosk": kiosk,
                "village": village,
                "number": request.number[:32],
                "nik": request.nik,
                "letter_type": request.letter_type,
                "answers": request.answers,
                "claim_hash": self._store.claim_hash(request.claim_code),
                "body_digest": digest,
                "state": RequestState.RECEIVED.value,
                "created_at": request.created_at[:32],
                "received_at": now_text(),
            },
        )
        if not kiosk.startswith(village):
            follow(db, request.id, kiosk, village)

    # ------------------------------------------------------------ collected

    def take_collected(self, kiosk: str, message: wire.CollectedUp) -> wire.Receipt:
        """Commit that a letter came out of a printer."""
        return transact(self._store.engine, self.collected(kiosk, message))

    def collected(
        self, kiosk: str, message: wire.CollectedUp
    ) -> Callable[[Connection], wire.Receipt]:
        """The same, for a transaction of the caller's."""
        digest = hashlib.sha256(wire.encode(message)).digest()

        def take(db: Connection) -> wire.Receipt:
            note_number(db, kiosk, message.seq, message.id, message.boot_id)
            known: bytes | None = db.execute(_COLLECTED, {"of": message.id}).scalar_one_or_none()
            if known is not None:
                return again(db, kiosk, "up", message.id, known == digest)
            if len(message.id) > t.ID_CHARACTERS:
                return refuse(db, kiosk, "up/evt", message.id, ID_TOO_LONG)
            state = _state_of(db, message.request_id, kiosk)
            if state not in (RequestState.READY.value, RequestState.COLLECTED.value):
                trouble = Trouble("collected was said of no ready letter of this kiosk", True)
                return refuse(db, kiosk, "up/evt", message.id, trouble)
            _insert_collected(db, kiosk, message, digest)
            if state == RequestState.READY.value:
                _set_state(db, message.request_id, RequestState.COLLECTED)
                actor = f"anjungan {kiosk}"
                note_event(db, message.request_id, actor, state, RequestState.COLLECTED)
            return committed(message.id)

        return take

    # ------------------------------------------------------------ the rest

    def take_receipt(self, kiosk: str, message: wire.ReceiptUp) -> None:
        """A message down is durable at the kiosk, or cannot be used there."""
        transact(self._store.engine, self.receipt(kiosk, message))

    def receipt(self, kiosk: str, message: wire.ReceiptUp) -> Callable[[Connection], None]:
        """The same, for a transaction of the caller's."""
        receipted = (
            update(t.down)
            .where(t.down.c.kiosk == kiosk, t.down.c.srv_seq == message.srv_seq)
            .values(receipted_at=now_text(), rejected=message.rejected[:200])
        )
        return lambda db: db.execute(receipted).close()

    def take_birth(self, kiosk: str, birth: wire.StateUp, retained: bool = False) -> None:
        """A kiosk is there. What it has not seen is not there, whatever it once receipted: it
        may have a new card, or an older one.

        ``retained``: the broker kept the birth. It may be weeks old and say nothing of what was
        receipted since, so that it counts only when nothing was known of that start.
        """
        digest = hashlib.sha256(wire.encode(birth)).digest()

        def take(db: Connection) -> None:
            old = _note_birth(db, kiosk, birth.boot_id[: t.ID_CHARACTERS], digest)
            if retained and old is not None and (birth.boot_id or old == digest):
                return
            db.execute(
                update(t.down)
                .where(
                    t.down.c.kiosk == kiosk,
                    t.down.c.srv_seq > birth.last_srv_seq,
                    t.down.c.rejected == "",
                )
                .values(receipted_at="")
            )
            compare(db, kiosk, birth)

        transact(self._store.engine, take)

    def take_heartbeat(self, kiosk: str, beat: wire.Heartbeat) -> None:
        """Keep the newest health of each kiosk."""
        values = {"at": beat.at[:32], "data": msgspec.to_builtins(beat)}

        transact(self._store.engine, lambda db: put(db, t.heartbeats, {"kiosk": kiosk}, values))

    def may_speak(self, kiosk: str) -> bool:
        """Whether the kiosk is known and not revoked: the broker's word is not enough."""
        return self._store.may_speak(kiosk)


def _note_birth(db: Connection, kiosk: str, boot_id: str, digest: bytes) -> bytes | None:
    """Remember the birth; the digest of the one before it after the same start."""
    c = t.births.c
    here = (c.kiosk == kiosk) & (c.boot_id == boot_id)
    old: bytes | None = db.execute(select(c.digest).where(here)).scalar_one_or_none()
    if old is None:
        db.execute(insert(t.births).values(kiosk=kiosk, boot_id=boot_id, digest=digest))
    else:
        db.execute(update(t.births).where(here).values(digest=digest))
    return old


def _answers_are_good(letter: LetterType, request: LetterRequest) -> bool:
    """As the kiosk checked them, on the day of the request: it may come weeks later. The visit
    may have been sent just after midnight, so the day before will do.
    """
    try:
        day = datetime.fromisoformat(request.created_at).date()
        days = (day, day - timedelta(days=1))
    except (ValueError, OverflowError):
        return False
    return any(
        all(check_answer(field, request.answers, today) is None for field in letter.fields)
        for today in days
    )


def _state_of(db: Connection, request_id: str, kiosk: str) -> str | None:
    """Its state, when this is a kiosk where its letter may lie."""
    p = t.letter_places.c
    sent = exists().where(p.request_id == request_id, p.kiosk == kiosk)
    f = t.finds.c
    given = exists().where(f.request_id == request_id, f.kiosk == kiosk)
    query = select(t.requests.c.state).where(
        t.requests.c.id == request_id, or_(t.requests.c.kiosk == kiosk, sent, given)
    )
    return db.execute(query.with_for_update(key_share=True)).scalar_one_or_none()


def _set_state(db: Connection, request_id: str, state: RequestState) -> None:
    db.execute(update(t.requests).where(t.requests.c.id == request_id).values(state=state.value))


def _insert_collected(db: Connection, kiosk: str, message: wire.CollectedUp, digest: bytes) -> None:
    db.execute(
        insert(t.collected).values(
            event_id=message.id,
            request_id=message.request_id,
            kiosk=kiosk,
            medium=message.medium[:8],
            copy=message.copy,
            confirmed=message.confirmed,
            at=message.at[:32],
            body_digest=digest,
        )
    )
