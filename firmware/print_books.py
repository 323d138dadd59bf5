"""The print tables of the kiosk's database: jobs, the roll, the unit. See ``firmware.store``,
whose connection and transactions these are. Used by the controller's thread alone.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from firmware.core.paper import LEAST_ROLL_MM, Roll
from firmware.core.print_job import FINISHED, MAY_BE_ON_PAPER, JobState
from firmware.outbox_rows import Transaction
from firmware.retention import let_jobs_go


@dataclass(frozen=True, slots=True, repr=False)
class PrintJob:
    """A print job. ``content`` is a closed ticket; None for all else, and for what is done.
    ``sent_bytes`` were with the printer when that was last written down.
    """

    id: int
    kind: str
    request_id: str
    medium: str
    copy: int
    state: JobState
    content: bytes | None
    created_at: str
    sent_bytes: int


@dataclass(frozen=True, slots=True)
class Unit:
    """The ticket printer that is present, over its whole life here. Times are ISO 8601, ''
    never. ``exercise`` is how the self-check begun at ``exercised_at`` ended, '' not yet.
    """

    unit: str = ""
    abilities: str = ""
    used_mm: int = 0
    cuts: int = 0
    first_seen_at: str = ""
    last_print_at: str = ""
    exercised_at: str = ""
    exercise: str = ""


_JOB = "id, kind, request_id, medium, copy, state, content, created_at, sent_bytes"
_ON_PAPER = ", ".join(f"'{state}'" for state in sorted(MAY_BE_ON_PAPER))
_OPEN = ", ".join(f"'{state}'" for state in JobState if state not in FINISHED)


class PrintBooks:
    """Print jobs, rolls and units. Every public method is one transaction."""

    def __init__(self, db: sqlite3.Connection, transaction: Transaction) -> None:
        self._db = db
        self._transaction = transaction

    # ------------------------------------------------------------ jobs

    def add_job(
        self, kind: str, request_id: str, medium: str, content: bytes | None, at: str
    ) -> PrintJob:
        """A new job, QUEUED. Its copy is one more than any that may already be on paper."""
        with self._transaction() as db:
            copy = db.execute(
                "SELECT coalesce(max(copy), 0) + 1 FROM print_job WHERE kind = ?"  # noqa: S608 - our own words
                f" AND request_id = ? AND state IN ({_ON_PAPER})",
                (kind, request_id),
            ).fetchone()[0]
            row = db.execute(
                "INSERT INTO print_job (kind, request_id, medium, copy, state, content, created_at)"  # noqa: S608 - our own words
                f" VALUES (?, ?, ?, ?, 'QUEUED', ?, ?) RETURNING {_JOB}",
                (kind, request_id, medium, copy, content, at),
            ).fetchone()
            let_jobs_go(db, row[0])
        return _job(row)

    def set_job(self, job_id: int, state: JobState, sent_bytes: int | None = None) -> None:
        """The job's new state, and how far it is. The last state lets the content go."""
        keep = state not in FINISHED
        with self._transaction() as db:
            db.execute(
                "UPDATE print_job SET state = ?, sent_bytes = coalesce(?, sent_bytes),"
                " content = iif(?, content, NULL) WHERE id = ?",
                (state.value, sent_bytes, keep, job_id),
            )

    def note_sent(self, job_id: int, sent_bytes: int) -> None:
        """So many bytes of the job were taken."""
        with self._transaction() as db:
            db.execute("UPDATE print_job SET sent_bytes = ? WHERE id = ?", (sent_bytes, job_id))

    def unfinished_jobs(self) -> list[PrintJob]:
        """Jobs that a stop of the controller may have cut off, oldest first."""
        rows = self._db.execute(
            f"SELECT {_JOB} FROM print_job WHERE state IN ({_OPEN}) ORDER BY id"  # noqa: S608 - our own words
        )
        return [_job(row) for row in rows]

    def last_job(self, kind: str, request_id: str) -> PrintJob | None:
        """The newest job of this request."""
        row = self._db.execute(
            f"SELECT {_JOB} FROM print_job"  # noqa: S608 - our own words
            " WHERE kind = ? AND request_id = ? ORDER BY id DESC LIMIT 1",
            (kind, request_id),
        ).fetchone()
        return _job(row) if row else None

    def copies(self, request_id: str) -> int:
        """How often this letter came out of a printer here, as far as is remembered."""
        row = self._db.execute(
            "SELECT coalesce(max(copy), 0) FROM print_job WHERE kind = 'letter'"
            " AND request_id = ? AND state IN ('CONFIRMED', 'UNCONFIRMED')",
            (request_id,),
        ).fetchone()
        return int(row[0])

    # ------------------------------------------------------------ paper

    def use_paper(self, mm: int, at: str, cut: bool = True) -> None:
        """A slip of so many millimetres went out. One that was not cut is no proof that the
        printer works.
        """
        with self._transaction() as db:
            db.execute(
                "UPDATE paper_roll SET used_mm = used_mm + ?, cuts = cuts + ? WHERE ended = ''",
                (mm, int(cut)),
            )
            db.execute(
                "UPDATE printer_unit SET used_mm = used_mm + ?, cuts = cuts + ?,"
                " last_print_at = iif(?, ?, last_print_at) WHERE present",
                (mm, int(cut), cut, at),
            )

    def see_roll_end(self, by_sensor: bool) -> None:
        """The roll's end is near, or here. ``by_sensor``: the near-end sensor said so."""
        with self._transaction() as db:
            db.execute(
                "UPDATE paper_roll SET near_end = 1, told_low = max(told_low, ?) WHERE ended = ''",
                (int(by_sensor),),
            )

    def change_roll(self) -> None:
        """A full roll was put in: what the old one gave is what the new one will."""
        with self._transaction() as db:
            _begin_roll(db, "used")

    def renew_roll(self) -> None:
        """A person put a new roll in. The old one tells how long a roll is only when its end had
        been near; it may have been taken out half full, or this may be said twice.
        """
        with self._transaction() as db:
            near_end = db.execute("SELECT near_end FROM paper_roll WHERE ended = ''").fetchone()[0]
            _begin_roll(db, "used" if near_end else "removed")

    def roll(self) -> Roll:
        """The roll in the ticket printer."""
        used_mm, cuts, near_end, unit = self._db.execute(
            "SELECT used_mm, cuts, near_end, unit FROM paper_roll WHERE ended = ''"
        ).fetchone()
        whole = self._db.execute(
            "SELECT used_mm FROM paper_roll WHERE ended = 'used' AND used_mm >= ?"
            " ORDER BY id DESC LIMIT 1",
            (LEAST_ROLL_MM,),
        ).fetchone()
        sensor = self._db.execute(
            "SELECT count(*) FROM paper_roll WHERE unit = ? AND told_low", (unit,)
        ).fetchone()[0]
        return Roll(used_mm, cuts, whole[0] if whole else 0, bool(near_end), bool(sensor))

    # ------------------------------------------------------------ the unit

    def unit(self) -> Unit:
        """The ticket printer that is present."""
        row = self._db.execute(
            "SELECT unit, abilities, used_mm, cuts, first_seen_at, last_print_at, exercised_at,"
            " exercise FROM printer_unit WHERE present"
        ).fetchone()
        return Unit(*row)

    def see_unit(self, unit: str, at: str) -> bool:
        """This printer is here now; whether it is another one than before.

        The first printer to tell its name takes over what was counted before it did.
        """
        with self._transaction() as db:
            before = db.execute("SELECT unit FROM printer_unit WHERE present").fetchone()[0]
            if before == unit:
                return False
            known = db.execute("SELECT 1 FROM printer_unit WHERE unit = ?", (unit,)).fetchone()
            if before == "" and known is None:
                db.execute("UPDATE printer_unit SET unit = ? WHERE present", (unit,))
                db.execute("UPDATE paper_roll SET unit = ? WHERE unit = ''", (unit,))
                return False
            db.execute("UPDATE printer_unit SET present = 0")
            db.execute(
                "INSERT INTO printer_unit (unit, present, first_seen_at) VALUES (?, 1, ?)"
                " ON CONFLICT (unit) DO UPDATE SET present = 1",
                (unit, at),
            )
            _begin_roll(db, "removed")
        return True

    def note_first_seen(self, at: str) -> None:
        """The kiosk's printer is watched from now on, when nothing was noted before."""
        with self._transaction() as db:
            db.execute(
                "UPDATE printer_unit SET first_seen_at = ? WHERE present AND first_seen_at = ''",
                (at,),
            )

    def abilities(self) -> dict[str, str]:
        """What every unit that was ever here was found able to say."""
        return dict(
            self._db.execute("SELECT unit, abilities FROM printer_unit WHERE abilities != ''")
        )

    def remember_abilities(self, unit: str, abilities: str) -> None:
        """What this unit was found able to say."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO printer_unit (unit, present, abilities) VALUES (?, 0, ?)"
                " ON CONFLICT (unit) DO UPDATE SET abilities = excluded.abilities",
                (unit, abilities),
            )

    def begin_exercise(self, at: str) -> None:
        """The self-check begins; written before its first byte, so that it is not tried again
        and again after restarts.
        """
        with self._transaction() as db:
            db.execute(
                "UPDATE printer_unit SET exercised_at = ?, exercise = '' WHERE present", (at,)
            )

    def end_exercise(self, how: str) -> None:
        """How the self-check ended."""
        with self._transaction() as db:
            db.execute("UPDATE printer_unit SET exercise = ? WHERE present", (how,))


def _job(row: tuple[int, str, str, str, int, str, bytes | None, str, int]) -> PrintJob:
    return PrintJob(*row[:5], JobState(row[5]), *row[6:])


def _begin_roll(db: sqlite3.Connection, how_the_old_one_ended: str) -> None:
    db.execute("UPDATE paper_roll SET ended = ? WHERE ended = ''", (how_the_old_one_ended,))
    db.execute("INSERT INTO paper_roll (unit) SELECT unit FROM printer_unit WHERE present")
