"""``python -m tests.fuzz TARGET --runs N [--seconds S]``: feed a target with N inputs that atheris
makes, or with as many as it takes in S seconds.

Atheris (libFuzzer) watches which code each input reaches and mutates those that reach more. At
the end one line tells how many inputs the target was really fed with. A find ends it with a
traceback, the input as Base64, and an exit code that is not 0.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import atheris

WATCHED = ["firmware.core", "firmware.config", "firmware.post", "firmware.order_desk"]
WATCHED += ["hw.card", "hw.printer", "regency.exchange", "regency.intake", "regency.cards"]
WATCHED += ["regency.config", "regency.letters"]
with atheris.instrument_imports(include=WATCHED):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--runs", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    target = TARGETS[options.target]
    fed = 0
    began = time.monotonic()

    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    tempfile.tempdir = str(folder)  # what targets make goes with it: libFuzzer runs no atexit
    seeds = [folder / str(number) for number in range(len(target.seeds))]
    for seed, data in zip(seeds, target.seeds, strict=True):
        seed.write_bytes(data)

    def feed(data: bytes) -> None:
        nonlocal fed
        try:
            target.feed(data)
        except BaseException:
            shutil.rmtree(folder)
            raise
        fed += 1
        seconds = time.monotonic() - began
        if fed == options.runs or seconds > options.seconds:
            shutil.rmtree(folder)
            print(f"{options.target}: {fed} inputs in {seconds:.0f} s, no find", flush=True)
        if seconds > options.seconds:  # at the last run libFuzzer ends the process itself
            os._exit(0)

    settings = [
        f"-runs={options.runs}",
        f"-seed={options.seed}",
        f"-max_len={target.longest}",
        f"-seed_inputs={','.join(map(str, seeds))}",
        "-timeout=20",
        "-exact_artifact_path=/dev/null",  # the input is printed as Base64
    ]
    atheris.Setup([sys.argv[0], *settings], feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
