"""Writing down what happens: a request's events and messages to kiosks, inside a transaction
of the caller's, so that both are true or neither.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, insert, select, update

from firmware.core import wire
from firmware.core.request import RequestState
from regency import tables as t
from regency.retention import let_alarms_go

_log = logging.getLogger(__name__)
_NOTE = insert(t.events)  # made once: most of what a statement costs is its making


def now_text() -> str:
    """Local time, ISO 8601 with offset."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def note_event(
    db: Connection, request_id: str, actor: str, old: str, new: RequestState, note: str = ""
) -> None:
    """Append to the request's history."""
    row = {"request_id": request_id, "at": now_text(), "actor": actor}
    db.execute(_NOTE, row | {"old": old, "new": new.value, "note": note})


def queue_down(db: Connection, kiosk: str, make: Callable[[int], msgspec.Struct]) -> int:
    """Queue a message to a kiosk; ``make`` is given its number, which is returned."""
    raised = (
        update(t.kiosks)
        .where(t.kiosks.c.id == kiosk)
        .values(last_srv_seq=t.kiosks.c.last_srv_seq + 1)
        .returning(t.kiosks.c.last_srv_seq)
    )
    srv_seq: int = db.execute(raised).scalar_one()
    db.execute(
        insert(t.down).values(
            kiosk=kiosk,
            srv_seq=srv_seq,
            payload=wire.encode(make(srv_seq)),
            made_at=now_text(),
            receipted_at="",
            rejected="",
        )
    )
    return srv_seq


def tell_state(db: Connection, kiosk: str, request_id: str, state: RequestState) -> None:
    """Queue the request's new state to the kiosk where it was made."""
    queue_down(db, kiosk, lambda seq: wire.StateDown(seq, request_id, state.value))


def raise_alarm(db: Connection, kiosk: str, what: str) -> None:
    """Something that should not be and that a person must look at, once a day. No personal data."""
    c = t.alarms.c
    same = select(c.at).where(c.kiosk == kiosk, c.what == what).order_by(c.id.desc()).limit(1)
    last = db.execute(same).scalar_one_or_none()
    now = datetime.now().astimezone()
    if last is not None and now - datetime.fromisoformat(last) < timedelta(days=1):
        return
    _log.warning("alarm at kiosk %s: %s", kiosk, what)
    row = insert(t.alarms).values(at=now_text(), kiosk=kiosk, what=what)
    let_alarms_go(db, db.execute(row.returning(c.id)).scalar_one(), kiosk)
