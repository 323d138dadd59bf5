"""From a table of kiosk.toml to a driver, or to one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hw.indicator.null import NullIndicator
from hw.inputs.gpio import GpioInputs, Line
from hw.inputs.null import NullInputs
from hw.protocols import PrinterOffline
from hw.registry import (
    make_card_reader,
    make_indicator,
    make_inputs,
    make_page_printer,
    make_ticket_printer,
    refuse_shared_pins,
    ups_seconds,
)
from hw.virtual.memory_printer import MemoryPagePrinter, MemoryTicketPrinter

PRINTER = {"driver": "escpos", "transport": "network", "host": "127.0.0.1", "port": 1}
USB = {"driver": "escpos", "transport": "usb"}
RGB = {"driver": "gpio", "red": 17, "green": 27, "blue": 22}
LAMPS = {"driver": "gpio", "form": "lamps", "card": 17, "paper": 27, "service": 22}
INPUTS = {"driver": "gpio", "door": 5, "service": 6, "ups": 13}
VIRTUAL = {"driver": "virtual", "control": "no-such-folder/pins.sock"}
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
    assert isinstance(make_inputs({}), NullInputs)


def test_a_machine_without_pins_has_lamps_of_either_form_that_say_why_they_are_dark() -> None:
    for section in (RGB, LAMPS):
        lamps = make_indicator(section)
        assert isinstance(lamps, NullIndicator)
        assert "no GPIO pins" in lamps.reason


def test_inputs_are_wired_as_most_cabinets_are_unless_told_otherwise() -> None:
    inputs = make_inputs({**INPUTS, "door_active": "low", "ups_pull": "none", "bounce_ms": 20})
    assert isinstance(inputs, GpioInputs)
    wiring = inputs._wiring
    assert wiring.lines["door"] == Line(5, active_high=False, pull="up")
    assert wiring.lines["service"] == Line(6, active_high=False, pull="up")
    assert wiring.lines["ups"] == Line(13, active_high=True, pull="none")
    assert (wiring.bounce_seconds, wiring.hold_seconds) == (0.02, 3)
    assert ups_seconds(INPUTS) == 120
    assert ups_seconds({**INPUTS, "ups_seconds": 0}) == 0


def test_a_pin_has_one_use() -> None:
    refuse_shared_pins(RGB, INPUTS)
    refuse_shared_pins({**RGB, "driver": "none"}, {**INPUTS, "door": 17})
    with pytest.raises(ValueError, match=r"\[inputs\] door = 17 is the pin of \[indicator\] red"):
        refuse_shared_pins(RGB, {**INPUTS, "door": 17})
    with pytest.raises(
        ValueError, match=r"\[inputs\] ups = 22 is the pin of \[indicator\] service"
    ):
        refuse_shared_pins(LAMPS, {**INPUTS, "ups": 22})


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
        (make_indicator, {**RGB, "green": 17}, ["red and green", "pin 17", "one use"]),
        (make_indicator, {**RGB, "red": 28}, ["red", "27"]),
        (make_indicator, {**RGB, "form": "lamp"}, ["form", "'lamps'"]),
        (make_indicator, {**RGB, "form": "lamps"}, ["[indicator]", "no key 'red'"]),
        (make_indicator, {"driver": "gpio", "form": "lamps", "card": 1}, ["'paper'"]),
        (make_indicator, {"driver": "virtual"}, ["[indicator]", "'control'"]),
        (make_indicator, VIRTUAL, ["[indicator]", "control", "no-such-folder"]),
        (make_inputs, {"driver": "gpio"}, ["[inputs]", "names no pin", "door"]),
        (make_inputs, {**INPUTS, "ups": 5}, ["door and ups", "pin 5"]),
        (make_inputs, {**INPUTS, "door_active": "open"}, ["door_active", "'open'"]),
        (make_inputs, {**INPUTS, "door_pul": "up"}, ["door_pul", "'door_pull'"]),
        (make_inputs, {**INPUTS, "ups_seconds": -1}, ["ups_seconds", "86400"]),
        (make_inputs, {**INPUTS, "bounce_ms": 0}, ["bounce_ms", "1000"]),
        (make_inputs, {"driver": "gpoi"}, ["[inputs]", "'gpio'"]),
        (make_inputs, VIRTUAL, ["[inputs]", "control", "no-such-folder"]),
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
