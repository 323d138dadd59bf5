"""The store: what it took is there after a stop, and old words do not undo new ones."""

from __future__ import annotations

import sqlite3
import time
from importlib import resources
from pathlib import Path

import pytest

from firmware.core.errors import StoreError
from firmware.core.print_job import JobState
from firmware.core.request import RequestState
from firmware.core.wire import DirectoryEntry, KdfCost, LetterDown
from firmware.store import Filing, Store

TAG = b"t" * 32


def filing(seq: int) -> Filing:
    return Filing(f"kiosk-{seq:05d}", "0123456789", b"summary", b"payload %d" % seq)


def file_one(store: Store, request_id: str = "r1") -> Filing:
    return store.file_request(request_id, TAG, "2026-11-24T08:00:00+07:00", filing)


def letter(seq: int, request_id: str = "r1") -> LetterDown:
    return LetterDown(seq, request_id, TAG, b"sealed")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "kiosk.db")


def test_a_filed_request_is_there_after_a_restart(tmp_path: Path, store: Store) -> None:
    file_one(store)
    again = Store(tmp_path / "kiosk.db")
    assert [m.id for m in again.outgoing(10)] == ["r1"]
    assert again.requests_of(TAG)[0].state is RequestState.QUEUED


def test_numbers_are_never_given_twice_even_when_filing_fails(store: Store) -> None:
    file_one(store, "r1")

    def fails(seq: int) -> Filing:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        store.file_request("r2", TAG, "2026", fails)
    assert store.requests_of(TAG)[0].request_id == "r1"
    assert len(store.requests_of(TAG)) == 1
    assert file_one(store, "r3").number == "kiosk-00002"


def test_only_a_receipt_empties_the_outbox(store: Store) -> None:
    file_one(store)
    store.mark_sent(["r1"])
    assert len(store.outgoing(10)) == 1
    assert store.confirm(["r1"]) == {"r1": "r1"}
    assert store.outgoing(10) == []
    assert store.confirm(["r1"]) == {}  # the receipt came twice
    assert store.requests_of(TAG)[0].state is RequestState.RECEIVED


def test_the_last_delivery_is_known_after_a_restart(tmp_path: Path, store: Store) -> None:
    assert store.delivered_at() is None
    file_one(store)
    store.confirm(["never sent"])
    assert store.delivered_at() is None
    before = int(time.time())
    store.confirm(["r1"])
    at = Store(tmp_path / "kiosk.db").delivered_at()
    assert at is not None
    assert before <= at <= time.time()
    assert store.free_bytes() > 0


def test_a_late_receipt_does_not_undo_the_regencys_newer_word(store: Store) -> None:
    file_one(store)
    store.take_state("r1", RequestState.AWAITING_SIGNATURE, 1)
    store.confirm(["r1"])
    assert store.requests_of(TAG)[0].state is RequestState.AWAITING_SIGNATURE


def test_a_returned_request_goes_back_and_a_collected_one_stays(store: Store) -> None:
    file_one(store)
    store.take_state("r1", RequestState.UNDER_REVIEW, 1)
    store.take_state("r1", RequestState.INCOMPLETE, 2)
    assert store.requests_of(TAG)[0].state is RequestState.INCOMPLETE
    store.take_letter(letter(3))
    job = store.prints.add_job("letter", "r1", "roll", None, "2026")
    store.collect(job.id, "CONFIRMED", "e1", "2026", lambda seq: b"collected")
    store.take_state("r1", RequestState.UNDER_REVIEW, 4)
    assert store.requests_of(TAG) == []


def test_an_older_message_that_comes_again_undoes_nothing(store: Store) -> None:
    file_one(store)
    store.take_state("r1", RequestState.UNDER_REVIEW, 5)
    store.take_letter(letter(8))
    store.take_state("r1", RequestState.UNDER_REVIEW, 5)
    assert store.requests_of(TAG)[0].state is RequestState.READY
    entry = DirectoryEntry(7, TAG, b"s" * 16, KdfCost(1, 8, 1), b"k", b"p")
    store.take_entry(entry)
    store.take_entry(DirectoryEntry(9, TAG, b"s", KdfCost(1, 8, 1), b"k", b"p", revoked=True))
    store.take_entry(entry)
    found = store.entry(TAG)
    assert found is not None and found.revoked


def test_a_refusal_after_the_receipt_changes_nothing(store: Store) -> None:
    file_one(store)
    store.confirm(["r1"])
    store.bury("r1", "late and wrong")
    assert store.requests_of(TAG)[0].state is RequestState.RECEIVED


def test_a_new_key_forgives_the_wrong_pins_of_the_old_one(store: Store) -> None:
    store.take_entry(DirectoryEntry(1, TAG, b"s", KdfCost(1, 8, 1), b"k", b"p"))
    store.count_pin_try(TAG)
    store.take_entry(DirectoryEntry(2, TAG, b"s", KdfCost(1, 8, 1), b"k", b"p"))
    assert store.wrong_pins(TAG) == 1
    store.take_entry(DirectoryEntry(3, TAG, b"s", KdfCost(1, 8, 1), b"new", b"p"))
    assert store.wrong_pins(TAG) == 0


def test_a_refused_message_is_kept_but_not_sent(store: Store) -> None:
    file_one(store)
    store.bury("r1", "unreadable")
    assert store.outgoing(10) == []
    assert store.queue() == (0, "")
    assert store.requests_of(TAG)[0].state is RequestState.REJECTED


def test_the_same_letter_twice_is_one_letter(store: Store) -> None:
    store.take_letter(letter(1))
    store.take_letter(letter(1))
    assert [item.copies for item in store.letters_of(TAG)] == [0]
    assert store.counter("srv_seq") == 1


def test_copies_are_numbered_when_they_may_be_on_paper(store: Store) -> None:
    first = store.prints.add_job("ticket", "r1", "roll", b"x", "2026")
    store.prints.set_job(first.id, JobState.VOID)  # never begun: no copy
    second = store.prints.add_job("ticket", "r1", "roll", b"x", "2026")
    store.prints.set_job(second.id, JobState.UNKNOWN)
    third = store.prints.add_job("ticket", "r1", "roll", b"x", "2026")
    assert (first.copy, second.copy, third.copy) == (1, 1, 2)


def test_wrong_pins_are_counted_across_restarts(tmp_path: Path, store: Store) -> None:
    store.count_pin_try(TAG)
    store.count_pin_try(TAG)
    again = Store(tmp_path / "kiosk.db")
    assert again.wrong_pins(TAG) == 2
    again.forgive_pins(TAG)
    assert again.wrong_pins(TAG) == 0


def test_a_directory_entry_is_replaced_whole(store: Store) -> None:
    entry = DirectoryEntry(1, TAG, b"s" * 16, KdfCost(1, 8, 1), b"k", b"p")
    store.take_entry(entry)
    store.take_entry(DirectoryEntry(2, TAG, b"s" * 16, KdfCost(1, 8, 1), b"k", b"p", revoked=True))
    found = store.entry(TAG)
    assert found is not None
    assert found.revoked


def test_a_file_that_is_no_database_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "kiosk.db").write_bytes(b"not a database, but long enough to be one" * 50)
    with pytest.raises(StoreError, match=r"kiosk\.db cannot be used"):
        Store(tmp_path / "kiosk.db")


def test_the_database_is_for_its_owner_only(tmp_path: Path, store: Store) -> None:
    assert (tmp_path / "kiosk.db").stat().st_mode & 0o077 == 0


def test_a_database_of_the_first_release_is_brought_up_to_date(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "old.db")
    first = (resources.files("firmware") / "schema" / "001.sql").read_text()
    old.executescript(f"BEGIN; {first}; PRAGMA user_version = 1; COMMIT;")
    old.execute("UPDATE meta SET value = 41 WHERE name = 'seq'")
    old.commit()
    old.close()
    store = Store(tmp_path / "old.db")
    assert store.prints.roll().used_mm == 0
    assert file_one(store).number == "kiosk-00042"


def test_print_jobs_and_the_roll_of_an_older_kiosk_come_along(tmp_path: Path) -> None:
    """Schema 3 knew no AWAITING, one roll without a history, and no units."""
    file = tmp_path / "kiosk.db"
    old = sqlite3.connect(file)
    scripts = resources.files("firmware") / "schema"
    for number in (1, 2, 3):
        old.executescript((scripts / f"00{number}.sql").read_text())
    old.execute("PRAGMA user_version = 3")
    old.execute(
        "UPDATE roll SET used_mm = 7000, cuts = 60, last_print_at = 'then', whole_mm = 70000"
    )
    job = "INSERT INTO print_job VALUES (?, 'ticket', 'r1', 'roll', 1, ?, ?, 'then')"
    old.executemany(job, [(41, "UNKNOWN", None), (42, "SENDING", b"closed")])
    old.commit()
    old.close()
    prints = Store(file).prints
    assert [(j.id, j.state, j.content) for j in prints.unfinished_jobs()] == [
        (42, JobState.SENDING, b"closed")
    ]
    assert prints.add_job("ticket", "r1", "roll", None, "now").id == 43
    roll, unit = prints.roll(), prints.unit()
    assert (roll.used_mm, roll.cuts, roll.whole_mm) == (7000, 60, 70000)
    assert (unit.unit, unit.used_mm, unit.last_print_at) == ("", 7000, "then")
