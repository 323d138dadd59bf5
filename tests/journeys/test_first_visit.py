"""Whole visits on real parts: reader, screen, printer, broker, regency, controller."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.core.wire import KdfCost
from provisioning import evidence
from provisioning.cabinet import Cabinet
from provisioning.visit import Album, Citizen, Wish, wait_for_event, wait_until

CHEAP = KdfCost(passes=1, memory_kib=1024, lanes=1)


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabinet]:
    with Cabinet(tmp_path_factory.mktemp("kiosk"), page_printer=False, cost=CHEAP) as cabinet:
        wait_for_event(cabinet, "directory.updated")
        yield cabinet


@pytest.fixture
def citizen(cabinet: Cabinet, tmp_path: Path) -> Citizen:
    return Citizen(cabinet, cabinet.cards[0], Album(tmp_path, cabinet.hands.picture))


def _states(cabinet: Cabinet, request: str) -> list[str]:
    found = evidence.rows(cabinet.database, "SELECT state FROM requests WHERE id = ?", request)
    return [str(row[0]) for row in found]


def test_a_ticket_outlives_a_dead_link_and_a_power_cut(cabinet: Cabinet, citizen: Citizen) -> None:
    cabinet.stop("regency")
    citizen.tap()
    citizen.enter_pin()
    citizen.ask_for_letter(Wish())
    slip = citizen.send()
    request = wait_for_event(cabinet, "request.stored")["request_id"]
    assert evidence.claim_code_of(evidence.codes_on(slip))
    assert _states(cabinet, request) == []

    cabinet.kill("controller")
    cabinet.hands.wait_screen("preparing")
    cabinet.start_controller()
    cabinet.start_regency()

    wait_for_event(cabinet, "request.delivered", id=request)
    assert _states(cabinet, request) == ["received"]
    cabinet.hands.wait_screen("attract")


def test_a_wrong_pin_opens_nothing_and_the_right_one_still_does(
    cabinet: Cabinet, citizen: Citizen
) -> None:
    right = cabinet.cards[0].pin
    wrong = right[::-1] if right != right[::-1] else "".join(str(9 - int(d)) for d in right)
    before = len(cabinet.journal_events())
    citizen.tap()
    cabinet.hands.type_pin(wrong)
    wait_until(
        "the refusal",
        lambda: any(e["event"] == "pin.refused" for e in cabinet.journal_events()[before:]) or None,
    )
    assert cabinet.hands.wait_screen("pin").screen == "pin"
    citizen.enter_pin()
    citizen.leave()


def test_a_visitor_from_another_village_is_asked_for_at_the_regency(
    cabinet: Cabinet, tmp_path: Path
) -> None:
    card = next(card for card in cabinet.population.cards if card.kiosk != cabinet.kiosk)
    visitor = Citizen(cabinet, card, Album(tmp_path, cabinet.hands.picture))
    visitor.tap()
    visitor.enter_pin()
    visitor.leave()
    wait_for_event(cabinet, "card.answered", outcome="entry")


def test_who_walks_away_leaves_nothing_on_the_screen(cabinet: Cabinet, citizen: Citizen) -> None:
    cabinet.stop("controller")
    cabinet.configure(page_printer=False, idle_seconds=2, answer_seconds=1)
    cabinet.start_controller()
    at_rest = cabinet.hands.wait(
        "the screen at rest", lambda sight: sight.screen == "attract" and sight.targets != ()
    )
    citizen.tap()
    citizen.enter_pin()
    after = cabinet.hands.wait_screen("attract")
    assert after.targets == at_rest.targets
