"""Printers in memory: what was printed is a list, and trouble is an attribute."""

from __future__ import annotations

from collections.abc import Callable

from hw.protocols import (
    Confirmed,
    Interrupted,
    NotStarted,
    Paper,
    PrinterOnline,
    PrinterStatus,
    PrintOutcome,
    Slip,
    Unconfirmed,
    nobody_listens,
)

JOB_BYTES = 1000


class _Memory:
    """``condition`` is the present status. ``breaks_with`` stops the next job after its first
    byte and stays as the condition. ``confirms`` False is a printer that cannot say.
    """

    def __init__(self) -> None:
        self.condition: PrinterStatus = PrinterOnline(Paper.FULL)
        self.breaks_with: PrinterStatus | None = None
        self.confirms = True
        self.is_closed = False

    def status(self) -> PrinterStatus:
        return self.condition

    def close(self) -> None:
        self.is_closed = True

    def _job(self, progress: Callable[[int], None], all_sent: Callable[[], None]) -> PrintOutcome:
        if not isinstance(self.condition, PrinterOnline):
            return NotStarted(self.condition)
        progress(0)
        if self.breaks_with is not None:
            self.condition, self.breaks_with = self.breaks_with, None
            progress(JOB_BYTES // 2)
            return Interrupted(JOB_BYTES // 2, self.condition)
        progress(JOB_BYTES)
        all_sent()
        return Confirmed() if self.confirms else Unconfirmed()


class MemoryTicketPrinter(_Memory):
    """A TicketPrinter that keeps its ``slips``."""

    def __init__(self, width_dots: int = 576) -> None:
        super().__init__()
        self._width_dots = width_dots
        self.slips: list[Slip] = []

    @property
    def width_dots(self) -> int:
        return self._width_dots

    def print(
        self,
        slip: Slip,
        progress: Callable[[int], None],
        all_sent: Callable[[], None] = nobody_listens,
    ) -> PrintOutcome:
        outcome = self._job(progress, all_sent)
        if isinstance(outcome, Confirmed | Unconfirmed):
            self.slips.append(slip)
        return outcome


class MemoryPagePrinter(_Memory):
    """A PagePrinter that keeps its ``pages``: (title, PDF) pairs."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[tuple[str, bytes]] = []

    def print(
        self,
        pdf: bytes,
        title: str,
        progress: Callable[[int], None],
        all_sent: Callable[[], None] = nobody_listens,
    ) -> PrintOutcome:
        outcome = self._job(progress, all_sent)
        if isinstance(outcome, Confirmed | Unconfirmed):
            self.pages.append((title, pdf))
        return outcome
