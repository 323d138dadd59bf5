"""The printers that stand here: how they are, what a job is printed from, and the paper it takes.
Used by the controller's thread alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firmware.core.events import Event, PrinterChanged
from firmware.core.letter_slip import letter_slip
from firmware.core.paper import slip_mm
from firmware.core.ticket import ticket_slip
from firmware.core.wire import SignedLetter
from firmware.journal import Journal
from firmware.paper_watch import PaperWatch
from firmware.print_books import PrintBooks, PrintJob
from firmware.print_key import PrintKey
from firmware.printer_words import describe_status
from firmware.printers import PrinterThread, Work, letter_work, page_work, slip_work
from hw.protocols import PagePrinter, Paper, PrinterOnline, PrinterStatus, Slip, TicketPrinter

ROLL, PAGE = "roll", "page"


@dataclass(slots=True, repr=False)
class Held:
    """A job that is not finished, and what it is printed from. ``attended``: somebody waits.
    ``work`` is what its printer's thread has at hand; ``was_cancelled``: it was told not to begin.
    """

    job: PrintJob
    letter: SignedLetter | None = None
    slip: Slip | None = None
    attended: bool = True
    work: Work | None = None
    was_cancelled: bool = False


class PrintRoom:
    """``tell`` passes an event to the visit. ``status`` is the last one of each printer."""

    def __init__(
        self,
        books: PrintBooks,
        journal: Journal,
        key: PrintKey,
        now: Callable[[], str],
        tell: Callable[[Event], None],
    ) -> None:
        self._books = books
        self._journal = journal
        self._key = key
        self._now = now
        self._tell = tell
        self._paper = PaperWatch(books)
        self.roll: tuple[TicketPrinter, PrinterThread] | None = None
        self.page: tuple[PagePrinter, PrinterThread] | None = None
        self.status: dict[str, PrinterStatus] = {}

    def letters_go_to(self) -> str | None:
        """The medium of letters: a sheet where there is a page printer, else the roll."""
        if self.page is not None:
            return PAGE
        return ROLL if self.roll is not None else None

    # ------------------------------------------------------------ how they are

    def see(self, medium: str, status: PrinterStatus) -> None:
        """A printer's status; only a change of it is told and written down."""
        if self.status.get(medium) == status:
            return
        if medium == ROLL:
            self._paper.see(status)
        self.status[medium] = status
        words, paper, detail = describe_status(status)
        self._journal.write(
            "printer.status", printer=medium, status=words, paper=paper.value, detail=detail
        )
        if medium == ROLL:
            self._tell(PrinterChanged(isinstance(status, PrinterOnline)))

    def renew_roll(self) -> None:
        """A technician put a new roll into the ticket printer."""
        self._paper.renew()
        if ROLL in self.status:
            self._paper.see(self.status[ROLL])  # a sensor that says LOW says so of the new roll

    # ------------------------------------------------------------ what a job is printed from

    def work_for(self, held: Held) -> tuple[PrinterThread, Work] | None:
        """The job's thread and work; None when there is nothing to print it with or from."""
        job = held.job
        if job.medium == PAGE and self.page and held.letter:
            return self.page[1], page_work(job.id, self.page[0], held.letter.pdf, job.copy)
        slip = self._slip_of(held)
        if slip is None or self.roll is None:
            return None
        make = letter_work if job.kind == "letter" else slip_work
        return self.roll[1], make(job.id, self.roll[0], slip)

    def would_be_torn(self, held: Held) -> bool:
        """A letter is not begun on a roll that may end in its middle."""
        if held.job.kind != "letter" or held.job.medium != ROLL:
            return False
        slip = self._slip_of(held)
        status = self.status.get(ROLL)
        paper = status.paper if isinstance(status, PrinterOnline) else Paper.UNKNOWN
        return slip is not None and not self._paper.has_room(paper, slip_mm(slip))

    def count_paper(self, held: Held, cut: bool = True) -> None:
        """The job took its paper; one that was cut off may not have been cut."""
        slip = self._slip_of(held) if held.job.medium == ROLL else None
        if slip is not None:
            self._books.use_paper(slip_mm(slip), self._now(), cut)

    def _slip_of(self, held: Held) -> Slip | None:
        if held.slip is not None:
            return held.slip
        if held.job.kind == "letter":
            return letter_slip(held.letter, held.job.copy) if held.letter else None
        ticket = self._key.open(held.job.content)
        return ticket_slip(ticket, held.job.copy) if ticket else None
