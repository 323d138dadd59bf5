"""python-escpos comes in where /tmp is full, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENCODE = """
import sys
from hw.printer.escpos import EscposEncoder, profile_names
from hw.protocols import Line
assert "TM-T88V" in profile_names()
assert b"Surat" in EscposEncoder().encode((Line("Surat"),))
print("encoded")
"""
FULL = """
set -e
mount --bind "$ROOT" /mnt
for place in /tmp /var/tmp /dev/shm; do
    test -n "$KEEP" && test $place = $KEEP && continue
    mount -t tmpfs -o size=4k,nr_inodes=1 none $place
done
cd /tmp
exec "$PYTHON" -c "$ENCODE"
"""


def test_it_is_there_and_nothing_is_left(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    before = set(Path("/dev/shm").iterdir())
    ran = subprocess.run(
        [sys.executable, "-c", ENCODE],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "encoded\n"
    assert list(tmp_path.iterdir()) == []
    left = set(Path("/dev/shm").iterdir()) - before
    assert not [file for file in left if file.name.startswith("escpos-")]


@pytest.mark.parametrize("keep", ["/dev/shm", "/run"])
def test_a_full_tmp_keeps_no_kiosk_from_starting(keep: str) -> None:
    """In a mount namespace of its own, /tmp and what might stand in for it take not a byte."""
    if not _may_unshare() or Path(sys.prefix).resolve().is_relative_to("/tmp"):
        pytest.skip("no mount namespace may be made here, or Python lies in /tmp")
    ran = subprocess.run(
        ["unshare", "--mount", "sh", "-c", FULL],
        env={
            **os.environ,
            "KEEP": keep,
            "PYTHON": str(Path(sys.prefix).resolve() / "bin" / "python"),
            "ROOT": str(ROOT),
            "PYTHONPATH": "/mnt",
            "ENCODE": ENCODE,
            "TMPDIR": "/tmp",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "encoded\n"), ran.stderr[-2000:]


def _may_unshare() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return tried.returncode == 0
