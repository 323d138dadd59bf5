"""Echo and days: what the screen reckons by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui import dates
from ui.echo import Echo


def test_a_late_view_does_not_undo_what_was_typed_since() -> None:
    echo = Echo()
    echo.hear("nama", "")
    echo.type("a")
    echo.type("ab")
    echo.hear("nama", "a")
    assert (echo.value, echo.settled) == ("ab", False)
    echo.hear("nama", "ab")
    assert (echo.value, echo.settled) == ("ab", True)


def test_the_controllers_own_word_counts_when_nothing_is_on_the_way() -> None:
    echo = Echo()
    echo.hear("nama", "")
    echo.hear("nama", "Toko")
    assert echo.value == "Toko"
    echo.type("Toko A")
    echo.hear("alamat", "")
    assert (echo.name, echo.value, echo.settled) == ("alamat", "", True)


def test_a_choice_touched_twice_is_settled_by_one_view() -> None:
    echo = Echo()
    echo.hear("keperluan", "")
    echo.type("Membuka rekening bank")
    echo.type("Membuka rekening bank")
    echo.hear("keperluan", "Membuka rekening bank")
    assert (echo.value, echo.settled) == ("Membuka rekening bank", True)


@given(st.lists(st.sampled_from(["type", "erase", "hear"]), max_size=40))
def test_in_the_end_screen_and_controller_agree(steps: list[str]) -> None:
    echo, on_the_way = Echo(), []
    echo.hear("nama", "")
    for step in steps:
        if step == "hear" and on_the_way:
            echo.hear("nama", on_the_way.pop(0))
        elif step != "hear":
            before = echo.value
            typed = before + "a" if step == "type" else before[:-1]
            echo.type(typed)
            if typed != before:  # the controller sends no view of what did not change
                on_the_way.append(typed)
            assert echo.value == typed
    typed_last = echo.value
    for value in on_the_way:
        echo.hear("nama", value)
    assert (echo.value, echo.settled) == (typed_last, True)


def test_dashes_come_and_go_by_themselves() -> None:
    value = ""
    for digit in (1, 7, 0, 8, 2, 0, 2, 6, 9):
        value = dates.add_digit(value, digit)
    assert value == "17-08-2026"
    assert dates.drop_digit("17-0") == "17"
    assert dates.drop_digit("") == ""
    assert dates.template("17-0") == "17-0_-____"


def test_a_day_is_read_in_words_only_when_there_is_such_a_day() -> None:
    assert dates.in_words("17-08-2026") == "Senin, 17 Agustus 2026"
    assert dates.in_words("31-02-2026") == ""
    assert dates.in_words("17-08-20") == ""
    assert dates.in_words("Toko-1") == ""
