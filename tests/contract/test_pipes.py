"""Every cable keeps the same promises: it counts what was taken, and never waits without end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from hw.printer.pipe import Pipe, PipeError
from tests.contract.cables import CABLES, Cable

ASK_STATUS = b"\x10\x04\x01"
ONLINE = b"\x12"
METRE = 8000
BAND = b"\x1dv0\x00\x48\x00\x64\x00" + bytes(72 * 100)
MUCH = 8 * 1024 * 1024  # more than a kernel keeps for a printer


@pytest.fixture(params=CABLES)
def cable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cable]:
    with CABLES[request.param](tmp_path / "paper") as cable:
        yield cable


@pytest.fixture
def pipe(cable: Cable) -> Iterator[Pipe]:
    pipe = cable.pipe()
    yield pipe
    pipe.close()


def answer_through(pipe: Pipe) -> bytes:
    assert pipe.write(memoryview(ASK_STATUS), 30) == len(ASK_STATUS)
    return pipe.read(30)


def write_until_nothing_is_taken(pipe: Pipe) -> int:
    data = memoryview(BAND * (MUCH // len(BAND)))
    taken = 0
    while part := pipe.write(data[taken:], 0.3):
        taken += part
    return taken


def test_a_question_and_its_answer(pipe: Pipe) -> None:
    pipe.open()
    assert answer_through(pipe) == ONLINE


def test_silence_is_no_answer_and_no_error(pipe: Pipe) -> None:
    pipe.open()
    assert pipe.read(0) == b""
    assert pipe.read(0.05) == b""
    assert pipe.write(memoryview(b""), 0.05) == 0


def test_a_printer_that_takes_no_more_holds_nobody(cable: Cable, pipe: Pipe) -> None:
    pipe.open()
    cable.control({"reads": False})
    assert write_until_nothing_is_taken(pipe) < MUCH
    assert pipe.write(memoryview(BAND), 0) == 0
    assert pipe.read(0) == b""


def test_what_is_counted_as_taken_is_taken_and_no_more(cable: Cable, pipe: Pipe) -> None:
    """The rest, handed over again by the count, makes the same bytes: the question at the end
    is understood, and is one.
    """
    pipe.open()
    data = memoryview(BAND * (MUCH // len(BAND)) + ASK_STATUS)
    cable.control({"paper": "out"})  # so that its buffer fills too
    sent = 0
    while part := pipe.write(data[sent:], 0.3):
        sent += part
    assert sent < len(data)
    cable.control({"paper": "full"})
    while sent < len(data):
        sent += pipe.write(data[sent:], 30)
    assert pipe.read(30) == ONLINE
    assert pipe.read(0.05) == b""


def test_a_printer_whose_power_goes(cable: Cable, pipe: Pipe) -> None:
    pipe.open()
    cable.control({"power": "off"})
    if cable.is_silent_when_off:
        pipe.write(memoryview(ASK_STATUS), 0.2)
        assert pipe.read(0.2) == b""
    else:
        with pytest.raises(PipeError, match="broke"):
            for _ in range(1000):
                pipe.write(memoryview(BAND), 0.1)
                pipe.read(0.1)
        with pytest.raises(PipeError, match="check"):
            pipe.open()
    cable.control({"power": "on"})
    pipe.open()
    assert answer_through(pipe) == ONLINE


def test_a_printer_whose_power_goes_in_the_middle_of_a_write(cable: Cable, pipe: Pipe) -> None:
    pipe.open()
    cable.control({"power_off_after_bytes": 3000})
    if cable.is_silent_when_off:
        pipe.write(memoryview(BAND), 0.2)
        assert pipe.read(0.2) == b""
        return
    with pytest.raises(PipeError, match="broke"):
        for _ in range(1000):
            pipe.write(memoryview(BAND), 0.1)
            pipe.read(0.1)


def test_what_is_abandoned_does_not_come_later(cable: Cable, pipe: Pipe) -> None:
    pipe.open()
    pipe.write(memoryview(b"Kode: LAINN-67890\n"), 30)
    cable.control({"reads": False})
    write_until_nothing_is_taken(pipe)
    pipe.abandon()
    cable.control({"reads": True})
    pipe.open()
    assert answer_through(pipe) == ONLINE
    # What the printer itself had taken may come; MUCH would be a strip of metres.
    cable.control({"tear": True})
    for slip in cable.slips:
        with Image.open(slip) as paper:
            assert paper.height < METRE


def test_a_pipe_that_is_not_open(pipe: Pipe) -> None:
    for use in (lambda: pipe.read(0), lambda: pipe.write(memoryview(b"x"), 0)):
        with pytest.raises(PipeError, match="not open"):
            use()
    pipe.abandon()
    pipe.close()
    pipe.close()


def test_opened_twice_it_is_open_once(pipe: Pipe) -> None:
    pipe.open()
    pipe.open()
    assert answer_through(pipe) == ONLINE
    pipe.close()
    with pytest.raises(PipeError, match="not open"):
        pipe.read(0)
