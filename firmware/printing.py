"""Print jobs: durable before their first byte, and never more certain than the printer is.

QUEUED -> SENDING -> CONFIRMED or UNCONFIRMED; BLOCKED while a person must help; UNKNOWN when
cut off after the first byte; VOID when it will not be printed. A ticket in UNKNOWN is printed
once more, marked SALINAN. A letter never without a person's choice.

The content of a ticket lies in the store under a key in ``runtime_dir``, which does not outlive
the power: a kiosk at rest tells no claim code.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from firmware.core.events import Event, PrinterChanged, PrintReported
from firmware.core.paper import slip_mm
from firmware.core.ticket import Ticket, ticket_slip
from firmware.core.view import PrintState
from firmware.core.wire import SignedLetter
from firmware.journal import Journal
from firmware.printers import PrinterThread, Work, page_work, slip_work
from firmware.store import PrintJob, Store
from hw.protocols import (
    Align,
    Confirmed,
    Cut,
    Fault,
    Feed,
    Interrupted,
    Line,
    NotStarted,
    PagePrinter,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    PrintOutcome,
    Raster,
    Slip,
    TicketPrinter,
    Unconfirmed,
)

ROLL_WIDTH_DOTS = 576
_MOST_ROLL_LINES = 20_000  # 2.5 m of paper: no letter is longer
RECENT_SECONDS = 300
_NONCE_BYTES = 12


class PrintKey:
    """The key of tickets in the store: made anew whenever the power was gone."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(AESGCM.generate_key(256))
        self._cipher = AESGCM(file.read_bytes())

    def close(self, ticket: Ticket) -> bytes:
        """The ticket, readable with this key only."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, msgspec.json.encode(ticket), None)

    def open(self, content: bytes | None) -> Ticket | None:
        """The ticket; None when the key it was closed with is gone."""
        if content is None:
            return None
        try:
            raw = self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], None)
            return msgspec.json.decode(raw, type=Ticket)
        except (InvalidTag, ValueError, msgspec.DecodeError):
            return None


class Printing:
    """All print jobs of a kiosk. Used by the controller's thread alone.

    ``tell`` passes an event to the visit; ``collected`` hears of a letter that is on paper:
    job, and whether the printer confirmed it.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        key: PrintKey,
        now: Callable[[], str],
        tell: Callable[[Event], None],
        collected: Callable[[PrintJob, bool], None],
    ) -> None:
        self._store = store
        self._journal = journal
        self._key = key
        self._now = now
        self._tell = tell
        self._collected = collected
        self._roll: tuple[TicketPrinter, PrinterThread] | None = None
        self._page: tuple[PagePrinter, PrinterThread] | None = None
        self._jobs: dict[int, PrintJob] = {}
        self._letters: dict[int, SignedLetter] = {}
        self._waiting: list[int] = []
        self._attended: dict[int, Work | None] = {}
        self.status: dict[str, PrinterStatus] = {}

    def attach_roll(self, printer: TicketPrinter, thread: PrinterThread) -> None:
        """Tickets, and letters where there is no page printer, go here."""
        self._roll = (printer, thread)

    def attach_page(self, printer: PagePrinter, thread: PrinterThread) -> None:
        """Signed letters go here."""
        self._page = (printer, thread)

    # ------------------------------------------------------------ what is asked

    def print_ticket(self, ticket: Ticket, request_id: str) -> None:
        """Print the ticket of a request that is durable."""
        if self._roll is None:
            self._tell(PrintReported(request_id, "unavailable"))
            return
        if self._is_at_work("ticket", request_id):
            return
        content = self._key.close(ticket)
        job = self._store.add_job("ticket", request_id, "roll", content, self._now())
        self._attended[job.id] = None
        self._send(job)

    def print_letter(self, letter: SignedLetter) -> None:
        """Print a signed letter: on a sheet where there is a page printer, else on the roll."""
        if self._page is None and self._roll is None:
            self._tell(PrintReported(letter.request_id, "unavailable"))
            return
        if self._is_at_work("letter", letter.request_id):
            return
        medium = "page" if self._page else "roll"
        job = self._store.add_job("letter", letter.request_id, medium, None, self._now())
        self._attended[job.id] = None
        self._letters[job.id] = letter
        self._send(job)

    def visit_ended(self) -> None:
        """Nobody stands here any more: what has not begun will not come out later by surprise."""
        attended, self._attended = self._attended, {}
        for work in attended.values():
            if work is not None:
                work.cancel()  # it ends as NotStarted, unless its first byte is on its way
        waiting = [self._jobs[job_id] for job_id in self._waiting]
        for job in waiting:
            self._forget(job)
        for job in waiting:
            self._finish(job, "VOID")

    def recover(self) -> None:
        """After a start: what was cut off is UNKNOWN; what had not begun is void. A ticket cut
        off a moment ago is printed once more as a copy, when the power was not gone meanwhile.
        """
        for job in self._store.unfinished_jobs():
            ticket = self._key.open(job.content) if job.kind == "ticket" else None
            self._finish(job, "UNKNOWN" if job.state == "SENDING" else "VOID")
            if ticket is None or job.copy > 1 or self._roll is None:
                continue
            if _age_seconds(job.created_at, self._now()) < RECENT_SECONDS:
                again = self._store.add_job(
                    "ticket", job.request_id, "roll", self._key.close(ticket), self._now()
                )
                self._send(again)

    def _is_at_work(self, kind: str, request_id: str) -> bool:
        """Whether a job of this request is not done yet. One that waits is tried again; one that
        is being printed is not asked for twice.
        """
        jobs = (j for j in self._jobs.values() if (j.kind, j.request_id) == (kind, request_id))
        job = next(jobs, None)
        if job is None:
            return False
        if job.id in self._waiting:
            self._send(job)
        else:
            self._tell(PrintReported(request_id, "printing"))
        return True

    # ------------------------------------------------------------ sending

    def _send(self, job: PrintJob) -> None:
        """Hand a job to its printer's thread. It is SENDING, durably, before the first byte."""
        target = self._work_for(job)
        if target is None:
            self._finish(job, "VOID")
            self._tell(PrintReported(job.request_id, "unavailable"))
            return
        self._jobs[job.id] = job
        if job.kind == "letter" and self._is_low(job.medium):
            self._block(job, PrinterBlocked(Fault.PAPER_LOW, Paper.LOW))
            return
        if job.id in self._waiting:
            self._waiting.remove(job.id)
        self._store.set_job(job.id, "SENDING")
        self._note(job, "SENDING")
        self._tell(PrintReported(job.request_id, "printing"))
        thread, work = target
        if job.id in self._attended:
            self._attended[job.id] = work
        thread.do(work)

    def _is_low(self, medium: str) -> bool:
        """A letter is not begun on a roll that may end in its middle."""
        status = self.status.get(medium)
        return medium == "roll" and isinstance(status, PrinterOnline) and status.paper is Paper.LOW

    def _work_for(self, job: PrintJob) -> tuple[PrinterThread, Work] | None:
        """The job's thread and work; None when there is nothing to print it with or from."""
        letter = self._letters.get(job.id)
        if job.kind == "letter" and job.medium == "page" and self._page and letter:
            return self._page[1], page_work(job.id, self._page[0], letter.pdf)
        slip = self._slip_of(job, letter)
        if slip is None or self._roll is None:
            return None
        return self._roll[1], slip_work(job.id, self._roll[0], slip)

    def _slip_of(self, job: PrintJob, letter: SignedLetter | None) -> Slip | None:
        if job.kind == "letter":
            return letter_slip(letter, job.copy) if letter else None
        ticket = self._key.open(job.content)
        return ticket_slip(ticket, job.copy) if ticket else None

    # ------------------------------------------------------------ what printers say

    def job_ended(self, job_id: int, outcome: PrintOutcome) -> None:
        """A printer's thread has done with a job."""
        job = self._jobs[job_id]
        match outcome:
            case Confirmed():
                self._on_paper(job, "CONFIRMED", "printed")
            case Unconfirmed():
                self._on_paper(job, "UNCONFIRMED", "unconfirmed")
            case NotStarted(status):
                self._block(job, status)
            case Interrupted(offset, status):
                self._cut_off(job, offset, status)

    def _on_paper(self, job: PrintJob, state: str, shown: PrintState) -> None:
        self._count_paper(job)
        if job.kind == "letter":
            self._note(job, state)
            self._collected(job, state == "CONFIRMED")
            self._forget(job)
        else:
            self._finish(job, state)
        self._tell(PrintReported(job.request_id, shown))

    def _count_paper(self, job: PrintJob) -> None:
        slip = self._slip_of(job, self._letters.get(job.id)) if job.medium == "roll" else None
        if slip is not None:
            self._store.use_paper(slip_mm(slip), self._now())

    def _block(self, job: PrintJob, status: PrinterStatus) -> None:
        """Nothing was printed: wait for the printer, as long as the visitor does."""
        if fault_of(status) is not Fault.PAPER_LOW:
            self._see(job.medium, status)
        if job.id not in self._attended:
            self._finish(job, "VOID")
            return
        self._store.set_job(job.id, "BLOCKED")
        self._note(job, "BLOCKED", status)
        if job.id not in self._waiting:
            self._waiting.append(job.id)
        fault = fault_of(status)
        self._tell(PrintReported(job.request_id, "blocked" if fault else "unavailable", fault))

    def _cut_off(self, job: PrintJob, offset: int, status: PrinterStatus) -> None:
        """Nobody can know what is on the paper. A first ticket is owed one copy."""
        content, attended = job.content, job.id in self._attended
        self._count_paper(job)
        self._see(job.medium, status)
        self._note(job, "UNKNOWN", status, offset)
        self._finish(job, "UNKNOWN")
        if job.kind == "ticket" and job.copy == 1 and content is not None:
            again = self._store.add_job("ticket", job.request_id, "roll", content, self._now())
            self._jobs[again.id] = again
            if attended:
                self._attended[again.id] = None
            self._block(again, status)
        else:
            self._tell(PrintReported(job.request_id, "unknown", fault_of(status)))

    def printer_seen(self, medium: str, status: PrinterStatus) -> None:
        """A printer's status. Jobs that waited for it go on once it has come back; not while
        it merely stays on line, or a job that it refuses would be tried without end.
        """
        came_back = isinstance(status, PrinterOnline) and self.status.get(medium) != status
        self._see(medium, status)
        if came_back:
            ready = [self._jobs[j] for j in self._waiting if self._jobs[j].medium == medium]
            for job in ready:
                self._send(job)

    def _see(self, medium: str, status: PrinterStatus) -> None:
        old = self.status.get(medium)
        if old == status:
            return
        if medium == "roll" and _is_new_roll(old, status):
            self._store.change_roll()
        self.status[medium] = status
        self._note_status(medium, status)
        if medium == "roll":
            self._tell(PrinterChanged(isinstance(status, PrinterOnline)))

    # ------------------------------------------------------------ books

    def _finish(self, job: PrintJob, state: str) -> None:
        self._store.finish_job(job.id, state)
        if state != "UNKNOWN":
            self._note(job, state)
        self._forget(job)

    def _forget(self, job: PrintJob) -> None:
        self._jobs.pop(job.id, None)
        self._letters.pop(job.id, None)
        self._attended.pop(job.id, None)
        if job.id in self._waiting:
            self._waiting.remove(job.id)

    def _note(
        self, job: PrintJob, state: str, status: PrinterStatus | None = None, offset: int = 0
    ) -> None:
        fault = fault_of(status) if status else None
        self._journal.write(
            "print.job",
            job=job.id,
            kind=job.kind,
            request_id=job.request_id,
            medium=job.medium,
            copy=job.copy,
            state=state,
            fault=fault.value if fault else None,
            offset=offset,
        )

    def _note_status(self, medium: str, status: PrinterStatus) -> None:
        words, paper, detail = describe_status(status)
        self._journal.write(
            "printer.status", printer=medium, status=words, paper=paper.value, detail=detail
        )


def _is_new_roll(old: PrinterStatus | None, new: PrinterStatus) -> bool:
    """Whether paper that was out or low is full again."""
    before = describe_status(old)[1] if old else Paper.UNKNOWN
    return before in (Paper.OUT, Paper.LOW) and describe_status(new)[1] is Paper.FULL


def _age_seconds(then: str, now: str) -> float:
    """Between two moments of ISO 8601; a clock that was put back makes something old, not new."""
    age = (datetime.fromisoformat(now) - datetime.fromisoformat(then)).total_seconds()
    return age if age >= 0 else float("inf")


def fault_of(status: PrinterStatus) -> Fault | None:
    """What a person must mend, when that is what the printer waits for."""
    return status.fault if isinstance(status, PrinterBlocked) else None


def describe_status(status: PrinterStatus) -> tuple[str, Paper, str]:
    """Status, paper and detail in the words of CEN XFS4IoT."""
    match status:
        case PrinterOnline(paper):
            return "online", paper, ""
        case PrinterBlocked(fault, paper):
            return "userError", paper, fault.value
        case PrinterOffline(reason):
            return "offline", Paper.UNKNOWN, reason


def letter_slip(letter: SignedLetter, copy: int) -> Slip | None:
    """A signed letter for the roll; None when its picture is damaged."""
    unpacker = zlib.decompressobj()
    width_bytes = ROLL_WIDTH_DOTS // 8
    try:
        rows = unpacker.decompress(letter.roll, width_bytes * _MOST_ROLL_LINES)
    except zlib.error:
        return None
    if not rows or len(rows) % width_bytes or unpacker.unconsumed_tail:
        return None
    mark = (Line(f"CETAKAN KE-{copy}", align=Align.CENTER),) if copy > 1 else ()
    return (*mark, Raster(ROLL_WIDTH_DOTS, rows), Feed(4), Cut())
