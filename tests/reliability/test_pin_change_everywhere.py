"""A PIN is changed at one kiosk: the other learns of it, letters open everywhere, and whatever
crosses on the way, there is one PIN in the end and it opens everything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.core import seal, wire
from firmware.core.cards import PinChange
from tests.firmware import people
from tests.reliability.card_village import AT, ELSEWHERE, HERE, THERE, CardVillage, Kiosk

OLD, NEW, OTHER = people.PIN, "735028", "904417"


@pytest.fixture
def village(tmp_path: Path) -> Iterator[CardVillage]:
    village = CardVillage(tmp_path)
    village.regency.sign_letter("here", HERE)
    village.regency.sign_letter("there", THERE)
    village.connect(HERE, THERE, ELSEWHERE)
    assert village.here.sees(OLD) == ["here"]
    assert village.there.sees(OLD) == ["there"]
    assert village.elsewhere.look_up(1) != village.here.look_up(1)
    yield village
    village.close()


def test_the_other_kiosk_knows_the_old_pin_until_it_hears(village: CardVillage) -> None:
    village.here.visit_and_change(OLD, NEW)
    assert village.here.sees(NEW) == ["here"]
    assert village.there.sees(OLD) == ["there"]
    village.connect(HERE)
    assert village.there.sees(OLD) == ["there"]
    village.connect(THERE)
    assert village.there.sees(NEW) == ["there"]
    assert village.there.sees(OLD) is None
    assert village.here.sees(NEW) == ["here"]
    assert village.regency.alarms() == []


def test_a_letter_signed_before_the_regency_heard_opens_afterwards(village: CardVillage) -> None:
    village.here.visit_and_change(OLD, NEW)
    village.regency.sign_letter("late", HERE)
    village.connect(HERE)
    assert village.here.sees(NEW) == ["here", "late"]


def test_a_correction_that_crosses_the_change_undoes_nothing(village: CardVillage) -> None:
    village.here.visit_and_change(OLD, NEW)
    village.regency.correct_profile()
    village.connect(HERE, THERE)
    for kiosk in (village.here, village.there):
        assert kiosk.sees(NEW) is not None
        assert kiosk.sees(OLD) is None
        kiosk.type_pin(NEW)
        opened = kiosk.visits.opened(1)
        assert opened is not None and opened.profile.pekerjaan == "Nelayan"
        kiosk.visits.close()


def test_two_changes_at_two_kiosks_the_first_that_is_heard_holds(village: CardVillage) -> None:
    village.here.visit_and_change(OLD, NEW)
    village.there.visit_and_change(OLD, OTHER)
    village.connect(THERE)
    village.connect(HERE, THERE)
    for kiosk in (village.here, village.there):
        assert kiosk.sees(OTHER) == [(kiosk.folder.name.endswith("-1") and "here") or "there"]
        assert kiosk.sees(NEW) is None
    (alarm,) = village.regency.alarms()
    assert "token" in alarm


@pytest.mark.parametrize("turned", [False, True])
def test_twice_at_one_kiosk_the_last_holds_whichever_comes_first(
    village: CardVillage, turned: bool
) -> None:
    village.here.visit_and_change(OLD, OTHER)
    village.here.visit_and_change(OTHER, NEW)
    village.here.be_born()
    village.here.send_due()
    if turned:
        village.here.up[1:] = village.here.up[:0:-1]
    village.connect(HERE)
    village.connect(THERE)
    for kiosk in (village.here, village.there):
        assert kiosk.sees(NEW) is not None
        assert kiosk.sees(OTHER) is None
    assert village.regency.alarms() == []


def test_the_same_message_twice_is_done_once(village: CardVillage) -> None:
    village.here.visit_and_change(OLD, NEW)
    village.here.send_due()
    village.here.up += village.here.up
    village.connect(HERE)
    key = village.regency.key()
    assert village.here.sees(NEW) == ["here"]
    assert village.regency.alarms() == []
    assert village.regency.key() == key


def forged(kiosk: Kiosk, tokens: tuple[bytes, ...]) -> None:
    """Whoever has carried the kiosk off sends a key of their own for a card of the village."""
    seed = os.urandom(seal.SEED_BYTES)
    change = PinChange(
        "forged",
        kiosk.id,
        people.tag(1),
        os.urandom(16),
        people.CHEAP,
        seal.public_key_of(seed),
        tokens,
        os.urandom(32),
    )
    regency = seal.public_key_of(people.REGENCY_SEED)
    body = seal.seal(regency, msgspec.json.encode(change), seal.card_context("forged"))
    kiosk.say("up/evt", wire.PinChangedUp("forged", 99, AT, body))


@pytest.mark.parametrize("tokens", [(), (b"",), (b"\x00" * 32,)])
def test_a_stolen_kiosk_cannot_put_a_key_of_its_own(
    village: CardVillage, tokens: tuple[bytes, ...]
) -> None:
    before = village.regency.key()
    forged(village.there, tokens)
    village.connect(HERE, THERE)
    assert village.regency.key() == before
    assert village.here.sees(OLD) == ["here"]
    assert any("without its card's token" in alarm for alarm in village.regency.alarms())
