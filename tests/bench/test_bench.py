"""The frame that benchmarks hang in; the benchmarks themselves are run by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.bench import BenchError, Goal, Measure, alternating, times_as_much, times_faster
from tests.bench.__main__ import main, table


def test_a_ratio_says_how_many_times_faster_or_how_much_more() -> None:
    fast = times_faster("fast", 2.0, 100.0, "ms", Goal("ratio", at_least=50))
    heavy = times_as_much("heavy", 3.0, 2.0, "MiB", Goal("ratio", at_most=1.25))
    assert (fast.ratio, fast.met) == (50.0, True)
    assert (heavy.ratio, heavy.met) == (1.5, False)


def test_a_goal_may_stand_on_the_value_and_a_measure_may_have_none() -> None:
    assert Measure("leak", 1, "files", goal=Goal("value", at_most=0)).met is False
    assert Measure("leak", 0, "files", goal=Goal("value", at_most=0)).met is True
    assert Measure("just so", 7, "s").met is None


def test_the_table_says_in_words_what_was_not_reached() -> None:
    text = table([times_faster("slow", 10, 20, "ms", Goal("ratio", at_least=50), note="so it is")])
    assert "| slow    | 10 ms | 20 ms    | 2     | ratio >= 50 | NOT met |" in text
    assert text.endswith("- slow: so it is")


def test_both_sides_are_called_in_turn() -> None:
    calls: list[str] = []
    mine, theirs = alternating(lambda: calls.append("a"), lambda: calls.append("b"), rounds=4)
    assert mine > 0 < theirs
    assert {"a", "b"} == set(calls)


class Trivial(ModuleType):
    """A benchmark of one measure."""

    @staticmethod
    def measures() -> list[Measure]:
        return [Measure("dots", 3, "mm", goal=Goal("value", at_most=2))]


class Impossible(ModuleType):
    """A benchmark that wants what is not here."""

    @staticmethod
    def measures() -> list[Measure]:
        raise BenchError("no reader here")


def test_the_command_prints_and_writes_what_a_benchmark_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tests.bench.trivial", Trivial("trivial"))
    assert main(["trivial", "--json", str(tmp_path / "out.json")]) == 0
    assert "NOT met" in capsys.readouterr().out
    assert json.loads((tmp_path / "out.json").read_text()) == [
        {
            "name": "dots",
            "value": 3,
            "unit": "mm",
            "baseline": None,
            "ratio": None,
            "goal": "value <= 2",
            "met": False,
        }
    ]


@pytest.mark.parametrize(
    ("name", "why"), [("impossible", "no reader here"), ("absent", "there is no 'absent'")]
)
def test_a_benchmark_that_cannot_run_says_so(
    name: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tests.bench.impossible", Impossible("impossible"))
    assert main([name]) == 1
    assert why in capsys.readouterr().err
