"""A kiosk asks for a card that it does not know: somebody of another village stands before it.

The answer is the card's entry, for this kiosk and this visit. Whoever has a kiosk's keys can ask
too, so they are answered seldom, and only for a card whose UID they know: tags cannot be guessed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, delete, func, insert, select

from firmware.core import wire
from regency import tables as t
from regency.database import transact
from regency.directory import entry_of
from regency.journal import raise_alarm
from regency.store import Store

ASKS_AN_HOUR = 20
ASKS_A_DAY = 80
_HOUR, _DAY = 3600, 86400


class Asks:
    """Answers what kiosks ask. ``clock`` gives seconds since 1970."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def answer(self, kiosk: str, ask: wire.AskUp) -> wire.AskDown:
        """The card's entry, or why there is none."""
        now = int(self._clock())

        def work(db: Connection) -> wire.AskDown:
            if _count(db, kiosk, now - _HOUR) >= ASKS_AN_HOUR or (
                _count(db, kiosk, now - _DAY) >= ASKS_A_DAY
            ):
                raise_alarm(db, kiosk, "more unknown cards were asked for than people come")
                return wire.AskDown(ask.id, "limited")
            nik, entry = entry_of(db, ask.tag)
            _note(db, kiosk, nik, now)
            return wire.AskDown(ask.id, "entry" if entry else "unknown", entry)

        return transact(self._store.engine, work)


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
