"""A printer's status in the words of CEN XFS4IoT, and what the screen says of a job."""

from __future__ import annotations

from firmware.core.print_job import JobState
from firmware.core.view import PrintState
from firmware.print_books import PrintJob
from hw.protocols import (
    Fault,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
)


def fault_of(status: PrinterStatus) -> Fault | None:
    """What a person must mend, when that is what the printer waits for."""
    return status.fault if isinstance(status, PrinterBlocked) else None


def describe_status(status: PrinterStatus) -> tuple[str, Paper, str]:
    """Status, paper and detail."""
    match status:
        case PrinterOnline(paper):
            return "online", paper, ""
        case PrinterBlocked(fault, paper):
            return "userError", paper, fault.value
        case PrinterOffline(reason):
            return "offline", Paper.UNKNOWN, reason


SHOWN: dict[JobState, PrintState] = {
    JobState.QUEUED: "queued",
    JobState.SENDING: "printing",
    JobState.AWAITING: "awaiting",
    JobState.CONFIRMED: "printed",
    JobState.UNCONFIRMED: "unconfirmed",
    JobState.UNKNOWN: "unknown",
}
"""What the screen says of a job. BLOCKED and VOID depend on why; see ``shown_refused``."""


def shown_refused(job: PrintJob, fault: Fault | None) -> PrintState:
    """A copy of a ticket waits because the first was cut off: part of that may be on paper, so
    "nothing was printed" would not be true of it.
    """
    if fault is not None:
        return "blocked"
    return "unknown" if job.kind == "ticket" and job.copy > 1 else "unavailable"
