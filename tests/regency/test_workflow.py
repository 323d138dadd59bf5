"""Who may move a request from where to where; and numbers that are gapless and given once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from firmware.core.request import RequestState
from regency.letters import load_catalogue
from regency.store import OfficerRow
from regency.workflow import MOVES, Done, Refused, Result, letter_number
from tests.regency.letter_parts import SONGGON
from tests.regency.web_office import PASSPHRASE, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        yield office


def do(office: Office, name: str, request_id: str, officer: OfficerRow) -> Result:
    extra = {"sign": (PASSPHRASE,), "send_back": ("RT belum ada",), "reject": ("Bukan usaha",)}
    result: Result = getattr(office.workflow, name)(request_id, officer, *extra.get(name, ()))
    return result


def in_state(office: Office, state: RequestState) -> str:
    """A request that has come so far on the usual way."""
    request_id = office.ask()
    steps = {"examine": "petugas", "approve": "petugas", "sign": "kades"}
    for name, who in steps.items():
        if office.state(request_id) is state:
            break
        assert isinstance(do(office, name, request_id, office.officer(who)), Done)
    assert office.state(request_id) is state
    return request_id


REACHED = (
    RequestState.RECEIVED,
    RequestState.UNDER_REVIEW,
    RequestState.AWAITING_SIGNATURE,
    RequestState.READY,
)


@pytest.mark.parametrize("state", REACHED)
@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("who", ["petugas", "kades", "tetangga"])
def test_every_move_by_everybody_from_every_state(
    office: Office, state: RequestState, name: str, who: str
) -> None:
    request_id = in_state(office, state)
    officer = office.officer(who)
    result = do(office, name, request_id, officer)
    move = MOVES[name]
    allowed = who != "tetangga" and officer.role == move.role and state in move.sources
    assert isinstance(result, Done) == allowed
    assert office.state(request_id) is (move.target if allowed else state)


def test_what_happened_is_written_down_with_who_did_it(office: Office) -> None:
    signed = office.signed()
    told = [(event.actor, event.new) for event in office.store.history(signed)]
    assert told == [
        ("Dewi Lestari", "underReview"),
        ("Dewi Lestari", "awaitingSignature"),
        (SONGGON.head_name, "ready"),
    ]


def test_sending_back_wants_a_reason(office: Office) -> None:
    request_id = office.ask()
    result = office.workflow.send_back(request_id, office.officer("petugas"), "  ")
    assert isinstance(result, Refused) and "alasan" in result.sentence


def test_a_wrong_passphrase_gives_no_number(office: Office) -> None:
    request_id = office.approved()
    wrong = office.workflow.sign(request_id, office.officer("kades"), "salah")
    assert isinstance(wrong, Refused)
    assert office.store.letter(request_id) is None
    office.workflow.sign(request_id, office.officer("kades"), PASSPHRASE)
    letter = office.store.letter(request_id)
    assert letter is not None and "/001/" in letter.number


def test_signing_twice_gives_one_letter(office: Office) -> None:
    signed = office.signed()
    before = office.store.letter(signed)
    again = office.workflow.sign(signed, office.officer("kades"), PASSPHRASE)
    assert isinstance(again, Refused) and "siap diambil" in again.sentence
    assert office.store.letter(signed) == before


def test_many_signers_at_once_leave_no_gap_and_no_double(tmp_path: Path, database_url: str) -> None:
    office = Office(tmp_path, database=database_url)
    waiting = [office.approved() for _ in range(6)]
    head = office.officer("kades")
    results: list[Result] = []

    def sign(request_id: str) -> None:
        results.append(office.workflow.sign(request_id, head, PASSPHRASE))

    threads = [threading.Thread(target=sign, args=(one,)) for one in waiting * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(result, Done) for result in results) == 6
    letters = [office.store.letter(one) for one in waiting]
    numbers = sorted(letter.number.split("/")[1] for letter in letters if letter)
    assert numbers == [f"{n:03d}" for n in range(1, 7)]
    office.store.close()


def test_a_letter_s_number() -> None:
    letter = load_catalogue().get("keterangan-usaha")
    assert letter is not None
    number = letter_number(letter, 7, SONGGON, date(2026, 11, 24))
    assert number == "503/007/3510192001/XI/2026"
