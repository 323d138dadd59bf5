"""Random touches, cards and cut cables: never a crash, a dead end, or a former visitor's data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.cabinet import Cabinet
from provisioning.population import Card
from tests.journeys.standing import a_cabinet, before, start_anew
from tests.journeys.wandering import Person, Wanderer

SHORT, LONG = 300, 2_500
SEEDS = (1, 2, 3, 4)
STRANGERS = (b"\x04STRAN1", b"\x04STRAN2", b"\x08ANY")
"""The last one is a phone: it says another number each time."""


@pytest.fixture
def wanderer(request: pytest.FixtureRequest) -> Iterator[Wanderer]:
    with a_cabinet() as cabinet:
        start_anew(cabinet, service_seconds=5, quick_cards=True, idle_seconds=3, answer_seconds=2)
        finger = before(cabinet)
        yield Wanderer(cabinet, finger, people_of(cabinet), request.param)
        finger.close()


def people_of(cabinet: Cabinet) -> list[Person]:
    """Two residents, an officer, somebody from another village, two unknown cards, a phone."""
    own = cabinet.cards
    elsewhere = next(card for card in cabinet.population.cards if card not in own)
    officer = next(c for c in cabinet.population.officer_cards if c.kiosk == cabinet.kiosk)
    residents = [_resident(cabinet, card) for card in (own[0], own[1], elsewhere)]
    strangers = [Person(f"stranger {uid!r}", uid, ["735028"]) for uid in STRANGERS]
    at_desk = Person(officer.name, bytes.fromhex(officer.uid), [officer.pin], (officer.name,), True)
    return [*residents, at_desk, *strangers]


def _resident(cabinet: Cabinet, card: Card) -> Person:
    residents = cabinet.population.seed.residents
    profile = next(one.profile for one in residents if one.profile.nik == card.nik)
    needles = (card.name, card.nik, profile.tanggal_lahir)
    return Person(card.name, bytes.fromhex(card.uid), [card.pin, "735028", "902716"], needles)


@pytest.mark.parametrize("wanderer", [1], indirect=True)
def test_touches_at_random_lead_nowhere_wrong(wanderer: Wanderer) -> None:
    wanderer.go(SHORT)
    assert wanderer.done >= SHORT


@pytest.mark.long
@pytest.mark.parametrize("wanderer", SEEDS, indirect=True)
def test_ten_thousand_touches_lead_nowhere_wrong(
    wanderer: Wanderer, capsys: pytest.CaptureFixture[str]
) -> None:
    """In as many walks as there are seeds."""
    wanderer.go(LONG)
    acts, views = wanderer.acts, wanderer.leftovers.kinds
    with capsys.disabled():
        print(f"\nseed {wanderer.seed}: {wanderer.done} touches, {dict(acts)}, {dict(views)}")
