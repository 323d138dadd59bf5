"""Bounces, short and long presses, told by the clock in the test alone."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hw.inputs.lines import DOOR, SERVICE, UPS, Lines
from hw.protocols import DoorClosed, DoorOpened, InputReport, PowerLost, ServicePressed

CLOSED = {DOOR: False, SERVICE: False, UPS: False}
BOUNCE, HOLD = 0.05, 3.0


def told(lines: Lines, *edges: tuple[float, str, bool], until: float) -> list[InputReport]:
    reports = [report for at, name, level in edges for report in lines.edge(at, name, level)]
    return [*reports, *lines.pass_time(until)]


def lines(**levels: bool) -> Lines:
    return Lines({**CLOSED, **levels}, BOUNCE, HOLD)


def test_a_level_counts_once_it_has_stood() -> None:
    door = lines()
    assert told(door, (1.0, DOOR, True), until=1.02) == []
    assert door.next_at() == 1.05
    assert told(door, until=1.05) == [DoorOpened()]
    assert door.next_at() == float("inf")


def test_a_contact_that_bounces_is_one_change() -> None:
    edges = [(1.0 + step * 0.01, DOOR, step % 2 == 0) for step in range(9)]
    assert told(lines(), *edges, until=2.0) == [DoorOpened()]


def test_a_spike_is_nothing() -> None:
    assert told(lines(), (1.0, UPS, True), (1.03, UPS, False), until=9.0) == []


def test_a_short_press_is_told_when_the_finger_is_off() -> None:
    button = lines()
    assert told(button, (1.0, SERVICE, True), until=2.0) == []
    assert button.next_at() == 4.0
    assert told(button, (2.5, SERVICE, False), until=2.6) == [ServicePressed(long=False)]


def test_a_long_press_is_told_while_the_finger_is_on() -> None:
    button = lines()
    assert told(button, (1.0, SERVICE, True), until=1.1) == []
    assert told(button, until=4.0) == [ServicePressed(long=True)]
    assert told(button, until=60.0) == []
    assert told(button, (61.0, SERVICE, False), until=62.0) == []


def test_a_thread_that_is_late_makes_no_long_press_of_a_short_one() -> None:
    edges = ((1.0, SERVICE, True), (1.3, SERVICE, False))
    assert told(lines(), *edges, until=30.0) == [ServicePressed(long=False)]


def test_a_finger_that_lifts_just_before_the_time_made_a_short_press() -> None:
    edges = ((1.0, SERVICE, True), (3.98, SERVICE, False))
    assert told(lines(), *edges, until=4.01) == []
    button = lines()
    assert told(button, *edges, until=4.1) == [ServicePressed(long=False)]


def test_a_late_thread_still_knows_a_long_press() -> None:
    edges = ((1.0, SERVICE, True), (5.0, SERVICE, False))
    assert told(lines(), *edges, until=30.0) == [ServicePressed(long=True)]


def test_a_button_that_is_stuck_says_nothing_before_it_was_let_go() -> None:
    button = lines(service=True)
    assert told(button, until=60.0) == []
    assert told(button, (61.0, SERVICE, False), until=62.0) == []
    edges = ((63.0, SERVICE, True), (63.5, SERVICE, False))
    assert told(button, *edges, until=64.0) == [ServicePressed(long=False)]


def test_a_line_that_chatters_without_end_keeps_no_other_back() -> None:
    lines_of_cabinet = lines()
    reports = list(lines_of_cabinet.edge(1.0, SERVICE, True))
    for step in range(400):
        reports += lines_of_cabinet.edge(1.0 + step * 0.01, DOOR, step % 2 == 0)
    assert reports == [ServicePressed(long=True)]


def test_it_begins_with_how_things_are() -> None:
    assert list(lines(door=True, ups=True).standing()) == [DoorOpened(), PowerLost()]
    assert list(Lines({SERVICE: False}, BOUNCE, HOLD).standing()) == []


@given(st.lists(st.tuples(st.floats(0.001, 0.4), st.booleans()), max_size=60))
def test_whatever_a_door_does_its_reports_alternate_and_the_last_is_true(
    moves: list[tuple[float, bool]],
) -> None:
    door, at = lines(), 0.0
    reports: list[InputReport] = []
    for wait, level in moves:
        at += wait
        reports += door.edge(at, DOOR, level)
    reports += door.pass_time(at + 1.0)
    assert all(one != other for one, other in itertools.pairwise(reports))
    last = reports[-1] if reports else DoorClosed()
    truth = moves[-1][1] if moves else False
    assert last == (DoorOpened() if truth else DoorClosed())
