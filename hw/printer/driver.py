"""The receipt printer: asks before it prints, listens while it prints, and claims no more
than the printer said.

A job ends with GS ( H function 48, which a printer answers when the job is on paper, and
GS r 1, which it answers when it has worked through everything before. A printer that
answers the second but not the first is remembered as one without function 48.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from hw.printer.abilities import Abilities, Confirmation
from hw.printer.conversation import Conversation
from hw.printer.escpos import INITIALISE, EscposEncoder
from hw.printer.pipe import Pipe, PipeError
from hw.printer.status import RealTimeQuery, status_of_queries
from hw.printer.unit import Unit
from hw.protocols import (
    Confirmed,
    Fault,
    Interrupted,
    NotStarted,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    PrintOutcome,
    Slip,
    Unconfirmed,
    nobody_listens,
)

CHUNK_BYTES = 2048
UNSTICK = bytes(8192) + INITIALISE  # ends a picture that an earlier job left half sent
CUT_OFF_REMAINS = b"\x1dVB\x00"
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 8: nothing prints later
RECOVER = b"\x10\x05\x02"  # DLE ENQ 2: forget the job and try the blade again
ASK_PAPER_SENSOR = b"\x1dr\x01"
JOB_IDS = 10_000  # begun at chance: an answer of before a restart is not taken for a new job's
TIMES_TO_ASK_UNIT = 2

Recall = Callable[[str], Abilities | None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the driver waits, in seconds."""

    answer: float = 0.5  # to one DLE EOT
    stall: float = 10.0  # while the printer takes no more bytes
    confirmation: float = 15.0  # for the job to be on paper
    silent: float = 3.0  # the same, from one that did not confirm the job before and answers
    process_id: float = 5.0  # for GS ( H after GS r was answered
    poll: float = 0.25
    recovery: float = 10.0  # between two tries to free the cutter


class EscposPrinter:
    """An ESC/POS printer behind any pipe. See ``hw.protocols.TicketPrinter``."""

    def __init__(
        self,
        pipe: Pipe,
        encoder: EscposEncoder,
        patience: Patience | None = None,
        abilities: Abilities | None = None,
    ) -> None:
        self._encoder = encoder
        self._patience = patience or Patience()
        self._talk = Conversation(pipe, self._patience.answer)
        self._job_ids = itertools.count(secrets.randbelow(JOB_IDS))
        self._abilities = abilities or Abilities()
        self._recall: Recall = _nobody_remembers
        self._unit = Unit()
        self._half_told = Unit()  # at the last question
        self._may_swallow = True  # the question too: what was begun may be a picture
        self._times_to_ask_unit = TIMES_TO_ASK_UNIT
        self._may_be_stuck = True  # what was sent before this process began is unknown, and
        self._left_remains = True  # may hang in the slot: it must not come with this ticket
        self._next_recovery = 0.0

    @property
    def width_dots(self) -> int:
        return self._encoder.width_dots

    @property
    def abilities(self) -> Abilities:
        """What the unit was found able to say: now, or earlier as ``recall_with`` tells."""
        return self._abilities

    @property
    def unit(self) -> str:
        """Maker, model, firmware and serial number as the unit told them; empty until then,
        and for a unit that does not tell. Not proven: clones call themselves what they like.
        """
        return str(self._unit)

    def recall_with(self, recall: Recall) -> None:
        """``recall`` is asked for the abilities of a ``unit`` when another one is met, and for
        those of "" when one will not tell its name. It is called from the owner's thread.
        """
        self._recall = recall
        self._abilities = recall(self.unit) or self._abilities

    def status(self) -> PrinterStatus:
        try:
            status = self._status_before()
            if isinstance(status, PrinterOnline):
                self._meet()
            return status
        except PipeError as error:
            return PrinterOffline(str(error))
        finally:
            self._talk.close()

    def print(
        self,
        slip: Slip,
        progress: Callable[[int], None],
        all_sent: Callable[[], None] = nobody_listens,
    ) -> PrintOutcome:
        job = self._whole_job(slip)
        try:
            status = self._status_before()
            if not isinstance(status, PrinterOnline):
                return NotStarted(status)
            progress(0)
            outcome = self._send(job, progress, all_sent)
            if self._may_be_stuck and not self._times_to_ask_unit and not self._half_told:
                self._times_to_ask_unit += 1  # what was stuck may have swallowed the question
            self._left_remains = self._may_be_stuck = isinstance(outcome, Interrupted)
            self._may_swallow = self._may_be_stuck
            return outcome
        finally:
            self._talk.close()

    def close(self) -> None:
        self._talk.close()

    # ------------------------------------------------------------ one connection

    def _status_before(self) -> PrinterStatus:
        try:
            self._talk.open()
            return self._recovered(self._ask_all())
        except PipeError as error:
            self._times_to_ask_unit = TIMES_TO_ASK_UNIT  # another one may be in its place
            self._half_told = Unit()
            return PrinterOffline(str(error))

    def _meet(self) -> None:
        """Learn the unit's name, once after each time that it was away. One that fell silent before
        it had told all of it may have been busy: what it told is believed the second time. One
        that never tells a word is not the one that told its name before.
        """
        if not self._times_to_ask_unit:
            return
        self._times_to_ask_unit -= 1
        unit = self._talk.ask_unit() or Unit()
        self._may_swallow = self._may_swallow and not unit
        is_last_time = not self._times_to_ask_unit
        if unit.is_whole or (unit and (is_last_time or unit == self._half_told)):
            self._times_to_ask_unit = 0
            self._be(unit)
        elif unit.agrees(self._unit):
            self._times_to_ask_unit = 0
        elif is_last_time and not self._may_swallow:
            self._be(unit)
        self._half_told = unit

    def _be(self, unit: Unit) -> None:
        if unit == self._unit or (unit.agrees(self._unit) and not unit.is_whole):
            return
        is_other = bool(self._unit) and not unit.agrees(self._unit)
        self._unit = unit
        known = self._recall(self.unit)
        self._abilities = known or (Abilities() if is_other else self._abilities)

    def _recovered(self, status: PrinterStatus) -> PrinterStatus:
        """A freed cutter stays in error until it is told to try again; between jobs, when
        nothing is lost by it, it is told so every few seconds.
        """
        is_stuck = isinstance(status, PrinterBlocked) and status.fault is Fault.CUTTER
        if not is_stuck or time.monotonic() < self._next_recovery:
            return status
        self._next_recovery = self._after(self._patience.recovery)
        self._talk.pipe.write(memoryview(RECOVER), self._patience.answer)
        return self._ask_all()

    def _whole_job(self, slip: Slip) -> bytes:
        unstick = UNSTICK if self._may_be_stuck else b""
        remains = CUT_OFF_REMAINS if self._left_remains else b""
        return unstick + remains + self._encoder.encode(slip)

    def _ending(self, process_id: bytes) -> bytes:
        ask_process_id = b"\x1d(H\x06\x0000" + process_id
        return (ask_process_id if self._may_have_process_id else b"") + ASK_PAPER_SENSOR

    @property
    def _may_have_process_id(self) -> bool:
        return self._abilities.confirmation is not Confirmation.SENSOR

    def _send(
        self, job: bytes, progress: Callable[[int], None], all_sent: Callable[[], None]
    ) -> PrintOutcome:
        process_id = b"%04d" % (next(self._job_ids) % JOB_IDS)
        data = memoryview(job + self._ending(process_id))
        sent = 0
        self._talk.expect_nothing()
        try:
            deadline = self._after(self._patience.stall)
            while sent < len(data):
                taken = self._talk.pipe.write(data[sent : sent + CHUNK_BYTES], self._patience.poll)
                if taken:
                    sent += taken
                    progress(sent)
                    deadline = self._after(self._patience.stall)
                if sent == len(data):
                    self._talk.expect_end(process_id)
                self._talk.listen(0)
                if self._talk.heard.trouble is not None:
                    return self._stopped(sent, self._talk.heard.trouble)
                if time.monotonic() > deadline:
                    return self._broken_off(sent, self._offline("takes no more data"))
            all_sent()
            return self._await_confirmation(sent)
        except PipeError as error:
            return self._broken_off(sent, PrinterOffline(str(error)))

    def _await_confirmation(self, sent: int) -> PrintOutcome:
        patience = self._patience
        is_silent = self._abilities.confirmation is Confirmation.NONE
        deadline = self._after(patience.silent if is_silent else patience.confirmation)
        at_most = self._after(patience.confirmation)
        last_chance: float | None = None
        next_look = self._after(self._patience.poll)
        while not self._talk.heard.on_paper:
            self._talk.listen(self._patience.poll / 5)
            if self._talk.heard.trouble is not None:
                return self._stopped(sent, self._talk.heard.trouble)
            now = time.monotonic()
            if self._talk.heard.worked_through and last_chance is None:
                last_chance = now + self._patience.process_id
            if self._is_over(now, deadline, last_chance):
                break
            if now >= next_look:
                if not self._look_for_trouble():  # busy: its answer stands behind the job
                    deadline = max(deadline, min(at_most, self._after(patience.silent)))
                next_look = self._after(self._patience.poll)
        return self._verdict(sent)

    def _is_over(self, now: float, deadline: float, last_chance: float | None) -> bool:
        if last_chance is not None and (now > last_chance or not self._may_have_process_id):
            return True
        return now > deadline

    def _verdict(self, sent: int) -> PrintOutcome:
        status = None if self._talk.heard.on_paper else self._ask_all()
        on_paper, worked_through = self._talk.heard.on_paper, self._talk.heard.worked_through
        if not on_paper and status is not None and not isinstance(status, PrinterOnline):
            return self._stopped(sent, status)
        self._abilities = self._abilities.after_job(on_paper, worked_through)
        return Confirmed() if on_paper or worked_through else Unconfirmed()

    def _stopped(self, sent: int, status: PrinterStatus) -> Interrupted:
        """Trouble in mid-job: empty the printer, so that it does not print the rest by itself
        when the paper is filled in and the citizen is long gone.
        """
        cleared = 0
        with contextlib.suppress(PipeError):
            cleared = self._talk.pipe.write(memoryview(CLEAR_BUFFERS), self._patience.poll)
        if cleared == len(CLEAR_BUFFERS) and isinstance(status, PrinterBlocked):
            return Interrupted(sent, status)
        return self._broken_off(sent, status)

    def _broken_off(self, sent: int, status: PrinterStatus) -> Interrupted:
        """It does not listen: what is still on its way must not reach it."""
        self._talk.pipe.abandon()
        return Interrupted(sent, status)

    # ------------------------------------------------------------ questions and answers

    def _look_for_trouble(self) -> bool:
        """False: it did not answer. A printer that answers in its turn is still printing."""
        printer = self._talk.ask(RealTimeQuery.PRINTER)
        if printer is not None and printer & 0x08:
            status = self._ask_all()
            if isinstance(status, PrinterBlocked):
                self._talk.heard.trouble = status
        return printer is not None

    def _ask_all(self) -> PrinterStatus:
        answers = self._talk.ask_all()
        self._abilities = self._abilities.after_question(bool(answers))
        if not answers:
            return self._offline("takes data but answers no question")
        status = status_of_queries(answers)
        if isinstance(status, PrinterOffline):
            return self._offline("says that it is off-line")
        return status

    def _offline(self, what: str) -> PrinterOffline:
        name = self._talk.pipe.name
        return PrinterOffline(
            f"The printer at {name} {what}; switch it off and on, and look at its lamps."
        )

    @staticmethod
    def _after(seconds: float) -> float:
        return time.monotonic() + seconds


def _nobody_remembers(_: str) -> Abilities | None:
    return None
