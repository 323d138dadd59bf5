"""What a printer says, however the network cuts it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.printer.status import (
    Answer,
    AutomaticStatus,
    Block,
    PaperSensor,
    RealTimeAnswer,
    RealTimeQuery,
    StatusParser,
    is_process_id,
    status_of_automatic,
    status_of_queries,
)
from hw.protocols import Fault, Paper, PrinterBlocked, PrinterOffline, PrinterOnline

WORDS = st.sampled_from(
    [b"\x12", b"\x1a", b"\x72", b"\x00", b"\x0f", b"\x10\x00\x00\x00", b"\x37\x220001\x00", b"\x37"]
)
NOISE = st.binary(max_size=6)
STREAMS = st.lists(WORDS | NOISE, max_size=20).map(b"".join)


def printable(data: bytes) -> bytes:
    return bytes(0x20 + byte % 0x5F for byte in data)


def told_by_a_clone(data: bytes) -> bytes:
    """Letters of its own country too."""
    return bytes(byte if byte >= 0x80 else 0x20 + byte % 0x5F for byte in data)


def as_bytes(answer: Answer) -> bytes:
    match answer:
        case RealTimeAnswer(value) | PaperSensor(value):
            return bytes((value,))
        case AutomaticStatus(printer, error, paper, reserved):
            return bytes((printer, error, paper, reserved))
        case Block(head, data):
            return bytes((head, *data, 0))


def parsed(pieces: list[bytes]) -> list[Answer]:
    parser = StatusParser()
    return [answer for piece in pieces for answer in parser.feed(piece)]


@given(st.data(), STREAMS)
def test_any_cutting_gives_the_same_answers(data: st.DataObject, stream: bytes) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12).map(sorted))
    edges = [0, *cuts, len(stream)]
    assert parsed([stream[a:b] for a, b in pairwise(edges)]) == parsed([stream])


def test_four_kinds_of_answer_in_one_stream() -> None:
    stream = b"\x16" + b"\x18\x00\x0c\x00" + b"\x37\x220042\x00" + b"\x03"
    assert parsed([stream]) == [
        RealTimeAnswer(0x16),
        AutomaticStatus(0x18, 0x00, 0x0C, 0x00),
        Block(0x37, b"\x220042"),
        PaperSensor(0x03),
    ]


WHOLE = (
    st.sampled_from([byte for byte in range(256) if byte & 0x93 == 0x12]).map(RealTimeAnswer)
    | st.sampled_from([byte for byte in range(256) if byte & 0x90 == 0x00]).map(PaperSensor)
    | st.builds(
        AutomaticStatus,
        st.sampled_from([byte for byte in range(256) if byte & 0x93 == 0x10]),
        *[st.sampled_from([byte for byte in range(256) if byte & 0x90 == 0x00])] * 3,
    )
    | st.builds(Block, st.just(0x37), st.binary(max_size=90).map(printable))
    | st.builds(Block, st.just(0x5F), st.binary(max_size=90).map(told_by_a_clone))
)


@given(st.lists(WHOLE, max_size=20), st.data())
def test_any_order_of_answers_and_any_cutting_give_these_answers(
    answers: list[Answer], data: st.DataObject
) -> None:
    stream = b"".join(map(as_bytes, answers))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12).map(sorted))
    assert parsed([stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])]) == answers


@given(st.lists(WHOLE, max_size=8), st.data())
def test_what_is_told_in_real_time_may_stand_in_the_middle_of_anything(
    answers: list[Answer], data: st.DataObject
) -> None:
    """Only its values under 0x20 in a block: the others are letters there."""
    stream = b"".join(map(as_bytes, answers))
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
    urgent = [RealTimeAnswer(data.draw(st.sampled_from([0x12, 0x16, 0x1A, 0x1E]))) for _ in places]
    pieces = [stream[a:b] for a, b in pairwise([0, *places, len(stream)])]
    mixed = b"".join(
        piece + as_bytes(word) for piece, word in zip(pieces[:-1], urgent, strict=True)
    )
    heard = parsed([mixed + pieces[-1]])
    others = [answer for answer in answers if not isinstance(answer, RealTimeAnswer)]
    assert [answer for answer in heard if not isinstance(answer, RealTimeAnswer)] == others
    assert len(heard) == len(answers) + len(urgent)


@given(st.binary(max_size=200), st.data())
def test_no_noise_breaks_it(noise: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(noise)))
    assert parsed([noise[:cut], noise[cut:]]) == parsed([noise])


def test_status_told_in_the_middle_of_a_block() -> None:
    stream = b"\x37\x2200" + b"\x1a" + b"\x18\x00\x0c\x00" + b"42\x00"
    assert parsed([stream]) == [
        RealTimeAnswer(0x1A),
        AutomaticStatus(0x18, 0x00, 0x0C, 0x00),
        Block(0x37, b"\x220042"),
    ]


def test_the_end_of_a_damaged_block_is_no_sensor_that_says_all_is_well() -> None:
    assert parsed([b"\x37\x22" + b"x" * 500 + b"\x12" + b"42\x00"]) == [RealTimeAnswer(0x12)]
    assert parsed([b"\x37\x220\x01042\x00"]) == [Block(0x37, b"\x220042")]
    assert parsed([b"\x10\x00\x12\x00\x00"]) == [
        RealTimeAnswer(0x12),
        AutomaticStatus(0x10, 0, 0, 0),
    ]


def test_only_the_own_job_is_acknowledged() -> None:
    (answer,) = parsed([b"\x37\x220042\x00"])
    assert is_process_id(answer, b"0042")
    assert not is_process_id(answer, b"0041")


@pytest.mark.parametrize(
    ("printer", "cause", "error", "paper", "status"),
    [
        (0x12, 0x12, 0x12, 0x12, PrinterOnline(Paper.FULL)),
        (0x12, 0x12, 0x12, 0x1E, PrinterOnline(Paper.LOW)),
        (0x1A, 0x32, 0x12, 0x72, PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)),
        (0x1A, 0x16, 0x12, 0x12, PrinterBlocked(Fault.COVER_OPEN, Paper.FULL)),
        (0x1A, 0x52, 0x1A, 0x12, PrinterBlocked(Fault.CUTTER, Paper.FULL)),
        (0x1A, 0x52, 0x32, 0x12, PrinterBlocked(Fault.HARDWARE, Paper.FULL)),
        (0x1A, 0x52, 0x52, 0x12, PrinterBlocked(Fault.TOO_HOT, Paper.FULL)),
    ],
)
def test_the_four_questions_together(
    printer: int, cause: int, error: int, paper: int, status: object
) -> None:
    answers = dict(zip(RealTimeQuery, (printer, cause, error, paper), strict=True))
    assert status_of_queries(answers) == status


def test_off_line_without_a_cause_is_offline() -> None:
    assert isinstance(status_of_queries({RealTimeQuery.PRINTER: 0x1A}), PrinterOffline)


def test_a_printer_that_answers_only_the_first_question_has_unknown_paper() -> None:
    assert status_of_queries({RealTimeQuery.PRINTER: 0x12}) == PrinterOnline(Paper.UNKNOWN)


@pytest.mark.parametrize(
    ("asb", "status"),
    [
        (AutomaticStatus(0x10, 0, 0, 0), PrinterOnline(Paper.FULL)),
        (AutomaticStatus(0x10, 0, 3, 0), PrinterOnline(Paper.LOW)),
        (AutomaticStatus(0x18, 0, 0x0F, 0), PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)),
        (AutomaticStatus(0x38, 0, 0, 0), PrinterBlocked(Fault.COVER_OPEN, Paper.FULL)),
        (AutomaticStatus(0x18, 8, 0, 0), PrinterBlocked(Fault.CUTTER, Paper.FULL)),
    ],
)
def test_status_told_unasked(asb: AutomaticStatus, status: object) -> None:
    assert status_of_automatic(asb) == status
