"""Run storms and print what came of them: see ``--help``. Exit code 1 when anything is wrong."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.chaos.account import Account, settle, wait_until_quiet
from tests.reliability.chaos.storm import Storm
from tests.reliability.chaos.town import Size, Town

DRAIN_SECONDS = 300.0
HEADER = (
    "| seed | database | kiosks | requests | letters | kiosks killed | workers killed |"
    " brokers killed | lines harmed | partitions | said again | storm, then quiet |"
    " lost | twice | alarms |"
)


@dataclass(frozen=True)
class Outcome:
    """A storm that is over."""

    seed: int
    size: Size
    account: Account
    storm: Storm
    drained_seconds: float
    logs: str

    def row(self) -> str:
        """As a line of a table in Markdown."""
        size, counts, found = self.size, self.storm.counts, self.account
        cells = (
            self.seed,
            {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[size.database],
            size.kiosks,
            found.requests,
            found.letters,
            counts["kill kiosk"],
            counts["kill worker"],
            counts["kill broker"],
            counts["line"],
            counts["partition"],
            self.storm.echoed,
            f"{size.seconds:.0f} s, {self.drained_seconds:.0f} s",
            found.lost,
            found.twice,
            len(found.alarms),
        )
        return "| " + " | ".join(map(str, cells)) + " |"


def run(seed: int, size: Size, keep: bool = False) -> Outcome:
    """One storm over a new town, its end, and the account."""
    folder = Path(tempfile.mkdtemp(prefix="anjungan-chaos-"))
    try:
        with Town(folder, size) as town:
            storm = Storm(town, seed)
            storm.rage()
            began = time.monotonic()
            is_quiet = wait_until_quiet(town, DRAIN_SECONDS)
            drained = time.monotonic() - began
            town.stop_programs()
            account = settle(town)
            account.must(is_quiet, f"there was no quiet after {DRAIN_SECONDS:.0f} s")
        logs = "".join(file.read_text()[-3000:] for file in sorted(folder.glob("logs/worker*")))
        return Outcome(seed, size, account, storm, drained, logs)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help="several: one storm each")
    parser.add_argument("--kiosks", type=int, default=20)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--letters", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=100.0, help="how long each storm lasts")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument(
        "--partitioned", action="store_true", help="every other kiosk in a network namespace"
    )
    parser.add_argument("--keep", action="store_true", help="leave the folder for a look")
    given = parser.parse_args()
    print(HEADER, "|" + " --- |" * (HEADER.count("|") - 1), sep="\n")
    is_well = True
    for database in given.database or ["sqlite"]:
        size = Size(
            given.kiosks,
            given.requests,
            given.letters,
            given.seconds,
            database,
            given.partitioned,
        )
        for seed in given.seed or [1]:
            outcome = run(seed, size, given.keep)
            print(outcome.row(), flush=True)
            if outcome.account.wrong:
                is_well = False
                print(*outcome.account.wrong[:30], outcome.logs, sep="\n", file=sys.stderr)
    return 0 if is_well else 1


if __name__ == "__main__":
    raise SystemExit(main())
