"""An officer enrols cards at a kiosk: with a line and without, once, and nobody else can."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.core import commands, events, seal, wire
from firmware.core.cards import EnrolmentRequest
from tests.core.samples import card, profile
from tests.firmware import people
from tests.reliability.card_village import (
    AT,
    ELSEWHERE,
    HERE,
    OFFICER,
    THERE,
    CardVillage,
)

OLD, NEW = people.PIN, "735028"
NIK = {person: profile(person).nik for person in (1, 2, 5, 7)}


@pytest.fixture
def village(tmp_path: Path) -> Iterator[CardVillage]:
    village = CardVillage(tmp_path)
    yield village
    village.close()


def test_a_new_card_is_of_use_once_the_regency_has_answered(village: CardVillage) -> None:
    item = village.here.officer_enrols(NIK[2], 2, NEW)
    assert (item.nik, item.state) == (NIK[2], "waiting")
    assert village.here.sees(NEW, person=2, nik_of=2) is None
    village.connect(HERE)
    assert village.here.sees(NEW, person=2, nik_of=2) == []
    assert village.here.officer_sees() == [(NIK[2], "accepted", "")]
    assert village.there.sees(NEW, person=2, nik_of=2) is None
    village.connect(THERE, ELSEWHERE)
    assert village.there.sees(NEW, person=2, nik_of=2) == []
    assert village.elsewhere.sees(NEW, person=2, nik_of=2) is None
    assert village.regency.alarms() == []


def test_a_forgotten_pin_is_chosen_anew_and_letters_come_down_again(village: CardVillage) -> None:
    village.regency.sign_letter("here", HERE)
    village.regency.sign_letter("there", THERE)
    village.connect(HERE, THERE)
    for _ in range(15):
        village.there.type_pin("000000")
    assert village.there.look_up(1) == events.CardLocked(1)
    village.here.officer_enrols(NIK[1], 1, NEW)
    assert village.here.sees(OLD) == ["here"]  # until the regency has answered
    village.connect(HERE, THERE)
    assert village.here.sees(NEW) == ["here"]
    assert village.there.sees(NEW) == ["there"]
    assert village.here.sees(OLD) is None


def test_a_lost_card_is_of_no_use_once_another_is_enrolled(village: CardVillage) -> None:
    village.regency.sign_letter("here", HERE)
    village.connect(HERE)
    village.there.officer_enrols(NIK[1], 4, NEW)
    village.connect(THERE, HERE)
    for kiosk in (village.here, village.there):
        assert kiosk.look_up(1) == events.CardUnknown(1, revoked=True)
    assert village.here.sees(NEW, person=4) == ["here"]


def test_what_was_asked_with_the_lost_card_is_collected_with_the_new_one(
    village: CardVillage,
) -> None:
    village.here.type_pin(OLD)
    stored = village.here.submit()
    village.here.visits.close()
    village.here.officer_enrols(NIK[1], 4, NEW)
    village.connect(HERE)
    letter = people.letter(1, stored.request_id, 50)
    opened = village.here.type_pin(NEW, person=4)
    assert isinstance(opened, events.VaultOpened)
    entry = village.here.store.entry(people.tag(4))
    assert entry is not None
    inside = seal.unseal(people.seed(1), letter.sealed, seal.letter_context(stored.request_id))
    again = seal.seal(entry.public_key, inside, seal.letter_context(stored.request_id))
    village.here.store.take_letter(wire.LetterDown(50, stored.request_id, people.tag(4), again))
    village.here.visits.refresh(1)
    changed = village.here.told[-1]
    assert isinstance(changed, events.LettersChanged)
    assert [item.request_id for item in changed.ready] == [stored.request_id]
    assert changed.pending == ()


@pytest.mark.parametrize(
    ("person", "nik", "reason"),
    [(2, NIK[7], "nik"), (2, NIK[5], "village"), (OFFICER, NIK[2], "card")],
)
def test_the_regency_says_why_not(village: CardVillage, person: int, nik: str, reason: str) -> None:
    village.here.officer_enrols(nik, person, NEW)
    village.connect(HERE)
    assert village.here.officer_sees() == [(nik, "refused", reason)]
    assert village.here.sees(NEW, person=2, nik_of=2) is None
    assert village.regency.alarms() == []


def test_the_same_message_twice_enrols_once(village: CardVillage) -> None:
    village.here.officer_enrols(NIK[2], 2, NEW)
    village.here.be_born()
    village.here.send_due()
    village.here.up += village.here.up
    village.connect(HERE)
    assert village.here.officer_sees() == [(NIK[2], "accepted", "")]
    assert village.regency.alarms() == []


def test_an_officer_unlocks_a_card_at_this_kiosk(village: CardVillage) -> None:
    for _ in range(15):
        village.here.type_pin("000000")
        village.there.type_pin("000000")
    village.here.type_pin(people.PIN, person=OFFICER)
    for person, was in ((1, "unlocked"), (1, "notLocked"), (2, "unknown")):
        village.here.enrolling.unlock(commands.UnlockCard(1, card(person)))
        assert village.here.told[-1] == events.CardUnlocked(1, was)  # type: ignore[arg-type]
    village.here.visits.close()
    assert village.here.look_up(1) == events.CardKnown(1, 0.0)
    assert village.there.look_up(1) == events.CardLocked(1)


def test_a_resident_is_no_officer(village: CardVillage) -> None:
    assert isinstance(village.here.type_pin(OLD), events.VaultOpened)
    assert village.here.enrol(NIK[2], 2, NEW) == events.EnrolmentNotStored(1)
    village.here.enrolling.unlock(commands.UnlockCard(1, card(1)))
    assert village.here.told[-1] == events.CardUnlocked(1, "unknown")


@pytest.mark.parametrize("token", [b"", b"\x00" * 32])
def test_a_stolen_kiosk_gets_nobody_s_profile(village: CardVillage, token: bytes) -> None:
    """It knows the officer's tag from its directory, but not what the officer's PIN opens."""
    seed = os.urandom(seal.SEED_BYTES)
    request = EnrolmentRequest(
        "forged",
        HERE,
        NIK[2],
        b"t" * 32,
        os.urandom(16),
        people.CHEAP,
        seal.public_key_of(seed),
        people.tag(OFFICER),
        token,
    )
    regency = seal.public_key_of(people.REGENCY_SEED)
    body = seal.seal(regency, msgspec.json.encode(request), seal.card_context("forged"))
    village.here.say("up/evt", wire.EnrolUp("forged", 99, AT, body))
    village.connect(HERE)
    assert village.here.store.entry(b"t" * 32) is None
    assert any("officer" in alarm for alarm in village.regency.alarms())


def test_nothing_of_an_enrolment_can_be_read_at_rest(village: CardVillage) -> None:
    village.here.officer_enrols(NIK[2], 2, NEW)
    for file in village.here.folder.iterdir():
        content = file.read_bytes()
        for secret in (NEW.encode(), NIK[2].encode(), card(2).uid, b"Dewi Lestari"):
            assert secret not in content


def test_power_goes_while_an_enrolment_is_filed(village: CardVillage) -> None:
    village.here.type_pin(people.PIN, person=OFFICER)
    village.here.store.close()
    assert village.here.enrol(NIK[2], 2, NEW) == events.EnrolmentNotStored(1)
