"""From a table of kiosk.toml to a driver. Modules are imported only when they are named.

An unknown driver, key or a value out of range is a ValueError of one clear sentence.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hw.protocols import CardReader, Indicator, PagePrinter, TicketPrinter

Section = Mapping[str, Any]
NONE = "none"


def make_card_reader(section: Section) -> CardReader:
    """[card]: ``driver`` is "pcsc" or "memory"; the driver checks its own keys."""
    reader: CardReader = _make("card", section, CARD_READERS)
    return reader


def make_ticket_printer(section: Section) -> TicketPrinter | None:
    """[printer]: ``driver`` is "escpos", "memory" or "none"."""
    printer: TicketPrinter | None = _make("printer", section, TICKET_PRINTERS)
    return printer


def make_page_printer(section: Section) -> PagePrinter | None:
    """[page_printer]: ``driver`` is "cups", "memory" or "none"."""
    printer: PagePrinter | None = _make("page_printer", section, PAGE_PRINTERS)
    return printer


def make_indicator(section: Section) -> Indicator:
    """[indicator]: ``driver`` is "gpio" or "none". Without pins the lamps are left out; the
    null indicator's ``reason`` then says why.
    """
    indicator: Indicator = _make("indicator", section, INDICATORS)
    return indicator


# ---------------------------------------------------------------- reading a table


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file: getters that check, and a sentence for what is wrong."""

    name: str
    values: Section

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise when there is a key that the driver does not know."""
        keys = ["driver", *known]
        for key in self.values:
            if key not in keys:
                driver = self.values.get("driver", NONE)
                raise ValueError(
                    f"[{self.name}] has no key {key!r} for driver {driver!r}; {_nearest(key, keys)}"
                )

    def text(self, key: str, default: str | None = None) -> str:
        value = self._value(key, default)
        if not isinstance(value, str) or not (value or default == ""):
            raise ValueError(f"[{self.name}] {key} = {value!r} must be text")
        return value

    def choice(self, key: str, default: str, known: Iterable[str]) -> str:
        value = self.text(key, default)
        if value not in (names := list(known)):
            raise ValueError(
                f"[{self.name}] {key} = {value!r} is not known; {_nearest(value, names)}"
            )
        return value

    def whole(self, key: str, default: int | None, low: int, high: int) -> int:
        value = self._value(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(
                f"[{self.name}] {key} = {value!r} must be a whole number from {low} to {high}"
            )
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise ValueError(f"[{self.name}] {key} = {value!r} must be true or false")
        return value

    def _value(self, key: str, default: Any) -> Any:
        if key not in self.values and default is None:
            raise ValueError(f"[{self.name}] lacks the key {key!r}")
        return self.values.get(key, default)


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"


Factory = Callable[[Table], Any]


def _make(name: str, section: Section, factories: Mapping[str, Factory]) -> Any:
    table = Table(name, section)
    return factories[table.choice("driver", NONE, factories)](table)


# ---------------------------------------------------------------- drivers


def _nothing(table: Table) -> None:
    """A table whose driver is "none" may keep the keys of the driver it had."""


def _pcsc(table: Table) -> Any:
    return importlib.import_module("hw.card.pcsc").PcscReader.from_config(table.values)


def _memory_reader(table: Table) -> Any:
    table.refuse_unknown(())
    return importlib.import_module("hw.virtual.memory_reader").MemoryReader()


def _escpos(table: Table) -> Any:
    transport = table.choice("transport", "network", TRANSPORTS)
    keys, make_pipe = TRANSPORTS[transport]
    table.refuse_unknown(("transport", "width_dots", "profile", *keys))
    driver = importlib.import_module("hw.printer.driver")
    return driver.EscposPrinter(make_pipe(table), _encoder(table))


def _network_pipe(table: Table) -> Any:
    network = importlib.import_module("hw.printer.network")
    return network.NetworkPipe(table.text("host"), table.whole("port", 9100, 1, 65535))


def _usb_pipe(table: Table) -> Any:
    module = importlib.import_module("hw.printer.usb")
    ids = [
        table.whole(key, None, 0, 0xFFFF) if key in table.values else None
        for key in ("vendor", "product")
    ]
    if ids[0] is None and ids[1] is not None:
        raise ValueError(f"[{table.name}] product means nothing without vendor")
    return module.UsbPipe(module.UsbMatch(*ids, table.text("serial", "")))


def _serial_pipe(table: Table) -> Any:
    module = importlib.import_module("hw.printer.serial")
    baud = table.whole("baud", 38400, 0, 1_000_000)
    if baud not in module.BAUDS:
        known = ", ".join(map(str, module.BAUDS))
        raise ValueError(f"[{table.name}] baud = {baud} is not known; known are {known}")
    flow = table.choice("flow", "rtscts", module.FLOWS)
    return module.SerialPipe(table.text("device"), baud, flow)


TRANSPORTS: dict[str, tuple[tuple[str, ...], Factory]] = {
    "network": (("host", "port"), _network_pipe),
    "usb": (("vendor", "product", "serial"), _usb_pipe),
    "serial": (("device", "baud", "flow"), _serial_pipe),
}


def _encoder(table: Table) -> Any:
    escpos = importlib.import_module("hw.printer.escpos")
    profile = table.choice("profile", "default", escpos.profile_names())
    width = table.whole("width_dots", 576, 64, 1024)
    if width % 8:
        raise ValueError(f"[{table.name}] width_dots = {width} must be a multiple of 8")
    return escpos.EscposEncoder(profile, width)


def _memory_printer(table: Table) -> Any:
    table.refuse_unknown(("width_dots",))
    module = importlib.import_module("hw.virtual.memory_printer")
    return module.MemoryTicketPrinter(table.whole("width_dots", 576, 64, 1024))


def _cups(table: Table) -> Any:
    table.refuse_unknown(("server", "queue", "job_seconds"))
    module = importlib.import_module("hw.printer.page")
    return module.CupsPagePrinter(
        server=table.text("server", "127.0.0.1:631"),
        queue=table.text("queue", "anjungan"),
        job_seconds=table.whole("job_seconds", 180, 5, 3600),
    )


def _memory_page_printer(table: Table) -> Any:
    table.refuse_unknown(())
    return importlib.import_module("hw.virtual.memory_printer").MemoryPagePrinter()


def _gpio(table: Table) -> Any:
    table.refuse_unknown(("red", "green", "blue", "active_high"))
    pins = {colour: table.whole(colour, None, 0, 27) for colour in ("red", "green", "blue")}
    if len(set(pins.values())) < len(pins):
        raise ValueError(f"[{table.name}] red, green and blue must be three different pins")
    active_high = table.flag("active_high", True)
    module = importlib.import_module("hw.indicator.gpio")
    return module.open_indicator(**pins, active_high=active_high)


def _null_indicator(table: Table) -> Any:
    return importlib.import_module("hw.indicator.null").NullIndicator()


CARD_READERS: dict[str, Factory] = {"pcsc": _pcsc, "memory": _memory_reader}
TICKET_PRINTERS: dict[str, Factory] = {
    "escpos": _escpos,
    "memory": _memory_printer,
    NONE: _nothing,
}
PAGE_PRINTERS: dict[str, Factory] = {"cups": _cups, "memory": _memory_page_printer, NONE: _nothing}
INDICATORS: dict[str, Factory] = {"gpio": _gpio, NONE: _null_indicator}
