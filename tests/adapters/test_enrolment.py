"""Two taps before a card is enrolled."""

from __future__ import annotations

import queue
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.card.enrolment import Agreed, Awaits, Enrolment, Outcome, Refused, Why, hear, time_is_up
from hw.card.twice import ASKS, tap_twice, words_of
from hw.protocols import (
    CardIdentity,
    CardNotPresent,
    CardPresent,
    CardReport,
    CardTrouble,
    CardUnreadable,
    ReaderOffline,
    ReaderOnline,
)
from hw.virtual.memory_reader import MemoryReader

SITI = CardIdentity("uid_tag", bytes.fromhex("04A1B2C3D4E5F6"))
BUDI = CardIdentity("uid_tag", bytes.fromhex("04A1B2C3D4E5F7"))
TAP, GONE = CardPresent(SITI), CardNotPresent()
REPORTS = st.sampled_from(
    [
        TAP,
        CardPresent(BUDI),
        GONE,
        ReaderOnline("reader"),
        ReaderOffline("unplugged"),
        *(CardUnreadable(trouble) for trouble in CardTrouble),
    ]
)


def after(*reports: CardReport) -> Enrolment | Outcome:
    stands: Enrolment | Outcome = Enrolment()
    for report in reports:
        assert isinstance(stands, Enrolment), "it had ended"
        stands = hear(stands, report)
    return stands


def test_two_taps_of_one_card_agree() -> None:
    assert after(TAP, GONE, TAP) == Agreed(SITI)


def test_what_the_officer_is_told_to_wait_for() -> None:
    stands = [after(), after(TAP), after(TAP, GONE)]
    assert [one.awaits for one in stands if isinstance(one, Enrolment)] == list(Awaits)


def test_two_cards_are_not_one() -> None:
    assert after(TAP, GONE, CardPresent(BUDI)) == Refused(Why.DIFFERENT)


def test_a_card_that_lies_there_does_not_count_twice() -> None:
    assert after(TAP, TAP) == Refused(Why.NOT_REMOVED)
    lies = after(TAP)
    assert isinstance(lies, Enrolment) and time_is_up(lies) == Refused(Why.NOT_REMOVED)


def test_a_uid_that_changes_is_refused_at_either_tap() -> None:
    changing = CardUnreadable(CardTrouble.RANDOM_UID)
    refused = Refused(Why.RANDOM_UID, CardTrouble.RANDOM_UID)
    assert (after(changing), after(TAP, GONE, changing)) == (refused, refused)


@pytest.mark.parametrize("trouble", [it for it in CardTrouble if it is not CardTrouble.RANDOM_UID])
def test_an_unreadable_card_is_told_with_its_trouble(trouble: CardTrouble) -> None:
    refused = Refused(Why.UNREADABLE, trouble)
    unreadable = CardUnreadable(trouble)
    assert (after(unreadable), after(TAP, GONE, unreadable)) == (refused, refused)


def test_a_reader_that_goes_away_ends_it() -> None:
    assert after(TAP, ReaderOffline("unplugged")) == Refused(Why.READER_LOST)


def test_nobody_comes_or_comes_again() -> None:
    nobody, once = after(), after(TAP, GONE)
    assert isinstance(nobody, Enrolment) and time_is_up(nobody) == Refused(Why.NO_CARD)
    assert isinstance(once, Enrolment) and time_is_up(once) == Refused(Why.ONLY_ONE_TAP)


def test_a_hand_that_takes_a_card_away_before_it_begins_changes_nothing() -> None:
    assert after(GONE, ReaderOnline("reader"), TAP, GONE, TAP) == Agreed(SITI)


def test_with_a_reader_in_the_hand() -> None:
    reports: list[CardReport] = []
    reader = MemoryReader()
    reader.start(reports.append)
    for _ in range(2):
        reader.insert(SITI.uid)
        reader.remove()
    assert after(*reports[:-1]) == Agreed(SITI)


class Hands(threading.Thread):
    """Taps as it is asked to, with these cards in turn."""

    def __init__(self, reader: MemoryReader, *uids: bytes) -> None:
        super().__init__(daemon=True)
        self.reader, self.uids = reader, list(uids)
        self.asked: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run(self) -> None:
        for ask in iter(self.asked.get, ""):
            if ask == ASKS[Awaits.REMOVAL]:
                self.reader.remove()
            elif self.uids:
                self.reader.insert(self.uids.pop(0))


@pytest.mark.parametrize(
    ("uids", "outcome", "words"),
    [
        ((SITI.uid, SITI.uid), Agreed(SITI), "can be enrolled"),
        ((SITI.uid, BUDI.uid), Refused(Why.DIFFERENT), "another UID"),
        ((SITI.uid, b""), Refused(Why.UNREADABLE, CardTrouble.UNKNOWN_KIND), "unknownKind"),
    ],
)
def test_a_technician_is_led_through_both_taps(
    uids: tuple[bytes, ...], outcome: Outcome, words: str
) -> None:
    reader = MemoryReader()
    hands = Hands(reader, *uids)
    hands.start()
    assert tap_twice(reader, 60, hands.asked.put) == outcome
    hands.asked.put("")
    hands.join()
    assert words in words_of(outcome)


def test_nobody_comes() -> None:
    reader = MemoryReader()
    assert tap_twice(reader, 0, lambda _ask: None) == Refused(Why.NO_CARD)


@given(st.lists(REPORTS, max_size=12))
def test_it_agrees_only_on_a_card_that_went_and_came_back(reports: list[CardReport]) -> None:
    stands: Enrolment | Outcome = Enrolment()
    heard: list[CardReport] = []
    for report in reports:
        if not isinstance(stands, Enrolment):
            break
        heard.append(report)
        stands = hear(stands, report)
    if isinstance(stands, Agreed):
        taps = [place for place, report in enumerate(heard) if isinstance(report, CardPresent)]
        assert [heard[place] for place in taps] == [CardPresent(stands.identity)] * 2
        assert GONE in heard[taps[0] : taps[1]]
