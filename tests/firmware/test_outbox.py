"""The outbox lets go on receipts only, and asks again without hammering."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.core.request import RequestState
from firmware.outbox import EXPRESS, RESEND_BASE_SECONDS, WINDOW, Outbox
from firmware.store import Filing, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "kiosk.db")


def fill(store: Store, count: int) -> None:
    for number in range(count):
        store.file_request(
            f"r{number:03d}", b"t" * 32, "2026", lambda seq: Filing("n", "c", b"s", b"p")
        )


def test_a_message_is_sent_once_until_its_receipt_is_overdue(store: Store) -> None:
    fill(store, 1)
    outbox = Outbox(store, lambda: 1.0)
    assert len(outbox.due(0.0)) == 1
    assert outbox.due(1.0) == []
    assert len(outbox.due(RESEND_BASE_SECONDS)) == 1
    assert outbox.due(RESEND_BASE_SECONDS + 1) == []


def test_no_more_than_a_window_is_under_way(store: Store) -> None:
    fill(store, WINDOW + 5)
    outbox = Outbox(store, lambda: 0.5)
    sent = outbox.due(0.0)
    newest = [f"r{n:03d}" for n in range(WINDOW + 4, WINDOW + 4 - EXPRESS, -1)]
    assert [m.id for m in sent] == newest + [f"r{n:03d}" for n in range(WINDOW - EXPRESS)]
    outbox.confirm(["r003"])
    assert [m.id for m in outbox.due(1.0)] == [f"r{WINDOW - EXPRESS:03d}"]


def test_messages_that_are_never_answered_do_not_stop_the_others(store: Store) -> None:
    fill(store, WINDOW + 3)
    outbox = Outbox(store, lambda: 0.0)
    sent = {message.id for second in range(0, 4000, 2) for message in outbox.due(float(second))}
    assert len(sent) == WINDOW + 3


def test_after_the_link_was_lost_everything_unconfirmed_is_due_at_once(store: Store) -> None:
    fill(store, 3)
    outbox = Outbox(store, lambda: 0.5)
    outbox.due(0.0)
    outbox.link_up(0.1)
    assert len(outbox.due(0.1)) == 3


def test_a_refused_message_does_not_hold_up_the_others(store: Store) -> None:
    fill(store, 2)
    outbox = Outbox(store, lambda: 0.5)
    outbox.due(0.0)
    outbox.bury("r000", "malformed")
    outbox.link_up(0.1)
    assert [m.id for m in outbox.due(1.0)] == ["r001"]


def test_a_citizen_who_stands_there_goes_before_the_backlog(store: Store) -> None:
    fill(store, 100)
    outbox = Outbox(store, lambda: 0.5)
    outbox.link_up(0.0)
    outbox.due(0.0)
    store.file_request("mine", b"t" * 32, "2026", lambda seq: Filing("n", "c", b"s", b"p"))
    assert [message.id for message in outbox.due(1.0)] == ["mine"]


def test_after_an_outage_a_long_backlog_waits_its_turn_in_the_district(store: Store) -> None:
    fill(store, 100)
    outbox = Outbox(store, lambda: 0.5, backlog_seconds=120.0)
    outbox.link_up(0.0)
    assert len(outbox.due(0.0)) == EXPRESS
    assert len(outbox.due(60.0)) == WINDOW


def test_a_short_backlog_goes_at_once(store: Store) -> None:
    fill(store, WINDOW)
    outbox = Outbox(store, lambda: 1.0)
    outbox.link_up(0.0)
    assert len(outbox.due(0.0)) == WINDOW


def test_a_citizen_reads_that_it_is_on_its_way_when_the_receipt_takes_a_while(store: Store) -> None:
    fill(store, 2)
    outbox = Outbox(store, lambda: 0.5)
    outbox.due(0.0)
    outbox.confirm(["r000"])
    outbox.due(2.0)
    states = {one.request_id: one.state for one in store.requests_of(b"t" * 32)}
    assert states == {"r000": RequestState.RECEIVED, "r001": RequestState.SENT}
