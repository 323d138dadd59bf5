"""The whole survey: the recorded visit, cut everywhere; a second cut while it recovers from the
first. ``python -m tests.reliability.powercut.survey [--json FILE]`` prints the table of
docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.reliability.powercut.cabinet import Blueprint
from tests.reliability.powercut.checks import is_question
from tests.reliability.powercut.cuts import VARIANTS, Cut, Finding, Wanted, cut_again, cuts, look
from tests.reliability.powercut.recording import Operation
from tests.reliability.powercut.visit import Recording, record

SEEDS = 3
"""So often each torn disk is drawn in the whole survey."""

_POINTS = ("write", "sync", "truncate", "rename", "unlink", "open", "send")
"""Operations after which a cut can leave something new; a close or a mark changes nothing."""


class Survey:
    """A visit in a folder of its own, and what cuts bring to light."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cut", dir=quick_place()))  # a short path
        self._blueprint = Blueprint(self.folder / "blueprint")
        (self.folder / "visit").mkdir()
        self.visit = record(self.folder / "visit", self._blueprint)

    def cut(
        self, wanted: Wanted, recording: Recording | None = None, seeds: int = 1
    ) -> Iterator[Finding]:
        """Cut where it is wanted, and look."""
        recording = recording or self.visit
        for seed in range(seeds):
            for cut in cuts(recording, wanted, seed):
                if seed == 0 or cut.variant == "torn":
                    yield look(self.folder / "life", self._blueprint, recording, cut)

    def again(self, first: Cut) -> Recording:
        """Start again after a first cut, recorded."""
        folder = Path(tempfile.mkdtemp(prefix="again", dir=self.folder))
        return cut_again(folder, self._blueprint, self.visit, first)

    def first_cuts(self) -> Iterator[Cut]:
        """Moments after which a second cut would hurt most."""
        wishes = [
            ("send and ticket", "sync", "synced", 0),  # the request is durable, nobody was told
            ("send and ticket", "write", "torn", 9),  # in the middle of that
            ("send and ticket", "job", "killed", 1),  # a ticket is half out, its key is there
            ("send and ticket", "job", "synced", 1),  # the same, its key is gone
            ("restart", "write", "torn", 20),  # the log is being written back
            ("letter comes down", "sync", "synced", 0),  # the letter is durable, no receipt yet
            ("letter is printed", "job", "killed", 5),  # a letter is half out
            ("letter is printed", "sync", "synced", -2),  # it is on paper and in the books
        ]
        for stage, kind, variant, place in wishes:
            fits = [o for o in self.visit.operations if o.stage == stage and _is(o, kind)]
            number = fits[place].number
            yield next(cuts(self.visit, lambda o, v, n=number, w=variant: (o.number, v) == (n, w)))  # type: ignore[misc]

    def close(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)


def _is(operation: Operation, kind: str) -> bool:
    """Of this kind; a "job" is bytes of one that go to the printer."""
    if kind == "job":
        return operation.path == "printer" and not is_question(operation.data)
    return operation.kind == kind


def quick_place() -> str | None:
    """A folder in memory where there is one: what a cut leaves is ours to say, not the disk's."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def everywhere(operation: Operation, _variant: str) -> bool:
    """Every cut point of a recording."""
    return operation.kind in _POINTS


def whole(survey: Survey) -> Iterator[Finding]:
    """Every cut of the visit, then every second cut."""
    yield from survey.cut(everywhere, seeds=SEEDS)
    for first in survey.first_cuts():
        yield from survey.cut(everywhere, survey.again(first))


# ---------------------------------------------------------------- report


def table(findings: list[Finding]) -> str:
    """Markdown: a row a stage, a column a kind of operation: cut points, then cuts tried."""
    stages = list(dict.fromkeys(f.operation.stage for f in findings))
    tried = Counter((f.operation.stage, f.operation.kind) for f in findings)
    broken = Counter(f.operation.stage for f in findings if f.broken)
    rows = ["| stage | " + " | ".join(_POINTS) + " | cuts | broken |"]
    rows.append("| --- |" + " --: |" * (len(_POINTS) + 2))
    for stage in stages:
        counts = [tried[stage, kind] for kind in _POINTS]
        cells = " | ".join(str(count or "") for count in counts)
        rows.append(f"| {stage} | {cells} | {sum(counts)} | {broken[stage]} |")
    sums = [sum(tried[stage, kind] for stage in stages) for kind in _POINTS]
    cells = " | ".join(map(str, sums))
    rows.append(f"| all | {cells} | {len(findings)} | {sum(broken.values())} |")
    return "\n".join(rows)


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "cut": finding.cut,
        "stage": finding.operation.stage,
        "operation": finding.operation.kind,
        "file": finding.operation.path.rpartition("/")[2],
        "disk": finding.variant,
        "broken": finding.broken,
    }


def _told(findings: Iterator[Finding]) -> Iterator[Finding]:
    """What is broken is told at once."""
    for finding in findings:
        if finding.broken:
            print(f"BROKEN {finding.cut}: {'; '.join(finding.broken)}", flush=True)
        yield finding


def main() -> int:
    """Command line; exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write every cut with its finding here")
    arguments = parser.parse_args()
    began = time.monotonic()
    survey = Survey()
    try:
        findings = list(_told(whole(survey)))
    finally:
        survey.close()
    by_variant = Counter(f.variant for f in findings)
    print(table(findings))
    print()
    print(", ".join(f"{by_variant[variant]} {variant}" for variant in VARIANTS))
    print(f"{len(findings)} cuts in {time.monotonic() - began:.0f} s")
    if arguments.json:
        arguments.json.write_text(json.dumps([_as_json(f) for f in findings], indent=1))
    return 1 if any(f.broken for f in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
