"""No bytes from a card, a printer or a stranger's file raise anything: a taste in every run, a
million inputs with ``pytest --long``."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import SLOW, TARGETS, Target

ROOT = Path(__file__).parents[2]
LONG_RUNS = 1_300_000
LONG_SECONDS = 600
NAMES = list(TARGETS)


def mutated(target: Target) -> st.SearchStrategy[bytes]:
    """A seed with a piece replaced, or two seeds joined, or plain noise."""
    seed = st.sampled_from(target.seeds)

    @st.composite
    def patched(draw: st.DrawFn) -> bytes:
        data = draw(seed)
        start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        return data[:start] + draw(st.binary(max_size=300)) + data[end:]

    return patched() | st.builds(bytes.__add__, seed, seed) | st.binary(max_size=600)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_well_formed_holds(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name].feed(seed)


@pytest.mark.parametrize("name", [name for name in NAMES if TARGETS[name].share > SLOW])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_hostile_bytes_raise_nothing(name: str, data: st.DataObject) -> None:
    TARGETS[name].feed(data.draw(mutated(TARGETS[name])))


@pytest.mark.parametrize("name", [name for name in NAMES if TARGETS[name].share <= SLOW])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_hostile_bytes_harm_no_file(name: str, data: st.DataObject) -> None:
    TARGETS[name].feed(data.draw(mutated(TARGETS[name])))


@pytest.mark.long
@pytest.mark.timeout(LONG_SECONDS + 60)
@pytest.mark.parametrize("name", NAMES)
def test_a_million_hostile_inputs_raise_nothing(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this machine")
    shares = sum(target.share for target in TARGETS.values())
    runs = int(LONG_RUNS * TARGETS[name].share / shares)
    command = [sys.executable, "-m", "tests.fuzz", name, "--runs", str(runs)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=LONG_SECONDS)
    assert ran.returncode == 0, ran.stderr[-4000:]
    told = re.search(rf"^{name}: (\d+) inputs in \d+ s, no find$", ran.stdout, re.MULTILINE)
    assert told and int(told[1]) == runs, ran.stdout
    assert f"Done {runs} runs" in ran.stderr  # libFuzzer counts for itself
    with capsys.disabled():
        print(f"\n{told[0]}", end="")
