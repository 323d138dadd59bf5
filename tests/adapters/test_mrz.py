"""The machine-readable zone, held against the examples that ICAO published, and against noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.card.mrz import Mrz, MrzInformation, check_digit, parse_information, parse_mrz

# Doc 9303-4, appendix B, and 9303-5, appendix B: the specimens of Utopia.
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
# Doc 9303-11, appendix D.2: a card whose number is too long for its field.
TD1_LONG = (
    "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<"
)

LETTERS = st.text("ABCXYZ0189<", min_size=88, max_size=90)


@pytest.mark.parametrize(("text", "digit"), [("L898902C<", "3"), ("690806", "1"), ("940623", "6")])
def test_check_digits_are_those_of_the_worked_example(text: str, digit: str) -> None:
    assert check_digit(text) == digit


def test_a_passport_is_read() -> None:
    zone = parse_mrz(TD3)
    assert zone is not None
    assert (zone.surname, zone.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert (zone.kind, zone.issuer, zone.nationality, zone.sex) == ("P", "UTO", "UTO", "F")
    assert zone.information == MrzInformation("L898902C3", "740812", "120415")


def test_a_card_is_read() -> None:
    zone = parse_mrz(TD1)
    assert zone is not None
    assert (zone.kind, zone.surname, zone.given_names) == ("I", "ERIKSSON", "ANNA MARIA")
    assert zone.information == MrzInformation("D23145890", "740812", "120415")


def test_a_long_number_goes_on_behind_its_field() -> None:
    zone = parse_mrz(TD1_LONG)
    assert zone is not None
    assert zone.information.document == "D23145890734"
    assert zone.information.encode() == b"D23145890734934071279507122"


@pytest.mark.parametrize("zone", [TD3, TD1])
def test_no_digit_that_is_checked_can_be_misread(zone: str) -> None:
    numbers = [i for i, letter in enumerate(zone) if letter.isdecimal()]
    for place in numbers:
        wrong = str((int(zone[place]) + 1) % 10)
        assert parse_mrz(zone[:place] + wrong + zone[place + 1 :]) is None


@pytest.mark.parametrize(
    "typed",
    ["L898902C3 740812 120415", "l898902c3,740812,120415", TD3, f"{TD3[:44]}\n{TD3[44:]}\n"],
)
def test_a_technician_types_the_three_numbers_or_all_of_it(typed: str) -> None:
    assert parse_information(typed) == MrzInformation("L898902C3", "740812", "120415")


@pytest.mark.parametrize("typed", ["", "L898902C3", "L898902C3 12-8-74 120415", "é 740812 120415"])
def test_what_is_no_zone_is_refused(typed: str) -> None:
    assert parse_information(typed) is None


def test_nobody_is_named_in_a_log() -> None:
    zone = parse_mrz(TD3)
    assert zone is not None
    assert "ERIKSSON" not in repr(zone) and "L898" not in repr(zone.information)


@given(st.one_of(LETTERS, st.text(max_size=95)))
def test_noise_is_refused_or_of_the_right_form(text: str) -> None:
    for parsed in (parse_mrz(text), parse_information(text)):
        information = parsed.information if isinstance(parsed, Mrz) else parsed
        assert information is None or information.encode().isascii()
