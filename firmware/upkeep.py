"""Lets an unused ticket printer exercise itself, and keeps how that ended. Used by the
controller's thread alone. When it is due: ``firmware.core.upkeep``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from firmware.core.print_job import JobState
from firmware.core.upkeep import UpkeepPolicy, exercise_is_due
from firmware.journal import Journal
from firmware.print_books import PrintBooks, Unit
from firmware.print_room import ROLL
from firmware.printing import Printing
from hw.protocols import Paper, PrinterOnline
from hw.trial_slip import trial_slip

EXERCISE = "exercise"
LOOK_EVERY_SECONDS = 60.0
_MM_A_METRE = 1000
_ENDS = {JobState.CONFIRMED: "well", JobState.UNCONFIRMED: "unconfirmed"}


class Upkeep:
    """``printing`` prints the slip; ``clock`` gives local time with offset."""

    def __init__(
        self,
        policy: UpkeepPolicy,
        books: PrintBooks,
        journal: Journal,
        clock: Callable[[], datetime],
        width_dots: int,
    ) -> None:
        self.policy = policy
        self._books = books
        self._journal = journal
        self._clock = clock
        self._width_dots = width_dots
        self._look_at = 0.0

    def look(self, printing: Printing, now: float, rest_seconds: float) -> None:
        """Now and then: exercise when it is due. ``rest_seconds``: how long nobody has been here;
        0 in a visit. A printer that is not well, or low on paper, is left alone: that is known
        already, and the paper is for citizens.
        """
        if now < self._look_at or not self._width_dots:
            return
        self._look_at = now + LOOK_EVERY_SECONDS
        at = self._clock()
        if not self._books.unit().first_seen_at:
            self._books.note_first_seen(at.isoformat(timespec="seconds"))
        status = printing.status.get(ROLL)
        is_well = isinstance(status, PrinterOnline) and status.paper is not Paper.LOW
        if is_well and printing.is_idle() and self._is_due(at, rest_seconds):
            self._exercise(printing, at)

    def _is_due(self, at: datetime, rest_seconds: float) -> bool:
        unit = self._books.unit()
        used_at = _moment(unit.last_print_at) or _moment(unit.first_seen_at)
        tried_at, rest = _moment(unit.exercised_at), timedelta(seconds=rest_seconds)
        return exercise_is_due(self.policy, at, used_at, tried_at, rest)

    def _exercise(self, printing: Printing, at: datetime) -> None:
        """The try is written down before its first byte: restarts do not repeat it."""
        self._books.begin_exercise(at.isoformat(timespec="seconds"))
        self._journal.write("printer.exercise", state="begun")
        lines = self._lines(self._books.unit(), at)
        printing.print_service(EXERCISE, trial_slip("Uji cetak otomatis", lines, self._width_dots))

    def _lines(self, unit: Unit, at: datetime) -> tuple[str, ...]:
        metres = f"{unit.used_mm / _MM_A_METRE:.1f}".replace(".", ",")
        return (
            f"{at:%d-%m-%Y %H.%M}  {metres} m, {unit.cuts} potongan",
            "Pencetak lama tidak dipakai, jadi diuji sendiri.",
            "Ini bukan tiket. Slip ini boleh dibuang.",
        )

    def ended(self, name: str, state: JobState) -> bool:
        """A service slip came to its last state; whether it was an exercise."""
        if name != EXERCISE:
            return False
        how = _ENDS.get(state, "failed")
        self._books.end_exercise(how)
        self._journal.write("printer.exercise", state=how)
        return True


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
