"""The outbox lets go on receipts only, and asks again without hammering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firmware.core import wire
from firmware.core.request import RequestState
from firmware.outbox import EXPRESS, PARCEL_BYTES, RESEND_BASE_SECONDS, WIDEST, WINDOW, Outbox
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


def ids_in(parcels: list[tuple[str, bytes]]) -> list[list[str]]:
    """The messages of each publication; a lone one is its payload."""
    return [
        [bytes(one.message).decode() for one in wire.decode(payload, wire.ManyUp).messages]
        if kind == "many"
        else [payload.decode()]
        for kind, payload in parcels
    ]


def file(store: Store, name: str) -> None:
    payload = name.encode()
    store.file_request(name, b"t" * 32, "2026", lambda seq: Filing("n", "c", b"s", payload))


def fill_named(store: Store, count: int, size: int = 0) -> list[str]:
    """Each payload is its own id, as JSON, and at least so long."""
    names = [f'"m{number:04d}{"x" * size}"' for number in range(count)]
    for name in names:
        file(store, name)
    return names


def test_a_regency_that_says_nothing_of_parcels_gets_none(store: Store) -> None:
    names = fill_named(store, WINDOW)
    outbox = Outbox(store, lambda: 0.5)
    outbox.link_up(0.0)
    assert sorted(ids_in(outbox.parcels(0.0))) == [[name] for name in names]


def test_a_backlog_goes_in_parcels_and_the_newest_before_it(store: Store) -> None:
    names = fill_named(store, WINDOW)
    outbox = Outbox(store, lambda: 0.5)
    outbox.takes_many(10)
    newest = names[: -EXPRESS - 1 : -1]
    assert ids_in(outbox.parcels(0.0)) == [newest, names[:10], names[10:-EXPRESS]]


def test_what_was_just_made_does_not_wait_for_a_parcel(store: Store) -> None:
    outbox = Outbox(store, lambda: 0.5)
    outbox.takes_many(10)
    fill_named(store, 1)
    assert [kind for kind, _ in outbox.parcels(0.0)] == ["req"]


def test_a_parcel_that_is_not_answered_comes_again_one_by_one(store: Store) -> None:
    names = fill_named(store, 8)
    outbox = Outbox(store, lambda: 0.5)
    outbox.takes_many(10)
    assert len(outbox.parcels(0.0)) == 2
    outbox.confirm(names[:1])
    assert sorted(ids_in(outbox.parcels(RESEND_BASE_SECONDS))) == [[name] for name in names[1:]]


def test_long_messages_make_short_parcels(store: Store) -> None:
    fill_named(store, 5, size=PARCEL_BYTES // 3)
    file(store, f'"{"y" * PARCEL_BYTES}"')
    outbox = Outbox(store, lambda: 0.5)
    outbox.takes_many(50)
    parcels = outbox.parcels(0.0)
    assert [len(names) for names in ids_in(parcels)] == [1, 2, 1, 2]
    assert all(len(payload) < wire.MAX_MESSAGE_BYTES for _, payload in parcels)


def under_way(store: Store, outbox: Outbox, answered_after: float, seconds: int) -> int:
    """Receipts for all that is sent come so much later; the most that is ever under way."""
    most, now = 0, 0.0
    sent: list[tuple[float, str]] = []
    while now < seconds:
        sent += [(now, message.id) for message in outbox.due(now)]
        most = max(most, len(sent))
        now += answered_after / 2
        outbox.confirm([name for at, name in sent if now - at >= answered_after])
        sent = [(at, name) for at, name in sent if now - at < answered_after]
    return most


def test_a_quick_line_carries_more_at_once_and_a_slow_one_does_not(tmp_path: Path) -> None:
    most = []
    for number, answered_after in enumerate((0.1, 4.0)):
        store = Store(tmp_path / f"{number}.db")
        fill(store, 300)
        outbox = Outbox(store, lambda: 0.5)
        outbox.takes_many(50)
        most.append(under_way(store, outbox, answered_after, 40))
        store.close()
    assert WINDOW * 3 < most[0] <= WIDEST + EXPRESS
    assert most[1] <= WINDOW


def test_a_line_that_grows_slow_is_filled_no_more(store: Store) -> None:
    fill(store, 400)
    outbox = Outbox(store, lambda: 1.0)
    outbox.takes_many(50)
    sent = []
    for now in (0.0, 0.1, 0.2, 5.0, 9.9):
        due = outbox.due(now)
        sent.append(len(due))
        outbox.confirm([message.id for message in due])
    assert sent == [WINDOW, WINDOW * 2, WINDOW * 4, WINDOW * 2, WINDOW]


def test_a_regency_that_answers_no_more_has_the_window_closed(store: Store) -> None:
    fill(store, 400)
    outbox = Outbox(store, lambda: 1.0)
    outbox.takes_many(50)
    for now in (0.0, 0.1, 0.2):
        outbox.confirm([message.id for message in outbox.due(now)])
    assert len(outbox.due(0.3)) == WINDOW * 8
    late = outbox.due(0.3 + RESEND_BASE_SECONDS)
    assert len(late) <= WINDOW


def test_a_receipt_that_the_disk_refuses_is_asked_for_again(store: Store) -> None:
    fill(store, 3)
    outbox = Outbox(store, lambda: 0.5)
    outbox.due(0.0)
    store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(Store.errors):
        outbox.confirm(["r000"])
    store._db.execute("PRAGMA query_only = OFF")
    assert {message.id for message in outbox.due(400.0)} == {"r000", "r001", "r002"}


def test_what_the_regency_lost_is_sent_again_from_the_first(store: Store) -> None:
    fill(store, 30)
    outbox = Outbox(store, lambda: 0.5)
    for second in range(5):
        outbox.confirm([message.id for message in outbox.due(float(second))])
    assert store.outgoing(1) == []
    store.send_again(2, srv_seq=1)
    outbox.send_all_again()
    sent = {message.id for message in outbox.due(9.0)}
    assert "r002" in sent
    assert len(sent) == WINDOW


def test_an_old_backlog_is_let_go_once_it_is_settled(store: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr("firmware.store.SETTLED_KEPT", 5)
    fill(store, 12)
    store.bury("r001", "why")
    store.confirm(["r000", "r003"])
    store.confirm(["r002", "r009"])
    kept = [row[0] for row in store._db.execute("SELECT id FROM outbox ORDER BY seq")]
    assert kept == ["r004", "r005", "r006", "r007", "r008", "r009", "r010", "r011"]
