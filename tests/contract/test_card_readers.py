"""What every card reader does: the real PC/SC driver on pcscd and vpcd, and the one in memory."""

from __future__ import annotations

import gc
import queue
import resource
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from smartcard import scard

from hw.card.apdu import GET_UID, Response
from hw.card.feedback import LANGUAGES, language_of
from hw.card.pcsc import PcscReader, choose_reader
from hw.card.profiles import Slots
from hw.card.watching import NO_ANSWER, choose_sam
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
from hw.virtual.reader import VirtualReader

SEVEN = bytes.fromhex("04A1B2C3D4E5F6")
PATIENCE_SECONDS = 40.0


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


def test_a_card_is_swapped_for_another(desk: Desk) -> None:
    desk.hands.insert(SEVEN)
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))
    desk.hands.insert(SEVEN[::-1])
    assert desk.hears() == CardNotPresent()
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN[::-1]))


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


class Burden(NamedTuple):
    """What this process holds; each of our contexts with pcscd is an open file."""

    threads: int
    files: int
    memory_kib: int

    @classmethod
    def now(cls) -> Burden:
        gc.collect()
        files = len(list(Path("/proc/self/fd").iterdir()))
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(threading.active_count(), files, pages * resource.getpagesize() // 1024)


@pytest.mark.parametrize("visits", [12, pytest.param(1000, marks=pytest.mark.long)])
def test_many_visits_leave_no_thread_no_file_and_no_memory(desk: Desk, visits: int) -> None:
    def visit(manner: str) -> None:
        desk.hands.insert(SEVEN, manner)
        assert isinstance(desk.hears(), CardPresent | CardUnreadable)
        desk.hands.remove()
        assert desk.hears() == CardNotPresent()

    def visit_all(count: int) -> Burden:
        for number in range(count):
            visit("pulled" if number % 10 == 5 else "well")
        return Burden.now()

    before = visit_all(max(4, visits // 10))
    after = visit_all(visits)
    print(f"{visits} visits: {before} -> {after}")
    assert after.threads <= before.threads
    assert after.files <= before.files
    assert after.memory_kib - before.memory_kib <= 1024


# ---------------------------------------------------------------- through a real pcscd only


@pytest.fixture
def pcscd(virtual_reader: VirtualReader) -> Iterator[VirtualReader]:
    """Hands on the real pcscd; nothing lies on its reader afterwards."""
    yield virtual_reader
    virtual_reader.thaw_daemon()
    virtual_reader.start_daemon()
    for slot in (0, 1):
        virtual_reader.remove(slot)


def test_pcscd_hangs_with_a_card_on_its_reader_and_comes_to_itself(pcscd: VirtualReader) -> None:
    desk = Desk(PcscReader(), pcscd)
    assert isinstance(desk.hears(), ReaderOnline)
    pcscd.insert(SEVEN)
    assert isinstance(desk.hears(), CardPresent)

    pcscd.freeze_daemon()
    assert desk.hears() == CardNotPresent()
    assert desk.hears() == ReaderOffline(NO_ANSWER)
    pcscd.thaw_daemon()
    assert isinstance(desk.hears(), ReaderOnline)
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))
    desk.reader.close()


def test_a_kiosk_starts_while_pcscd_hangs_and_pcscd_is_restarted(pcscd: VirtualReader) -> None:
    threads = threading.active_count()
    pcscd.freeze_daemon()
    desk = Desk(PcscReader(), pcscd)
    assert desk.hears() == ReaderOffline(NO_ANSWER)
    pcscd.kill_daemon()
    pcscd.start_daemon()
    assert isinstance(desk.hears(), ReaderOnline)
    desk.reader.close()
    _await(lambda: threading.active_count() <= threads)  # what was given up ended with pcscd


def test_another_program_holds_the_card_and_lets_go_of_it(pcscd: VirtualReader) -> None:
    pcscd.insert(SEVEN)
    with Rival() as rival:
        desk = Desk(PcscReader(), pcscd)
        assert isinstance(desk.hears(), ReaderOnline)
        assert desk.hears() == CardUnreadable(CardTrouble.BUSY)
        rival.lets_go()
        assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))
        pcscd.remove()
        assert desk.hears() == CardNotPresent()
        desk.reader.close()


def test_another_program_keeps_the_card_in_a_transaction(pcscd: VirtualReader) -> None:
    """libpcsclite lets us wait in silence, so it looks like a mute card at first."""
    pcscd.insert(SEVEN)
    with Rival(exclusive=False) as rival:
        desk = Desk(PcscReader(), pcscd)
        assert isinstance(desk.hears(), ReaderOnline)
        assert isinstance(desk.hears(), CardUnreadable)
        rival.lets_go()
        assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))
        desk.reader.close()


def test_a_reader_that_cannot_blink_reads_all_the_same(pcscd: VirtualReader) -> None:
    reader = PcscReader(feedback="acr122u")  # vpcd has no SCardControl
    desk = Desk(reader, pcscd)
    assert isinstance(desk.hears(), ReaderOnline)
    assert reader.abilities == {"security module": "none", "feedback": "none"}
    pcscd.insert(SEVEN)
    assert isinstance(desk.hears(), CardPresent)
    reader.close()


def test_no_reader_has_the_name_that_is_wanted(pcscd: VirtualReader) -> None:
    desk = Desk(PcscReader("Dual Reader PICC"), pcscd)
    offline = desk.hears()
    assert isinstance(offline, ReaderOffline)
    assert "'Dual Reader PICC'" in offline.reason
    desk.reader.close()


def test_two_cards_lie_on_two_readers(pcscd: VirtualReader) -> None:
    other = SEVEN[::-1]
    pcscd.insert(other, slot=1)
    first, second = Desk(PcscReader(), pcscd), Desk(PcscReader("00 01"), pcscd)
    assert isinstance(first.hears(), ReaderOnline)
    assert isinstance(second.hears(), ReaderOnline)
    assert second.hears() == CardPresent(CardIdentity("uid_tag", other))
    pcscd.insert(SEVEN)
    assert first.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))
    pcscd.remove(slot=1)
    assert second.hears() == CardNotPresent()
    pcscd.remove()
    assert first.hears() == CardNotPresent()
    for desk in (first, second):
        desk.reader.close()


def test_a_security_module_that_does_not_work_is_no_fault_of_the_card(pcscd: VirtualReader) -> None:
    asked: list[Response | CardTrouble] = []

    def ask_module(slots: Slots) -> CardIdentity | CardTrouble | None:
        assert slots.sam is not None
        asked.append(slots.sam(GET_UID))
        return None

    desk = Desk(PcscReader(profiles=(ask_module, "uid_tag"), sam="00 01"), pcscd)
    assert isinstance(desk.hears(), ReaderOnline)
    pcscd.insert(SEVEN)
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))
    assert asked == [CardTrouble.NO_SAM]
    desk.reader.close()


def test_a_card_that_breaks_its_profile_is_of_no_known_kind(
    pcscd: VirtualReader, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(slots: Slots) -> CardIdentity | CardTrouble | None:
        answer = slots.picc(GET_UID)
        raise ValueError(f"nobody thought of {answer}")

    desk = Desk(PcscReader(profiles=(break_down,)), pcscd)
    assert isinstance(desk.hears(), ReaderOnline)
    for _ in range(2):
        pcscd.insert(SEVEN)
        assert desk.hears() == CardUnreadable(CardTrouble.UNKNOWN_KIND)
        pcscd.remove()
        assert desk.hears() == CardNotPresent()
    desk.reader.close()
    assert "ValueError" in caplog.text
    assert SEVEN.hex() not in caplog.text.lower()
    assert "nobody thought" not in caplog.text


def test_a_closed_reader_says_nothing_more(pcscd: VirtualReader) -> None:
    closed = Desk(PcscReader(), pcscd)
    assert isinstance(closed.hears(), ReaderOnline)
    for _ in range(2):
        closed.reader.close()
    pcscd.insert(SEVEN)
    desk = Desk(PcscReader(), pcscd)  # a card that lies there already is read
    assert isinstance(desk.hears(), ReaderOnline)
    assert desk.hears() == CardPresent(CardIdentity("uid_tag", SEVEN))
    desk.reader.close()
    assert closed.reports.empty()


class Rival:
    """Another program on this machine that keeps the card to itself."""

    def __init__(self, exclusive: bool = True) -> None:
        self._share = scard.SCARD_SHARE_EXCLUSIVE if exclusive else scard.SCARD_SHARE_SHARED
        self._transaction = not exclusive

    def __enter__(self) -> Rival:
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        _, names = scard.SCardListReaders(self._context, [])
        self._reader = names[0]
        _await(self._has_card)
        if self._transaction:
            assert scard.SCardBeginTransaction(self._card) == scard.SCARD_S_SUCCESS
        return self

    def _has_card(self) -> bool:
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, self._card, _ = scard.SCardConnect(
            self._context, self._reader, self._share, protocols
        )
        return bool(result == scard.SCARD_S_SUCCESS)

    def lets_go(self) -> None:
        if self._transaction:
            scard.SCardEndTransaction(self._card, scard.SCARD_LEAVE_CARD)
        scard.SCardDisconnect(self._card, scard.SCARD_LEAVE_CARD)

    def __exit__(self, *_: object) -> None:
        scard.SCardReleaseContext(self._context)


def _await(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def test_which_reader_is_chosen() -> None:
    dual = ["ACS [ACR1252 Dual Reader SAM] 01 00", "ACS [ACR1252 Dual Reader PICC] 00 00"]
    assert choose_reader(dual, "") == dual[1]
    assert choose_reader(["Virtual PCD 00 00", "Virtual PCD 00 01"], "") == "Virtual PCD 00 00"
    assert choose_reader(dual[:1], "") is None
    assert choose_reader(dual, "SAM") == dual[0]
    assert choose_reader([], "") is None


def test_where_the_security_module_sits() -> None:
    dual = ["ACS [ACR1252 Dual Reader PICC] 00 00", "ACS [ACR1252 Dual Reader SAM] 01 00"]
    assert choose_sam(dual, "") == dual[1]
    assert choose_sam(["Virtual PCD 00 00", "Virtual PCD 00 01"], "") is None
    assert choose_sam(["Virtual PCD 00 00", "Virtual PCD 00 01"], "00 01") == "Virtual PCD 00 01"


def test_how_a_reader_is_spoken_to() -> None:
    assert language_of("ACS ACR122U PICC Interface 00 00", "auto") is LANGUAGES["acr122u"]
    assert language_of("ACS [ACR1252 Dual Reader PICC] 00 00", "auto") is LANGUAGES["acr1252u"]
    assert language_of("Virtual PCD 00 00", "auto") is None
    assert language_of("ACS ACR122U PICC Interface 00 00", "none") is None


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"raeder": "x"}, "did you mean 'reader'"),
        ({"reader": 5}, "must be text"),
        ({"sam": 1}, "must be text"),
        ({"feedback": "acr1222"}, "did you mean 'acr122u'"),
        ({"profiles": []}, "must be a list"),
        ({"profiles": ["uid_tga"]}, "did you mean 'uid_tag'"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(section: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        PcscReader.from_config(section)
