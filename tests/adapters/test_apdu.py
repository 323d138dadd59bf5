"""APDUs: what is encoded is well-formed, and any bytes from a card are an answer or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.card import storage
from hw.card.apdu import GET_UID, Command, Response, exchange, parse_response
from hw.card.profiles import Slots, read_card, report_of
from hw.card.status_words import (
    PCSC_KEY_STATUS_WORDS,
    STATUS_WORDS,
    StatusKind,
    kind_of,
    meaning_of,
)
from hw.protocols import CardIdentity, CardPresent, CardTrouble, CardUnreadable

BYTE = st.integers(0, 255)
SHORT = st.builds(
    Command, BYTE, BYTE, BYTE, BYTE, st.binary(max_size=255), st.none() | st.integers(1, 256)
)
LENGTH = st.sampled_from([0, 1, 2, 255, 256, 257, 1000, 65534, 65535])
LONG_DATA = st.builds(lambda byte, length: bytes((byte,)) * length, BYTE, LENGTH)
EXTENDED = st.builds(
    Command,
    BYTE,
    BYTE,
    BYTE,
    BYTE,
    LONG_DATA | st.binary(max_size=300),
    st.none() | st.integers(1, 65536),
    st.just(True),
).filter(lambda command: bool(command.data) or command.expected is not None)


def test_get_uid_is_the_pseudo_apdu_of_pcsc_part_3() -> None:
    assert GET_UID.encode() == bytes.fromhex("FFCA000000")


@given(BYTE, BYTE, BYTE, BYTE, st.binary(max_size=255), st.none() | st.integers(1, 256))
def test_a_command_has_head_data_and_le(
    cla: int, ins: int, p1: int, p2: int, data: bytes, expected: int | None
) -> None:
    raw = Command(cla, ins, p1, p2, data, expected).encode()
    assert raw[:4] == bytes((cla, ins, p1, p2))
    assert len(raw) == 4 + bool(data) + len(data) + (expected is not None)
    if data:
        assert raw[4] == len(data)
        assert raw[5 : 5 + len(data)] == data
    if expected is not None:
        assert raw[-1] == expected % 256


@pytest.mark.parametrize("command", [Command(0, 0, data=bytes(256)), Command(0, 0, expected=257)])
def test_what_a_short_apdu_cannot_hold_is_refused(command: Command) -> None:
    with pytest.raises(ValueError, match="short APDU"):
        command.encode()


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_none(raw: bytes) -> None:
    answer = parse_response(raw)
    assert (answer is None) == (len(raw) < 2)
    if answer is not None:
        assert answer.data + answer.status.to_bytes(2, "big") == raw
        assert answer.meaning


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (0x6100, "256 more bytes can be had"),
        (0x6210, "the card wants to be asked for 16 bytes"),
        (0x6283, "the selected file is deactivated"),
        (0x6A88, "referenced data not found"),
        (0x9000, "no further qualification"),
        (0x6A82, "file or application not found"),
        (0x63C2, "verification failed, 2 tries left"),
        (0x6110, "16 more bytes can be had"),
        (0x6C0A, "wrong Le, 10 would be right"),
        (0x1234, "unknown status 1234"),
    ],
)
def test_status_words_are_told_in_words(status: int, meaning: str) -> None:
    assert Response(b"", status).meaning == meaning


@given(st.binary(max_size=20), st.integers(0, 0xFFFF))
def test_whatever_a_card_answers_it_is_an_identity_or_a_trouble(data: bytes, status: int) -> None:
    answer = read_card(["uid_tag"], Slots(lambda _command: Response(data, status)))
    if isinstance(answer, CardIdentity):
        assert answer.uid == data and len(data) in (4, 7, 10)
        assert isinstance(report_of(answer), CardPresent)
        assert data.hex() not in repr(answer)
    else:
        assert report_of(answer) == CardUnreadable(answer)


def test_trouble_on_the_way_is_passed_on() -> None:
    assert read_card(["uid_tag"], Slots(lambda _command: CardTrouble.PULLED)) is CardTrouble.PULLED


@pytest.mark.parametrize(
    ("raw", "command"),
    [
        ("00A40000", Command(0, 0xA4)),
        ("00B0000070", Command(0, 0xB0, expected=0x70)),
        ("00B0000000", Command(0, 0xB0, expected=256)),
        ("00A40000026FF2", Command(0, 0xA4, data=b"\x6f\xf2")),
        ("00A40000026FF200", Command(0, 0xA4, data=b"\x6f\xf2", expected=256)),
        ("00B00000000400", Command(0, 0xB0, expected=1024, extended=True)),
        ("00B00000000000", Command(0, 0xB0, expected=65536, extended=True)),
        ("00D600000000021122", Command(0, 0xD6, data=b"\x11\x22", extended=True)),
        ("00CB3FFF0000025C000000", Command(0, 0xCB, 0x3F, 0xFF, b"\x5c\x00", 65536, True)),
    ],
    ids=["1", "2", "2 all", "3", "4", "2 extended", "2 extended all", "3 extended", "4 extended"],
)
def test_every_case_of_iso_7816_3_is_read(raw: str, command: Command) -> None:
    assert Command.decode(bytes.fromhex(raw)) == command
    assert command.encode() == bytes.fromhex(raw)


@given(SHORT | EXTENDED)
def test_a_command_comes_back_as_it_was(command: Command) -> None:
    assert Command.decode(command.encode()) == command


@given(st.binary(max_size=300))
def test_any_bytes_are_a_command_or_none(raw: bytes) -> None:
    command = Command.decode(raw)
    if command is not None:
        assert command.encode() == raw


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "00A400",
        "00A4000000FF",  # neither Le nor Lc of two bytes
        "00A40000026F",  # data shorter than Lc
        "00A40000026FF20000",  # two bytes too many for Le
        "00D6000000000011",  # Lc of 0 with data
        "00D600000000031122",  # data shorter than the long Lc
        "00D60000000002112200",  # half an Le
    ],
)
def test_lengths_that_do_not_fit_are_no_command(raw: str) -> None:
    assert Command.decode(bytes.fromhex(raw)) is None


@given(st.binary(max_size=300), st.integers(0, 0xFFFF))
def test_a_response_comes_back_as_it_was(data: bytes, status: int) -> None:
    assert parse_response(Response(data, status).encode()) == Response(data, status)


def test_reprs_hide_what_commands_and_responses_carry() -> None:
    assert "313233343536" not in repr(Command(0, 0x20, data=b"123456"))
    assert "123456" not in repr(Command(0, 0x20, data=b"123456"))
    assert "SITI" not in repr(Response(b"SITI", 0x9000))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (0x9000, StatusKind.NORMAL),
        (0x6105, StatusKind.NORMAL),
        (0x6282, StatusKind.WARNING),
        (0x63C1, StatusKind.WARNING),
        (0x6400, StatusKind.EXECUTION_ERROR),
        (0x6581, StatusKind.EXECUTION_ERROR),
        (0x6600, StatusKind.EXECUTION_ERROR),
        (0x6700, StatusKind.CHECKING_ERROR),
        (0x6C04, StatusKind.CHECKING_ERROR),
        (0x6F00, StatusKind.CHECKING_ERROR),
        (0x9001, StatusKind.UNKNOWN),
        (0x6000, StatusKind.UNKNOWN),
        (0x0000, StatusKind.UNKNOWN),
    ],
)
def test_status_words_are_of_a_kind(status: int, kind: StatusKind) -> None:
    assert Response(b"", status).kind is kind
    assert Response(b"", status).ok is (kind is StatusKind.NORMAL)


def test_every_named_status_word_has_a_kind_of_its_own() -> None:
    assert all(kind_of(status) is not StatusKind.UNKNOWN for status in STATUS_WORDS)


def test_a_reader_means_its_keys_by_some_status_words() -> None:
    assert meaning_of(0x6988) == "incorrect secure messaging objects"
    assert meaning_of(0x6988, PCSC_KEY_STATUS_WORDS) == "key number not valid"
    assert meaning_of(0x6A82, PCSC_KEY_STATUS_WORDS) == STATUS_WORDS[0x6A82]


@pytest.mark.parametrize(
    ("command", "raw"),
    [
        (storage.get_uid(), "FFCA000000"),
        (storage.get_historical_bytes(), "FFCA010000"),
        (storage.load_key(1, b"\xff" * 6), "FF82000106FFFFFFFFFFFF"),
        (storage.load_key(0, b"\xa0\xa1", lasting=True), "FF82200002A0A1"),
        (storage.general_authenticate(4, storage.KeyType.A, 0), "FF860000050100046000"),
        (storage.general_authenticate(0x100, storage.KeyType.B, 1), "FF860000050101006101"),
        (storage.read_binary(4, 16), "FFB0000410"),
        (storage.read_binary(0x102, 256), "FFB0010200"),
        (storage.update_binary(5, b"\x01\x02"), "FFD60005020102"),
    ],
)
def test_the_reader_is_asked_as_pcsc_part_3_has_it(command: Command, raw: str) -> None:
    assert command.encode().hex().upper() == raw


def test_what_a_pseudo_apdu_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="two bytes"):
        storage.read_binary(0x10000, 16)
    with pytest.raises(ValueError, match="1 to 256"):
        storage.read_binary(0, 0)
    with pytest.raises(ValueError, match="1 to 255"):
        storage.update_binary(0, b"")
    with pytest.raises(ValueError, match="one byte"):
        storage.load_key(256, b"k")
    with pytest.raises(ValueError, match="at least one byte"):
        storage.load_key(0, b"")


class Card:
    """Plays answers in order and remembers what it was asked."""

    def __init__(self, *answers: Response | CardTrouble) -> None:
        self._answers = iter(answers)
        self.asked: list[bytes] = []

    def __call__(self, command: Command) -> Response | CardTrouble:
        self.asked.append(command.encode())
        return next(self._answers)


READ = Command(0x00, 0xB0, expected=256)


def test_the_rest_of_a_long_answer_is_fetched() -> None:
    card = Card(Response(b"ab", 0x6102), Response(b"cd", 0x6101), Response(b"e", 0x9000))
    assert exchange(card, READ) == Response(b"abcde", 0x9000)
    assert card.asked[1:] == [bytes.fromhex("00C0000002"), bytes.fromhex("00C0000001")]


def test_a_wrong_le_is_put_right_once() -> None:
    card = Card(Response(b"", 0x6C03), Response(b"abc", 0x9000))
    assert exchange(card, READ) == Response(b"abc", 0x9000)
    assert card.asked[1] == bytes.fromhex("00B0000003")
    stubborn = Card(Response(b"", 0x6C03), Response(b"", 0x6C04))
    assert exchange(stubborn, READ) == Response(b"", 0x6C04)


def test_a_wrong_le_of_get_response_is_put_right_too() -> None:
    card = Card(Response(b"", 0x6110), Response(b"", 0x6C02), Response(b"ab", 0x6282))
    assert exchange(card, READ) == Response(b"ab", 0x6282)
    assert card.asked[1:] == [bytes.fromhex("00C0000010"), bytes.fromhex("00C0000002")]


def test_a_card_pulled_in_mid_answer_is_told() -> None:
    card = Card(Response(b"ab", 0x6102), CardTrouble.PULLED)
    assert exchange(card, READ) is CardTrouble.PULLED
    assert exchange(Card(CardTrouble.MUTE), READ) is CardTrouble.MUTE
    assert exchange(Card(Response(b"", 0x6C01), CardTrouble.PULLED), READ) is CardTrouble.PULLED


@pytest.mark.parametrize(
    ("cla", "asks"),
    [(0x00, 0x00), (0x03, 0x03), (0x1C, 0x00), (0x45, 0x45), (0x75, 0x45), (0x80, 0), (0xFF, 0)],
)
def test_get_response_stays_on_the_logical_channel(cla: int, asks: int) -> None:
    card = Card(Response(b"", 0x6100), Response(b"x", 0x9000))
    exchange(card, Command(cla, 0xB0, expected=256))
    assert card.asked[1] == bytes((asks, 0xC0, 0, 0, 0))


@pytest.mark.parametrize("piece", [b"", b"x", bytes(256)])
def test_a_card_that_never_ends_is_left(piece: bytes) -> None:
    answer = exchange(lambda _command: Response(piece, 0x61FF), READ)
    assert isinstance(answer, Response)
    assert answer.status == 0x61FF and len(answer.data) <= 65536
