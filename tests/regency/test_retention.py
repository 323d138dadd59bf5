"""Books of trouble stay small whatever a kiosk does, and still tell how much there was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from regency import retention
from regency import tables as t
from regency.journal import raise_alarm
from regency.model import Kiosk, Seed
from regency.receiving import bury
from regency.retention import how_many
from regency.seed import load
from regency.store import Store
from tests.regency.letter_parts import SONGGON

RAVING, QUIET = f"{SONGGON.code}-1", f"{SONGGON.code}-2"


@pytest.fixture
def store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(retention, "ALARMS_KEPT", 20)
    monkeypatch.setattr(retention, "DEAD_KEPT", 20)
    monkeypatch.setattr(retention, "EVERY", 5)
    store = Store(database_url, "s" * 40)
    kiosks = (Kiosk(RAVING, SONGGON.code), Kiosk(QUIET, SONGGON.code))
    load(store, Seed((SONGGON,), kiosks, (), (), ()))
    yield store
    store.close()


def test_a_kiosk_that_raves_drives_out_no_other_s_alarm(store: Store) -> None:
    with store.engine.begin() as db:
        raise_alarm(db, QUIET, "an old card is in the kiosk")
        for number in range(300):
            raise_alarm(db, RAVING, f"number {number} was given twice")
        c = t.alarms.c
        kept = list(db.execute(select(c.what).where(c.kiosk == RAVING).order_by(c.id)).scalars())
        assert 20 <= len(kept) < 20 + 5
        assert kept[-1] == "number 299 was given twice"
        assert how_many(db, t.alarms, RAVING) == 300
        assert how_many(db, t.alarms, QUIET) == 1


def test_what_could_not_be_used_is_counted_by_kiosk(store: Store) -> None:
    with store.engine.begin() as db:
        for number in range(100):
            bury(db, f"k1/{RAVING}/up/req", 10, "not readable")
            bury(db, f"k1/{QUIET}/up/req", 10, "not readable")
            bury(db, f"k1/3510{number:06}-1/up/req", 10, "the kiosk is unknown or revoked")
        kept = db.execute(select(func.count()).select_from(t.dead_letters)).scalar_one()
        assert 20 <= kept < 20 + 5
        assert how_many(db, t.dead_letters, RAVING) == how_many(db, t.dead_letters, QUIET) == 100
        g = t.let_go.c
        strangers = select(g.count).where(g.kind == "dead_letters", g.kiosk == "")
        assert 90 <= db.execute(strangers).scalar_one() <= 100
        assert db.execute(select(func.count()).select_from(t.let_go)).scalar_one() == 3
