"""Questions to an ESC/POS printer and what it says, over one connection at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from hw.printer.pipe import Pipe
from hw.printer.status import (
    Answer,
    AutomaticStatus,
    PaperSensor,
    RealTimeAnswer,
    RealTimeQuery,
    StatusParser,
    is_process_id,
    status_of_automatic,
    unit_word,
)
from hw.printer.unit import ASK, Unit, UnitQuery
from hw.protocols import Fault, Paper, PrinterBlocked


@dataclass(slots=True)
class Heard:
    """What the printer said since it was last asked, or during one job.

    ``trouble`` is what its latest automatic status or paper sensor told of itself.
    """

    real_time: int | None = None
    unit: bytes | None = None
    trouble: PrinterBlocked | None = None
    on_paper: bool = False
    worked_through: bool = False


class Conversation:
    """One question is under way at a time: the answers do not repeat what was asked. A printer that
    answers in its turn, behind what it still prints, answers late: as many answers are owed as
    questions were asked, and only the last of them is the one that is waited for.

    Every method may raise PipeError.
    """

    def __init__(self, pipe: Pipe, answer_seconds: float) -> None:
        self.pipe = pipe
        self._answer_seconds = answer_seconds
        self._parser = StatusParser()
        self._process_id: bytes | None = None
        self._owed = 0  # answers to DLE EOT that may still come
        self.heard = Heard()

    def open(self) -> None:
        """A new connection; what was under way on the last one is forgotten."""
        self._parser = StatusParser()
        self._owed = 0
        self.expect_nothing()
        self.pipe.open()

    def close(self) -> None:
        """Never raises."""
        self.pipe.close()

    def expect_nothing(self) -> None:
        """A job begins. An answer that comes before its end belongs to something older."""
        self.heard = Heard()
        self._process_id = None

    def expect_end(self, process_id: bytes) -> None:
        """The last byte of a job is with the printer: now its word counts."""
        self._process_id = process_id

    def listen(self, seconds: float) -> bool:
        """Hear what comes; returns with the first bytes, at the latest after ``seconds``.
        False: nothing came.
        """
        data = self.pipe.read(seconds)
        for answer in self._parser.feed(data):
            self._hear(answer)
        return bool(data)

    def ask(self, query: RealTimeQuery) -> int | None:
        """DLE EOT; None when no answer comes in time.

        Answers to older questions, and then silence: the printer lost some. Nothing is owed any
        more, and the question is put once again.
        """
        for _ in range(2):
            owed = self._put(query)
            if self.heard.real_time is not None or self._owed >= owed:
                break
            self._owed = 0
        return self.heard.real_time

    def _put(self, query: RealTimeQuery) -> int:
        """Ask and listen; returns how many answers were owed once it was asked."""
        self.listen(0)
        self.heard.real_time = None
        if not self._say(b"\x10\x04" + bytes((query,))):
            return self._owed
        self._owed += 1
        owed = self._owed
        if not self._await("real_time"):
            self._parser = StatusParser()  # half an answer would hold back the next one
        return owed

    def ask_all(self) -> dict[RealTimeQuery, int]:
        """DLE EOT 1 to 4. At the first silence no more is asked: a late answer would be taken
        for the next question's.
        """
        answers: dict[RealTimeQuery, int] = {}
        for query in RealTimeQuery:
            value = self.ask(query)
            if value is None:
                break
            answers[query] = value
        return answers

    def ask_unit(self) -> Unit | None:
        """GS I, which is answered behind whatever the printer still works at; None: no word."""
        answers: dict[UnitQuery, bytes] = {}
        for query in UnitQuery:
            self.heard.unit = None
            if self._say(ASK + bytes((query,))):
                self._await("unit")
            if self.heard.unit is None:
                break
            answers[query] = self.heard.unit
        return Unit.of(answers) or None

    # ------------------------------------------------------------ inside

    def _say(self, question: bytes) -> bool:
        return self.pipe.write(memoryview(question), self._answer_seconds) == len(question)

    def _await(self, what: Literal["real_time", "unit"]) -> bool:
        """Listen until that was heard; False when the printer was silent all the time. The answer
        to an older question shows that this one's is on its way: it gets its whole time anew.
        """
        deadline = time.monotonic() + self._answer_seconds
        is_alive = False
        while getattr(self.heard, what) is None:
            left, owed = deadline - time.monotonic(), self._owed
            if left <= 0:
                return is_alive
            is_alive = self.listen(left) or is_alive
            if self._owed < owed:
                deadline = time.monotonic() + self._answer_seconds
        return True

    def _hear(self, answer: Answer) -> None:
        match answer:
            case RealTimeAnswer(value):
                self._owed = max(0, self._owed - 1)
                if not self._owed:  # else it answers an older question
                    self.heard.real_time = value
            case AutomaticStatus():
                status = status_of_automatic(answer)
                self.heard.trouble = status if isinstance(status, PrinterBlocked) else None
            case PaperSensor(value):
                self._hear_sensor(value)
            case _ if (word := unit_word(answer)) is not None:
                self.heard.unit = word
            case _ if self._process_id and is_process_id(answer, self._process_id):
                self.heard.on_paper = True

    def _hear_sensor(self, value: int) -> None:
        if value & 0x0C:
            self.heard.trouble = PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)
        elif self._process_id is not None:
            self.heard.worked_through = True
