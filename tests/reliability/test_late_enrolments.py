"""A card was taken out of use, and then comes what a kiosk without a line had said before: an
enrolment, a letter, an entry, a new PIN. The card stays out of use until an officer who can know of
that enrols it again; another card for the same resident works as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from firmware.core import commands, events, seal, wire
from firmware.core.cards import REFUSED_REVOKED
from regency import tables as t
from regency.residents import revoke_card
from regency.seed import load
from tests.core.samples import card, profile
from tests.firmware import people
from tests.firmware.vault_bench import AT as KEY_AT
from tests.firmware.vault_bench import cheap_key
from tests.reliability.card_village import ELSEWHERE, HERE, THERE, CardVillage, seed_of_the_village

NIK, OLD, NEW = profile(1).nik, people.PIN, "735028"
GONE = events.CardUnknown(1, revoked=True)


@pytest.fixture
def village(tmp_path: Path) -> Iterator[CardVillage]:
    village = CardVillage(tmp_path)
    village.regency.sign_letter("r1", HERE)
    village.connect(HERE, THERE, ELSEWHERE)
    yield village
    village.close()


def revoke(village: CardVillage) -> None:
    revoke_card(village.regency.store, NIK)


def serving(village: CardVillage) -> list[bytes]:
    """The tags of this resident's cards at the regency."""
    with village.regency.store.engine.begin() as db:
        c = t.enrolments.c
        return list(db.execute(select(c.tag).where(c.nik == NIK)).scalars())


def test_an_enrolment_from_before_does_not_bring_the_card_back(village: CardVillage) -> None:
    """The forgotten PIN was chosen anew at a kiosk without a line; then the card was lost."""
    village.here.officer_enrols(NIK, 1, NEW)
    revoke(village)
    village.connect(THERE, HERE, THERE)
    assert serving(village) == []
    assert village.here.look_up(1) == village.there.look_up(1) == GONE
    assert village.here.officer_sees() == [(NIK, "refused", REFUSED_REVOKED)]
    assert village.regency.alarms() == []


def test_the_officer_who_has_heard_of_it_enrols_it_again(village: CardVillage) -> None:
    village.here.officer_enrols(NIK, 1, NEW)
    revoke(village)
    village.connect(HERE, THERE)
    village.here.officer_enrols(NIK, 1, NEW)
    village.connect(HERE, THERE)
    assert village.here.sees(NEW) == ["r1"]
    assert village.there.sees(NEW) == []


def test_a_kiosk_that_never_knew_the_card_is_told_and_may_then_enrol_it(
    village: CardVillage,
) -> None:
    """It was revoked before this kiosk was told of it: nobody there could know."""
    village.here.officer_enrols(profile(2).nik, 2, NEW)
    village.connect(HERE)
    revoke_card(village.regency.store, profile(2).nik)
    with village.regency.store.engine.begin() as db:  # as if this kiosk had been set up since
        db.execute(t.told.delete().where(t.told.c.kiosk == THERE))
        db.execute(t.revocations.delete().where(t.revocations.c.kiosk == THERE))
        db.execute(t.down.delete().where(t.down.c.kiosk == THERE, t.down.c.receipted_at == ""))
    village.there.officer_enrols(profile(2).nik, 2, NEW)
    village.connect(THERE)
    assert village.there.look_up(2) == GONE
    village.there.officer_enrols(profile(2).nik, 2, NEW)
    village.connect(THERE)
    assert village.there.sees(NEW, person=2, nik_of=2) == []


def test_another_card_for_the_same_resident_works_though_it_comes_late(
    village: CardVillage,
) -> None:
    village.here.officer_enrols(NIK, 4, NEW)
    revoke(village)
    village.connect(HERE, THERE)
    assert village.here.look_up(1) == village.there.look_up(1) == GONE
    assert village.here.sees(NEW, person=4) == ["r1"]


def test_a_lost_card_that_was_replaced_does_not_come_back_either(village: CardVillage) -> None:
    """Its new PIN was chosen at one kiosk without a line, another card enrolled at the other."""
    village.here.officer_enrols(NIK, 1, NEW)
    village.there.officer_enrols(NIK, 4, NEW)
    village.connect(THERE)
    village.connect(HERE, THERE)
    assert serving(village) == [people.tag(4)]
    assert village.here.look_up(1) == village.there.look_up(1) == GONE
    assert village.here.sees(NEW, person=4) == ["r1"]


def test_the_seed_file_that_knows_it_is_loaded_again(village: CardVillage) -> None:
    revoke(village)
    assert load(village.regency.store, seed_of_the_village()).new_cards == 0
    village.connect(HERE, THERE)
    assert serving(village) == []
    assert village.here.look_up(1) == GONE


def test_a_seed_file_is_not_newer_than_the_pin_of_a_card(village: CardVillage) -> None:
    village.here.visit_and_change(OLD, NEW)
    village.connect(HERE)
    assert load(village.regency.store, seed_of_the_village()).new_cards == 0
    village.connect(HERE)
    assert village.here.sees(NEW) == ["r1"]


def test_a_letter_that_was_overtaken_by_the_revocation_does_not_stay(village: CardVillage) -> None:
    letter = wire.LetterDown(2, "r9", people.tag(1), b"sealed")
    entry = msgspec.structs.replace(people.entry(1), srv_seq=90, revoked=True)
    village.here.store.take_entry(entry)
    village.here.store.take_letter(letter)
    assert village.here.store.letters_of(people.tag(1)) == []
    village.here.store.take_letter(msgspec.structs.replace(letter, srv_seq=91))  # moved back
    assert len(village.here.store.letters_of(people.tag(1))) == 1


def test_a_pin_is_not_changed_of_a_card_that_goes_out_of_use_in_mid_visit(
    village: CardVillage,
) -> None:
    village.here.type_pin(OLD)
    village.here.cards.change_pin(commands.ChangePin(1, card(1), NEW))
    key = cheap_key(village.here.worker.orders.popleft())
    revoke(village)
    village.connect(HERE)
    village.here.cards.key_made(1, key, KEY_AT)
    assert village.here.told[-1] == events.PinNotChanged(1)
    assert village.here.change_pin(NEW) == events.PinNotChanged(1)
    entry = village.here.store.entry(people.tag(1))
    assert entry is not None and entry.revoked
    assert entry.public_key == bytes(seal.PUBLIC_KEY_BYTES)
