"""The table of the lamps can be read by whoever sees no colours; lamps that are not there."""

from __future__ import annotations

import itertools

import pytest

from hw.indicator.gpio import open_indicator
from hw.indicator.looks import BEAT_SECONDS, FORMS, LOOKS, Colour, FlashRate, Place, counted
from hw.indicator.null import NullIndicator
from hw.protocols import DeviceState, Pattern

PAIRS = list(itertools.combinations(Pattern, 2))
RGB_PINS = {"red": 17, "green": 27, "blue": 22}
TROUBLE = {
    Pattern.OUT_OF_SERVICE,
    Pattern.ATTENTION,
    Pattern.OUT_OF_PAPER,
    Pattern.TECHNICIAN_EXPECTED,
}


def seen_for_long(beats: tuple[bool, ...]) -> set[tuple[bool, ...]]:
    """What an onlooker may see of a rhythm who begins to look at any moment."""
    long = beats * 120
    return {long[start : start + 120] for start in range(len(beats))}


def test_every_pattern_has_a_look() -> None:
    assert set(LOOKS) == set(Pattern)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_one_lamp_tells_any_two_patterns_apart_by_rhythm_alone(
    one: Pattern, other: Pattern
) -> None:
    first, second = (seen_for_long(LOOKS[pattern].rhythm.beats) for pattern in (one, other))
    assert first.isdisjoint(second)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_three_lamps_tell_any_two_patterns_apart_by_place_and_rhythm(
    one: Pattern, other: Pattern
) -> None:
    def differs(place: Place) -> bool:
        first, second = (LOOKS[pattern].at(place).beats for pattern in (one, other))
        return seen_for_long(first).isdisjoint(seen_for_long(second))

    assert any(differs(place) for place in Place)


def test_even_is_well_and_counted_flashes_are_trouble_each_with_its_number() -> None:
    counts = {pattern: LOOKS[pattern].rhythm.count for pattern in Pattern}
    assert {pattern for pattern, count in counts.items() if count} == TROUBLE
    assert sorted(count for count in counts.values() if count) == [2, 3, 4, 5]


def test_no_rhythm_flashes_three_times_a_second() -> None:
    second = round(1 / BEAT_SECONDS)
    for look in LOOKS.values():
        beats = look.rhythm.beats * 20
        begins = [after and not before for before, after in itertools.pairwise(beats)]
        assert all(sum(begins[at : at + second]) < 3 for at in range(len(begins)))


def test_a_pause_is_longer_than_any_darkness_between_flashes() -> None:
    runs = [(lit, len(list(run))) for lit, run in itertools.groupby(counted(3).beats)]
    darkness = [length for lit, length in runs if not lit]
    assert darkness[-1] > 3 * max(darkness[:-1])


def test_colours_are_of_one_bit_a_lamp_and_each_is_itself() -> None:
    assert len({colour.value for colour in Colour}) == len(Colour)
    assert Colour.YELLOW.word == "yellow"
    assert FlashRate.CONTINUOUS.value == "continuous"
    assert FORMS["lamps"] == ("card", "paper", "service")


def test_a_machine_without_pins_goes_on_without_lamps() -> None:
    lamps = open_indicator(RGB_PINS)
    assert isinstance(lamps, NullIndicator)
    assert lamps.state is DeviceState.OFFLINE
    assert "without lamps" in lamps.reason
    lamps.show(Pattern.ATTENTION)
    lamps.close()
