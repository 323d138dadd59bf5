"""What tests of several folders share."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from hw.virtual.reader import VirtualReader
from provisioning.cabinet import Cabinet
from provisioning.postgres import Postgres
from regency.database import open_engine
from regency.tables import metadata
from tests.fuzz import effort

LONG_TIMEOUT_SECONDS = 1800


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked long, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip long proofs where all can see it; with --long give them time instead."""
    wanted = config.getoption("--long")
    for item in items:
        if item.get_closest_marker("long") is None:
            continue
        if not wanted:
            item.add_marker(pytest.mark.skip(reason="a long proof: pytest --long runs it"))
        elif item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONG_TIMEOUT_SECONDS))


def pytest_collection_finish() -> None:
    """What was imported stays: no collection of garbage looks through it again. The screen makes
    one for each visitor, and would look through all libraries of all tests every time.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist nothing is spread
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """``pytest -n N`` keeps together what shares a cabinet."""
    from tests.spreading import Spreading

    return Spreading(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of ``pytest -n N`` hands over how much it fuzzed."""
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["tried"] = dict(effort.TRIED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The first process adds it up; one that crashed handed over nothing."""
    effort.TRIED.update(getattr(node, "workeroutput", {}).get("tried", {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """A long run says how much was really tried."""
    if config.getoption("--long"):
        for name, count in sorted(effort.TRIED.items()):
            terminalreporter.write_line(f"{name}: {count} inputs")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test of a whole cabinet that fails shows what its programs said last."""
    report = yield
    if report.failed:
        for part in getattr(item, "funcargs", {}).values():
            if isinstance(part, Cabinet):
                report.sections.append(("what the cabinet said last", part.last_words()))
    return report


@pytest.fixture(scope="session")
def virtual_reader() -> Iterator[VirtualReader]:
    """One reader for the whole run: libpcsclite reads its socket's name once a process."""
    folder = Path(tempfile.mkdtemp(prefix="kartu-"))  # a short path: it holds sockets
    with VirtualReader(folder) as reader:
        os.environ["PCSCLITE_CSOCK_NAME"] = str(reader.socket)  # read by libpcsclite itself
        yield reader
    del os.environ["PCSCLITE_CSOCK_NAME"]
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the whole run."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """One database for the whole run: making another takes longer than emptying this one."""
    return postgres.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the regency, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'regency.db'}"
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    engine = open_engine(url)
    with engine.begin() as db:
        db.exec_driver_sql("SET LOCAL lock_timeout = '20s'")  # a test that kept it is to blame
        names = ", ".join(metadata.tables)
        db.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    engine.dispose()
