"""Which version of MQTT comes next, after every way in which the last attempt may have gone."""

from __future__ import annotations

import pytest

from firmware.core.mqtt_version import NEWER_EVERY, Choice, Protocol, Version

NEW, OLD = Version.NEW, Version.OLD


def versions(choice: Choice, knows: set[Version], count: int) -> list[Version]:
    """What is tried at a broker that says what it does not know."""
    tried = []
    for _ in range(count):
        tried.append(choice.next())
        if tried[-1] in knows:
            choice.answered()
        else:
            choice.refused()
    return tried


def silences(choice: Choice, knows: set[Version], count: int) -> list[Version]:
    """What is tried at a broker that closes the connection on what it does not know."""
    tried = []
    for _ in range(count):
        tried.append(choice.next())
        if tried[-1] in knows:
            choice.answered()
        else:
            choice.silent()
    return tried


def test_a_broker_that_knows_both_is_spoken_to_in_mqtt_5() -> None:
    assert versions(Choice("auto"), {NEW, OLD}, 20) == [NEW] * 20


def test_a_broker_that_says_no_is_believed_and_asked_again_now_and_then() -> None:
    tried = versions(Choice("auto"), {OLD}, 3 * NEWER_EVERY)
    assert tried[:2] == [NEW, OLD]
    assert tried.count(NEW) in (3, 4)
    assert all(tried[i + 1] is OLD for i, version in enumerate(tried[:-1]) if version is NEW)


def test_a_broker_that_was_renewed_is_spoken_to_in_mqtt_5_again() -> None:
    choice = Choice("auto")
    versions(choice, {OLD}, 5)
    assert versions(choice, {NEW, OLD}, 2 * NEWER_EVERY)[-5:] == [NEW] * 5


def test_one_silence_proves_nothing() -> None:
    choice = Choice("auto")
    choice.next()
    choice.silent()
    assert choice.next() is NEW


def test_two_chance_silences_cost_one_connection_in_the_older_version() -> None:
    choice = Choice("auto")
    for _ in range(2):
        choice.next()
        choice.silent()
    assert versions(choice, {NEW, OLD}, 4) == [OLD, NEW, NEW, NEW]


def test_a_broker_that_closes_without_a_word_is_found_out() -> None:
    tried = silences(Choice("auto"), {OLD}, 40)
    assert tried[:5] == [NEW, NEW, OLD, NEW, OLD]
    assert tried[5:].count(NEW) <= 4


def test_a_broker_that_is_silent_always_is_tried_in_both_versions() -> None:
    tried = silences(Choice("auto"), set(), 12)
    assert tried == [NEW, NEW, OLD] * 4


def test_a_broker_that_knows_only_mqtt_5_is_not_lost_by_silences() -> None:
    choice = Choice("auto")
    silences(choice, set(), 2)
    tried = silences(choice, {NEW}, 6)
    assert tried == [OLD, NEW, NEW, NEW, NEW, NEW]


@pytest.mark.parametrize(("protocol", "version"), [("5", NEW), ("3.1.1", OLD)])
def test_a_fixed_version_stays(protocol: Protocol, version: Version) -> None:
    choice = Choice(protocol)
    assert versions(choice, set(), 3) == [version] * 3
    assert not choice.refused()
    assert silences(choice, set(), 30) == [version] * 30
