"""``python -m tests.bench memory``: what it costs to write over what is freed.

Each side is a Python of its own, since the allocator is chosen at its start.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator

from firmware.closed_memory import ENVIRONMENT
from tests.bench import Measure, times_as_much

ROUNDS = 5
_OBJECTS = "for _ in range(300): [{'a': i, 'b': [i]} for i in range(1000)]"
_SEALING = """
public = seal.public_key_of(bytes(96))
for _ in range(300): seal.unseal(bytes(96), seal.seal(public, b'x' * 600, 'x'), 'x')
"""
_PROGRAM = """
import resource, time
from firmware.core import seal
began = time.process_time()
{work}
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measures() -> Iterator[Measure]:
    """Processor seconds and memory, with closed memory and without; half a minute."""
    for name, work in (("making small objects", _OBJECTS), ("sealing and opening", _SEALING)):
        ours, theirs = _alternating(work)
        yield times_as_much(f"{name}, processor time", ours[0], theirs[0], "s")
        yield times_as_much(f"{name}, resident at most", ours[1] / 1024, theirs[1] / 1024, "MiB")


def _alternating(work: str) -> tuple[list[float], list[float]]:
    sides: tuple[list[list[float]], list[list[float]]] = ([], [])
    plain = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    for _ in range(ROUNDS):
        for kept, environment in zip(sides, ({**plain, **ENVIRONMENT}, plain), strict=True):
            kept.append(_run(work, environment))
    ours, theirs = (
        [statistics.median(column) for column in zip(*side, strict=True)] for side in sides
    )
    return ours, theirs


def _run(work: str, environment: dict[str, str]) -> list[float]:
    program = _PROGRAM.format(work=work)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return [float(word) for word in done.stdout.split()]
