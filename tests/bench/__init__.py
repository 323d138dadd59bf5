"""Measurements beside their baselines, taken in the same run.

Numbers from another day or another machine compare badly, so each measure brings its own
baseline, rounds of both alternate, and medians are shown. Nothing here fails a test run: the
reader judges. A benchmark NAME is the module ``tests.bench.NAME`` with ``measures()``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


class BenchError(Exception):
    """The benchmark cannot run here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the ratio (or, without a baseline to divide by, the value) should be."""

    of: str  # "ratio" or "value"
    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, number: float) -> bool:
        if self.at_least is not None and number < self.at_least:
            return False
        return self.at_most is None or number <= self.at_most

    def __str__(self) -> str:
        if self.at_least == self.at_most:
            return f"{self.of} = {self.at_least:g}"
        low = f">= {self.at_least:g}" if self.at_least is not None else ""
        high = f"<= {self.at_most:g}" if self.at_most is not None else ""
        return f"{self.of} {' and '.join(filter(None, (low, high)))}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number, and what it was measured against."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    goal: Goal | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is no goal."""
        if self.goal is None:
            return None
        number = self.ratio if self.goal.of == "ratio" else self.value
        return number is not None and self.goal.is_met(number)


def times_faster(
    name: str, value: float, baseline: float, unit: str, goal: Goal | None = None, note: str = ""
) -> Measure:
    """A duration whose ratio is baseline / value: 50 is fifty times faster."""
    return Measure(name, value, unit, baseline, baseline / value, goal, note)


def times_as_much(
    name: str, value: float, baseline: float, unit: str, goal: Goal | None = None, note: str = ""
) -> Measure:
    """A quantity whose ratio is value / baseline: 1 is as much as the baseline."""
    return Measure(name, value, unit, baseline, value / baseline, goal, note)


def alternating(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 21
) -> tuple[float, float]:
    """Median seconds of one call of each. Rounds alternate, and so does who goes first."""
    mine, other = _calls_for(ours), _calls_for(theirs)
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        turns = [(ours, mine, seconds[0]), (theirs, other, seconds[1])]
        for work, calls, kept in turns if number % 2 else reversed(turns):
            kept.append(_timed(work, calls))
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def _timed(work: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - began) / calls


def _calls_for(work: Callable[[], object], wanted_seconds: float = 0.005) -> int:
    """How many calls make a round long enough for the clock. Also warms up."""
    work()
    return max(1, round(wanted_seconds / max(_timed(work, 1), 1e-7)))
