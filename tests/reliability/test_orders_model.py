"""Orders over a line that loses, doubles and reorders, to a kiosk whose power goes at any time:
each runs once at most, and each has an end that the regency knows.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.core import wire
from firmware.core.errors import WireError
from firmware.core.events import IdentifyAsked
from tests.firmware.order_bench import KIOSK
from tests.regency.test_orders import Ends

ACTS = ("give", "birth", "hear", "lose", "double", "answer", "powerCut", "regencyDies", "again")
Act = tuple[str, int]
_acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 7)), max_size=40)


class Story:
    """Both ends; every order is ``identify`` for a time of its own, so that runs can be told
    apart.
    """

    def __init__(self, folder: Path) -> None:
        self.ends = Ends(folder)
        self.given = 0

    def act(self, what: str, which: int) -> None:
        """One thing happens; ``which`` picks among what is under way."""
        ends, down = self.ends, self.ends.down
        place = which % len(down) if down else -1
        match what:
            case "give":
                self.given += 1
                ends.give("identify", seconds=5 + self.given)
                ends.exchange.send_orders()
            case "birth":
                ends.be_born()
            case "hear" if down:
                self._hear(*down.pop(place))
            case "lose" if down:
                down.pop(place)
            case "double" if down:
                down.append(down[place])
            case "answer":
                self._answer(lose=which % 2 == 0)
            case "powerCut":
                ends.bench.lose_power()
            case "regencyDies":
                ends.store.close()
                ends.start()
            case "again":
                ends.pass_hour()

    def _hear(self, topic: str, payload: bytes) -> None:
        kind = (wire.split_topic(topic) or ("", ""))[1]
        try:
            if kind == "dn/rcp":
                self.ends.bench.store.confirm([wire.decode(payload, wire.Receipt).id])
            else:
                self.ends.bench.hear("cmd", payload)
        except WireError as error:
            assert "answers no birth" in str(error)  # a clock that came late or twice

    def _answer(self, lose: bool) -> None:
        for message in self.ends.bench.store.outgoing(100):
            if not lose:
                topic = wire.up_topic(KIOSK, message.kind)
                self.ends.exchange.take(topic, message.payload)

    def heal(self) -> None:
        """A good line from now on."""
        for _ in range(3):
            self.ends.be_born()
            while self.ends.down:
                self._hear(*self.ends.down.pop(0))
                self._answer(lose=False)

    def runs(self) -> Counter[float]:
        """How often each order ran, by its seconds."""
        told = self.ends.bench.told
        return Counter(event.seconds for event in told if isinstance(event, IdentifyAsked))


def tell(acts: list[Act]) -> dict[int, str]:
    """All of it, and then a good line; what became of each order."""
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder))
        for what, which in acts:
            story.act(what, which)
        story.heal()
        outcomes = dict(story.ends.outcomes())
        runs = story.runs()
        assert set(outcomes) == set(range(1, story.given + 1))
        for number, outcome in outcomes.items():
            assert outcome in ("done", "refused"), outcome  # refused: a later one was there first
            assert runs[5 + number] == (1 if outcome == "done" else 0)
        assert story.ends.alarms() == []
        story.ends.close()
        return outcomes


_SLOW = [HealthCheck.too_slow]


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=_SLOW)
@given(_acts)
def test_an_order_runs_once_at_most_and_has_an_end(acts: list[Act]) -> None:
    tell(acts)


@pytest.mark.long
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=_SLOW)
@given(_acts)
def test_an_order_runs_once_at_most_and_has_an_end_at_length(acts: list[Act]) -> None:
    tell(acts)


def test_a_later_order_that_overtakes_an_earlier_one() -> None:
    acts = [("birth", 0), ("hear", 0), ("give", 0), ("give", 0), ("hear", 1), ("hear", 0)]
    assert tell(acts) == {1: "refused", 2: "done"}
