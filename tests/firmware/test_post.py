"""Messages from the regency: taken once, answered, and a bad one harms nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.core import wire
from firmware.core.events import Delivered, Event
from firmware.core.request import RequestState
from firmware.journal import Journal
from firmware.outbox import Outbox
from firmware.post import Post
from firmware.store import Filing, Store
from tests.firmware import people

KIOSK = "3510192001-1"
RESIDENT = wire.down_topic(KIOSK, "res")
RECEIPT = wire.down_topic(KIOSK, "rcp")


class Office:
    """A post office with one request on its way."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "kiosk.db")
        self.answers: list[wire.ReceiptUp] = []
        self.told: list[Event] = []
        self.changes = 0
        self.journal = folder / "journal.jsonl"
        self.post = Post(
            self.store,
            Outbox(self.store, lambda: 0.5),
            Journal(self.journal, lambda: datetime.now(UTC)),
            lambda: "2026-11-24T08:00:00+07:00",
            self.answers.append,
            self.told.append,
            self._changed,
        )
        self.store.file_request(
            "r1", people.tag(1), "2026", lambda seq: Filing("n", "c", b"s", b"p")
        )

    def _changed(self) -> None:
        self.changes += 1

    def take(self, message: wire.msgspec.Struct, topic: str = RESIDENT) -> None:
        self.post.take([(topic, wire.encode(message))])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_receipt_lets_the_outbox_go(office: Office) -> None:
    office.take(wire.Receipt("r1", "committed"), RECEIPT)
    office.take(wire.Receipt("r1", "committed"), RECEIPT)
    assert office.told == [Delivered("r1")]
    assert office.store.outgoing(10) == []


def test_a_receipt_for_something_else_changes_nothing(office: Office) -> None:
    office.take(wire.Receipt("r9", "committed"), RECEIPT)
    office.take(wire.Receipt("r1", "perhaps"), RECEIPT)
    assert len(office.store.outgoing(10)) == 1


def test_a_refusal_is_kept_with_its_reason(office: Office) -> None:
    office.take(wire.Receipt("r1", "rejected", "same id, other body"), RECEIPT)
    assert office.store.outgoing(10) == []
    assert "same id, other body" in office.journal.read_text()


def test_entries_letters_and_states_are_durable_before_they_are_answered(office: Office) -> None:
    office.take(people.entry(1, srv_seq=7))
    office.take(wire.StateDown(8, "r1", "awaitingSignature"))
    assert office.store.requests_of(people.tag(1))[0].state is RequestState.AWAITING_SIGNATURE
    office.take(people.letter(1, "r1", 9))
    assert [answer.srv_seq for answer in office.answers] == [7, 8, 9]
    assert office.store.entry(people.tag(1)) is not None
    assert len(office.store.letters_of(people.tag(1))) == 1
    assert office.changes == 3


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        b"[" * 5000,
        b'{"type":"letter"}',
        b'{"type":"bom","srv_seq":4}',
        b"x" * (wire.MAX_MESSAGE_BYTES + 1),
    ],
)
def test_a_malformed_message_is_buried_and_harms_nothing_else(
    office: Office, payload: bytes
) -> None:
    office.post.take([(RESIDENT, payload)])
    office.take(people.entry(1, srv_seq=7))
    assert office.store.entry(people.tag(1)) is not None
    assert "message.dead" in office.journal.read_text()


def test_a_bad_message_whose_number_can_be_read_is_answered(office: Office) -> None:
    office.post.take([(RESIDENT, b'{"type":"state","srv_seq":4,"request_id":"r1","state":"lost"}')])
    (answer,) = office.answers
    assert answer.srv_seq == 4
    assert answer.rejected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kdf", wire.KdfCost(1, 4 * 1024 * 1024, 1)),
        ("kdf", wire.KdfCost(0, 64, 1)),
        ("public_key", b"short"),
        ("salt", b""),
        ("tag", b"t"),
    ],
)
def test_an_entry_that_would_choke_the_board_is_refused(
    office: Office, name: str, value: object
) -> None:
    office.take(wire.msgspec.structs.replace(people.entry(1), **{name: value}))
    assert office.store.entry(people.tag(1)) is None
    assert office.answers[0].rejected


def test_a_topic_that_nobody_knows(office: Office) -> None:
    office.post.take([("k1/3510192001-1/dn/other", b"{}")])
    assert "knows no such topic" in office.journal.read_text()
