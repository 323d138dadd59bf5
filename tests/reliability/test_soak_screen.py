"""The screen is touched through visit after visit: no widget, file or thread stays behind, and no
memory. It is drawn without the software renderer's own threads: see docs/reliability.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG_VISITS, LONG_EVERY, WARM_AFTER = 500, 20, 100
TOUCHES = 10


def soak(visits: int, every: int) -> list[dict[str, int]]:
    """What the screen holds, every so many visits."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.reliability.soak_screen", str(visits), str(every)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    samples = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    assert [sample["touches"] for sample in samples] == [
        TOUCHES * every * count for count in range(1, visits // every + 1)
    ]
    return samples


def test_another_visit_leaves_no_widget_behind() -> None:
    _first, before, after = soak(3, 1)
    assert after["widgets"] <= before["widgets"]
    assert after["files"] <= before["files"]
    assert after["threads"] <= before["threads"]


@pytest.mark.long
def test_five_hundred_visits_leave_nothing_behind(capsys: pytest.CaptureFixture[str]) -> None:
    samples = soak(LONG_VISITS, LONG_EVERY)
    with capsys.disabled():
        print("\n| visits | touches | RSS KiB | widgets | open files | threads |")
        for sample in samples:
            print("|", " | ".join(map(str, sample.values())), "|")
    warm = [sample for sample in samples if sample["visits"] >= WARM_AFTER]
    first, last = warm[0], warm[-1]
    assert last["memory_kib"] <= first["memory_kib"] * 1.01
    for name in ("widgets", "files", "threads"):
        assert last[name] <= first[name], name
