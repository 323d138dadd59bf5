"""Owner threads of the printers: one thread a printer, which alone touches its driver.

Between jobs the thread asks for the status, so that an empty roll is known before a citizen
needs it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from firmware.core.errors import describe
from firmware.signals import JobEnded, JobWent, PrinterSeen, Signal, ThreadFailed
from hw.protocols import (
    Fault,
    Interrupted,
    NotStarted,
    PagePrinter,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    PrintOutcome,
    Slip,
    TicketPrinter,
)

STATUS_EVERY_SECONDS = 5.0
MENDING_SECONDS = 1.0
"""While a printer is not well somebody may be mending it, and somebody waiting for that."""
NOTE_EVERY_BYTES = 32 * 1024
"""How often a job's place is told, to be written down. Every chunk of 2 KiB would be a write to
the SD card each (a letter on the roll has a hundred): wear, and 4 KiB of log for 2 KiB of
letter. A ticket is shorter than one step: its beginning and its end are told, and no more. The
place only helps a technician to judge a torn letter, so a step too little does no harm.
"""


class Progress:
    """Hears the driver on the printer's thread, and tells the controller now and then."""

    def __init__(self, job_id: int, post: Callable[[Signal], None]) -> None:
        self._job_id = job_id
        self._post = post
        self._sent = 0
        self._told = 0

    def sent(self, offset: int) -> None:
        """So many bytes are with the printer."""
        self._sent = offset
        if offset - self._told >= NOTE_EVERY_BYTES:
            self._told = offset
            self._post(JobWent(self._job_id, offset, all_sent=False))

    def all_sent(self) -> None:
        """The printer has the last byte."""
        self._post(JobWent(self._job_id, self._sent, all_sent=True))


@dataclass(frozen=True, slots=True, repr=False)
class Work:
    """A job for a printer's thread: ``run`` does it and returns how it ended."""

    job_id: int
    run: Callable[[Progress], PrintOutcome]
    cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Do not begin it, if that is still possible. From any thread."""
        self.cancelled.set()


class PrinterThread:
    """Owns one printer. ``medium`` is roll or page. ``spoken`` is called after every talk with it,
    on this thread.
    """

    def __init__(
        self,
        medium: str,
        status: Callable[[], PrinterStatus],
        post: Callable[[Signal], None],
        spoken: Callable[[], None] = lambda: None,
    ) -> None:
        self.medium = medium
        self._status = status
        self._post = post
        self._spoken = spoken
        self._work: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"printer-{medium}", daemon=True)

    def start(self) -> None:
        """Begin to watch and to print."""
        self._thread.start()

    def do(self, work: Work) -> None:
        """Queue a job; JobEnded follows."""
        self._work.put(work)

    def ask(self) -> None:
        """Ask for the status as soon as the job at hand is done; PrinterSeen follows."""
        self._work.put(_LOOK_AGAIN)

    def close(self, seconds: float) -> bool:
        """End after the job at hand, waiting at most ``seconds`` for it. Whether it has ended."""
        self._work.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            status = self._look()
            self._post(PrinterSeen(self.medium, status))
            work = self._next_work(status)
            if work is None:
                return
            if work.cancelled.is_set():
                self._post(JobEnded(work.job_id, NotStarted(status)))
            elif work.job_id:
                self._post(JobEnded(work.job_id, self._print(work)))
            del work  # it holds the paper's text, and the next look may take long

    def _look(self) -> PrinterStatus:
        try:
            status = self._status()
            self._spoken()
            return status
        except Exception as error:  # noqa: BLE001 - the rim
            self._post(ThreadFailed(describe(error)))
            return PrinterOffline("its driver failed; see the journal")

    def _print(self, work: Work) -> PrintOutcome:
        try:
            outcome = work.run(Progress(work.job_id, self._post))
            self._spoken()
            return outcome
        except Exception as error:  # noqa: BLE001 - the rim
            self._post(ThreadFailed(describe(error)))
            return Interrupted(0, PrinterOffline("its driver failed; see the journal"))

    def _next_work(self, status: PrinterStatus) -> Work | None:
        is_well = isinstance(status, PrinterOnline)
        try:
            return self._work.get(timeout=STATUS_EVERY_SECONDS if is_well else MENDING_SECONDS)
        except queue.Empty:
            return _LOOK_AGAIN


def _nothing(_progress: Progress) -> PrintOutcome:
    raise AssertionError("there is nothing to print")


_LOOK_AGAIN = Work(0, _nothing)


def slip_work(job_id: int, printer: TicketPrinter, slip: Slip) -> Work:
    """A job for a printer with a roll."""
    return Work(job_id, lambda progress: printer.print(slip, progress.sent, progress.all_sent))


def letter_work(job_id: int, printer: TicketPrinter, slip: Slip) -> Work:
    """The same for what must not be torn: the last status may be seconds old, so the paper is
    looked at once more before it is begun.
    """

    def run(progress: Progress) -> PrintOutcome:
        status = printer.status()
        if isinstance(status, PrinterOnline) and status.paper is Paper.LOW:
            return NotStarted(PrinterBlocked(Fault.PAPER_LOW, Paper.LOW))
        return printer.print(slip, progress.sent, progress.all_sent)

    return Work(job_id, run)


def page_work(job_id: int, printer: PagePrinter, pdf: bytes, copy: int) -> Work:
    """A job for a printer of sheets. Its title names no one, and tells which copy it is: the
    sheet itself is the signed PDF as it is, and bears no number.
    """
    title = f"Surat {job_id} rangkap {copy}"
    return Work(
        job_id, lambda progress: printer.print(pdf, title, progress.sent, progress.all_sent)
    )
