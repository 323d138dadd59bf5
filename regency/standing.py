"""Whether kiosk and regency remember the same: found at a kiosk's birth, and at every number.

A regency that was restored from an old backup lacks what it had receipted: it asks for it again.
A kiosk that was restored from an old card counts anew: it is told which numbers were given.
Both are alarms, since a person must know what else is older than it looks.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select, update

from firmware.core import wire
from regency import tables as t
from regency.database import put
from regency.journal import queue_down, raise_alarm

_LARGEST_LEAP = 1_000_000  # of numbers: beyond is no memory, but nonsense


# Made once: most of what a statement costs here is its making.
_WHOSE_NUMBER = select(t.sequences.c.message_id).where(
    t.sequences.c.kiosk == bindparam("kiosk"), t.sequences.c.seq == bindparam("seq")
)
_GIVE_NUMBER = insert(t.sequences)


@dataclass(frozen=True, slots=True)
class _Standing:
    settled_seq: int = 0
    boot: int = 0


def note_number(db: Connection, kiosk: str, seq: int, message_id: str, boot_id: str) -> None:
    """The kiosk gave ``seq`` to this message after the start ``boot_id``. A number that another
    message has is an alarm, but no reason to refuse either: a citizen was promised both.
    """
    place = {"kiosk": kiosk, "seq": seq}
    known = db.execute(_WHOSE_NUMBER, place).scalar_one_or_none()
    if known is None:
        row = {"message_id": message_id[:64], "boot_id": boot_id[: t.ID_CHARACTERS]}
        db.execute(_GIVE_NUMBER, place | row)
    elif known != message_id[:64]:
        raise_alarm(db, kiosk, f"number {seq} was given twice: an old card is in the kiosk")


def compare(db: Connection, kiosk: str, birth: wire.StateUp) -> None:
    """At a birth: put right what one of both has forgotten."""
    old = _standing_of(db, kiosk)
    _follow_numbers_down(db, kiosk, birth.last_srv_seq)
    top = _top_of(db, kiosk, birth.boot_id)
    if birth.last_seq < top or birth.boot < old.boot:
        known = f"it knows number {birth.last_seq} of {top}"
        raise_alarm(db, kiosk, f"an old or new card is in the kiosk: {known}")
        queue_down(db, kiosk, lambda srv_seq: wire.RaiseSeq(srv_seq, top))
    gap = _first_gap(db, kiosk, old.settled_seq, birth.settled_seq)
    if gap is not None:
        raise_alarm(db, kiosk, f"messages from number {gap} on are lost here: an old backup runs")
        queue_down(db, kiosk, lambda srv_seq: wire.SendAgain(srv_seq, gap - 1))
    _remember(db, kiosk, _Standing(max(old.settled_seq, birth.settled_seq), birth.boot))


def _follow_numbers_down(db: Connection, kiosk: str, seen: int) -> None:
    """A kiosk that has seen higher numbers than were given here had them from a newer database.
    They are never used again: the kiosk would take what comes under them for old.
    """
    c = t.kiosks.c
    given = db.execute(select(c.last_srv_seq).where(c.id == kiosk)).scalar_one()
    if given < seen <= given + _LARGEST_LEAP:
        raise_alarm(db, kiosk, f"the kiosk has seen message {seen} of {given}: an old backup runs")
        db.execute(update(t.kiosks).where(c.id == kiosk).values(last_srv_seq=seen))


def _top_of(db: Connection, kiosk: str, boot_id: str) -> int:
    """The highest number that was given before the start ``boot_id``.

    Another worker may have been quicker with what the kiosk said after this birth, or even after
    a later start. So neither this start's own messages count nor those of starts whose birth is
    yet to come: births come in order. A kiosk that knows of no ``boot_id`` has one start only.
    """
    c, b = t.sequences.c, t.births.c
    born = select(b.boot_id).where(b.kiosk == kiosk)
    query = select(func.max(c.seq)).where(c.kiosk == kiosk, c.boot_id.in_(born))
    if boot_id:
        query = query.where(c.boot_id != boot_id[: t.ID_CHARACTERS])
    return int(db.execute(query).scalar_one_or_none() or 0)


def _first_gap(db: Connection, kiosk: str, after: int, upto: int) -> int | None:
    """The lowest number from ``after`` (exclusive) to ``upto`` that is not known here."""
    c = t.sequences.c
    query = select(c.seq).where(c.kiosk == kiosk, c.seq > after, c.seq <= upto).order_by(c.seq)
    expected = after + 1
    for seq in db.execute(query).scalars():
        if seq != expected:
            break
        expected += 1
    return expected if expected <= upto else None


def _standing_of(db: Connection, kiosk: str) -> _Standing:
    c = t.standings.c
    row = db.execute(select(c.settled_seq, c.boot).where(c.kiosk == kiosk)).one_or_none()
    return _Standing(row.settled_seq, row.boot) if row else _Standing()


def _remember(db: Connection, kiosk: str, standing: _Standing) -> None:
    values = {"settled_seq": standing.settled_seq, "boot": standing.boot}
    put(db, t.standings, {"kiosk": kiosk}, values)
