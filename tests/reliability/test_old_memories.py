"""An old card in the kiosk, an old backup at the regency: found out, told, put right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.core import wire
from tests.reliability.delivery import KIOSK, Line, copy_of, put_back


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path)
    line.heal()
    yield line
    line.close()


def _file_and_deliver(line: Line, count: int) -> list[str]:
    ids = [line.kiosk.file_request() for _ in range(count)]
    line.heal()
    return ids


def test_a_kiosk_that_restarts_and_reconnects_raises_no_alarm(line: Line) -> None:
    for _ in range(3):
        _file_and_deliver(line, 2)
        line.kiosk.stop()
        line.kiosk.start()
        line.kiosk.be_born()
        line.heal()
    assert line.regency.alarms() == []


def _overtaken(line: Line) -> tuple[str, bytes]:
    """A birth that is still on its way when what was said after it is there already."""
    line.kiosk.be_born()
    birth = line.up.pop()
    _without_birth(line)
    return birth


def _without_birth(line: Line) -> None:
    line.kiosk.file_request()
    line.kiosk.send_due()
    line.deliver()


def test_a_request_that_another_worker_takes_before_the_birth_is_no_old_card(line: Line) -> None:
    _file_and_deliver(line, 2)
    birth = _overtaken(line)
    line.regency.hear(birth)
    assert line.regency.alarms() == []


def test_a_birth_that_is_late_by_a_whole_restart_is_no_old_card(line: Line) -> None:
    _file_and_deliver(line, 2)
    line.kiosk.stop()
    line.kiosk.start()
    late = _overtaken(line)
    line.kiosk.stop()
    line.kiosk.start()
    also_late = _overtaken(line)
    line.regency.hear(late)
    line.regency.hear(also_late)
    assert line.regency.alarms() == []


def test_a_birth_that_a_broker_keeps_from_long_ago_is_no_old_card(line: Line) -> None:
    """A broker that was killed goes on with what it last wrote down."""
    _file_and_deliver(line, 1)
    line.kiosk.be_born()
    kept = line.up[-1]
    line.deliver()
    for _ in range(2):
        line.kiosk.stop()
        line.kiosk.start()
        _file_and_deliver(line, 2)
    line.regency.exchange.take(*kept, retained=True)
    assert line.regency.alarms() == []


def test_an_old_card_is_found_out_although_its_first_request_overtakes_its_birth(
    line: Line,
) -> None:
    card = copy_of(line.kiosk.file)
    _file_and_deliver(line, 3)
    line.kiosk.stop()
    put_back(line.kiosk.file, card)
    line.kiosk.start()
    birth = _overtaken(line)
    line.regency.hear(birth)
    assert "an old or new card is in the kiosk: it knows number 0 of 3" in line.regency.alarms()
    line.heal()
    assert line.kiosk.store.counter("seq") == 3


def test_an_old_card_is_told_which_numbers_were_given(line: Line) -> None:
    card = copy_of(line.kiosk.file)
    _file_and_deliver(line, 3)
    line.kiosk.stop()
    put_back(line.kiosk.file, card)
    line.kiosk.start()
    line.heal()
    assert line.regency.alarms() == ["an old or new card is in the kiosk: it knows number 0 of 3"]
    assert line.kiosk.store.counter("seq") == 3
    _file_and_deliver(line, 1)
    assert line.kiosk.store.counter("seq") == 4
    assert len(line.regency.requests()) == 4


def test_a_request_under_a_number_given_before_is_kept_and_told(line: Line) -> None:
    card = copy_of(line.kiosk.file)
    _file_and_deliver(line, 1)
    line.kiosk.stop()
    put_back(line.kiosk.file, card)
    line.kiosk.start()
    line.kiosk.file_request()  # before the line is there again
    line.heal()
    assert set(line.regency.requests()) == set(line.kiosk.filed)
    assert "number 1 was given twice: an old card is in the kiosk" in line.regency.alarms()


def test_letters_that_an_old_card_lacks_come_down_again(line: Line) -> None:
    (request,) = _file_and_deliver(line, 1)
    card = copy_of(line.kiosk.file)
    line.regency.sign(request)
    line.heal()
    line.kiosk.stop()
    put_back(line.kiosk.file, card)
    line.kiosk.start()
    assert line.kiosk.letters() == []
    line.heal()
    assert line.kiosk.letters() == [request]


def test_an_old_backup_is_given_again_what_it_lacks(line: Line) -> None:
    _file_and_deliver(line, 2)
    backup = copy_of(line.regency.file)
    _file_and_deliver(line, 3)
    line.regency.stop()
    put_back(line.regency.file, backup)
    line.regency.start()
    assert len(line.regency.requests()) == 2
    line.heal()
    assert set(line.regency.requests()) == set(line.kiosk.filed)
    assert line.regency.alarms() == ["messages from number 3 on are lost here: an old backup runs"]


def test_an_old_backup_gives_no_number_down_a_second_time(line: Line) -> None:
    first, second = _file_and_deliver(line, 2)
    backup = copy_of(line.regency.file)
    line.regency.sign(first)
    line.heal()
    seen = line.kiosk.store.counter("srv_seq")
    line.regency.stop()
    put_back(line.regency.file, backup)
    line.regency.start()
    line.heal()
    line.regency.sign(second)
    line.heal()
    assert line.kiosk.letters() == [second, first]
    assert line.kiosk.store.counter("srv_seq") > seen
    assert f"the kiosk has seen message {seen} of 0: an old backup runs" in line.regency.alarms()


def test_a_birth_with_numbers_beyond_reason_spoils_nothing(line: Line) -> None:
    huge = (1 << 53) - 1
    nonsense = wire.StateUp(True, 1, huge, huge, "", huge)
    line.regency.hear((wire.state_topic(KIOSK), wire.encode(nonsense)))
    (request,) = _file_and_deliver(line, 1)
    line.regency.sign(request)
    line.heal()
    assert line.kiosk.letters() == [request]


def test_messages_are_kept_for_a_while_only(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware.store.SETTLED_KEPT", 3)
    ids = _file_and_deliver(line, 5)
    assert line.kiosk.kept() == set(ids[-3:])
