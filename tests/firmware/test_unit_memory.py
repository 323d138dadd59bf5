"""What a unit was found able to say outlives restarts, and belongs to that unit alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.signals import Signal, UnitSeen
from firmware.store import Store
from firmware.unit_memory import Rememberer, UnitMemory
from hw.printer.abilities import Abilities, Confirmation
from hw.printer.driver import EscposPrinter
from hw.printer.escpos import EscposEncoder
from hw.printer.network import NetworkPipe

AT = "2026-11-24T08:00:00+07:00"
SILENT = Abilities(Confirmation.NONE, answers_status=True)
SURE = Abilities(Confirmation.PROCESS_ID, answers_status=True)


class Unit:
    """A printer that calls itself ``unit``."""

    def __init__(self, unit: str, abilities: Abilities | None = None) -> None:
        self.unit = unit
        self.abilities = abilities or Abilities()

    def recall_with(self, recall: Callable[[str], Abilities | None]) -> None:
        self.abilities = recall(self.unit) or self.abilities


class Kiosk:
    """What a start of the controller does with a printer, and writes of it."""

    def __init__(self, file: Path) -> None:
        self.books = Store(file).prints
        self.memory = UnitMemory(self.books.abilities(), self.take)
        self.told: list[Signal] = []

    def take(self, signal: Signal) -> None:
        assert isinstance(signal, UnitSeen)
        self.told.append(signal)
        if signal.unit:
            self.books.see_unit(signal.unit, AT)
        self.books.remember_abilities(signal.unit, signal.abilities)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kiosk.db"


def test_the_driver_of_receipt_printers_learns() -> None:
    driver = EscposPrinter(NetworkPipe("127.0.0.1", 9), EscposEncoder())
    assert isinstance(driver, Rememberer)


def test_a_unit_that_cannot_confirm_is_known_after_a_restart(file: Path) -> None:
    Kiosk(file).memory.see(Unit("CONTOH A1, serial 7", SILENT))
    met = Unit("CONTOH A1, serial 7")
    met.recall_with(Kiosk(file).memory.recall)
    assert met.abilities == SILENT


def test_another_unit_is_not_taken_for_it(file: Path) -> None:
    Kiosk(file).memory.see(Unit("CONTOH A1, serial 7", SILENT))
    assert Kiosk(file).memory.recall("CONTOH A1, serial 8") is None


def test_what_has_not_changed_is_not_written_again(file: Path) -> None:
    kiosk = Kiosk(file)
    for _ in range(3):
        kiosk.memory.see(Unit("CONTOH A1", SURE))
    assert len(kiosk.told) == 1


def test_a_printer_without_a_name_is_believed_once_it_has_printed(file: Path) -> None:
    kiosk = Kiosk(file)
    kiosk.memory.see(Unit(""))
    assert kiosk.told == []
    kiosk.memory.see(Unit("", SURE))
    assert Kiosk(file).memory.recall("") == SURE


def test_metres_and_cuts_belong_to_the_unit_that_gave_them(file: Path) -> None:
    kiosk = Kiosk(file)
    kiosk.books.use_paper(100, AT)  # before it told its name
    kiosk.memory.see(Unit("CONTOH A1"))
    kiosk.books.use_paper(10, AT)
    assert (kiosk.books.unit().unit, kiosk.books.unit().used_mm) == ("CONTOH A1", 110)
    kiosk.memory.see(Unit("CONTOH B2"))
    assert (kiosk.books.unit().used_mm, kiosk.books.roll().used_mm) == (0, 0)
    kiosk.memory.see(Unit("CONTOH A1"))
    assert (kiosk.books.unit().used_mm, kiosk.books.unit().cuts) == (110, 2)


def test_books_that_were_spoilt_are_learned_anew(file: Path) -> None:
    for text in ("{", '{"confirmation": "magic"}', "[]"):
        assert UnitMemory({"CONTOH": text}, lambda _: None).recall("CONTOH") is None
