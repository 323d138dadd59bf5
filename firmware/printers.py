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
from firmware.signals import JobEnded, PrinterSeen, Signal, ThreadFailed
from hw.protocols import (
    Interrupted,
    NotStarted,
    PagePrinter,
    PrinterOffline,
    PrinterStatus,
    PrintOutcome,
    Slip,
    TicketPrinter,
)

STATUS_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, repr=False)
class Work:
    """A job for a printer's thread: ``run`` does it and returns how it ended."""

    job_id: int
    run: Callable[[], PrintOutcome]
    cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Do not begin it, if that is still possible. From any thread."""
        self.cancelled.set()


class PrinterThread:
    """Owns one printer. ``medium`` is roll or page."""

    def __init__(
        self, medium: str, status: Callable[[], PrinterStatus], post: Callable[[Signal], None]
    ) -> None:
        self.medium = medium
        self._status = status
        self._post = post
        self._work: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"printer-{medium}", daemon=True)

    def start(self) -> None:
        """Begin to watch and to print."""
        self._thread.start()

    def do(self, work: Work) -> None:
        """Queue a job; JobEnded follows."""
        self._work.put(work)

    def close(self, seconds: float) -> None:
        """End after the job at hand, waiting at most ``seconds`` for it."""
        self._work.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while True:
            status = self._look()
            self._post(PrinterSeen(self.medium, status))
            work = self._next_work()
            if work is None:
                return
            if work.cancelled.is_set():
                self._post(JobEnded(work.job_id, NotStarted(status)))
            elif work.job_id:
                self._post(JobEnded(work.job_id, self._print(work)))

    def _look(self) -> PrinterStatus:
        try:
            return self._status()
        except Exception as error:  # noqa: BLE001 - the rim
            self._post(ThreadFailed(describe(error)))
            return PrinterOffline("its driver failed; see the journal")

    def _print(self, work: Work) -> PrintOutcome:
        try:
            return work.run()
        except Exception as error:  # noqa: BLE001 - the rim
            self._post(ThreadFailed(describe(error)))
            return Interrupted(0, PrinterOffline("its driver failed; see the journal"))

    def _next_work(self) -> Work | None:
        try:
            return self._work.get(timeout=STATUS_EVERY_SECONDS)
        except queue.Empty:
            return _LOOK_AGAIN


def _nothing() -> PrintOutcome:
    raise AssertionError("there is nothing to print")


_LOOK_AGAIN = Work(0, _nothing)


def slip_work(job_id: int, printer: TicketPrinter, slip: Slip) -> Work:
    """A job for a printer with a roll."""
    return Work(job_id, lambda: printer.print(slip, _unheard))


def page_work(job_id: int, printer: PagePrinter, pdf: bytes) -> Work:
    """A job for a printer of sheets. Its title names no one."""
    return Work(job_id, lambda: printer.print(pdf, f"Surat {job_id}", _unheard))


def _unheard(_offset: int) -> None:
    """Jobs are SENDING in the store before they get here; how far they are is not kept."""
