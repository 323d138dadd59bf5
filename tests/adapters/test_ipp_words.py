"""What a page printer says of itself, read from the bytes of IPP, and what follows from it."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.printer.ipp_state import Supply, status_of_machine, supplies_of
from hw.printer.ipp_wire import Attributes, IppError, answered, printer_question
from hw.protocols import (
    Fault,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
)

F4, A4 = "om_f4_215x330mm", "iso_a4_210x297mm"
KEYWORD, ENUM, OCTETS, COLLECTION, END_COLLECTION, MEMBER = 0x44, 0x23, 0x30, 0x34, 0x37, 0x4A
HEAD = struct.pack(">BBHIB", 2, 0, 0, 1, 0x04)


def attribute(tag: int, name: str, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name.encode() + field(value)


def field(value: bytes) -> bytes:
    return struct.pack(">H", len(value)) + value


def test_an_answer_with_all_that_machines_put_into_one() -> None:
    answer = (
        HEAD
        + attribute(ENUM, "printer-state", struct.pack(">i", 5))
        + attribute(KEYWORD, "printer-state-reasons", b"media-jam-error")
        + attribute(KEYWORD, "", b"toner-low-report")
        + attribute(COLLECTION, "media-col-ready", b"")
        + attribute(MEMBER, "", b"media-size-name")
        + attribute(KEYWORD, "", A4.encode())
        + attribute(END_COLLECTION, "", b"")
        + attribute(OCTETS, "printer-supply", b"type=toner;level=5;maxcapacity=100;")
        + attribute(0x36, "printer-name", field(b"id") + field(b"Pencetak"))
        + attribute(0x22, "printer-is-accepting-jobs", b"\x01")
        + b"\x03"
    )
    assert answered(answer) == {
        "printer-state": [5],
        "printer-state-reasons": ["media-jam-error", "toner-low-report"],
        "printer-supply": [b"type=toner;level=5;maxcapacity=100;"],
        "printer-name": ["Pencetak"],
        "printer-is-accepting-jobs": [1],
    }


def test_the_question_names_what_is_wanted() -> None:
    question = printer_question("ipp://127.0.0.1/ipp/print", ("printer-state", "media-ready"))
    assert answered(b"\x02\x00\x00\x00" + question[4:]) == {
        "attributes-charset": ["utf-8"],
        "attributes-natural-language": ["en"],
        "printer-uri": ["ipp://127.0.0.1/ipp/print"],
        "requested-attributes": ["printer-state", "media-ready"],
    }


def test_a_refusal_is_told() -> None:
    with pytest.raises(IppError, match="0x0403"):
        answered(b"\x02\x00\x04\x03\x00\x00\x00\x01\x03")


@given(st.binary(max_size=200), st.booleans())
def test_no_answer_raises_but_our_own_error(noise: bytes, is_ipp: bool) -> None:
    try:
        told = answered(HEAD + noise if is_ipp else noise)
    except IppError:
        return
    status_of_machine(told, "x")
    supplies_of(told)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, PrinterOnline(Paper.FULL)),
        ({"media-ready": [F4]}, PrinterOnline(Paper.FULL)),
        ({"media-ready": [A4]}, PrinterBlocked(Fault.MEDIA_SIZE, Paper.FULL)),
        ({"media-ready": [A4], "media-supported": [A4]}, PrinterOnline(Paper.FULL)),
        ({"media-ready": [A4, F4]}, PrinterOnline(Paper.FULL)),
        (
            {"printer-state-reasons": ["media-empty-report"]},
            PrinterBlocked(Fault.PAPER_OUT, Paper.OUT),
        ),
        (
            {
                "printer-state-reasons": ["media-empty-report"],
                "media-source-supported": ["auto", "tray-1", "tray-2"],
            },
            PrinterOnline(Paper.LOW),
        ),
        (
            {"printer-state-reasons": ["door-open-report"], "media-ready": [A4]},
            PrinterBlocked(Fault.COVER_OPEN, Paper.FULL),
        ),
        (
            {"printer-state-reasons": ["toner-empty"]},
            PrinterBlocked(Fault.SUPPLY, Paper.FULL),
        ),
        ({"printer-state": [5]}, PrinterBlocked(Fault.HARDWARE, Paper.FULL)),
    ],
)
def test_a_machines_words_and_its_trays(told: Attributes, status: PrinterStatus) -> None:
    machine: Attributes = {
        "printer-state": [3],
        "printer-state-reasons": ["none"],
        "media-supported": [A4, F4],
        "media-source-supported": ["main"],
    }
    assert status_of_machine(machine | told, "x") == status


def test_a_machine_that_is_off_line() -> None:
    told: Attributes = {"printer-state": [5], "printer-state-reasons": ["offline-error"]}
    assert isinstance(status_of_machine(told, "x"), PrinterOffline)


def test_what_is_left_in_percent() -> None:
    told: Attributes = {
        "printer-supply": [
            b"class=receptacleThatIsFilled;type=wasteToner;maxcapacity=100;level=25;",
            b"class=supplyThatIsConsumed;type=toner;maxcapacity=2000;level=500;",
            b"class=supplyThatIsConsumed;type=opc;maxcapacity=-2;level=-3;",
            b"type=staples;maxcapacity=100;level=900;",
            b"nonsense",
        ],
        "printer-supply-description": ["Waste", "Black\x1b[2J Toner", "Drum"],
    }
    assert supplies_of(told) == (
        Supply("Black [2J Toner", 25),
        Supply("Drum", None),
        Supply("staples", 100),
        Supply("", None),
    )
