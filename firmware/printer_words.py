"""A printer's status in the words of CEN XFS4IoT."""

from __future__ import annotations

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
