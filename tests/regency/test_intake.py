"""What kiosks send is checked, committed once, and answered so that nothing is sent for ever."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select

from firmware.core import seal, wire
from firmware.core.claim import make_claim_code
from firmware.core.request import LetterRequest, RequestState
from regency import tables as t
from regency.intake import Intake
from regency.letters import load_catalogue
from regency.receiving import bury
from regency.store import Store
from tests.regency.letter_parts import SITI, SONGGON
from tests.regency.web_office import Office

KIOSK, NEIGHBOUR = f"{SONGGON.code}-1", f"{SONGGON.code}-2"
SEED = os.urandom(seal.SEED_BYTES)
PUBLIC = seal.public_key_of(SEED)
CLAIM = make_claim_code(12345)
ANSWERS = {
    "nama_usaha": "Warung Contoh",
    "keperluan": "Membuka rekening bank",
    "berlaku_dari": "24-11-2026",
    "berlaku_sampai": "23-05-2027",
}


def request(**changes: Any) -> LetterRequest:
    values: dict[str, Any] = {
        "id": "01993c2a-1111-7000-8000-000000000001",
        "kiosk": KIOSK,
        "number": f"{KIOSK}-00001",
        "nik": SITI.nik,
        "letter_type": "keterangan-usaha",
        "answers": ANSWERS,
        "claim_code": CLAIM,
        "created_at": "2026-11-24T08:00:00+07:00",
    }
    return LetterRequest(**{**values, **changes})


def sealed(inside: LetterRequest, outside_id: str = "", public: bytes = PUBLIC) -> wire.RequestUp:
    message_id = outside_id or inside.id
    body = seal.seal(public, msgspec.json.encode(inside), seal.request_context(message_id))
    return wire.RequestUp(message_id, 1, inside.created_at, body)


class Post:
    """A regency's intake with its office around it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.url = database
        self.office = Office(folder, database=database)
        self.store = self.office.store
        with self.store.engine.begin() as db:
            row = {"village": SONGGON.code, "revoked": False, "last_srv_seq": 0}
            db.execute(insert(t.kiosks).values(id=NEIGHBOUR, **row))
        self.intake = Intake(self.store, load_catalogue(), SEED)

    def rows(self, table: Any) -> list[Any]:
        with self.store.engine.begin() as db:
            return list(db.execute(select(table)))

    def reasons(self) -> list[str]:
        return [row.reason for row in self.rows(t.dead_letters)]


@pytest.fixture
def post(tmp_path: Path, database_url: str) -> Iterator[Post]:
    post = Post(tmp_path, database_url)
    yield post
    post.store.close()


def test_a_request_is_committed_and_receipted(post: Post) -> None:
    receipt = post.intake.take_request(KIOSK, sealed(request()))
    assert receipt == wire.Receipt(request().id, "committed")
    row = post.store.request(request().id)
    assert row is not None
    assert (row.state, row.nik, row.answers) == (RequestState.RECEIVED, SITI.nik, ANSWERS)
    assert post.store.request_by_claim(CLAIM) == row
    assert [event.new for event in post.store.history(row.id)] == ["received"]


def test_the_database_does_not_hold_the_claim_code(tmp_path: Path) -> None:
    post = Post(tmp_path, f"sqlite:///{tmp_path / 'regency.db'}")
    post.intake.take_request(KIOSK, sealed(request()))
    post.store.close()
    for file in tmp_path.glob("regency.db*"):
        assert CLAIM.encode() not in file.read_bytes()


def test_the_same_message_again_is_receipted_and_kept_once(post: Post) -> None:
    message = sealed(request())
    answers = [post.intake.take_request(KIOSK, message) for _ in range(3)]
    assert {answer.outcome for answer in answers} == {"committed"}
    assert len(post.rows(t.requests)) == 1


def test_the_same_id_with_another_body_is_an_alarm(post: Post) -> None:
    post.intake.take_request(KIOSK, sealed(request()))
    answer = post.intake.take_request(KIOSK, sealed(request(answers={**ANSWERS})))
    assert answer.outcome == "rejected"
    assert post.reasons() == ["the same id came with another body"]
    row = post.store.request(request().id)
    assert row is not None and row.answers == ANSWERS


def test_two_workers_that_take_the_same_message_at_once_commit_it_once(post: Post) -> None:
    """Each has its own connections, as another process has."""
    messages = [sealed(request(id=f"01993c2a-1111-7000-8000-{n:012d}")) for n in range(12)]
    signed = post.office.signed()
    events = [collected(signed, id=f"e{n}", seq=100 + n) for n in range(12)]
    others = [Store(post.url, "s" * 40) for _ in range(3)]
    answers: list[wire.Receipt] = []
    start = threading.Barrier(len(others))

    def work(store: Store) -> None:
        intake = Intake(store, load_catalogue(), SEED)
        for number, (message, event) in enumerate(zip(messages, events, strict=True)):
            start.wait(60)
            answers.append(
                intake.take_request(KIOSK, msgspec.structs.replace(message, seq=number + 1))
            )
            answers.append(intake.take_collected(KIOSK, event))
            intake.take_heartbeat(KIOSK, BEAT)

    threads = [threading.Thread(target=work, args=(store,)) for store in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in others:
        store.close()
    assert [answer.outcome for answer in answers] == ["committed"] * 72
    assert len(post.rows(t.requests)) == 13
    assert len(post.rows(t.collected)) == 12
    taken = [row for row in post.rows(t.events) if row.new == "received"]
    assert len(taken) == 12
    assert [row for row in post.rows(t.events) if row.new == "collected"][1:] == []
    assert (post.rows(t.alarms), post.reasons()) == ([], [])


LONG = "x" * 70
BEAT = wire.Heartbeat(
    KIOSK, "2026-11-24", 1, 2, "online", "online", "full", "noDevice", 0, 0, 3, "0.1.0"
)


def test_what_a_database_does_not_hold_is_refused_or_cut_and_nothing_fails(post: Post) -> None:
    """SQLite would take it all, PostgreSQL keeps to lengths, sizes and takes no NUL."""
    signed = post.office.signed()
    huge = (1 << 53) - 1
    intake = post.intake
    long_id = intake.take_request(KIOSK, sealed(request(id=LONG)))
    nul = intake.take_request(KIOSK, sealed(request(number="1\0" + LONG, id="a\0b")))
    event = intake.take_collected(KIOSK, collected(signed, id=LONG, seq=7))
    copy = intake.take_collected(KIOSK, collected(signed, copy=huge, at=LONG, medium=LONG))
    intake.take_receipt(KIOSK, wire.ReceiptUp(huge, rejected="\0" * 300))
    intake.take_heartbeat(KIOSK, msgspec.structs.replace(BEAT, at="\0" + LONG, firmware="\0"))
    with post.store.engine.begin() as db:
        bury(db, "k1/\0/" + LONG * 3, 5, "\0" + LONG * 9)
    intake.take_birth(KIOSK, wire.StateUp(True, huge, huge, huge, "\0", huge))
    assert [r.outcome for r in (long_id, nul, event, copy)] == [
        "rejected",
        "committed",
        "rejected",
        "committed",
    ]
    assert post.store.officer("\0") is None
    assert post.store.letter_by_token("\0" + LONG * 9) is None


BAD: list[tuple[wire.RequestUp, str]] = [
    (sealed(request(), public=seal.public_key_of(os.urandom(96))), "does not open"),
    (sealed(request(), outside_id="01993c2a-1111-7000-8000-00000000000f"), "different ids"),
    (sealed(request(kiosk=NEIGHBOUR)), "different ids or kiosks"),
    (sealed(request(letter_type="surat-sakti")), "not in the catalogue"),
    (sealed(request(answers={})), "not those of the letter type"),
    (sealed(request(answers={**ANSWERS, "tambahan": "x"})), "not those of the letter type"),
    (sealed(request(answers={**ANSWERS, "nama_usaha": ""})), "an answer"),
    (sealed(request(answers={**ANSWERS, "nama_usaha": "W" * 61})), "an answer"),
    (sealed(request(answers={**ANSWERS, "berlaku_dari": "31-02-2026"})), "an answer"),
    (sealed(request(created_at="kemarin")), "an answer"),
    (sealed(request(claim_code="0000000001")), "claim code"),
    (sealed(request(nik="3510190101900099")), "not of the kiosk's village"),
]


@pytest.mark.parametrize(("message", "reason"), BAD)
def test_a_request_that_cannot_be_used_is_answered_and_buried(
    post: Post, message: wire.RequestUp, reason: str
) -> None:
    answer = post.intake.take_request(KIOSK, message)
    assert answer.outcome == "rejected"
    assert reason in answer.reason
    assert post.rows(t.requests) == []
    assert reason in post.reasons()[0]


def test_a_request_sent_just_after_midnight_is_good(post: Post) -> None:
    late = request(created_at="2026-11-25T00:00:01+07:00")
    assert post.intake.take_request(KIOSK, sealed(late)).outcome == "committed"


def test_a_request_that_comes_weeks_later_is_judged_by_its_own_day(post: Post) -> None:
    old = request(
        created_at="2026-09-01T08:00:00+07:00",
        answers={**ANSWERS, "berlaku_dari": "01-09-2026", "berlaku_sampai": "01-10-2026"},
    )
    assert post.intake.take_request(KIOSK, sealed(old)).outcome == "committed"


# ---------------------------------------------------------------- collected


def collected(request_id: str, **changes: Any) -> wire.CollectedUp:
    values: dict[str, Any] = {
        "id": "e1",
        "seq": 2,
        "at": "2026-11-24T09:00:00+07:00",
        "request_id": request_id,
        "medium": "page",
        "confirmed": True,
        "copy": 1,
    }
    return wire.CollectedUp(**{**values, **changes})


def test_collected_is_committed_once_and_copies_are_counted(post: Post) -> None:
    signed = post.office.signed()
    first = post.intake.take_collected(KIOSK, collected(signed))
    again = post.intake.take_collected(KIOSK, collected(signed))
    post.intake.take_collected(KIOSK, collected(signed, id="e2", copy=2, medium="roll"))
    assert (first.outcome, again.outcome) == ("committed", "committed")
    assert [(c.medium, c.copy) for c in post.store.collected(signed)] == [("page", 1), ("roll", 2)]
    assert post.office.state(signed) is RequestState.COLLECTED


def test_collected_of_a_letter_that_is_not_ready_or_not_theirs_is_refused(post: Post) -> None:
    waiting, signed = post.office.approved(), post.office.signed()
    assert post.intake.take_collected(KIOSK, collected(waiting)).outcome == "rejected"
    assert post.intake.take_collected(NEIGHBOUR, collected(signed)).outcome == "rejected"
    assert post.intake.take_collected(KIOSK, collected("no such")).outcome == "rejected"
    assert post.office.state(signed) is RequestState.READY


# ---------------------------------------------------------------- down


def test_a_message_down_is_kept_until_its_own_receipt(post: Post) -> None:
    post.office.approved()
    rows = post.store.undelivered(KIOSK)
    assert [row.srv_seq for row in rows] == [1, 2]
    post.intake.take_receipt(KIOSK, wire.ReceiptUp(2))
    assert [row.srv_seq for row in post.store.undelivered(KIOSK)] == [1]


def test_a_kiosk_with_an_old_card_is_sent_again_what_it_lost(post: Post) -> None:
    post.office.approved()
    for number in (1, 2):
        post.intake.take_receipt(KIOSK, wire.ReceiptUp(number))
    post.intake.take_birth(KIOSK, wire.StateUp(online=True, boot=9, last_srv_seq=1))
    assert [row.srv_seq for row in post.store.undelivered(KIOSK)] == [2]


def test_what_a_kiosk_cannot_use_is_not_sent_again(post: Post) -> None:
    post.office.approved()
    post.intake.take_receipt(KIOSK, wire.ReceiptUp(1, rejected="unreadable"))
    post.intake.take_birth(KIOSK, wire.StateUp(online=True, boot=9))
    assert [row.srv_seq for row in post.store.undelivered(KIOSK)] == [2]


def test_an_unknown_kiosk_may_not_speak(post: Post) -> None:
    assert post.intake.may_speak(KIOSK)
    assert not post.intake.may_speak("3510192001-9")


def test_a_birth_that_the_broker_kept_sends_nothing_again(post: Post) -> None:
    post.office.approved()
    birth = wire.StateUp(online=True, boot=9)
    post.intake.take_birth(KIOSK, birth)
    for number in (1, 2):
        post.intake.take_receipt(KIOSK, wire.ReceiptUp(number))
    post.intake.take_birth(KIOSK, birth, retained=True)
    assert post.store.undelivered(KIOSK) == []


def test_a_kept_birth_that_nobody_heard_before_counts(post: Post) -> None:
    post.office.approved()
    for number in (1, 2):
        post.intake.take_receipt(KIOSK, wire.ReceiptUp(number))
    post.intake.take_birth(KIOSK, wire.StateUp(online=True, boot=9, last_srv_seq=1), retained=True)
    assert [row.srv_seq for row in post.store.undelivered(KIOSK)] == [2]


def test_a_request_that_nests_without_end_is_answered_all_the_same(post: Post) -> None:
    deep = b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    body = seal.seal(PUBLIC, deep, seal.request_context(request().id))
    message = wire.RequestUp(request().id, 1, request().created_at, body)
    assert post.intake.take_request(KIOSK, message).outcome == "rejected"
    assert post.reasons() == ["the opened request is not readable"]


def officer_card(post: Post, village: str = SONGGON.code) -> bytes:
    """The tag of a card of an officer of this village."""
    tag = b"t" * seal.TAG_BYTES
    officer = {"username": "dewi", "name": "Dewi Lestari", "role": "officer", "village": village}
    card = {"username": "dewi", "tag": tag, "salt": b"s", "kdf": {}, "public_key": b"p"}
    with post.store.engine.begin() as db:
        db.execute(insert(t.officers).values(password_hash="", **officer))
        db.execute(insert(t.officer_cards).values(**card))
    return tag


def test_who_helped_the_citizen_stands_in_the_request_s_history(post: Post) -> None:
    inside = request(helper=officer_card(post))
    assert post.intake.take_request(KIOSK, sealed(inside)).outcome == "committed"
    assert [row.note for row in post.rows(t.events)][-1] == "menurut anjungan: dibantu Dewi Lestari"


def test_a_helper_who_is_no_officer_of_the_village_is_an_alarm(post: Post) -> None:
    inside = request(helper=b"x" * seal.TAG_BYTES)
    assert post.intake.take_request(KIOSK, sealed(inside)).outcome == "rejected"
    assert any("officer" in row.what for row in post.rows(t.alarms))
