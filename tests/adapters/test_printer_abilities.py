"""What a driver learns of its printer, and what it must not learn from one bad day."""

from __future__ import annotations

from pathlib import Path

import pytest

from hw.printer.abilities import Abilities, Confirmation
from hw.printer.driver import EscposPrinter, Patience
from hw.printer.escpos import EscposEncoder
from hw.printer.usb import UsbPipe
from hw.protocols import Confirmed, Cut, Interrupted, Line, NotStarted, Slip, Unconfirmed
from hw.virtual.usb import VirtualUsb, VirtualUsbPrinter

TICKET: Slip = (Line("Kode: ABCDE-12345"), Cut())
QUICK = Patience(answer=0.1, stall=0.5, confirmation=0.4, silent=0.2, process_id=0.2, poll=0.1)


@pytest.fixture
def machine(tmp_path: Path) -> VirtualUsbPrinter:
    return VirtualUsbPrinter(tmp_path / "paper")


@pytest.fixture
def printer(machine: VirtualUsbPrinter) -> EscposPrinter:
    return EscposPrinter(UsbPipe(backend=VirtualUsb([machine])), EscposEncoder(), QUICK)


def print_ticket(printer: EscposPrinter) -> object:
    return printer.print(TICKET, lambda _: None)


def test_nothing_is_claimed_before_something_was_heard(printer: EscposPrinter) -> None:
    assert printer.abilities == Abilities(Confirmation.UNTRIED, None)


@pytest.mark.parametrize(
    ("answers", "confirmation"),
    [
        ("processId", Confirmation.PROCESS_ID),
        ("sensor", Confirmation.SENSOR),
        ("none", Confirmation.NONE),
    ],
)
def test_one_ticket_shows_how_a_printer_confirms(
    machine: VirtualUsbPrinter, printer: EscposPrinter, answers: str, confirmation: Confirmation
) -> None:
    machine.control({"answers": answers})
    print_ticket(printer)
    assert printer.abilities == Abilities(confirmation, answers_status=True)


def test_a_printer_that_answers_no_question(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    machine.control({"mute": True})
    assert isinstance(print_ticket(printer), NotStarted)
    assert printer.abilities == Abilities(Confirmation.UNTRIED, answers_status=False)
    machine.control({"mute": False})
    printer.status()
    assert printer.abilities.answers_status is True


def test_a_broken_job_and_a_bad_day_teach_nothing(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    assert print_ticket(printer) == Confirmed()
    learned = printer.abilities
    machine.control({"power_off_after_bytes": 20})
    assert isinstance(print_ticket(printer), Interrupted)
    printer.status()
    machine.control({"power": "on", "mute": True})
    printer.status()
    assert printer.abilities == learned


def test_a_better_printer_in_its_place_is_noticed(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    machine.control({"answers": "none"})
    assert print_ticket(printer) == Unconfirmed()
    machine.control({"answers": "processId"})
    assert print_ticket(printer) == Confirmed()
    assert printer.abilities.confirmation is Confirmation.PROCESS_ID
