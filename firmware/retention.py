"""What the kiosk's database lets go, so that it stays small for years on an SD card.

By counts, not by days: a kiosk's clock may be wrong. Each rule runs inside the transaction that
adds a row of its kind. What a promise rests on is never let go here: what waits for the regency's
receipt, a letter that nobody has printed, a request that may still change, the number of the last
copy of what can be printed again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from firmware.core.print_job import FINISHED, MAY_BE_ON_PAPER, JobState
from firmware.core.request import RequestState

REQUESTS_KEPT = 500
"""Requests that are over. Those refused or cancelled are shown to their resident that long."""
LETTERS_KEPT = 200
"""Letters that were handed out; their residents may print them again. Some 20 MB."""
JOBS_KEPT = 1000
"""Print jobs of any kind; older ones stay while their letter or ticket can be printed again."""
DEAD_KEPT = 500
"""Messages from the regency that could not be used."""

_OVER = (RequestState.COLLECTED, RequestState.REJECTED, RequestState.CANCELLED)
_HANDED_OUT = (JobState.CONFIRMED, JobState.UNCONFIRMED)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


# Not by letter.copies: to reach it SQLite would read through every sealed letter.
_LETTERS = f"""DELETE FROM letter WHERE rowid IN (SELECT rowid FROM letter
    WHERE EXISTS (SELECT 1 FROM request
        WHERE id = request_id AND state = '{RequestState.COLLECTED}')
    OR EXISTS (SELECT 1 FROM print_job WHERE request_id = letter.request_id
        AND kind = 'letter' AND state IN ({_quoted(_HANDED_OUT)}))
    ORDER BY rowid DESC LIMIT -1 OFFSET ?)"""  # noqa: S608 - our own words

_REQUESTS = f"""DELETE FROM request WHERE rowid IN (SELECT rowid FROM request
    WHERE state IN ({_quoted(_OVER)}) ORDER BY rowid DESC LIMIT -1 OFFSET ?)
    AND NOT EXISTS (SELECT 1 FROM letter WHERE request_id = request.id)
    AND NOT EXISTS (SELECT 1 FROM outbox
        WHERE request_id = request.id AND settled = 0 AND dead = '')"""  # noqa: S608 - as above

_JOBS = f"""DELETE FROM print_job AS old WHERE id <= ? AND state IN ({_quoted(FINISHED)})
    AND (kind = 'service'
    OR EXISTS (SELECT 1 FROM print_job AS newer WHERE newer.request_id = old.request_id
        AND newer.kind = old.kind AND newer.id > old.id
        AND (old.state = 'VOID' OR newer.state IN ({_quoted(MAY_BE_ON_PAPER)})))
    OR NOT EXISTS (SELECT 1 FROM request WHERE id = old.request_id)
        AND NOT EXISTS (SELECT 1 FROM letter WHERE request_id = old.request_id))"""  # noqa: S608 - as above

_DEAD = """DELETE FROM dead_letter WHERE rowid IN
    (SELECT rowid FROM dead_letter ORDER BY rowid DESC LIMIT -1 OFFSET ?)"""


def let_letters_go(db: sqlite3.Connection) -> None:
    """All but the newest of those that were handed out."""
    db.execute(_LETTERS, (LETTERS_KEPT,))


def let_requests_go(db: sqlite3.Connection) -> None:
    """All but the newest of those that are over and without a letter here."""
    db.execute(_REQUESTS, (REQUESTS_KEPT,))


def let_jobs_go(db: sqlite3.Connection, newest: int) -> None:
    """Finished jobs far before number ``newest`` whose copy's number nobody needs any more."""
    db.execute(_JOBS, (newest - JOBS_KEPT,))


def let_dead_go(db: sqlite3.Connection) -> None:
    """All but the newest messages that could not be used."""
    db.execute(_DEAD, (DEAD_KEPT,))
