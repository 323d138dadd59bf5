"""Kills, cuts and doubled messages at random: nothing accepted is lost, nothing is done twice."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.reliability.chaos.__main__ import DRAIN_SECONDS, run
from tests.reliability.chaos.account import settle, wait_until_quiet
from tests.reliability.chaos.network import may_be_made
from tests.reliability.chaos.storm import PARTITIONS, Storm, forecast
from tests.reliability.chaos.town import Size, Town

SHORT = Size(kiosks=3, requests=30, letters=6, seconds=8.0)
LONG = {"kiosks": 20, "requests": 2000, "letters": 200, "seconds": 100.0}
SEED = 8  # a kiosk, a worker and the broker are killed in it


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="anjungan-chaos-"))
    yield folder
    shutil.rmtree(folder)


def test_a_short_storm_loses_nothing_and_doubles_nothing(folder: Path) -> None:
    with Town(folder, SHORT) as town:
        storm = Storm(town, SEED)
        storm.rage()
        assert wait_until_quiet(town, DRAIN_SECONDS / 3), (town.trouble, settle(town))
        town.stop_programs()
        account = settle(town)
        assert account.wrong == []
        assert (account.requests, account.letters) == (30, 6)
        assert {"kill kiosk", "kill worker", "kill broker", "line", "echo"} <= set(storm.counts)
        _tamper_with(town)
        found = settle(town)
        assert (found.lost, found.twice) == (2, 2)  # the account would have seen it


def _tamper_with(town: Town) -> None:
    """One request is not there, one letter has gone, one is taken twice, one is printed twice."""
    with closing(sqlite3.connect(town.regency.server / "regency.db")) as db, db:
        db.execute(
            "DELETE FROM requests WHERE id ="
            " (SELECT id FROM requests WHERE state = 'received' ORDER BY id LIMIT 1)"
        )
        db.execute(
            "INSERT INTO events (request_id, at, actor, old, new, note)"
            " SELECT request_id, at, actor, old, new, note FROM events WHERE new = 'received'"
            " AND request_id IN (SELECT id FROM requests) LIMIT 1"
        )
    first, second = (errand.database for errand in town.errands[:2])
    with closing(sqlite3.connect(first)) as db, db:
        db.execute("DELETE FROM letter WHERE rowid = (SELECT min(rowid) FROM letter)")
    with closing(sqlite3.connect(second)) as db, db:
        db.execute("UPDATE letter SET copies = 2 WHERE rowid = (SELECT min(rowid) FROM letter)")


def test_a_seed_draws_the_same_storm() -> None:
    assert forecast(5, SHORT) == forecast(5, SHORT) != forecast(6, SHORT)


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_half_of_twenty_kiosks_are_cut_off_again_and_again(database: str) -> None:
    if not may_be_made():
        pytest.skip("no network namespaces may be made here; the lines stand in for them")
    outcome = run(7, Size(**LONG, database=database, partitioned=True))
    assert outcome.account.wrong == [], outcome.logs
    assert outcome.storm.counts["partition"] == PARTITIONS


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_long_storm_over_twenty_kiosks(seed: int, database: str) -> None:
    outcome = run(seed, Size(**LONG, database=database))
    assert outcome.account.wrong == [], outcome.logs
    assert (outcome.account.requests, outcome.account.letters) == (2000, 200)
