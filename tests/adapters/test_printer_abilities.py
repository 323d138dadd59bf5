"""What a driver learns of its printer, and what it must not learn from one bad day."""

from __future__ import annotations

from pathlib import Path

import pytest

from hw.printer.abilities import Abilities, Confirmation
from hw.printer.driver import EscposPrinter, Patience
from hw.printer.escpos import EscposEncoder
from hw.printer.usb import UsbPipe
from hw.protocols import Confirmed, Cut, Interrupted, Line, NotStarted, Raster, Slip, Unconfirmed
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


def look_twice(printer: EscposPrinter) -> None:
    """What a unit tells of a name that it does not tell in full is believed the second time."""
    printer.status()
    printer.status()


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


def test_one_slow_job_does_not_unlearn_the_process_id(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    assert print_ticket(printer) == Confirmed()
    machine.control({"answers": "sensor"})
    assert print_ticket(printer) == Confirmed()
    assert printer.abilities.confirmation is Confirmation.PROCESS_ID


# ---------------------------------------------------------------- which unit it is


def test_a_unit_tells_its_name_when_it_is_first_seen(printer: EscposPrinter) -> None:
    assert printer.unit == ""
    printer.status()
    assert printer.unit == "ANJUNGAN VIRTUAL-80, firmware 1.00, serial V0001"


def test_a_clones_words_are_kept_but_not_trusted(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    machine.control({"unit": {"maker": "EPSON\x1b[2J  \xe9", "model": "TM-T88V" + "!" * 60}})
    look_twice(printer)
    assert printer.unit == "EPSON[2J ? TM-T88V" + "!" * 33


def test_a_unit_without_a_name_is_asked_no_more(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    machine.control({"unit": {}})
    for _ in range(3):
        printer.status()
    machine.control({"unit": {"model": "LATE"}})
    printer.status()
    assert printer.unit == ""
    machine.control({"power": "off"})
    printer.status()
    machine.control({"power": "on"})
    look_twice(printer)
    assert printer.unit == "LATE"


def test_a_question_that_a_half_sent_picture_swallowed_is_asked_again(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    machine.take(b"\x1dv0\x00\x48\x00\x64\x00" + bytes(100), 1.0)
    for _ in range(3):
        printer.status()
    assert printer.unit == ""
    assert print_ticket(printer) == Confirmed()
    printer.status()
    assert printer.unit.startswith("ANJUNGAN VIRTUAL-80")


WHOLE = {"maker": "EPSON", "model": "TM-T20", "firmware": "1.0", "serial": "S1"}


def replug(machine: VirtualUsbPrinter, printer: EscposPrinter, unit: dict[str, str]) -> None:
    machine.control({"power": "off"})
    printer.status()
    machine.control({"power": "on", "unit": unit})


@pytest.mark.parametrize("told", [{"model": "TM-T20"}, {"model": "TM-T20", "maker": "EPSON"}])
def test_half_a_name_is_not_another_unit(
    machine: VirtualUsbPrinter, printer: EscposPrinter, told: dict[str, str]
) -> None:
    """It was busy, and fell silent in the middle of its name."""
    machine.control({"unit": told})
    printer.status()
    assert printer.unit == ""
    machine.control({"unit": WHOLE})
    printer.status()
    name, known = printer.unit, printer.abilities
    assert name == "EPSON TM-T20, firmware 1.0, serial S1"
    replug(machine, printer, told)
    look_twice(printer)
    assert (printer.unit, printer.abilities) == (name, known)


@pytest.mark.parametrize("has_printed", [True, False])
def test_a_nameless_unit_in_place_of_a_named_one_does_not_keep_its_name(
    machine: VirtualUsbPrinter, printer: EscposPrinter, has_printed: bool
) -> None:
    machine.control({"unit": WHOLE})
    printer.status()
    assert not has_printed or print_ticket(printer) == Confirmed()
    replug(machine, printer, {})
    look_twice(printer)
    assert printer.unit == ""
    assert printer.abilities.confirmation is Confirmation.UNTRIED


def test_what_was_learned_of_a_unit_comes_back_with_it(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    learned = {"TM-T20": Abilities(Confirmation.SENSOR, answers_status=True)}
    printer.recall_with(learned.get)
    for model, expected in [
        ("NEW", Confirmation.UNTRIED),
        ("TM-T20", Confirmation.SENSOR),
        ("NEWER", Confirmation.UNTRIED),
    ]:
        machine.control({"power": "off"})
        printer.status()
        machine.control({"power": "on", "unit": {"model": model}})
        look_twice(printer)
        assert (printer.unit, printer.abilities.confirmation) == (model, expected)


def test_a_unit_without_a_name_is_remembered_by_its_place(machine: VirtualUsbPrinter) -> None:
    known = Abilities(Confirmation.NONE, answers_status=True)
    pipe = UsbPipe(backend=VirtualUsb([machine]))
    assert EscposPrinter(pipe, EscposEncoder(), QUICK, known).abilities == known
    printer = EscposPrinter(pipe, EscposEncoder(), QUICK)
    printer.recall_with({"": known}.get)
    assert printer.abilities == known


def test_an_old_jobs_word_does_not_confirm_a_new_one(
    machine: VirtualUsbPrinter, printer: EscposPrinter
) -> None:
    """What the printer still had to say comes while the new job is being sent."""
    machine.control({"answers": "none"})

    def say_what_an_older_job_awaits(sent: int) -> None:
        if sent == 0:
            with machine._changes:
                machine._say(b"\x00" + b"\x37\x220001\x00")

    job = (Raster(576, bytes(72) * 100), Cut())
    assert printer.print(job, say_what_an_older_job_awaits) == Unconfirmed()
