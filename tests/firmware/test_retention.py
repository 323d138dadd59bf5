"""The database stays small, and lets nothing go that a promise rests on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from firmware import retention
from firmware.core.print_job import JobState
from firmware.core.request import RequestState
from firmware.core.wire import LetterDown
from firmware.store import Filing, Store

AT = "2026-11-24T08:00:00+07:00"
TAG = b"t" * 32


class Books:
    """A store whose limits are small."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.store = Store(file)
        self._srv_seq = 0

    def file_request(self, name: str) -> None:
        self.store.file_request(name, TAG, AT, lambda seq: Filing("n", "c", b"s", b"p"))

    def request(self, name: str, state: RequestState) -> None:
        """A request that the regency has and has brought to ``state``."""
        self.file_request(name)
        self.store.confirm([name])
        self.state(name, state)

    def state(self, name: str, state: RequestState) -> None:
        self._srv_seq += 1
        self.store.take_state(name, state, self._srv_seq)

    def letter(self, name: str) -> None:
        self._srv_seq += 1
        self.store.take_letter(LetterDown(self._srv_seq, name, TAG, b"sealed"))

    def hand_out(self, name: str) -> int:
        """Print the letter; which copy it is."""
        job = self.store.prints.add_job("letter", name, "roll", None, AT)
        self.store.collect(job.id, "CONFIRMED", f"e-{name}-{job.copy}", AT, lambda seq: b"p")
        return job.copy

    def names(self, query: str) -> list[str]:
        with closing(sqlite3.connect(self.file)) as db:
            return [row[0] for row in db.execute(query)]


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    for name in ("REQUESTS_KEPT", "LETTERS_KEPT", "JOBS_KEPT", "DEAD_KEPT"):
        monkeypatch.setattr(retention, name, 3)
    books = Books(tmp_path / "kiosk.db")
    yield books
    books.store.close()


def test_requests_that_are_over_go_but_the_newest(books: Books) -> None:
    for number in range(6):
        books.request(f"r{number}", RequestState.REJECTED)
    books.request("open", RequestState.UNDER_REVIEW)
    books.file_request("last")
    assert books.names("SELECT id FROM request ORDER BY rowid") == [
        "r3",
        "r4",
        "r5",
        "open",
        "last",
    ]


def test_a_request_that_may_still_change_stays(books: Books) -> None:
    for state in (RequestState.READY, RequestState.INCOMPLETE, RequestState.AWAITING_SIGNATURE):
        books.request(state.value, state)
    for number in range(9):
        books.request(f"r{number}", RequestState.COLLECTED)
    kept = books.names("SELECT id FROM request")
    assert {"ready", "incomplete", "awaitingSignature"} < set(kept)
    assert len(kept) == 3 + 3 + 1


def test_a_request_whose_message_waits_stays(books: Books) -> None:
    books.file_request("unsent")
    books.state("unsent", RequestState.CANCELLED)  # whatever the regency may think
    for number in range(9):
        books.request(f"r{number}", RequestState.COLLECTED)
    assert "unsent" in books.names("SELECT id FROM request")


def test_letters_that_were_handed_out_go_but_the_newest(books: Books) -> None:
    books.request("waits", RequestState.UNDER_REVIEW)
    books.letter("waits")
    for number in range(6):
        books.request(f"r{number}", RequestState.UNDER_REVIEW)
        books.letter(f"r{number}")
        books.hand_out(f"r{number}")
    books.letter("from-another-kiosk")
    kept = {letter.request_id for letter in books.store.letters_of(TAG)}
    assert kept == {"waits", "r3", "r4", "r5", "from-another-kiosk"}


def test_a_letter_that_was_cut_off_in_the_printer_stays(books: Books) -> None:
    books.letter("torn")
    job = books.store.prints.add_job("letter", "torn", "roll", None, AT)
    books.store.prints.set_job(job.id, JobState.SENDING)
    books.store.prints.set_job(job.id, JobState.UNKNOWN)
    for number in range(6):
        books.letter(f"other-{number}")
        books.hand_out(f"other-{number}")
    books.letter("last")
    assert "torn" in {letter.request_id for letter in books.store.letters_of(TAG)}


def test_the_copys_number_goes_on_however_many_jobs_there_were(books: Books) -> None:
    books.letter("r1")
    assert [books.hand_out("r1") for _ in range(5)] == [1, 2, 3, 4, 5]
    for _ in range(20):
        job = books.store.prints.add_job("service", "selftest", "roll", None, AT)
        books.store.prints.set_job(job.id, JobState.CONFIRMED)
    assert len(books.names("SELECT id FROM print_job")) <= 5
    assert books.hand_out("r1") == 6


def test_a_job_that_is_not_finished_stays(books: Books) -> None:
    first = books.store.prints.add_job("ticket", "r1", "roll", b"closed", AT)
    for number in range(9):
        job = books.store.prints.add_job("ticket", f"other-{number}", "roll", b"closed", AT)
        books.store.prints.set_job(job.id, JobState.VOID)
    assert [job.id for job in books.store.prints.unfinished_jobs()] == [first.id]


def test_messages_that_could_not_be_used_go_but_the_newest(books: Books) -> None:
    for number in range(6):
        books.store.bury_message(AT, "k1/x/dn/res", number, "unreadable")
    assert books.names("SELECT bytes FROM dead_letter") == [3, 4, 5]
    assert books.store.dead_messages() == 6


def test_a_refused_message_goes_with_the_settled_ones(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.store.SETTLED_KEPT", 3)
    books.file_request("refused")
    books.store.bury("refused", "same id, other body")
    books.file_request("waits")
    for number in range(6):
        books.request(f"r{number}", RequestState.UNDER_REVIEW)
    assert books.names("SELECT id FROM outbox ORDER BY seq") == ["waits", "r3", "r4", "r5"]
