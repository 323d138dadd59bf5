"""The shell scripts: readable by a plain sh, and they ask nothing."""

from __future__ import annotations

import shutil
import subprocess
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


def test_every_package_is_named_once_and_is_a_package_name() -> None:
    text = (ROOT / "provisioning" / "debian-packages.txt").read_text()
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    names = [name for name in lines if name]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").replace(".", "").replace("+", "").isalnum() for name in names)
