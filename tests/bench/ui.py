"""``python -m tests.bench ui``: the screen beside a bare Kivy app with one label.

Both are drawn for real, by Mesa's software renderer, and shown nowhere.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import BenchError, Goal, Measure, times_as_much

STARTS = 5
IDLE_SECONDS = 20.0
_RESTED_SECONDS = 5.0
_VISIT_SECONDS = 300.0
_RENDERER = re.compile(r"LLVM|gallium|swrast|/dri/|libGL|libEGL|libglapi")


def measures() -> Iterator[Measure]:
    """All of them; two minutes."""
    if importlib.util.find_spec("kivy") is None:
        raise BenchError("it needs the Python package kivy")
    with tempfile.TemporaryDirectory(prefix="anjungan-") as folder:
        yield from _starting(Path(folder))
        yield from _touching(Path(folder))
        yield from _resting(Path(folder))
    yield from _visiting()


def _starting(folder: Path) -> Iterator[Measure]:
    seconds: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(STARTS):
        for kind, kept in seconds.items():
            with _screen(kind, folder) as (_, first_frame):
                kept.append(first_frame)
    ours, bare = (statistics.median(kept) for kept in seconds.values())
    yield times_as_much("start to first frame", ours, bare, "s", note=f"medians of {STARTS}")


def _touching(folder: Path) -> Iterator[Measure]:
    with _screen("touches", folder) as (process, _):
        found: dict[str, list[float]] = json.loads(_line_of(process))
    (folder / "ui.sock").unlink()
    goal = Goal("value", at_most=50)
    for name, what in (("keyboard", "a key of the keyboard"), ("pin", "a digit of the PIN pad")):
        yield Measure(f"touch to next frame, {what}", _median(found[name]), "ms")
        yield Measure("the same, 95 of 100", _late(found[name]), "ms", goal=goal)
    yield Measure("another page to its first frame", _median(found["switch"]), "ms")
    yield Measure("the same, 95 of 100 pages", _late(found["switch"]), "ms")


def _median(seconds: list[float]) -> float:
    return 1000 * statistics.median(seconds)


def _late(seconds: list[float]) -> float:
    return 1000 * statistics.quantiles(seconds, n=20)[-1]


def _resting(folder: Path) -> Iterator[Measure]:
    """Both stand at the same time, so that neither has the quieter machine."""
    from tests.ui.test_bridge import Controller

    controller = Controller(folder / "ui.sock")
    with _screen("ours", folder) as (ours, _), _screen("bare", folder) as (bare, _):
        controller.accept()
        controller.show("attract")
        time.sleep(_RESTED_SECONDS)
        before = _processor(ours), _processor(bare)
        time.sleep(IDLE_SECONDS)
        worked = _processor(ours) - before[0], _processor(bare) - before[1]
        memory, memory_bare = _memory(ours), _memory(bare)
    controller.close()
    cpu, cpu_bare = (100 * seconds / IDLE_SECONDS for seconds in worked)
    below = Goal("value", at_most=1)
    note = (
        f"of one core, {IDLE_SECONDS:g} s of Attract; the kernel counts in hundredths of a second"
    )
    yield Measure("at rest, processor", cpu, "%", cpu_bare, goal=below, note=note)
    goal = Goal("value", at_most=160)
    yield times_as_much("at rest, resident", sum(memory), sum(memory_bare), "MiB", goal)
    note = "libraries of the software renderer alone, without what they allocate"
    yield times_as_much("of it, Mesa and LLVM", memory[1], memory_bare[1], "MiB", note=note)


def _processor(process: subprocess.Popen[str]) -> float:
    """Seconds of processor time so far, of all its threads."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: subprocess.Popen[str]) -> tuple[float, float]:
    """Resident MiB: all but the renderer's libraries, and these."""
    mib = [0.0, 0.0]
    is_renderer = False
    for line in Path(f"/proc/{process.pid}/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            is_renderer = bool(_RENDERER.search(line))
        elif line.startswith("Rss:"):
            mib[is_renderer] += int(line.split()[1]) / 1024
    return mib[0], mib[1]


def _visiting() -> Iterator[Measure]:
    command = [sys.executable, "-m", "tests.bench._visit"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, timeout=_VISIT_SECONDS, check=False
    )
    if done.returncode:
        raise BenchError("the visit failed; python -m tests.bench._visit tells why")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    taps = found["taps"]
    goal = Goal("value", at_most=6)
    note = f"beside PIN and free text, up to the ticket: {', '.join(taps)}"
    yield Measure("a visit for Keterangan Usaha, taps", len(taps), "taps", goal=goal, note=note)
    note = f"card to ticket on paper, half a second before each of {found['all']} touches"
    yield Measure("the same, seconds", found["seconds"], "s", note=note)


@contextmanager
def _screen(kind: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """A screen's process, and the seconds from its start to its first frame."""
    command = [sys.executable, "-m", "tests.bench._screen_worker", kind, str(folder)]
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
    )
    try:
        yield process, json.loads(_line_of(process))["first"] - began
    finally:
        process.kill()
        process.wait()


def _line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise BenchError("the screen ended by itself")
    return line
