"""A kiosk at rest tells nothing: visits of several residents through a whole kiosk, and then
every byte that it left on disk, in logs and on the wire is searched for all that they are and
did. The paper alone may tell.
"""

from __future__ import annotations

import base64
import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.core.wire import KdfCost
from provisioning.visit import wait_for_event
from tests.reliability.memory import can_read_memory, search_memory
from tests.reliability.resting import LETTER, Secrets, SpiedCabinet, Village, cores, homes

CHEAP = KdfCost(passes=1, memory_kib=1024, lanes=1)
SHORT_VISITS, LONG_VISITS = 0, 45
"""Visits drawn by chance, after the five of the story."""


@pytest.fixture
def cabinet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SpiedCabinet]:
    for name, value in homes(tmp_path):
        monkeypatch.setenv(name, value)
    with SpiedCabinet(tmp_path, screen=False, cost=CHEAP) as cabinet:
        wait_for_event(cabinet, "directory.updated")
        yield cabinet


@pytest.fixture
def village(cabinet: SpiedCabinet) -> Iterator[Village]:
    village = Village(cabinet, Secrets())
    yield village
    village.close()


def visit_by_chance(village: Village, draw: random.Random) -> None:
    """Any resident, any errand, with or without a wrong PIN, a killed controller, a rival."""
    cabinet = village.cabinet
    card, rival = draw.sample(cabinet.cards, 2)
    if draw.random() < 0.2:
        village.tap(card)
        village.type_wrong_pin(card)
        village.leave()
    village.open(card)
    errand = draw.choice(("look", "ask", "ask", "collect", "walk away", "rival", "power cut"))
    if errand == "look":
        village.leave()
        return
    village.begin_form()
    if errand == "walk away":
        village.leave()
    elif errand == "rival":
        village.tap(rival)
        village.leave()
    elif errand == "power cut":
        village.cut_power()
        village.switch_on()
    else:
        request = village.send_form()
        village.leave()
        if errand == "collect":
            village.sign(request)
            village.collect(card, request)


def plant(cabinet: SpiedCabinet) -> None:
    """Leaks as a careless line of code would make them."""
    name, pin = (cabinet.cards[0].name, cabinet.cards[0].pin)
    with cabinet.journal.open("a") as journal:
        journal.write(f'{{"event":"controller.bug","error":"no such name: {name}"}}\n')
    (cabinet.folder / "tmp" / "left-over").write_bytes(zlib.compress(name.encode() * 3))
    cabinet.heard.append(("k1/x/up/evt", base64.b64encode(f"the PIN is {pin}".encode())))


@pytest.mark.parametrize(
    "visits", [SHORT_VISITS, pytest.param(LONG_VISITS, marks=pytest.mark.long)]
)
def test_nothing_of_any_visit_can_be_read_afterwards(
    cabinet: SpiedCabinet, village: Village, visits: int
) -> None:
    secrets = village.secrets
    before = cores()
    first, second, third, fourth = cabinet.cards

    village.open(first)  # a request, its letter signed, collected and printed
    village.begin_form()
    request = village.send_form()
    village.leave()
    village.sign(request)
    village.collect(first, request)

    village.tap(second)  # a wrong PIN, then another's card in the middle of a form
    village.type_wrong_pin(second)
    village.type_pin(second.pin)
    village.begin_form()
    village.tap(third)
    village.type_pin(third.pin)
    village.begin_form()
    village.leave()

    village.call_technician()

    village.open(fourth)  # the power goes in the middle of a form
    village.begin_form()
    village.cut_power()
    assert cabinet.search(secrets) == [], "as it was when the power went"
    village.switch_on()

    draw = random.Random(4)
    for _ in range(visits):
        visit_by_chance(village, draw)

    if can_read_memory():
        found = search_memory(cabinet.pid("controller"), secrets.as_kept)
        assert found == [], "in the controller's memory"
    assert cabinet.search(secrets) == [], "while it runs"
    cabinet.stop("controller")
    assert cabinet.search(secrets) == [], "after it was switched off"
    assert LETTER not in cabinet.journal.read_text()  # why somebody came
    plant(cabinet)
    leaks = {Path(found.place.split(" > ")[0]).name for found in cabinet.search(secrets)}
    assert leaks == {"journal.jsonl", "left-over", "the wire"}, "this search finds nothing at all"
    assert cores() == before
    assert cabinet.page_printer is not None and cabinet.page_printer.spooled() == []
    assert len(cabinet.page_printer.printed) >= 1 and cabinet.on_the_wire()
