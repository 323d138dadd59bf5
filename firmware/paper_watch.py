"""What is left on the roll: from the sensor, and from what was counted. Used by the controller's
thread alone.
"""

from __future__ import annotations

from firmware.core.paper import RollWatch, has_room
from firmware.print_books import PrintBooks
from hw.protocols import Paper, PrinterOffline, PrinterStatus


class PaperWatch:
    """Keeps the roll's books right while statuses come in."""

    def __init__(self, books: PrintBooks) -> None:
        self._books = books
        self._watch = RollWatch(books.roll().near_end)

    def see(self, status: PrinterStatus) -> None:
        """The ticket printer's status changed."""
        before = self._watch
        self._watch, is_new = before.after(status)
        is_low = not isinstance(status, PrinterOffline) and status.paper is Paper.LOW
        if is_new:
            self._books.change_roll()
        elif self._watch.near_end and (is_low or not before.near_end):
            self._books.see_roll_end(by_sensor=is_low)

    def renew(self) -> None:
        """A person says that there is a new roll; the sensor need not say so once more."""
        self._books.renew_roll()
        self._watch = RollWatch(near_end=False)

    def has_room(self, paper: Paper, mm: int) -> bool:
        """Whether a letter of so many millimetres may be begun."""
        return has_room(self._books.roll(), paper, mm)
