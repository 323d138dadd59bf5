"""Delivery as a model: any order of filing, sending, losing, doubling, crashing and signing, and
then a good line. What was promised is there, once.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)
from sqlalchemy.exc import IntegrityError

from firmware.core.request import RequestState
from tests.reliability.delivery import Line, Message, copy_of, put_back

WHICH = st.integers(0, 2**16)


class Delivery(RuleBasedStateMachine):
    """A kiosk and a regency with a bad line between them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="line-"))
        self.line = Line(self.folder)
        self.kiosk, self.regency = self.line.kiosk, self.line.regency

    # ------------------------------------------------------------ people

    @rule()
    def a_citizen_sends_a_request(self) -> None:
        self.kiosk.file_request()

    @rule(which=WHICH)
    def the_head_signs(self, which: int) -> None:
        states = self.regency.requests()
        received = [one for one in states if states[one] == RequestState.RECEIVED.value]
        if received:
            self.regency.sign(received[which % len(received)])

    @rule(which=WHICH)
    def a_letter_is_printed(self, which: int) -> None:
        if letters := self.kiosk.letters():
            self.kiosk.print_letter(letters[which % len(letters)])

    # ------------------------------------------------------------ the line

    @rule()
    def the_kiosk_sends(self) -> None:
        self.kiosk.send_due()

    @rule()
    def the_link_comes_up(self) -> None:
        self.kiosk.be_born()

    @rule()
    def the_regency_looks_again(self) -> None:
        self.regency.exchange.send_overdue()

    @rule()
    def the_line_is_good_for_a_while(self) -> None:
        self.kiosk.send_due()
        self.line.deliver()

    @precondition(lambda self: self.line.up)
    @rule(which=WHICH, twice=st.booleans())
    def a_message_goes_up(self, which: int, twice: bool) -> None:
        place = self.line.next_up(which)
        message = self.line.up[place] if twice else self.line.up.pop(place)
        self.regency.hear(message)

    @precondition(lambda self: self.line.down)
    @rule(which=WHICH, twice=st.booleans())
    def a_message_goes_down(self, which: int, twice: bool) -> None:
        place = which % len(self.line.down)
        message = self.line.down[place] if twice else self.line.down.pop(place)
        self.kiosk.hear(message)

    @precondition(lambda self: self.line.up)
    @rule(which=WHICH, count=st.integers(2, 6))
    def many_go_up_at_once(self, which: int, count: int) -> None:
        self.regency.hear_all(self._some_up(which, count))

    @precondition(lambda self: self.line.down)
    @rule(which=WHICH, count=st.integers(2, 6))
    def many_go_down_at_once(self, which: int, count: int) -> None:
        place = which % len(self.line.down)
        some = self.line.down[place : place + count]
        del self.line.down[place : place + count]
        self.kiosk.hear_all(some)

    def _some_up(self, which: int, count: int) -> list[Message]:
        count = min(count, len(self.line.up))
        return [self.line.up.pop(self.line.next_up(which + n)) for n in range(count)]

    @precondition(lambda self: self.line.up or self.line.down)
    @rule(which=WHICH)
    def a_message_is_lost(self, which: int) -> None:
        both = self.line.up + self.line.down
        lost = both[which % len(both)]
        (self.line.up if lost in self.line.up else self.line.down).remove(lost)

    @rule()
    def the_broker_dies_with_all_it_acknowledged(self) -> None:
        self.line.up.clear()
        self.line.down.clear()

    # ------------------------------------------------------------ crashes

    @rule()
    def the_kiosk_loses_power(self) -> None:
        self.kiosk.stop()
        self.kiosk.start()

    @rule()
    def the_regency_restarts(self) -> None:
        self.regency.stop()
        self.regency.start()

    @precondition(lambda self: self.line.up)
    @rule(which=WHICH)
    def the_regency_dies_after_its_commit(self, which: int) -> None:
        self.regency.mute = True
        self.regency.hear(self.line.up.pop(self.line.next_up(which)))
        self.regency.mute = False
        self.the_regency_restarts()

    @precondition(lambda self: self.line.up)
    @rule(which=WHICH, count=st.integers(2, 6))
    def the_regency_dies_between_two_of_many(self, which: int, count: int) -> None:
        some = self._some_up(which, count)
        before = self.regency.requests()
        with self.regency.refusing_rows():
            try:
                self.regency.hear_all(some)
            except IntegrityError:
                assert self.regency.requests() == before
        self.the_regency_restarts()

    # ------------------------------------------------------------ what must hold

    @invariant()
    def what_was_accepted_is_somewhere_safe(self) -> None:
        assert self._promised() <= self._safe()

    def _promised(self) -> set[str]:
        return set(self.kiosk.filed + self.kiosk.collected)

    def _safe(self) -> set[str]:
        waiting = self.kiosk.kept()
        return waiting | set(self.regency.requests()) | set(self.regency.collected())

    def teardown(self) -> None:
        try:
            self.line.heal()
            self._all_is_delivered_once()
        finally:
            self.line.close()
            shutil.rmtree(self.folder)

    def _all_is_delivered_once(self) -> None:
        states = self.regency.requests()
        assert set(states) == set(self.kiosk.filed)
        assert sorted(self.regency.collected()) == sorted(self.kiosk.collected)
        assert self.kiosk.store.outgoing(10) == []
        assert sorted(self.kiosk.letters()) == sorted(set(self.regency.signed))
        assert self.regency.undelivered() == 0
        assert self.regency.alarms() == self.regency.dead_letters() == []


class OldMemories(Delivery):
    """The same, and now and then one end wakes up with an older memory."""

    def __init__(self) -> None:
        super().__init__()
        self.card = copy_of(self.kiosk.file)
        self.backup = copy_of(self.regency.file)
        self.off_the_card: set[str] = set()
        self.gone: set[str] = set()
        self.was_restored = False

    @rule()
    def an_image_of_the_card_is_made(self) -> None:
        self.card = copy_of(self.kiosk.file)

    @rule()
    def a_backup_is_made(self) -> None:
        self.backup = copy_of(self.regency.file)

    @rule()
    def the_kiosk_gets_an_old_card(self) -> None:
        self.kiosk.stop()
        self.line.up.clear()
        put_back(self.kiosk.file, self.card)
        self.kiosk.start()
        self._forget()

    @rule()
    def the_regency_gets_an_old_backup(self) -> None:
        self.regency.stop()
        put_back(self.regency.file, self.backup)
        self.regency.start()
        self._forget()

    def _forget(self) -> None:
        """What the card that broke knew alone is gone with it; nothing else may be."""
        self.was_restored = True
        self.off_the_card |= set(self.kiosk.filed) - self.kiosk.kept()
        self.gone |= self.off_the_card - self._safe()

    def _promised(self) -> set[str]:
        """A collected letter that the regency does not know as signed any more is refused."""
        return set(self.kiosk.filed) - self.gone if self.was_restored else super()._promised()

    def _all_is_delivered_once(self) -> None:
        if not self.was_restored:
            return super()._all_is_delivered_once()
        assert self._promised() & set(self.kiosk.filed) <= set(self.regency.requests())
        assert self.kiosk.store.outgoing(10) == []
        assert self.regency.undelivered() == 0
        return None


_COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def test_a_bad_line_loses_nothing_and_doubles_nothing() -> None:
    case = Delivery.TestCase
    case.settings = settings(max_examples=20, stateful_step_count=25, **_COMMON)
    case().runTest()


def test_old_cards_and_old_backups_are_found_out() -> None:
    case = OldMemories.TestCase
    case.settings = settings(max_examples=20, stateful_step_count=25, **_COMMON)
    case().runTest()


@pytest.mark.long
@pytest.mark.parametrize("machine", [Delivery, OldMemories])
def test_a_bad_line_for_a_long_time(machine: type[Delivery]) -> None:
    case = machine.TestCase
    case.settings = settings(max_examples=3000, stateful_step_count=60, **_COMMON)
    case().runTest()
