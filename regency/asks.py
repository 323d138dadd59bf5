"""A kiosk asks for a card that it does not know: somebody of another village stands before it.

The answer is the card's entry, for this kiosk and this visit. Whoever has a kiosk's keys can ask
too, so they are answered seldom, and only for a card whose UID they know: tags cannot be guessed.
Letters and states are answered to who has opened the profile: its token shows that.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, delete, func, insert, select

from firmware.core import seal, wire
from firmware.core.cards import Paper, Papers, PapersAsked, holds
from firmware.core.letters import Catalogue
from firmware.core.request import RequestState
from regency import tables as t
from regency.database import transact
from regency.directory import entry_of, token_of
from regency.journal import raise_alarm
from regency.letters_down import add_places, seal_letter, title_of
from regency.receiving import Opening, hold_kiosk, open_sealed
from regency.store import Store

ASKS_AN_HOUR = 20
ASKS_A_DAY = 80
PAPERS_SENT = 20
LETTERS_SENT = 5
"""The newest; what is older waits at home."""
_PAPERS = Opening(seal.ask_context)
_HOUR, _DAY = 3600, 86400


class Asks:
    """Answers what kiosks ask. ``seed`` is the regency's own key, ``clock`` gives seconds since
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

    def answer(self, kiosk: str, ask: wire.AskUp) -> wire.AskDown:
        """The card's entry, or why there is none."""
        now = int(self._clock())

        def work(db: Connection) -> wire.AskDown:
            if _is_too_much(db, kiosk, now):
                return wire.AskDown(ask.id, "limited")
            nik, entry = entry_of(db, ask.tag)
            _note(db, kiosk, nik, now)
            return wire.AskDown(ask.id, "entry" if entry else "unknown", entry)

        return transact(self._store.engine, work)

    def papers(self, kiosk: str, ask: wire.AskUp) -> list[wire.AskDown]:
        """What is on its way for the card's holder and, in an answer each, the letters that are
        ready; or why there is none. A letter that was sent may be collected at that kiosk.
        """
        now = int(self._clock())
        asked = open_sealed(self._key, kiosk, ask, PapersAsked, _PAPERS)

        def work(db: Connection) -> list[wire.AskDown]:
            if isinstance(asked, PapersAsked) and asked.tag == ask.tag:
                token = token_of(db, ask.tag)
                if token is not None and holds(token, asked.tokens):
                    return self._papers(db, kiosk, ask)
            return [_unproven(db, kiosk, ask, now)]

        return transact(self._store.engine, work)

    def _papers(self, db: Connection, kiosk: str, ask: wire.AskUp) -> list[wire.AskDown]:
        e = t.enrolments.c
        card = db.execute(select(e.nik, e.public_key).where(e.tag == ask.tag)).one_or_none()
        if card is None:
            return [wire.AskDown(ask.id, "unknown")]
        r = t.requests.c
        query = (
            select(r.id, r.letter_type, r.number, r.state)
            .where(r.nik == card.nik, r.state != RequestState.COLLECTED.value)
            .order_by(r.received_at.desc(), r.id.desc())
        )
        rows = db.execute(query.limit(PAPERS_SENT)).all()
        papers = Papers(
            tuple(
                Paper(row.id, title_of(self._catalogue, row.letter_type), row.number, row.state)
                for row in rows
            )
        )
        sealed = seal.seal(card.public_key, wire.encode(papers), seal.papers_context(ask.id))
        ready = [row.id for row in rows if row.state == RequestState.READY.value]
        letters = [
            seal_letter(db, request_id, (ask.tag, card.public_key), self._catalogue)
            for request_id in ready[:LETTERS_SENT]
        ]
        for request_id in ready[:LETTERS_SENT]:
            add_places(db, request_id, [kiosk])
        return [
            wire.AskDown(ask.id, "papers", sealed=sealed),
            *[wire.AskDown(ask.id, "letter", letter=one) for one in letters if one is not None],
        ]


def _unproven(db: Connection, kiosk: str, ask: wire.AskUp, now: int) -> wire.AskDown:
    """Nobody's PIN was right there: it counts as a card that was asked for."""
    if _is_too_much(db, kiosk, now):
        return wire.AskDown(ask.id, "limited")
    raise_alarm(db, kiosk, "letters were asked for without its card's token")
    _note(db, kiosk, None, now)
    return wire.AskDown(ask.id, "unknown")


def _is_too_much(db: Connection, kiosk: str, now: int) -> bool:
    hold_kiosk(db, kiosk)
    if _count(db, kiosk, now - _HOUR) < ASKS_AN_HOUR and _count(db, kiosk, now - _DAY) < ASKS_A_DAY:
        return False
    raise_alarm(db, kiosk, "more unknown cards were asked for than people come")
    return True


def has_visited(db: Connection, kiosk: str, nik: str) -> bool:
    """Whether the card of this resident was given to this kiosk at some time."""
    c = t.asks.c
    query = select(c.id).where(c.kiosk == kiosk, c.nik == nik).limit(1)
    return db.execute(query).one_or_none() is not None


def _count(db: Connection, kiosk: str, since: int) -> int:
    c = t.asks.c
    query = select(func.count()).where(c.kiosk == kiosk, c.at > since)
    return int(db.execute(query).scalar_one())


def _note(db: Connection, kiosk: str, nik: str | None, now: int) -> None:
    c = t.asks.c
    db.execute(delete(t.asks).where(c.kiosk == kiosk, c.nik.is_(None), c.at <= now - _DAY))
    db.execute(insert(t.asks).values(kiosk=kiosk, nik=nik, at=now))
