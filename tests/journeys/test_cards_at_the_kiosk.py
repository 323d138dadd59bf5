"""Cards at a whole kiosk (controller, reader, screen), without a line: a citizen changes the PIN,
an officer enrols a card.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from firmware.core import view
from firmware.core.view import ViewState
from firmware.store import Store
from tests.core.samples import card, profile
from tests.firmware import people
from tests.journeys.kiosk import Kiosk, a_kiosk

OFFICER, CITIZEN = 9, 2
NEW = "735028"


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    with a_kiosk() as kiosk:
        store = Store(kiosk.database)
        store.take_entry(replace(people.entry(OFFICER, 2), role="officer"))
        store.close()
        kiosk.start()
        yield kiosk


def lay_down(kiosk: Kiosk, person: int) -> None:
    kiosk.reader.insert(card(person).uid)


def type_digits(kiosk: Kiosk, digits: str) -> None:
    assert kiosk.screen is not None
    for digit in digits:
        kiosk.screen.says(view.Digit(int(digit)))


def asks(kiosk: Kiosk, what: str) -> None:
    assert kiosk.screen is not None
    kiosk.screen.await_view(
        lambda seen: isinstance(seen.screen, view.Pin) and seen.screen.asks == what
    )


def taps(kiosk: Kiosk, title: str) -> None:
    def is_asked(seen: ViewState) -> bool:
        return isinstance(seen.screen, view.TapCard) and title in str(seen.screen.title)

    assert kiosk.screen is not None
    kiosk.screen.await_view(is_asked)
    time.sleep(0.6)  # a reader is asked every 0.4 s: a hand is no quicker


def test_a_citizen_changes_the_pin(kiosk: Kiosk) -> None:
    screen = kiosk.screen
    assert screen is not None
    lay_down(kiosk, 1)
    asks(kiosk, "pin")
    type_digits(kiosk, people.PIN)
    screen.await_screen(view.Home)
    screen.says(view.ChangePin())
    asks(kiosk, "old")
    type_digits(kiosk, people.PIN)
    asks(kiosk, "new")
    type_digits(kiosk, NEW)
    asks(kiosk, "again")
    type_digits(kiosk, NEW)
    assert screen.await_screen(view.Done).look == "success"
    kiosk.kill()
    kiosk.start()
    assert kiosk.screen is not None
    lay_down(kiosk, 1)
    asks(kiosk, "pin")
    type_digits(kiosk, NEW)
    assert kiosk.screen.await_screen(view.Home).name == profile(1).nama


def test_an_officer_enrols_a_card_without_a_line(kiosk: Kiosk) -> None:
    screen = kiosk.screen
    assert screen is not None
    lay_down(kiosk, OFFICER)
    asks(kiosk, "pin")
    type_digits(kiosk, people.PIN)
    assert screen.await_screen(view.OfficerScreen).enrolments == ()
    kiosk.reader.remove()
    screen.says(view.EnrolCard())
    screen.await_screen(view.NikEntry)
    type_digits(kiosk, profile(CITIZEN).nik)
    screen.says(view.Next())
    taps(kiosk, "Tempelkan kartu warga")
    lay_down(kiosk, CITIZEN)
    taps(kiosk, "Angkat kartu")
    kiosk.reader.remove()
    taps(kiosk, "Tempelkan sekali lagi")
    lay_down(kiosk, CITIZEN)
    asks(kiosk, "new")
    type_digits(kiosk, NEW)
    asks(kiosk, "again")
    type_digits(kiosk, NEW)
    done = screen.await_screen(view.Done)
    assert done.look == "clock"
    assert "tidak tersambung" in str(done.meaning)
    screen.says(view.GoHome())
    (row,) = screen.await_screen(view.OfficerScreen).enrolments
    assert str(row.label) == f"NIK {profile(CITIZEN).nik}"
    assert str(row.value) == "menunggu jawaban kabupaten"
    assert profile(CITIZEN).nik.encode() not in kiosk.database.read_bytes()
