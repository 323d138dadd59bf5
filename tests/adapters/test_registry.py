"""From a table of kiosk.toml to a driver, or to one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hw.indicator.null import NullIndicator
from hw.protocols import PrinterOffline
from hw.registry import (
    make_card_reader,
    make_indicator,
    make_page_printer,
    make_ticket_printer,
)
from hw.virtual.memory_printer import MemoryPagePrinter, MemoryTicketPrinter

PRINTER = {"driver": "escpos", "transport": "network", "host": "127.0.0.1", "port": 1}
USB = {"driver": "escpos", "transport": "usb"}
SERIAL = {"driver": "escpos", "transport": "serial", "device": "/dev/no-such-line"}


def test_each_driver_by_its_name() -> None:
    printer = make_ticket_printer({**PRINTER, "width_dots": 384, "profile": "default"})
    assert printer is not None
    assert printer.width_dots == 384
    assert isinstance(printer.status(), PrinterOffline)
    assert isinstance(make_ticket_printer({"driver": "memory"}), MemoryTicketPrinter)
    assert isinstance(make_page_printer({"driver": "memory"}), MemoryPagePrinter)
    assert make_page_printer({"driver": "cups", "server": "127.0.0.1:1"}) is not None


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({**USB, "serial": "no-such"}, ["USB no-such"]),
        ({**USB, "vendor": 0xFFFF}, ["USB ffff:*"]),
        ({**USB, "vendor": 0x04B8, "product": 0xE15, "serial": "no-such"}, ["04b8:0e15 no-such"]),
        (SERIAL, ["/dev/no-such-line", "no such device"]),
        ({**SERIAL, "baud": 9600, "flow": "none"}, ["/dev/no-such-line"]),
    ],
)
def test_a_printer_that_is_not_there_is_named_by_its_cable(
    section: dict[str, Any], words: list[str]
) -> None:
    printer = make_ticket_printer({**section, "profile": "TM-T88V"})
    assert printer is not None
    status = printer.status()
    printer.close()
    assert isinstance(status, PrinterOffline)
    for word in words:
        assert word in status.reason


def test_none_and_nothing_are_no_device() -> None:
    assert make_ticket_printer({}) is None
    assert make_ticket_printer({"driver": "none", "host": "kept for later"}) is None
    assert make_page_printer({"driver": "none", "server": "127.0.0.1:631"}) is None
    assert isinstance(make_indicator({"driver": "none"}), NullIndicator)


@pytest.mark.parametrize(
    ("make", "section", "words"),
    [
        (make_ticket_printer, {"driver": "escpso"}, ["[printer]", "escpso", "escpos"]),
        (make_ticket_printer, {**PRINTER, "hots": "x"}, ["[printer]", "hots", "'host'"]),
        (make_ticket_printer, {**PRINTER, "port": 70000}, ["port", "70000", "65535"]),
        (make_ticket_printer, {**PRINTER, "port": True}, ["port", "whole number"]),
        (make_ticket_printer, {**PRINTER, "port": "9100"}, ["port", "whole number"]),
        (make_ticket_printer, {**PRINTER, "width_dots": 577}, ["width_dots", "multiple of 8"]),
        (make_ticket_printer, {**PRINTER, "profile": "TM-T88"}, ["profile", "TM-T88V"]),
        (make_ticket_printer, {**PRINTER, "transport": "ubs"}, ["transport", "'usb'"]),
        (make_ticket_printer, {**PRINTER, "transport": "usb"}, ["[printer]", "'host'"]),
        (make_ticket_printer, {**USB, "vendor": 0x10000}, ["vendor", "65535"]),
        (make_ticket_printer, {**USB, "vendor": "04b8"}, ["vendor", "whole number"]),
        (make_ticket_printer, {**USB, "product": 1}, ["product", "without vendor"]),
        (make_ticket_printer, {**USB, "serail": "x"}, ["serail", "'serial'"]),
        (make_ticket_printer, {**SERIAL, "baud": 12345}, ["baud", "12345", "115200"]),
        (make_ticket_printer, {**SERIAL, "flow": "rts"}, ["flow", "'rtscts'"]),
        (make_ticket_printer, {"driver": "escpos", "transport": "serial"}, ["'device'"]),
        (make_ticket_printer, {"driver": "escpos"}, ["[printer]", "lacks", "'host'"]),
        (make_page_printer, {"driver": "cups", "server": ":x"}, ["server", "host:port"]),
        (make_page_printer, {"driver": "cups", "que": "x"}, ["[page_printer]", "'queue'"]),
        (make_indicator, {"driver": "gpio", "red": 17}, ["[indicator]", "'green'"]),
        (make_indicator, {"driver": "gpio", "red": 5, "green": 5, "blue": 6}, ["different"]),
        (make_card_reader, {"driver": "psc"}, ["[card]", "'pcsc'"]),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    make: Callable[[dict[str, Any]], object], section: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(ValueError, match=r"\[|server") as trouble:
        make(section)
    sentence = str(trouble.value)
    assert "\n" not in sentence
    for word in words:
        assert word in sentence
