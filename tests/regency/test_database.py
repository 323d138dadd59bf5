"""The database goes away and comes back, and several processes begin on an empty one."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from firmware.core.errors import ConfigurationError
from provisioning.postgres import Postgres
from regency import tables as t
from regency.database import open_engine, transact
from tests.regency.letter_parts import SONGGON

VILLAGE = {"code": SONGGON.code, "data": {}}
KIOSK = {"id": f"{SONGGON.code}-1", "village": SONGGON.code, "revoked": False, "last_srv_seq": 0}


def _put(engine: Engine, table: t.Table, row: dict[str, object]) -> None:
    transact(engine, lambda db: db.execute(insert(table).values(**row)).close())


def _kiosks(engine: Engine) -> list[str]:
    with engine.connect() as db:
        return list(db.execute(select(t.kiosks.c.id)).scalars())


def test_processes_that_begin_on_an_empty_database_at_once_all_have_its_tables(
    database_url: str,
) -> None:
    engines: list[Engine] = []
    start = threading.Barrier(4)

    def begin() -> None:
        start.wait(60)
        engines.append(open_engine(database_url))

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [_kiosks(engine) for engine in engines] == [[]] * 4
    for engine in engines:
        engine.dispose()


def test_a_key_that_leads_nowhere_is_not_tried_again(database_url: str) -> None:
    engine, tries = open_engine(database_url), 0

    def work(db: object) -> None:
        nonlocal tries
        tries += 1
        db.execute(insert(t.kiosks).values(**KIOSK))  # type: ignore[attr-defined]

    with pytest.raises(IntegrityError):
        transact(engine, work)
    assert tries == 1
    engine.dispose()


def test_a_database_server_that_starts_again_costs_its_clients_nothing_but_time() -> None:
    with Postgres() as server:
        engine = open_engine(server.new_database())
        _put(engine, t.villages, VILLAGE)
        server.halt()
        with pytest.raises(OperationalError):
            _put(engine, t.kiosks, KIOSK)
        server.start()
        _put(engine, t.kiosks, KIOSK)
        assert _kiosks(engine) == [KIOSK["id"]]
        engine.dispose()


def test_a_database_server_that_is_not_there_is_one_sentence_without_its_password() -> None:
    with pytest.raises(ConfigurationError) as told:
        open_engine("postgresql://anjungan:rahasia@127.0.0.1:1/regency")
    assert "127.0.0.1:1/regency cannot be used" in str(told.value)
    assert "rahasia" not in str(told.value)
