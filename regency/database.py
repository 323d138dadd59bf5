"""The engine: SQLite in WAL with synchronous=FULL, or what the URL names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from firmware.core.errors import ConfigurationError
from regency.tables import metadata

_READING = {"anjungan_reading": True}


def open_engine(url: str) -> Engine:
    """An engine with all tables there; raises ConfigurationError with one sentence."""
    try:
        engine = create_engine(url, hide_parameters=True)  # they are personal data
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        metadata.create_all(engine)
    except (ArgumentError, SQLAlchemyError, ImportError) as error:
        place = url.rpartition("@")[2]  # without a password
        raise ConfigurationError(
            f"[server] database: {place} cannot be used ({type(error).__name__}); "
            "check the address, the folder and its rights"
        ) from error
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: they wait for no writer."""
    return engine.execution_options(**_READING)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA busy_timeout = 10000")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: two that first read would both have to give up."""
    only_reads = connection.get_execution_options().get("anjungan_reading")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
