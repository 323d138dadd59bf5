"""What the controller and the screen still hold of a citizen when the visit is over: their
memory is read from outside and searched. docs/threat-model.md says what this proves and what
it does not.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.core import seal
from firmware.core.wire import KdfCost
from firmware.store import Store
from provisioning import evidence
from provisioning.cabinet import Cabinet
from provisioning.population import Card
from provisioning.visit import Album, Citizen, Wish, wait_for_event, wait_until
from tests.reliability.memory import can_read_memory, search_memory
from tests.reliability.needles import Needle

CHEAP = KdfCost(passes=1, memory_kib=1024, lanes=1)
BUSINESS = "Warung Kopi Sembilan"
PATIENCE_SECONDS = 60.0

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not can_read_memory(), reason="another process's memory needs root"),
]


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabinet]:
    with Cabinet(tmp_path_factory.mktemp("kiosk"), page_printer=False, cost=CHEAP) as cabinet:
        wait_for_event(cabinet, "directory.updated")
        yield cabinet


def needles_of(cabinet: Cabinet, card: Card) -> list[Needle]:
    """What a visit brings into memory, besides the claim code."""
    profile = next(
        one.profile for one in cabinet.population.seed.residents if one.profile.nik == card.nik
    )
    uid = bytes.fromhex(card.uid)
    store = Store(cabinet.folder / "kiosk" / "state" / "kiosk.db")
    tag = seal.card_tag(cabinet.regency.site_key, uid)
    entry = wait_until("the card's entry", lambda: store.entry(tag))
    store.close()
    seed = seal.resident_seed(uid, card.pin, entry.salt, entry.cost)
    return [
        Needle("UID", uid),
        Needle("UID", card.uid.encode()),
        Needle("PIN", b"\0" + card.pin.encode() + b"\0"),  # as Python and C end a text
        Needle("seed", seed[:32]),
        Needle("seed", seed[64:]),
        Needle("NIK", card.nik.encode()),
        Needle("name", card.name.encode()),
        Needle("birth date", profile.tanggal_lahir.encode()),
        Needle("answer", BUSINESS.encode()),
    ]


def claim_code(slip: Path) -> list[Needle]:
    code = evidence.claim_code_of(evidence.codes_on(slip))
    assert code is not None
    return [Needle("claim code", way.encode()) for way in (code, f"{code[:5]}-{code[5:]}")]


def look(cabinet: Cabinet, needles: list[Needle]) -> dict[str, set[str]]:
    """What is found in whose memory."""
    programs = {name: cabinet.pid(name) for name in ("controller", "ui")}
    return {
        name: {found.what for found in search_memory(pid, needles)}
        for name, pid in programs.items()
    }


def until_forgotten(cabinet: Cabinet, needles: list[Needle]) -> None:
    """A printer's thread or a page of the screen may hold on for a moment; never for long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while any((found := look(cabinet, needles)).values()):
        assert time.monotonic() < end, found
        time.sleep(1)


def test_a_whole_visit_is_forgotten_and_stays_so(cabinet: Cabinet, tmp_path: Path) -> None:
    first, second = (
        Citizen(cabinet, card, Album(tmp_path, cabinet.hands.picture)) for card in cabinet.cards[:2]
    )
    needles = needles_of(cabinet, cabinet.cards[0])
    first.tap()
    first.enter_pin(pictures=False)
    first.ask_for_letter(Wish(business=BUSINESS))
    needles += claim_code(first.send())
    seen = look(cabinet, needles)  # what the search can find at all
    assert seen["controller"] == {needle.what for needle in needles} - {"PIN"}
    assert seen["ui"] >= {"NIK", "name", "answer", "claim code"}
    first.leave()
    until_forgotten(cabinet, needles)

    second.tap()
    second.enter_pin(pictures=False)
    cabinet.hands.touch("finish")
    cabinet.hands.wait_screen("attract")
    until_forgotten(cabinet, [*needles, *needles_of(cabinet, cabinet.cards[1])])
