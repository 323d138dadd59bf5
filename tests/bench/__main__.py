"""``python -m tests.bench NAME [--json FILE]``: run one benchmark and print its table.

Exit code 0 whether or not goals are met; 1 only when it could not run.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import tests.bench
from tests.bench import BenchError, Measure

HEADINGS = ("measure", "value", "baseline", "ratio", "goal", "met")
NOTHING = "–"


def names() -> list[str]:
    """The benchmarks that there are; modules that help them begin with an underscore."""
    found = (module.name for module in pkgutil.iter_modules(tests.bench.__path__))
    return sorted(name for name in found if not name.startswith(("_", "test_")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", metavar="NAME", help=f"one of: {', '.join(names())}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers there")
    given = parser.parse_args(arguments)
    try:
        found = list(_benchmark(given.name)())
    except BenchError as error:
        print(f"The benchmark cannot run: {error}", file=sys.stderr)
        return 1
    print(table(found))
    if given.json is not None:
        given.json.write_text(json.dumps([as_json(one) for one in found], indent=2) + "\n")
    return 0


def _benchmark(name: str) -> Callable[[], Iterable[Measure]]:
    full_name = f"tests.bench.{name}"
    try:
        measures: Callable[[], Iterable[Measure]] = importlib.import_module(full_name).measures
    except ModuleNotFoundError as error:
        if error.name == full_name:
            raise BenchError(f"there is no {name!r}, only {', '.join(names())}") from error
        raise BenchError(f"it needs the Python package {error.name}") from error
    return measures


def table(found: Iterable[Measure]) -> str:
    """A Markdown table, one row a measure, and the notes below it."""
    measures = list(found)
    cells = [HEADINGS, *map(_row, measures)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in cells]
    lines.insert(1, _line(["-" * width for width in widths], widths))
    notes = [f"- {one.name}: {one.note}" for one in measures if one.note]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def as_json(measure: Measure) -> dict[str, object]:
    """One entry of the file that --json writes."""
    return {
        "name": measure.name,
        "value": measure.value,
        "unit": measure.unit,
        "baseline": measure.baseline,
        "ratio": measure.ratio,
        "goal": None if measure.goal is None else str(measure.goal),
        "met": measure.met,
    }


def _row(one: Measure) -> Sequence[str]:
    met = {True: "met", False: "NOT met", None: NOTHING}[one.met]
    return (
        one.name,
        f"{_number(one.value)} {one.unit}",
        NOTHING if one.baseline is None else f"{_number(one.baseline)} {one.unit}",
        NOTHING if one.ratio is None else _number(one.ratio),
        NOTHING if one.goal is None else str(one.goal),
        met,
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return f"| {' | '.join(padded)} |"


if __name__ == "__main__":
    raise SystemExit(main())
