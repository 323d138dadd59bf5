"""Printers that answer in their turn, as clones do: a question waits behind what is printed."""

from __future__ import annotations

import time

import pytest

from hw.printer.abilities import Abilities, Confirmation
from hw.printer.conversation import Conversation
from hw.printer.driver import EscposPrinter, Patience
from hw.printer.escpos import EscposEncoder
from hw.printer.status import RealTimeQuery
from hw.protocols import Confirmed, Cut, Line, PrintOutcome, Unconfirmed

SLIP = (Line("x"), Cut())
PATIENCE = Patience(answer=0.2, stall=10, confirmation=30, silent=0.5, process_id=0.5, poll=0.1)
QUESTION, LAST_OF_JOB = b"\x10\x04", b"\x1dr\x01"
WELL = {1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}  # 0x16: nothing is plugged in for a cash drawer


class InTurn:
    """Takes everything at once and works through it in its order. A job ends when
    ``looks_meanwhile`` questions were asked behind it. ``packets``: a read ends with each answer.
    """

    name = "clone"

    def __init__(self, looks_meanwhile: int, has_sensor: bool, packets: bool = False) -> None:
        self._looks_left = 0
        self._looks, self._has_sensor, self._packets = looks_meanwhile, has_sensor, packets
        self._behind: list[int] = []
        self._said: list[int] = []
        self.lost: list[int] = []  # questions that are swallowed, counted from now
        self._asked = 0
        self.is_abandoned = False

    def open(self) -> None:
        self._said.clear()

    def close(self) -> None:
        pass

    def abandon(self) -> None:
        self.is_abandoned = True

    def write(self, data: memoryview, _seconds: float) -> int:
        told = bytes(data)
        if told.startswith(QUESTION):
            self._take_question(told[2])
        elif told.endswith(LAST_OF_JOB):
            self._looks_left = self._looks
            if self._has_sensor:
                self._answer(0x00)
        return len(told)

    def _take_question(self, query: int) -> None:
        self._asked += 1
        if self._asked in self.lost:
            return
        self._answer(WELL[query])
        self._looks_left = max(0, self._looks_left - 1)
        if not self._looks_left:
            self._said += self._behind
            self._behind.clear()

    def _answer(self, value: int) -> None:
        (self._behind if self._looks_left else self._said).append(value)

    def read(self, seconds: float) -> bytes:
        if not self._said:
            time.sleep(min(seconds, 0.01))
            return b""
        many = 1 if self._packets else len(self._said)
        told, self._said = self._said[:many], self._said[many:]
        return bytes(told)


def printed_on(pipe: InTurn, confirmation: Confirmation) -> PrintOutcome:
    known = Abilities(confirmation, answers_status=True)
    return EscposPrinter(pipe, EscposEncoder(), PATIENCE, known).print(SLIP, lambda _: None)


@pytest.mark.parametrize("packets", [False, True])
@pytest.mark.parametrize("looks", [2, 3, 5])
def test_late_answers_are_not_taken_for_other_questions(looks: int, packets: bool) -> None:
    """Nothing plugged in for a drawer, read as an answer to another question, is an open cover."""
    pipe = InTurn(looks, has_sensor=True, packets=packets)
    assert printed_on(pipe, Confirmation.SENSOR) == Confirmed()
    assert not pipe.is_abandoned


def test_a_printer_that_never_confirms_is_not_torn_from_a_long_letter() -> None:
    """It is silent for longer than its usual time because it prints, not because it is gone."""
    pipe = InTurn(6, has_sensor=False)
    assert printed_on(pipe, Confirmation.NONE) == Unconfirmed()
    assert not pipe.is_abandoned


@pytest.mark.parametrize("lost", [[1], [2], [1, 2], [1, 2, 3]])
def test_a_lost_question_does_not_spoil_the_ones_after_it(lost: list[int]) -> None:
    pipe = InTurn(0, has_sensor=True)
    pipe.lost = lost
    talk = Conversation(pipe, 0.2)
    talk.open()
    answers = [talk.ask(RealTimeQuery.PRINTER) for _ in range(max(lost))]
    assert None in answers
    assert talk.ask_all() == WELL
    assert talk.ask_all() == WELL


def test_one_silence_does_not_unlearn_the_process_id() -> None:
    knows = Abilities(Confirmation.PROCESS_ID, answers_status=True)
    assert knows.after_job(on_paper=False, worked_through=False) == knows
