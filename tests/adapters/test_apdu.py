"""APDUs: what is encoded is well-formed, and any bytes from a card are an answer or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.card.apdu import GET_UID, Command, Response, parse_response
from hw.card.profiles import Slots, read_card, report_of
from hw.protocols import CardIdentity, CardPresent, CardTrouble, CardUnreadable

BYTE = st.integers(0, 255)


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
