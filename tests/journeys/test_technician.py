"""A technician at the cabinet: the service button, the screen behind it, and what is on paper."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from firmware.core import view
from firmware.store import Store
from tests.core.samples import card, profile
from tests.journeys.slip_text import text_of
from tests.journeys.test_cabinet_inputs import CabinetWithPins
from tests.journeys.test_killed_at_any_time import VISIT, play

PATIENCE_SECONDS = 60.0
UNTIL_PRINTED = VISIT[: [name for name, _ in VISIT].index("printed") + 1]


@pytest.fixture(scope="module")
def cabinet() -> Iterator[CabinetWithPins]:
    folder = Path(tempfile.mkdtemp(prefix="anjungan-"))
    cabinet = CabinetWithPins(folder, printer_mm_per_second=40)
    try:
        cabinet.lay_out()
        cabinet.start()
        yield cabinet
    finally:
        cabinet.close()
        shutil.rmtree(folder)


def until_paper(cabinet: CabinetWithPins, text: str) -> str:
    """The text of the newest slip on which ``text`` stands."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        for slip in reversed(cabinet.printer.slips):
            if text in (whole := text_of(slip)):
                return whole
        assert time.monotonic() < end, f"no slip says {text!r}"
        time.sleep(0.1)


def until_pressed(cabinet: CabinetWithPins, longs: list[bool]) -> None:
    """Presses that follow one another at once are one to the button, as a bounce is."""
    end = time.monotonic() + PATIENCE_SECONDS
    while [one["long"] for one in cabinet.told("service.pressed")] != longs:
        assert time.monotonic() < end, "the button was not heard"
        time.sleep(0.05)


def until_told(
    cabinet: CabinetWithPins, seen: Callable[[view.TechnicianScreen], bool]
) -> view.TechnicianScreen:
    """The technician's screen, once it is so."""
    assert cabinet.screen is not None
    told: Any = cabinet.screen.await_view(
        lambda state: isinstance(state.screen, view.TechnicianScreen) and seen(state.screen)
    ).screen
    assert isinstance(told, view.TechnicianScreen)
    return told


def device(screen: view.TechnicianScreen, name: view.DeviceId) -> view.DeviceLine:
    return next(line for line in screen.devices if line.id == name)


def facts(screen: view.TechnicianScreen) -> set[tuple[str, str]]:
    return {(str(fact.label), str(fact.value)) for fact in screen.facts}


def is_news(text: str) -> Callable[[view.TechnicianScreen], bool]:
    return lambda screen: screen.news is not None and text in str(screen.news)


def test_a_technician_puts_the_printer_right(cabinet: CabinetWithPins) -> None:
    screen = cabinet.screen
    assert screen is not None
    screen.await_screen(view.Attract)
    cabinet.printer.control({"paper": "out"})
    cabinet.ask({"door": "open"})
    cabinet.ask({"service": "hold"})

    found = until_told(
        cabinet, lambda screen: device(screen, "ticketPrinter").health == "needsPerson"
    )
    assert str(device(found, "ticketPrinter").status) == "Kertas habis."
    assert "Pasang kertas baru" in str(device(found, "ticketPrinter").advice)
    assert ("Sisa kertas", "habis") in facts(found)
    assert device(found, "reader").health == "well"
    assert "Virtual PCD" in str(device(found, "reader").detail)
    assert str(device(found, "pagePrinter").status) == "Tidak dipasang."
    assert "pintu terbuka" in str(device(found, "inputs").status)
    assert device(found, "lamps").health == "well"

    screen.says(view.PrintTestSlip())
    until_told(cabinet, is_news("Kertas habis"))
    cabinet.printer.control({"paper": "full"})
    until_told(cabinet, lambda screen: device(screen, "ticketPrinter").health == "well")
    screen.says(view.PrintTestSlip())
    until_told(cabinet, is_news("Menunggu kabar dari pencetak"))
    screen.says(view.RunSelftest())  # the printer is at work, and answers when it is done
    until_told(cabinet, lambda screen: device(screen, "ticketPrinter").health == "asked")
    until_told(cabinet, lambda screen: device(screen, "ticketPrinter").health == "well")
    until_told(cabinet, is_news("Slip uji tercetak"))
    assert f"127.0.0.1:{cabinet.printer.port}" in until_paper(cabinet, "Slip uji")

    screen.says(view.PaperChanged())
    until_told(cabinet, is_news("Kertas baru dicatat"))
    store = Store(cabinet.database)
    assert store.prints.roll().used_mm == 0
    store.close()

    cabinet.tap()
    until_told(
        cabinet, lambda screen: str(device(screen, "reader").status) == "Kartu terbaca (uid_tag)."
    )
    screen.says(view.RunSelftest())
    until_told(cabinet, lambda screen: str(device(screen, "reader").status) == "Siap.")
    screen.says(view.Leave())
    screen.await_screen(view.Attract)
    cabinet.ask({"door": "closed"})
    assert cabinet.told("controller.bug") == []


def test_the_button_waits_for_the_citizen_and_tells_nothing_of_them(
    cabinet: CabinetWithPins,
) -> None:
    screen = cabinet.screen
    assert screen is not None
    play(cabinet, UNTIL_PRINTED)
    ticket = screen.await_screen(view.Ticket)
    cabinet.ask({"service": "press"})
    until_pressed(cabinet, [True, False])
    cabinet.ask({"service": "hold"})
    until_pressed(cabinet, [True, False, True])
    screen.drain()
    assert isinstance(screen.all[-1].screen, view.Ticket)

    screen.says(view.Finish())
    found = until_told(cabinet, lambda screen: bool(screen.facts))
    assert ("Antrean kirim", "1, tertua kurang dari semenit") in facts(found)
    paper = until_paper(cabinet, "KEADAAN ANJUNGAN")
    assert "Anjungan          : 3510192001-1" in paper
    assert "Antrean kirim     : 1, tertua" in paper
    assert "  Pencetak tiket: Siap." in paper

    screen.says(view.Leave())
    screen.await_screen(view.Attract)
    shown = [state for state in screen.all if isinstance(state.screen, view.TechnicianScreen)]
    told = msgspec.json.encode(shown).decode() + paper
    person = profile(1)
    for secret in (person.nama, person.nik, card(1).uid.hex(), ticket.claim_code, ticket.number):
        assert secret.lower() not in told.lower()
    assert cabinet.told("controller.bug") == []
