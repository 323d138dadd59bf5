"""Every finding is said in the technician's language, and a slip of it names nobody."""

from __future__ import annotations

import pytest

from firmware.core.status_slip import status_slip
from firmware.core.view import Known
from firmware.technician_words import LONGEST_DETAIL, in_words, not_answered
from hw.findings import (
    Device,
    Finding,
    Health,
    not_wanted,
    of_inputs,
    of_lamps,
    of_printer,
    of_reader,
)
from hw.protocols import (
    DeviceState,
    DoorOpened,
    Fault,
    InputsOffline,
    InputsOnline,
    Line,
    Paper,
    PowerBack,
    PowerLost,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    ReaderOffline,
    ReaderOnline,
)

PRINTERS = (Device.TICKET_PRINTER, Device.PAGE_PRINTER)
STATUSES: tuple[PrinterStatus, ...] = (
    PrinterOnline(Paper.FULL),
    PrinterOnline(Paper.LOW),
    PrinterOffline("no route to host"),
    *(PrinterBlocked(fault, Paper.UNKNOWN) for fault in Fault),
)
FINDINGS = (
    *(of_printer(device, "escpos", status) for device in PRINTERS for status in STATUSES),
    *(not_wanted(device) for device in Device),
    of_reader("pcsc", ReaderOnline("ACS ACR1252 PICC")),
    of_reader("pcsc", ReaderOffline("pcscd does not answer")),
    of_reader("pcsc", None),
    of_lamps("gpio", DeviceState.ONLINE, "", "rgb"),
    of_lamps("gpio", DeviceState.OFFLINE, "no pins"),
    of_inputs("gpio", [InputsOnline(), DoorOpened(), PowerBack()]),
    of_inputs("gpio", [InputsOnline(), PowerLost()]),
    of_inputs("gpio", [InputsOffline("no pins")]),
    of_inputs("gpio", []),
)


@pytest.mark.parametrize("found", FINDINGS, ids=lambda f: f"{f.device}-{f.status}")
def test_whatever_is_found_is_said_and_what_is_not_well_has_advice(found: Finding) -> None:
    line = in_words(found)
    assert str(line.device) and str(line.status)
    assert (line.health == "well") == (found.health is Health.WELL)
    assert (line.advice is None) == (found.health is Health.WELL)
    assert str(line.status) != found.status


def test_the_switches_are_told_by_name() -> None:
    line = in_words(of_inputs("gpio", [InputsOnline(), DoorOpened(), PowerBack()]))
    assert str(line.status) == "Siap: pintu terbuka, listrik menyala."


def test_what_a_driver_says_is_text_of_bounded_length_and_nothing_else() -> None:
    line = in_words(of_reader("pcsc", ReaderOffline("{x}\x1b@" + "z" * 500)))
    assert "{x}?@" in str(line.detail)
    assert len(str(line.detail)) == LONGEST_DETAIL


def test_a_device_that_has_not_answered_is_not_called_well() -> None:
    assert not_answered(Device.TICKET_PRINTER).health == "asked"


def test_the_slip_marks_what_wants_a_person() -> None:
    devices = [
        in_words(of_printer(Device.TICKET_PRINTER, "x", PrinterBlocked(Fault.CUTTER, Paper.FULL))),
        in_words(of_reader("pcsc", ReaderOnline("ACR1252"))),
        in_words(of_reader("pcsc", ReaderOffline("gone"))),
    ]
    slip = status_slip([Known("Versi", "1.0")], devices)
    text = [part.text for part in slip if isinstance(part, Line)]
    assert "Versi             : 1.0" in text
    assert "! Pencetak tiket: Pemotong kertas macet." in text
    assert "  Pembaca kartu: Siap." in text
    assert "X Pembaca kartu: Tidak terhubung." in text
