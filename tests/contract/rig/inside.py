"""The half of the rig that runs in its own namespaces, beside pcscd: a reader of ours that is
watched. Reports go to standard output, a line each; it ends when standard input does.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from hw.card.pcsc import PcscReader
from hw.protocols import CardReport
from hw.virtual.namespace import bind, die_with_parent, enter_private

_RUN = Path("/run/pcscd")
_START_SECONDS = 30.0


def _say(report: CardReport) -> None:
    print(repr(report), flush=True)


def _start_pcscd(folder: Path) -> subprocess.Popen[bytes]:
    _RUN.mkdir(exist_ok=True)
    bind(folder / "run", _RUN)
    usage = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False)
    alone = ["--disable-polkit"] if "--disable-polkit" in usage.stdout + usage.stderr else []
    pcscd = subprocess.Popen(
        ["pcscd", "--foreground", "--config", str(folder / "conf"), *alone],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=die_with_parent,
    )
    deadline = time.monotonic() + _START_SECONDS
    while not (_RUN / "pcscd.comm").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return pcscd


def main() -> None:
    """Until standard input ends."""
    enter_private()
    pcscd = _start_pcscd(Path(sys.argv[1]))
    reader = PcscReader()
    reader.start(_say)
    sys.stdin.read()
    reader.close()
    pcscd.kill()
    pcscd.wait()


if __name__ == "__main__":
    main()
