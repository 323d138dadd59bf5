"""What is told of a reader and its card, whatever state words PC/SC sends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from smartcard.scard import (
    SCARD_STATE_EMPTY,
    SCARD_STATE_EXCLUSIVE,
    SCARD_STATE_INUSE,
    SCARD_STATE_MUTE,
    SCARD_STATE_PRESENT,
    SCARD_STATE_UNAVAILABLE,
)

from hw.card.sight import Reports, Sight
from hw.protocols import (
    CardIdentity,
    CardNotPresent,
    CardPresent,
    CardTrouble,
    CardUnreadable,
    ReaderOffline,
    ReaderOnline,
)

READER = "Reader PICC 00 00"
CARD = CardIdentity("uid_tag", b"\x04\x01\x02\x03\x04\x05\x06")
EMPTY, PRESENT = SCARD_STATE_EMPTY, SCARD_STATE_PRESENT


def after(count: int, flags: int) -> int:
    """The state word after so many comings and goings."""
    return count << 16 | flags


def a_card_lies() -> Sight:
    sight = Sight(READER)
    assert sight.take(after(1, PRESENT)) == ((ReaderOnline(READER),), True)
    assert sight.known(CARD) == (CardPresent(CARD),)
    return sight


def test_a_reader_that_fails_is_offline_until_it_works_again() -> None:
    sight = Sight(READER)
    for _ in range(2):
        reports, wants_reading = sight.take(SCARD_STATE_UNAVAILABLE)
        assert isinstance(reports[0], ReaderOffline) and not wants_reading
        assert len(reports) == 1
    assert sight.take(after(0, EMPTY)) == ((ReaderOnline(READER),), False)
    assert sight.take(after(0, EMPTY)) == ((), False)


def test_a_reader_fails_with_a_card_on_it() -> None:
    sight = a_card_lies()
    reports, _ = sight.take(SCARD_STATE_UNAVAILABLE)
    assert reports[0] == CardNotPresent() and isinstance(reports[1], ReaderOffline)
    assert sight.take(after(1, PRESENT)) == ((ReaderOnline(READER),), True)


def test_a_card_is_swapped_faster_than_anybody_looks() -> None:
    sight = a_card_lies()
    assert sight.take(after(1, PRESENT | SCARD_STATE_INUSE)) == ((), False)
    assert sight.take(after(3, PRESENT)) == ((CardNotPresent(),), True)


def test_a_card_that_another_program_holds_is_read_when_it_lets_go() -> None:
    sight = Sight(READER)
    sight.take(after(1, PRESENT | SCARD_STATE_EXCLUSIVE))
    assert sight.known(CardTrouble.BUSY) == (CardUnreadable(CardTrouble.BUSY),)
    assert sight.take(after(1, PRESENT | SCARD_STATE_EXCLUSIVE)) == ((), False)
    assert sight.take(after(1, PRESENT)) == ((), True)
    assert sight.known(CardTrouble.BUSY) == ()
    assert sight.take(after(1, PRESENT)) == ((), True)
    assert sight.known(CARD) == (CardPresent(CARD),)
    assert sight.take(after(1, PRESENT)) == ((), False)


def test_a_card_that_does_not_wake_up_is_mute_and_not_asked() -> None:
    sight = Sight(READER)
    reports, wants_reading = sight.take(after(1, PRESENT | SCARD_STATE_MUTE))
    assert reports == (ReaderOnline(READER), CardUnreadable(CardTrouble.MUTE))
    assert not wants_reading
    assert sight.take(after(1, PRESENT | SCARD_STATE_MUTE)) == ((), False)


FLAGS = (
    EMPTY,
    PRESENT,
    PRESENT | SCARD_STATE_MUTE,
    PRESENT | SCARD_STATE_EXCLUSIVE,
    PRESENT | SCARD_STATE_INUSE,
    SCARD_STATE_UNAVAILABLE,
)
WORDS = st.builds(after, st.integers(0, 3), st.sampled_from(FLAGS))
ANSWERS = st.sampled_from([CARD, *CardTrouble])


@given(st.lists(st.tuples(WORDS, ANSWERS)))
def test_whatever_comes_the_story_makes_sense(words: list[tuple[int, CardIdentity]]) -> None:
    sight, lies, works = Sight(READER), False, False

    def follow(reports: Reports) -> None:
        nonlocal lies, works
        for report in reports:
            match report:
                case ReaderOnline():
                    assert not works
                    works = True
                case ReaderOffline():
                    assert not lies
                    works = False
                case CardPresent() | CardUnreadable():
                    assert works
                    lies = True
                case CardNotPresent():
                    assert lies
                    lies = False

    for word, answer in words:
        reports, wants_reading = sight.take(word)
        follow(reports)
        if wants_reading:
            assert works
            follow(sight.known(answer))
        assert lies == sight.lies
        assert lies == bool(works and word & PRESENT)
