"""An officer changes the own PIN at a kiosk: with a line and without, heard everywhere, and what
the officer enrols meanwhile counts, whichever message comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.core import events
from regency.seed import load
from tests.core.samples import card, profile
from tests.firmware import people
from tests.reliability.card_village import (
    ELSEWHERE,
    HERE,
    OFFICER,
    THERE,
    CardVillage,
    Kiosk,
    seed_of_the_village,
)

NIK, OLD, NEW, THIRD = profile(2).nik, people.PIN, "735028", "902714"


@pytest.fixture
def village(tmp_path: Path) -> Iterator[CardVillage]:
    village = CardVillage(tmp_path)
    yield village
    village.close()


def change(kiosk: Kiosk, old: str, new: str) -> None:
    assert isinstance(kiosk.type_pin(old, person=OFFICER), events.OfficerOpened)
    assert kiosk.check_pin(old, person=OFFICER) == events.PinChecked(1)
    assert kiosk.change_pin(new, card(OFFICER)) == events.PinChanged(1)
    kiosk.visits.close()


def opens(kiosk: Kiosk, pin: str) -> bool:
    opened = isinstance(kiosk.type_pin(pin, person=OFFICER), events.OfficerOpened)
    kiosk.visits.close()
    return opened


def test_the_new_pin_opens_here_at_once_and_elsewhere_once_heard(village: CardVillage) -> None:
    change(village.here, OLD, NEW)
    assert opens(village.here, NEW) and not opens(village.here, OLD)
    assert opens(village.there, OLD)
    village.connect(HERE, THERE, ELSEWHERE)
    for kiosk in (village.here, village.there):
        assert opens(kiosk, NEW) and not opens(kiosk, OLD)
    assert village.regency.alarms() == []


def test_with_it_cards_are_enrolled(village: CardVillage) -> None:
    change(village.here, OLD, NEW)
    village.connect(HERE, THERE)
    village.there.officer_enrols(NIK, 2, THIRD, own_pin=NEW)
    village.connect(THERE)
    assert village.there.sees(THIRD, person=2, nik_of=2) == []


@pytest.mark.parametrize("overtakes", [False, True])
def test_what_was_enrolled_after_the_change_counts_whichever_comes_first(
    village: CardVillage, overtakes: bool
) -> None:
    change(village.here, OLD, NEW)
    village.here.officer_enrols(NIK, 2, THIRD, own_pin=NEW)
    village.here.send_due()
    assert len(village.here.up) == 2
    if overtakes:
        village.here.up.reverse()
    village.connect(HERE)
    assert village.here.sees(THIRD, person=2, nik_of=2) == []
    assert opens(village.here, NEW)
    assert village.regency.alarms() == []


def test_a_seed_file_does_not_bring_the_old_pin_back(village: CardVillage) -> None:
    change(village.here, OLD, NEW)
    village.connect(HERE)
    load(village.regency.store, seed_of_the_village())
    village.connect(HERE, THERE)
    assert opens(village.here, NEW) and opens(village.there, NEW)


def test_of_two_changes_the_first_that_is_heard_holds(village: CardVillage) -> None:
    change(village.here, OLD, NEW)
    change(village.there, OLD, THIRD)
    village.connect(HERE)
    village.connect(THERE)
    assert opens(village.here, NEW) and opens(village.there, NEW)
    assert any("twice at once" in alarm for alarm in village.regency.alarms())
