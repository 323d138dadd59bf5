"""What goes wrong, and when: drawn from a seed beforehand, then done to a town.

The same seed draws the same troubles at the same times; which message they meet is the machine's
own affair.
"""

from __future__ import annotations

import heapq
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from tests.reliability.chaos.echo import echo_down, echo_up
from tests.reliability.chaos.town import WORKERS, Size, Town

TROUBLES_PER_SECOND = 0.5
PARTITIONS = 4
"""Of a storm over two networks, each a tenth of it; narrow ones in between."""
_AT_ONCE = 3
_WEIGHTS = {
    "kill kiosk": 6,
    "kill worker": 4,
    "kill broker": 2,
    "cut": 4,
    "silence": 3,
    "drop": 3,
    "cut in mid-message": 4,
    "slow": 3,
    "echo up": 4,
    "echo down": 3,
}


_WHOLE = {"line": "whole", "latency_ms": 0, "kbit_per_s": 0, "cut_after_bytes": 1 << 50}
"""The last is never reached: a cut that has not come yet comes no more."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """``target`` numbers a kiosk, or a worker when ``of_worker``; ``seconds`` is how long until it
    is mended; ``amount`` is milliseconds, bytes or messages.
    """

    at: float
    kind: str
    target: int
    of_worker: bool
    seconds: float
    amount: int


def forecast(seed: int, size: Size) -> list[Trouble]:
    """All troubles of a storm, in order: more of them where there are more kiosks."""
    draw = random.Random(seed)
    # The first troubles come when there is something to lose.
    count = max(12, round(size.seconds * TROUBLES_PER_SECOND * min(_AT_ONCE, size.kiosks / 3)))
    times = sorted(draw.uniform(0.05, 1.0) * size.seconds for _ in range(count))
    troubles = [_trouble(draw, at, size) for at in times]
    if size.partitioned:
        troubles += _partitions(random.Random(seed + 2), size)
    return sorted(troubles, key=lambda trouble: trouble.at)


def _partitions(draw: random.Random, size: Size) -> Iterator[Trouble]:
    """One after the other: half of the kiosks are cut off, or share a narrow line."""
    span = size.seconds / (2 * PARTITIONS)
    for turn in range(2 * PARTITIONS):
        at = (turn + draw.uniform(0.1, 0.3)) * span
        yield Trouble(at, ("partition", "narrow")[turn % 2], 0, False, 0.6 * span, 0)


def _trouble(draw: random.Random, at: float, size: Size) -> Trouble:
    (kind,) = draw.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    of_worker = kind == "kill worker" or (not kind.startswith("echo") and draw.random() < 0.3)
    if kind == "kill kiosk":
        of_worker = False
    target = draw.randrange(WORKERS if of_worker else size.kiosks)
    seconds = draw.uniform(0.2, min(6.0, size.seconds / 4))
    amounts = {"slow": (50, 600), "cut in mid-message": (200, 20_000)}
    low, high = amounts.get(kind, (5, 25))
    return Trouble(at, kind, target, of_worker, seconds, draw.randint(low, high))


@dataclass(order=True)
class _Mending:
    at: float
    number: int
    do: Callable[[], object] = field(compare=False)


class Storm:
    """Does the troubles of a forecast to a town; ``counts`` tells how many of each were done."""

    def __init__(self, town: Town, seed: int) -> None:
        self._town = town
        self._draw = random.Random(seed + 1)
        self._forecast = forecast(seed, town.size)
        self._mendings: list[_Mending] = []
        self._numbers = itertools.count()
        self._down: set[tuple[str, int]] = set()
        self.counts: Counter[str] = Counter()
        self.echoed = 0

    def rage(self) -> None:
        """All of it; then everything is mended and runs."""
        self._began = time.monotonic()
        for trouble in self._forecast:
            self._mend_until(trouble.at)
            self._do(trouble)
        self._mend_until(float("inf"))
        for line in self._town.lines.values():
            line.control(_WHOLE)
        self._town.note_the_dead()

    def _mend_until(self, at: float) -> None:
        while self._mendings and self._mendings[0].at <= at:
            mending = heapq.heappop(self._mendings)
            self._wait_until(mending.at)
            mending.do()
        if at != float("inf"):
            self._wait_until(at)

    def _wait_until(self, at: float) -> None:
        self._town.wait(self._began + at - time.monotonic())

    def _do(self, trouble: Trouble) -> None:
        who = ("worker" if trouble.of_worker else "kiosk", trouble.target)
        match trouble.kind:
            case "kill kiosk":
                town, number = self._town, trouble.target
                self._kill(trouble, who, town.kill_kiosk, partial(town.start_kiosk, number))
            case "kill worker":
                town, number = self._town, trouble.target
                self._kill(trouble, who, town.kill_worker, partial(town.start_worker, number))
            case "kill broker":
                town = self._town
                self._kill(trouble, ("broker", 0), lambda _: town.kill_broker(), town.start_broker)
            case "echo up" | "echo down":
                self._echo(trouble)
            case "partition" | "narrow":
                self._harm_network(trouble)
            case _:
                self._harm_line(trouble, who)

    def _kill(
        self,
        trouble: Trouble,
        who: tuple[str, int],
        kill: Callable[[int], None],
        start: Callable[[], None],
    ) -> None:
        if who in self._down:  # it is dead already
            return
        self._down.add(who)
        self.counts[trouble.kind] += 1
        kill(who[1])

        def again() -> None:
            self._down.discard(who)
            start()

        self._later(trouble, again)

    def _harm_line(self, trouble: Trouble, who: tuple[str, int]) -> None:
        line = self._town.lines[who]
        self.counts["line"] += 1
        harm: dict[str, object] = {
            "cut": {"line": "cut"},
            "silence": {"line": "silent"},
            "drop": {"drop": True},
            "cut in mid-message": {"cut_after_bytes": trouble.amount},
            "slow": {"latency_ms": trouble.amount, "kbit_per_s": 64},
        }[trouble.kind]
        line.control(harm)
        self._later(trouble, partial(line.control, _WHOLE))

    def _harm_network(self, trouble: Trouble) -> None:
        far_side = self._town.far_side
        assert far_side is not None
        self.counts[trouble.kind] += 1
        (far_side.cut if trouble.kind == "partition" else far_side.narrow)()
        self._later(trouble, far_side.mend)

    def _echo(self, trouble: Trouble) -> None:
        if ("broker", 0) in self._down:
            return
        echo = echo_up if trouble.kind == "echo up" else echo_down
        self.echoed += echo(self._town, trouble.target, trouble.amount, self._draw)
        self.counts["echo"] += 1

    def _later(self, trouble: Trouble, do: Callable[[], object]) -> None:
        mending = _Mending(trouble.at + trouble.seconds, next(self._numbers), do)
        heapq.heappush(self._mendings, mending)
