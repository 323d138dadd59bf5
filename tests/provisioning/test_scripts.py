"""The shell scripts: readable by a plain sh, and they ask nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "provisioning").glob("*.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_plain_sh_reads_it(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_has_nothing_to_say(script: Path) -> None:
    command = ["shellcheck", "--shell=sh", "--external-sources", script]
    subprocess.run(command, check=True, cwd=ROOT)


def test_an_unknown_option_is_refused_before_anything_is_installed() -> None:
    ran = subprocess.run(
        ["sh", ROOT / "provisioning" / "test.sh", "--fast"], capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "--fast" in ran.stderr and "--setup-only" in ran.stderr


def test_help_names_every_option_the_script_knows() -> None:
    script = ROOT / "provisioning" / "test.sh"
    ran = subprocess.run(["sh", script, "--help"], capture_output=True, text=True, check=True)
    known = set(re.findall(r"^ {8}(--[a-z-]+)\)", script.read_text(), re.MULTILINE))
    assert known and known == set(re.findall(r"\[(--[a-z-]+)\]", ran.stdout))


LONG = """
import pytest

@pytest.mark.long
def test_of_hours() -> None:
    print("it ran")
"""


@pytest.mark.parametrize("spread", [[], ["-n", "1"]], ids=["in series", "spread"])
@pytest.mark.parametrize(("options", "outcome"), [([], "1 skipped"), (["--long"], "1 passed")])
def test_long_proofs_are_skipped_in_sight_unless_asked_for(
    tmp_path: Path, options: list[str], outcome: str, spread: list[str]
) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_long.py").write_text(LONG)
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "setup.cfg", "--rootdir", tmp_path]
    command += ["-p", "no:cacheprovider", *spread, *options, tmp_path]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert outcome in ran.stdout
    assert options or "pytest --long runs it" in ran.stdout


def test_every_package_is_named_once_and_is_a_package_name() -> None:
    lists = sorted((ROOT / "provisioning").glob("debian-packages*.txt"))
    assert len(lists) == 2
    text = "".join(path.read_text() for path in lists)
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    names = [name for name in lines if name]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").replace(".", "").replace("+", "").isalnum() for name in names)
