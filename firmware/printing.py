"""Print jobs: each is moved along the table of ``firmware.core.print_job``, durably, before the
printer's thread or the screen hears of it.

A ticket in UNKNOWN is printed once more, marked SALINAN; a letter never without a person's
choice. One job a printer is under way; what stands behind it is QUEUED.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from firmware.core.errors import describe
from firmware.core.events import Event, PrintReported
from firmware.core.print_job import (
    FINISHED,
    UNDER_WAY,
    JobState,
    Turn,
    after_stop,
    is_owed_again,
    moved,
)
from firmware.core.ticket import Ticket
from firmware.core.wire import SignedLetter
from firmware.journal import Journal
from firmware.print_books import PrintJob
from firmware.print_key import PrintKey
from firmware.print_room import ROLL, Held, PrintRoom
from firmware.printer_words import SHOWN, fault_of, shown_refused
from firmware.printers import PrinterThread
from firmware.store import Store
from hw.protocols import (
    Confirmed,
    Fault,
    Interrupted,
    NotStarted,
    PagePrinter,
    Paper,
    PrinterBlocked,
    PrinterOnline,
    PrinterStatus,
    PrintOutcome,
    Slip,
    TicketPrinter,
    Unconfirmed,
)

RECENT_SECONDS = 300


class Printing:
    """All print jobs of a kiosk. Used by the controller's thread alone.

    ``tell`` passes an event to the visit; ``collected`` hears of a letter that is on paper:
    job, and whether the printer confirmed it; ``service_ended`` of a service slip's last state.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        key: PrintKey,
        now: Callable[[], str],
        tell: Callable[[Event], None],
        collected: Callable[[PrintJob, bool], None],
        service_ended: Callable[[str, JobState], None] = lambda _name, _state: None,
    ) -> None:
        self._store = store
        self._books = store.prints
        self._journal = journal
        self._key = key
        self._now = now
        self._tell = tell
        self._collected = collected
        self._service_ended = service_ended
        self._room = PrintRoom(store.prints, journal, key, now, tell)
        self._held: dict[int, Held] = {}
        self._owed_a_call: set[str] = set()  # media whose waiting jobs could not all be called
        self._is_closed = False

    def attach_roll(self, printer: TicketPrinter, thread: PrinterThread) -> None:
        """Tickets, and letters where there is no page printer, go here."""
        self._room.roll = (printer, thread)

    def attach_page(self, printer: PagePrinter, thread: PrinterThread) -> None:
        """Signed letters go here."""
        self._room.page = (printer, thread)

    @property
    def status(self) -> dict[str, PrinterStatus]:
        """The last status of each printer, by medium."""
        return self._room.status

    # ------------------------------------------------------------ what is asked

    def print_ticket(self, ticket: Ticket, request_id: str) -> None:
        """Print the ticket of a request that is durable."""
        if self._room.roll is None:
            self._tell(PrintReported(request_id, "unavailable"))
        elif not self._is_held("ticket", request_id):
            self._take("ticket", request_id, ROLL, content=self._key.close(ticket))

    def print_letter(self, letter: SignedLetter) -> None:
        """Print a signed letter: on a sheet where there is a page printer, else on the roll."""
        medium = self._room.letters_go_to()
        if medium is None:
            self._tell(PrintReported(letter.request_id, "unavailable"))
        elif not self._is_held("letter", letter.request_id):
            self._take("letter", letter.request_id, medium, letter=letter)

    def print_service(self, name: str, slip: Slip) -> None:
        """Print a slip for a technician: it holds nothing personal and waits for nobody.
        PrintReported and ``service_ended`` carry its ``name``.
        """
        if self._room.roll is None:
            self._tell(PrintReported(name, "unavailable"))
        elif not self._is_held("service", name):
            try:
                self._take("service", name, ROLL, slip=slip, attended=False)
            except self._store.errors:  # whoever ordered it hears of it
                self._service_ended(name, JobState.VOID)
                raise

    def renew_roll(self) -> None:
        """A technician put a new roll into the ticket printer."""
        self._room.renew_roll()

    def is_idle(self) -> bool:
        """Whether nothing is being printed and nothing waits."""
        return not self._held

    def visit_ended(self) -> None:
        """Nobody stands here any more: what has not begun will not come out later by surprise."""
        attended = [held for held in self._held.values() if held.attended]
        waiting = [held for held in attended if held.job.state not in UNDER_WAY]
        for held in attended:
            held.attended = False
            if held.work is not None:
                held.was_cancelled = True
                held.work.cancel()  # it ends as NotStarted, unless its first byte is on its way
        for held in waiting:  # before the books: a full disk must not bring them back either
            self._held.pop(held.job.id)
        for held in waiting:
            self._finish(held, Turn.DROPPED)

    def close(self) -> None:
        """The printers are being closed: begin nothing more."""
        self._is_closed = True

    def recover(self) -> None:
        """After a start: what was under way is UNKNOWN, what had not begun is void. A ticket of a
        moment ago is printed again by the rules of ``is_owed_again``, when the power was not gone
        meanwhile. Each job by itself: what a failing disk does not take stays for the next start.
        """
        try:
            unfinished = self._books.unfinished_jobs()
        except self._store.errors as error:
            self._note_failure(error)
            return
        for job in unfinished:
            try:
                self._recover(job)
            except self._store.errors as error:
                self._note_failure(error)

    def _recover(self, job: PrintJob) -> None:
        ticket = self._key.open(job.content) if job.kind == "ticket" else None
        self._finish(Held(job), after_stop(job.state))
        is_recent = _age_seconds(job.created_at, self._now()) < RECENT_SECONDS
        if ticket is None or not is_recent or self._room.roll is None:
            return
        if is_owed_again(job.kind, job.copy, job.state):
            content = self._key.close(ticket)
            self._take("ticket", job.request_id, ROLL, content=content, attended=False)

    def _take(
        self,
        kind: str,
        request_id: str,
        medium: str,
        content: bytes | None = None,
        letter: SignedLetter | None = None,
        slip: Slip | None = None,
        attended: bool = True,
    ) -> None:
        """A new job, durable before anything is done for it."""
        job = self._books.add_job(kind, request_id, medium, content, self._now())
        held = self._held[job.id] = Held(job, letter, slip, attended)
        try:
            self._begin_or_queue(held)
        except self._store.errors:  # a full disk: nothing was begun, and nothing waits
            self._held.pop(job.id, None)
            raise

    def _is_held(self, kind: str, request_id: str) -> bool:
        """Whether a job of this request is not done yet. One that waits is tried again; one that
        is being printed is not asked for twice.
        """
        held = next(
            (
                h
                for h in self._held.values()
                if (h.job.kind, h.job.request_id) == (kind, request_id)
            ),
            None,
        )
        if held is None:
            return False
        held.attended = held.attended or kind != "service"  # whoever left has come back
        if held.job.state is JobState.BLOCKED:
            self._call(held)
        elif held.job.state is JobState.QUEUED:
            self._begin_or_queue(held)
        else:
            self._tell(PrintReported(request_id, SHOWN[held.job.state]))
        return True

    # ------------------------------------------------------------ sending

    def _call(self, held: Held) -> None:
        self._move(held, Turn.MENDED)
        self._begin_or_queue(held)

    def _begin_or_queue(self, held: Held) -> None:
        if self._is_busy(held.job.medium):
            self._tell(PrintReported(held.job.request_id, "queued"))
        else:
            self._begin(held)

    def _is_busy(self, medium: str) -> bool:
        """Whether the printer's thread has a job at hand."""
        return any(h.work and h.job.medium == medium for h in self._held.values())

    def _begin_next(self, medium: str) -> None:
        for held in [h for h in self._held.values() if _is(h, medium, JobState.QUEUED)]:
            if not self._is_closed and not self._is_busy(medium):
                self._each_by_itself(held, self._begin)

    def _begin(self, held: Held) -> None:
        """Hand a job to its printer's thread. It is SENDING, durably, before the first byte."""
        target = self._room.work_for(held)
        if target is None:
            self._finish(held, Turn.DROPPED)
            self._tell(PrintReported(held.job.request_id, "unavailable"))
            return
        if self._room.would_be_torn(held):
            self._refuse(held, PrinterBlocked(Fault.PAPER_LOW, Paper.LOW))
            return
        self._move(held, Turn.BEGUN)
        thread, held.work = target
        self._note(held.job)
        self._tell(PrintReported(held.job.request_id, "printing"))
        thread.do(held.work)

    # ------------------------------------------------------------ what printers say

    def job_went(self, job_id: int, sent_bytes: int, all_sent: bool) -> None:
        """A printer's thread tells how far a job is."""
        held = self._held[job_id]
        if not all_sent:
            self._books.note_sent(job_id, sent_bytes)
            return
        self._move(held, Turn.ALL_SENT, sent_bytes)
        self._note(held.job, offset=sent_bytes)
        self._tell(PrintReported(held.job.request_id, "awaiting"))

    def job_ended(self, job_id: int, outcome: PrintOutcome) -> None:
        """A printer's thread has done with a job."""
        held = self._held[job_id]
        held.work = None
        try:
            self._take_outcome(held, outcome)
        except self._store.errors:  # what the books cannot hold, nobody can know
            self._held.pop(job_id, None)
            self._tell(PrintReported(held.job.request_id, "unknown"))
            if held.job.kind == "service":
                self._service_ended(held.job.request_id, JobState.UNKNOWN)
            raise
        finally:
            self._begin_next(held.job.medium)

    def _take_outcome(self, held: Held, outcome: PrintOutcome) -> None:
        """A job that was called off when its visitor left begins anew for one who came back."""
        came_back = held.attended and held.was_cancelled and not self._is_closed
        held.was_cancelled = False
        match outcome:
            case NotStarted(PrinterOnline()) if came_back:
                self._move(held, Turn.REFUSED)
                self._call(held)
            case Confirmed():
                self._on_paper(held, Turn.CONFIRMED)
            case Unconfirmed():
                self._on_paper(held, Turn.UNCONFIRMED)
            case NotStarted(status):
                if fault_of(status) is Fault.PAPER_LOW:  # seen by its sensor, just before the job
                    self._room.see(held.job.medium, PrinterOnline(Paper.LOW))
                self._refuse(held, status)
            case Interrupted(offset, status):
                self._cut_off(held, offset, status)

    def _on_paper(self, held: Held, turn: Turn) -> None:
        self._room.count_paper(held)
        if held.job.kind == "letter":
            held.job = replace(held.job, state=moved(held.job.state, turn))
            self._note(held.job)
            self._collected(held.job, turn is Turn.CONFIRMED)
            self._held.pop(held.job.id, None)
        else:
            self._finish(held, turn)
        self._tell(PrintReported(held.job.request_id, SHOWN[held.job.state]))

    def _refuse(self, held: Held, status: PrinterStatus) -> None:
        """Nothing was printed: wait for the printer, as long as the visitor does."""
        fault, job = fault_of(status), held.job
        if fault is not Fault.PAPER_LOW:
            self._room.see(job.medium, status)
        if held.attended:
            self._move(held, Turn.REFUSED)
            self._note(held.job, status)
        else:
            self._finish(held, Turn.DROPPED, status)
        self._tell(PrintReported(job.request_id, shown_refused(job, fault), fault))

    def _cut_off(self, held: Held, offset: int, status: PrinterStatus) -> None:
        """Nobody can know what is on the paper. A first ticket is owed one copy."""
        job = held.job
        self._room.count_paper(held, cut=False)
        self._room.see(job.medium, status)
        self._finish(held, Turn.CUT_OFF, status, offset)
        if not is_owed_again(job.kind, job.copy, job.state) or job.content is None:
            self._tell(PrintReported(job.request_id, "unknown", fault_of(status)))
            return
        again = self._books.add_job("ticket", job.request_id, ROLL, job.content, self._now())
        copy = self._held[again.id] = Held(again, attended=held.attended)
        self._refuse(copy, status)

    def printer_seen(self, medium: str, status: PrinterStatus) -> None:
        """A printer's status. Jobs that waited for it go on once it has come back; not while
        it merely stays on line, or a job that it refuses would be tried without end.
        """
        came_back = isinstance(status, PrinterOnline) and self.status.get(medium) != status
        self._room.see(medium, status)
        is_well = isinstance(status, PrinterOnline)
        if came_back or (is_well and medium in self._owed_a_call):
            self._owed_a_call.discard(medium)
            for held in [h for h in self._held.values() if _is(h, medium, JobState.BLOCKED)]:
                self._each_by_itself(held, self._call)
            self._begin_next(medium)

    def _each_by_itself(self, held: Held, do: Callable[[Held], None]) -> None:
        """What the disk does not take now is tried at the printer's next status, and keeps no
        other job from its turn.
        """
        try:
            do(held)
        except self._store.errors as error:
            self._owed_a_call.add(held.job.medium)
            self._note_failure(error)

    def _note_failure(self, error: Exception) -> None:
        self._journal.write("controller.bug", error=describe(error))

    # ------------------------------------------------------------ books

    def _move(self, held: Held, turn: Turn, sent_bytes: int | None = None) -> None:
        """Durably; only then does the job stand where the table says."""
        state = moved(held.job.state, turn)
        self._books.set_job(held.job.id, state, sent_bytes)
        held.job = replace(held.job, state=state)

    def _finish(
        self,
        held: Held,
        turn: Turn,
        status: PrinterStatus | None = None,
        offset: int | None = None,
    ) -> None:
        was = held.job.state
        self._move(held, turn, offset)
        assert held.job.state in FINISHED
        place = held.job.sent_bytes if offset is None else offset
        self._note(held.job, status, place if turn is Turn.CUT_OFF else 0, was)
        self._held.pop(held.job.id, None)
        if held.job.kind == "service":
            self._service_ended(held.job.request_id, held.job.state)

    def _note(
        self,
        job: PrintJob,
        status: PrinterStatus | None = None,
        offset: int = 0,
        was: JobState | None = None,
    ) -> None:
        fault = fault_of(status) if status else None
        self._journal.write(
            "print.job",
            job=job.id,
            kind=job.kind,
            request_id=job.request_id,
            medium=job.medium,
            copy=job.copy,
            state=job.state.value,
            was=was.value if was else None,
            fault=fault.value if fault else None,
            offset=offset,
        )


def _is(held: Held, medium: str, state: JobState) -> bool:
    return held.job.medium == medium and held.job.state is state


def _age_seconds(then: str, now: str) -> float:
    """Between two moments of ISO 8601; a clock that was put back makes something old, not new."""
    age = (datetime.fromisoformat(now) - datetime.fromisoformat(then)).total_seconds()
    return age if age >= 0 else float("inf")
