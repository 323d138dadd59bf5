"""What the regency's books of trouble let go, so that a kiosk that raves for months fills no disk.

Alarms are let go for each kiosk by itself, so that none drives out another's; what could not be
used may come from anybody and is let go in all. How many were let go is kept, by kiosk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from firmware.core import wire
from regency import tables as t

ALARMS_KEPT = 500
"""Of each kiosk, the newest."""
DEAD_KEPT = 20_000
"""Messages that could not be used, the newest: some 4 MB."""
EVERY = 50
"""Rows are let go when so many were added: not at each."""


def let_alarms_go(db: Connection, number: int, kiosk: str) -> None:
    """Alarm ``number`` was raised at ``kiosk``."""
    if number % EVERY:
        return
    c = t.alarms.c
    newest = select(c.id).where(c.kiosk == kiosk).order_by(c.id.desc())
    edge = db.execute(newest.offset(ALARMS_KEPT).limit(1)).scalar_one_or_none()
    if edge is not None:
        gone = delete(t.alarms).where(c.kiosk == kiosk, c.id <= edge).returning(c.kiosk)
        _count(db, t.alarms, db.execute(gone).scalars())


def let_dead_go(db: Connection, number: int) -> None:
    """Message ``number`` could not be used."""
    if number % EVERY:
        return
    c = t.dead_letters.c
    edge = db.execute(
        select(c.id).order_by(c.id.desc()).offset(DEAD_KEPT).limit(1)
    ).scalar_one_or_none()
    if edge is not None:
        gone = delete(t.dead_letters).where(c.id <= edge).returning(c.topic)
        _count(db, t.dead_letters, map(_kiosk_of, db.execute(gone).scalars()))


def how_many(db: Connection, table: Table, kiosk: str) -> int:
    """How many there ever were of ``alarms`` or ``dead_letters`` at this kiosk."""
    g = t.let_go.c
    before = select(g.count).where(g.kind == table.name, g.kiosk == kiosk)
    here = select(func.count()).select_from(table)
    if table is t.alarms:
        here = here.where(t.alarms.c.kiosk == kiosk)
    else:
        here = here.where(t.dead_letters.c.topic.like(f"k1/{kiosk}/%"))
    return int(db.execute(before).scalar_one_or_none() or 0) + int(db.execute(here).scalar_one())


def _kiosk_of(topic: str) -> str:
    split = wire.split_topic(topic)
    return split[0] if split else ""


def _count(db: Connection, table: Table, kiosks: Iterable[str]) -> None:
    """Names that are no kiosk's are counted together: anybody may make them up."""
    gone, g = Counter(kiosks), t.let_go.c
    known = set(db.execute(select(t.kiosks.c.id).where(t.kiosks.c.id.in_(gone))).scalars())
    sums: Counter[str] = Counter()
    for kiosk, count in gone.items():
        sums[kiosk if kiosk in known else ""] += count
    for kiosk, count in sums.items():
        here = (g.kind == table.name) & (g.kiosk == kiosk)
        if not db.execute(update(t.let_go).where(here).values(count=g.count + count)).rowcount:
            db.execute(insert(t.let_go).values(kind=table.name, kiosk=kiosk, count=count))
