"""What every card reader does: the real PC/SC driver on pcscd and vpcd, and the one in memory."""

from __future__ import annotations

import gc
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from hw.card.pcsc import PcscReader, choose_reader
from hw.protocols import (
    CardIdentity,
    CardNotPresent,
    CardPresent,
    CardReader,
    CardReport,
    CardTrouble,
    CardUnreadable,
    ReaderOffline,
    ReaderOnline,
)
from hw.virtual.memory_reader import MemoryReader

SEVEN = bytes.fromhex("04A1B2C3D4E5F6")
PATIENCE_SECONDS = 10.0


class Hands(Protocol):
    """Whoever lays cards on the reader and pulls its plug."""

    def insert(self, uid: bytes, manner: str = "well") -> None: ...
    def remove(self) -> None: ...
    def kill_daemon(self) -> None: ...
    def start_daemon(self) -> None: ...


class Desk:
    """A reader that is being watched."""

    def __init__(self, reader: CardReader, hands: Hands) -> None:
        self.reader = reader
        self.hands = hands
        self.reports: queue.SimpleQueue[CardReport] = queue.SimpleQueue()
        reader.start(self.reports.put)

    def hears(self) -> CardReport:
        return self.reports.get(timeout=PATIENCE_SECONDS)


@pytest.fixture(params=["memory", "pcsc"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    if request.param == "memory":
        memory = MemoryReader()
        desk = Desk(memory, memory)
    else:
        hands = request.getfixturevalue("virtual_reader")
        desk = Desk(PcscReader(), hands)
    assert isinstance(desk.hears(), ReaderOnline)
    yield desk
    desk.hands.remove()
    desk.reader.close()


@pytest.mark.parametrize("uid", [SEVEN[:4], SEVEN, SEVEN + b"\x01\x02\x03"])
def test_a_card_is_read_with_all_its_bytes_and_taken_away(desk: Desk, uid: bytes) -> None:
    desk.hands.insert(uid)
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", uid))
    desk.hands.remove()
    assert desk.hears() == CardNotPresent()


def test_a_random_uid_identifies_nobody(desk: Desk) -> None:
    desk.hands.insert(b"\x08\x01\x02\x03")
    assert desk.hears() == CardUnreadable(CardTrouble.RANDOM_UID)


def test_something_without_a_uid_is_unknown(desk: Desk) -> None:
    desk.hands.insert(b"")
    assert desk.hears() == CardUnreadable(CardTrouble.UNKNOWN_KIND)


def test_a_card_is_pulled_while_it_is_read_and_laid_on_again(desk: Desk) -> None:
    desk.hands.insert(SEVEN, "pulled")
    assert desk.hears() == CardUnreadable(CardTrouble.PULLED)
    desk.hands.remove()
    assert desk.hears() == CardNotPresent()
    desk.hands.insert(SEVEN)
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))


def test_a_mute_card_holds_up_nobody(desk: Desk) -> None:
    desk.hands.insert(SEVEN, "mute")
    assert desk.hears() == CardUnreadable(CardTrouble.MUTE)
    desk.hands.remove()
    assert desk.hears() == CardNotPresent()
    desk.hands.insert(SEVEN)
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))


def test_the_reader_goes_away_with_a_card_on_it_and_comes_back(desk: Desk) -> None:
    desk.hands.insert(SEVEN)
    assert isinstance(desk.hears(), CardPresent)
    desk.hands.kill_daemon()
    assert desk.hears() == CardNotPresent()
    assert isinstance(desk.hears(), ReaderOffline)
    desk.hands.remove()
    desk.hands.start_daemon()
    assert isinstance(desk.hears(), ReaderOnline)
    desk.hands.insert(SEVEN)
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))


def test_many_visits_leave_no_thread_and_no_file_open(desk: Desk) -> None:
    def visit() -> tuple[int, int]:
        desk.hands.insert(SEVEN)
        assert isinstance(desk.hears(), CardPresent)
        desk.hands.remove()
        assert desk.hears() == CardNotPresent()
        gc.collect()
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    first = visit()
    assert [visit() for _ in range(5)][-1] <= first


def test_which_reader_is_chosen() -> None:
    dual = ["ACS [ACR1252 Dual Reader SAM] 01 00", "ACS [ACR1252 Dual Reader PICC] 00 00"]
    assert choose_reader(dual, "") == dual[1]
    assert choose_reader(["Virtual PCD 00 00", "Virtual PCD 00 01"], "") == "Virtual PCD 00 00"
    assert choose_reader(dual[:1], "") is None
    assert choose_reader(dual, "SAM") == dual[0]
    assert choose_reader([], "") is None


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"raeder": "x"}, "did you mean 'reader'"),
        ({"reader": 5}, "must be text"),
        ({"profiles": []}, "must be a list"),
        ({"profiles": ["uid_tga"]}, "did you mean 'uid_tag'"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(section: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        PcscReader.from_config(section)
