"""A process that sees personal data leaves no core, and writes over what it frees."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from firmware.closed_memory import ENVIRONMENT
from provisioning.processes import Children

PATIENCE_SECONDS = 60.0
SECRET = "Nama Contoh Yang Rahasia"
_CLOSED = "from firmware.closed_memory import close_memory; close_memory()\n"
_CRASH = "import os; os.abort()"
_SEARCH = f"""
import re
secret = ''.join({list(SECRET)!r})
kept = [secret.upper() for _ in range(40)]
wanted = bytearray(secret.upper().encode())
del kept
found = 0
for line in open('/proc/self/maps'):
    first, last = (int(part, 16) for part in line.split()[0].split('-'))
    if 'rw' in line and 'stack' not in line:
        memory = open('/proc/self/mem', 'rb', 0)
        memory.seek(first)
        content = memory.read(last - first)
        found += content.count(wanted)
        del content
print(found)
"""


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that may write a core as large as it likes, without our environment."""
    environment = {name: text for name, text in os.environ.items() if name not in ENVIRONMENT}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    return subprocess.run(
        ["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def cores(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    assert run(_CLOSED + _CRASH, tmp_path).returncode == -signal.SIGABRT
    assert cores(tmp_path) == []


def test_without_it_the_same_crash_would_leave_one(tmp_path: Path) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern").read_text()
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    if pattern[0] in "|/" or most == 0:
        pytest.skip("this machine puts cores elsewhere, or forbids them altogether")
    run(_CRASH, tmp_path)
    assert cores(tmp_path)


def test_nobody_of_the_same_user_may_look_in(tmp_path: Path) -> None:
    told = run(_CLOSED + "import ctypes; print(ctypes.CDLL(None).prctl(3))", tmp_path)
    assert told.stdout == "0\n"  # PR_GET_DUMPABLE


def test_what_is_freed_is_written_over(tmp_path: Path) -> None:
    """Some piece of the forty is left by Python's own allocator; none by ours but the texts that
    the search itself needs.
    """
    needed = 1
    left = int(run(_SEARCH, tmp_path).stdout)
    closed = int(run(_CLOSED + _SEARCH, tmp_path).stdout)
    assert left > needed, "the search finds nothing: it proves nothing"
    assert closed == needed


def test_it_starts_anew_with_the_same_arguments_and_only_once(tmp_path: Path) -> None:
    told = run(
        "import os\nprint(os.getpid(), flush=True)\n" + _CLOSED + "import sys; print(sys.argv)",
        tmp_path,
    ).stdout.split("\n")
    assert told == [told[0], told[0], "['-c']", ""]


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("firmware", ("--config", "nowhere.toml")),
        ("ui", ("--socket", "nowhere.sock")),
    ],
)
def test_controller_and_screen_close_their_memory_first(
    module: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """Seen in what the kernel allows them, before or after they find that they cannot go on."""
    children = Children(tmp_path)
    held = "import runpy, sys, time, firmware.closed_memory as closed\n"
    held += "first = closed.forbid_dumps\n"
    held += "def tell(): first(); print('closed', flush=True)\n"
    held += f"closed.forbid_dumps = tell\nsys.argv = {['x', *arguments]!r}\n"
    held += f"runpy.run_module({module!r}, run_name='__main__')"
    child = children.start(
        module,
        [sys.executable, "-c", held],
        {**ENVIRONMENT, "SDL_VIDEODRIVER": "offscreen"},
    )
    try:
        assert child.first_line() == "closed"
        end = time.monotonic() + PATIENCE_SECONDS
        while child.running and not _forbids_cores(child.pid):
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        children.stop()


def _forbids_cores(pid: int) -> bool:
    limits = Path(f"/proc/{pid}/limits").read_text()
    line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    return line.split()[4:6] == ["0", "0"]
