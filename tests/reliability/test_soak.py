"""Visit after visit: nothing piles up, neither in the controller nor on its card."""

from __future__ import annotations

import pytest

from firmware import retention, store
from tests.reliability.soak import Footprint, SoakedKiosk

LONG_VISITS = 2000
SAMPLE_EVERY = 100
WARM_AFTER = 1100
"""By then every table is as long as it may become: two messages and two jobs a visit."""


def test_five_and_twenty_visits_in_a_row() -> None:
    with SoakedKiosk() as kiosk:
        for _ in range(5):
            kiosk.visit()
        before = kiosk.footprint()
        for _ in range(20):
            kiosk.visit()
        kiosk.stranger()
        kiosk.change_of_mind()
        after = kiosk.footprint()
        assert kiosk.bugs() == []
        assert kiosk.peer.rejected == []
    assert after.rows["wrong_pin"] == after.rows["dead_letter"] == 0
    assert kiosk.collected >= 1
    assert after.files <= before.files + 2  # sockets that come and go
    assert after.threads <= before.threads + 2


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_two_thousand_visits_in_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    samples: list[Footprint] = []
    with SoakedKiosk() as kiosk:
        with capsys.disabled():
            print("\n" + Footprint.TITLE)
        for number in range(1, LONG_VISITS + 1):
            kiosk.visit()
            if number % 40 == 0:
                kiosk.stranger()
                kiosk.change_of_mind()
            if number % 450 == 0:
                kiosk.restart_broker()
            if number % SAMPLE_EVERY == 0:
                samples.append(kiosk.footprint())
                with capsys.disabled():
                    print(samples[-1], flush=True)
        assert kiosk.bugs() == []
        assert kiosk.peer.rejected == []
    assert kiosk.collected > LONG_VISITS * 0.9
    warm = [sample for sample in samples if sample.visits >= WARM_AFTER]
    _is_flat(warm)


def _is_flat(warm: list[Footprint]) -> None:
    first, last = warm[0], warm[-1]
    assert last.memory_kib <= first.memory_kib * 1.05
    assert last.files <= first.files + 2
    assert last.threads <= first.threads + 2
    assert last.database_kib <= first.database_kib * 1.05
    assert last.journal_kib <= 2 * 5 * 1024 + 64
    for sample in warm:
        rows = sample.rows
        assert rows["outbox"] <= store.SETTLED_KEPT + 50
        assert rows["letter"] <= retention.LETTERS_KEPT + 50
        assert rows["request"] <= retention.REQUESTS_KEPT + retention.LETTERS_KEPT + 50
        assert rows["print_job"] <= retention.JOBS_KEPT + 2 * retention.REQUESTS_KEPT
        assert rows["wrong_pin"] == 0
