"""The engine: SQLite in WAL with synchronous=FULL, or PostgreSQL; and transactions that are tried
again when another process was quicker.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    and_,
    create_engine,
    event,
    insert,
    make_url,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError, SQLAlchemyError

from firmware.core.errors import ConfigurationError
from regency.tables import metadata

_READING = {"anjungan_reading": True}
_TRIES = 6
_PAUSE_SECONDS = 0.05
_MAKING_TABLES = 0x616E6A  # an advisory lock of PostgreSQL's, any number that others do not use

Result = TypeVar("Result")


def open_engine(url: str) -> Engine:
    """An engine with all tables there; raises ConfigurationError with one sentence."""
    try:
        engine = _engine(url)
        _make_tables(engine)
    except (ArgumentError, SQLAlchemyError, ImportError) as error:
        place = url.rpartition("@")[2]  # without a password
        raise ConfigurationError(
            f"[server] database: {place} cannot be used ({type(error).__name__}); "
            "check the address, the folder and its rights"
        ) from error
    return engine


def _make_tables(engine: Engine) -> None:
    """Several processes may start at once on an empty database. SQLite does not wait for another
    that turns it to WAL at that moment, whatever its busy_timeout.
    """
    for attempt in range(1, _TRIES):
        try:
            return _make_tables_once(engine)
        except OperationalError as error:
            if not _may_pass(error):
                raise
            time.sleep(attempt * _PAUSE_SECONDS)
    return _make_tables_once(engine)


def _make_tables_once(engine: Engine) -> None:
    with engine.begin() as db:
        if engine.dialect.name == "postgresql":
            db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MAKING_TABLES})
        metadata.create_all(db)


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    # Parameters are personal data; a server that was started again must not cost a page.
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: they wait for no writer."""
    return engine.execution_options(**_READING)


def transact(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """``work`` in one transaction, tried again when another process came between: it took the
    same message first (a unique key), held the database, or the two waited for each other. So
    ``work`` must look anew at all it decides by, and do nothing outside the database.
    """
    for attempt in range(1, _TRIES):
        try:
            with engine.begin() as db:
                return work(db)
        except (IntegrityError, OperationalError) as error:
            if not _may_pass(error):
                raise
            draw = random.random()  # noqa: S311 (keeps two apart, no secret)
            time.sleep(draw * attempt * _PAUSE_SECONDS)
    with engine.begin() as db:
        return work(db)


def put(
    db: Connection,
    table: Table,
    key: dict[str, Any],
    values: dict[str, Any],
    at_first: dict[str, Any] | None = None,
) -> None:
    """Bring the row of ``key`` up to date, or insert it: then with what is ``at_first``, too."""
    here = and_(*(table.c[name] == wanted for name, wanted in key.items()))
    if not db.execute(update(table).where(here).values(**values)).rowcount:
        db.execute(insert(table).values(**key, **values, **(at_first or {})))


def _may_pass(error: IntegrityError | OperationalError) -> bool:
    """A key that somebody else has just taken passes; one that leads nowhere stays so."""
    if isinstance(error, OperationalError):  # locked, deadlocked, or the server is starting
        return True
    code = getattr(error.orig, "sqlstate", "") or getattr(error.orig, "sqlite_errorname", "")
    return code in _TAKEN


_TAKEN = ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
"""unique_violation (PostgreSQL, appendix A), and SQLite's extended result codes."""


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    connection.execute("PRAGMA busy_timeout = 10000")  # first: the others may have to wait
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: two that first read would both have to give up."""
    only_reads = connection.get_execution_options().get("anjungan_reading")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
