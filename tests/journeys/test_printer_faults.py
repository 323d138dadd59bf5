"""Everything that can be wrong with the ticket printer, before a ticket and in its middle: what
the screen says, what comes out once it is mended, and what the journal tells. No double, no
silent loss; and the request is kept whatever the printer does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from firmware.core import view
from tests.journeys.kiosk import Kiosk, Screen, a_kiosk
from tests.journeys.test_killed_at_any_time import VISIT, play

BEFORE_TICKET = VISIT[: [name for name, _ in VISIT].index("send") + 1]
WELL: list[dict[str, Any]] = [
    {"power": "on"},
    {"online": True},
    {"mute": False},
    {"answers": "processId"},
    {"cover": "closed"},
    {"paper": "full"},
]


@dataclass(frozen=True)
class Fault:
    """``control`` goes wrong before the ticket is sent; ``shown`` is what the screen then says.

    ``mended`` True: the next thing on the screen after mending is a printed ticket, and the
    job's ``copy`` says whether it was marked SALINAN (2) or not (1).
    """

    name: str
    control: dict[str, Any]
    shown: str
    message: str = ""
    mended: bool = True
    copy: int = 1


FAULTS = [
    Fault("no paper before", {"paper": "out"}, "blocked", "Kertas habis."),
    Fault("cover open before", {"cover": "open"}, "blocked", "Tutup pencetak terbuka."),
    Fault("switched off before", {"power": "off"}, "unavailable"),
    Fault("off line before", {"online": False}, "unavailable"),
    Fault("mute before", {"mute": True}, "unavailable"),
    Fault("paper ends in mid-ticket", {"paper_left_mm": 40}, "blocked", "Kertas habis.", copy=2),
    Fault("power goes in mid-ticket", {"power_off_after_bytes": 600}, "unavailable", copy=2),
    Fault("cannot confirm", {"answers": "none"}, "unconfirmed", mended=False),
    Fault("low paper", {"paper": "low"}, "printed", mended=False),
]


@pytest.fixture(scope="module")
def cabinet() -> Iterator[Kiosk]:
    with a_kiosk() as kiosk:
        kiosk.start()
        yield kiosk


@pytest.fixture
def kiosk(cabinet: Kiosk) -> Iterator[Kiosk]:
    """The kiosk with nobody before it and its printer in order."""
    make_well(cabinet)
    until_seen(cabinet, usable=True)
    yield cabinet
    assert cabinet.screen is not None
    cabinet.screen.says(view.Finish())
    cabinet.screen.await_screen(view.Attract)


def make_well(kiosk: Kiosk) -> None:
    for request in WELL:
        kiosk.printer.control(request)


def until_seen(kiosk: Kiosk, usable: bool) -> None:
    """Until the screen's sign shows the printer as it is."""
    assert kiosk.screen is not None
    kiosk.screen.await_view(lambda state: state.lights.printer is usable)


def states_of(kiosk: Kiosk, request_id: str) -> list[tuple[str, int]]:
    return [
        (entry["state"], entry["copy"])
        for entry in kiosk.journal()
        if entry["event"] == "print.job" and entry["request_id"] == request_id
    ]


def stored_id(kiosk: Kiosk) -> str:
    return next(
        e["request_id"] for e in reversed(kiosk.journal()) if e["event"] == "request.stored"
    )


def await_print(screen: Screen, state: str) -> view.Ticket:
    seen = screen.await_view(
        lambda s: isinstance(s.screen, view.Ticket) and s.screen.print_state == state
    )
    assert isinstance(seen.screen, view.Ticket)
    return seen.screen


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_printer_fault(kiosk: Kiosk, fault: Fault) -> None:
    screen = kiosk.screen
    assert screen is not None
    kept, slips = len(kiosk.kept()), len(kiosk.printer.slips)
    kiosk.printer.control(fault.control)
    play(kiosk, BEFORE_TICKET)
    ticket = await_print(screen, fault.shown)
    assert (str(ticket.message) if ticket.message else "") == fault.message
    assert len(kiosk.kept()) == kept + 1  # whatever the printer does
    make_well(kiosk)
    if fault.mended:
        await_print(screen, "printed")
        time.sleep(0.3)
    copies = [copy for state, copy in states_of(kiosk, stored_id(kiosk)) if state == "CONFIRMED"]
    if fault.mended:
        assert copies == [fault.copy]
    assert len(kiosk.printer.slips) > slips


def test_a_visitor_who_does_not_wait_gets_no_ticket_later(kiosk: Kiosk) -> None:
    screen = kiosk.screen
    assert screen is not None
    slips = len(kiosk.printer.slips)
    kiosk.printer.control({"paper": "out"})
    play(kiosk, BEFORE_TICKET)
    await_print(screen, "blocked")
    screen.says(view.Finish())
    screen.await_screen(view.Attract)
    make_well(kiosk)
    until_seen(kiosk, usable=True)
    assert states_of(kiosk, stored_id(kiosk))[-1][0] == "VOID"
    assert len(kiosk.printer.slips) == slips
