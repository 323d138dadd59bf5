"""From a table of kiosk.toml to a driver. Modules are imported only when they are named.

An unknown driver, key or a value out of range is a ValueError of one clear sentence.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from hw.near import nearest
from hw.protocols import CabinetInputs, CardReader, Indicator, PagePrinter, TicketPrinter

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


@runtime_checkable
class _Marking(Protocol):
    """A page printer that marks its jobs with their kiosk."""

    def belongs_to(self, kiosk: str) -> None:
        """See ``hw.printer.page``."""


def make_page_printer(section: Section, kiosk: str = "") -> PagePrinter | None:
    """[page_printer]: ``driver`` is "cups", "memory" or "none". ``kiosk`` is the id by which its
    jobs are known again at the machine.
    """
    printer: PagePrinter | None = _make("page_printer", section, PAGE_PRINTERS)
    if kiosk and isinstance(printer, _Marking):
        printer.belongs_to(kiosk)
    return printer


def make_indicator(section: Section) -> Indicator:
    """[indicator]: ``driver`` is "gpio", "virtual" or "none". Without pins the lamps are left
    out; the null indicator's ``reason`` then says why.
    """
    indicator: Indicator = _make("indicator", section, INDICATORS)
    return indicator


def make_inputs(section: Section) -> CabinetInputs:
    """[inputs]: ``driver`` is "gpio", "virtual" or "none"."""
    inputs: CabinetInputs = _make("inputs", section, INPUTS)
    return inputs


def ups_seconds(section: Section) -> int:
    """[inputs] ``ups_seconds``: how long the kiosk may run on its battery; 0 is for ever."""
    return Table("inputs", section).whole("ups_seconds", 120, 0, 86_400)


def refuse_shared_pins(indicator: Section, inputs: Section) -> None:
    """Raise when lamps and inputs name the same pin."""
    if not indicator.get("driver") == inputs.get("driver") == "gpio":
        return
    lamps = {indicator[name]: name for name in LAMP_PINS if name in indicator}
    for name in INPUT_PINS:
        if inputs.get(name) in lamps:
            raise ValueError(
                f"[inputs] {name} = {inputs[name]} is the pin of [indicator] "
                f"{lamps[inputs[name]]}; every pin has one use"
            )


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
                    f"[{self.name}] has no key {key!r} for driver {driver!r}; {nearest(key, keys)}"
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
                f"[{self.name}] {key} = {value!r} is not known; {nearest(value, names)}"
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
    table.refuse_unknown(("control",))
    if "control" not in table.values:
        return importlib.import_module("hw.virtual.memory_reader").MemoryReader()
    module = importlib.import_module("hw.virtual.memory_reader_control")
    return _behind_socket(table, module.ControlledReader)


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


LAMP_PINS = ("red", "green", "blue", "card", "paper", "service")
INPUT_PINS = ("door", "service", "ups", "headphone")
_ACTIVE = {"door": "high", "service": "low", "ups": "high", "headphone": "high"}
_PULL = {"door": "up", "service": "up", "ups": "down", "headphone": "up"}


def _pin(table: Table, name: str) -> int:
    return table.whole(name, None, 0, 27)


def _refuse_double(table: Table, pins: Mapping[str, int]) -> None:
    first: dict[int, str] = {}
    for name, pin in pins.items():
        if pin in first:
            raise ValueError(
                f"[{table.name}] {first[pin]} and {name} are both on pin {pin}; "
                "every pin has one use"
            )
        first[pin] = name


def _form(table: Table) -> tuple[str, tuple[str, ...]]:
    forms = importlib.import_module("hw.indicator.looks").FORMS
    form = table.choice("form", "rgb", forms)
    return form, forms[form]


def _gpio(table: Table) -> Any:
    _, names = _form(table)
    table.refuse_unknown(("form", "active_high", *names))
    pins = {name: _pin(table, name) for name in names}
    _refuse_double(table, pins)
    active_high = table.flag("active_high", True)
    return importlib.import_module("hw.indicator.gpio").open_indicator(pins, active_high)


def _null_indicator(table: Table) -> Any:
    return importlib.import_module("hw.indicator.null").NullIndicator()


def _virtual_indicator(table: Table) -> Any:
    form, _ = _form(table)
    table.refuse_unknown(("form", "control"))
    module = importlib.import_module("hw.virtual.pins")
    return _behind_socket(table, lambda control: module.VirtualIndicator(control, form))


def _behind_socket(table: Table, make: Callable[[Path], Any]) -> Any:
    control = Path(table.text("control"))
    try:
        return make(control)
    except OSError as error:
        raise ValueError(
            f"[{table.name}] control = {str(control)!r} cannot be made: {error}"
        ) from error


def _gpio_inputs(table: Table) -> Any:
    options = [f"{name}_{what}" for name in INPUT_PINS for what in ("active", "pull")]
    table.refuse_unknown((*INPUT_PINS, *options, "ups_seconds", "bounce_ms", "hold_seconds"))
    ups_seconds(table.values)
    pins = {name: _pin(table, name) for name in INPUT_PINS if name in table.values}
    if not pins:
        raise ValueError(f"[{table.name}] names no pin; known are {', '.join(INPUT_PINS)}")
    _refuse_double(table, pins)
    module = importlib.import_module("hw.inputs.gpio")
    lines = {
        name: module.Line(
            pin,
            table.choice(f"{name}_active", _ACTIVE[name], ("high", "low")) == "high",
            table.choice(f"{name}_pull", _PULL[name], ("up", "down", "none")),
        )
        for name, pin in pins.items()
    }
    bounce = table.whole("bounce_ms", 50, 1, 1000) / 1000
    return module.GpioInputs(module.Wiring(lines, bounce, table.whole("hold_seconds", 3, 1, 30)))


def _virtual_inputs(table: Table) -> Any:
    table.refuse_unknown(("control", "ups_seconds", "hold_seconds"))
    ups_seconds(table.values)
    hold = table.whole("hold_seconds", 3, 1, 30)
    module = importlib.import_module("hw.virtual.pins")
    return _behind_socket(table, lambda control: module.VirtualInputs(control, hold))


def _null_inputs(table: Table) -> Any:
    return importlib.import_module("hw.inputs.null").NullInputs()


CARD_READERS: dict[str, Factory] = {"pcsc": _pcsc, "memory": _memory_reader}
TICKET_PRINTERS: dict[str, Factory] = {
    "escpos": _escpos,
    "memory": _memory_printer,
    NONE: _nothing,
}
PAGE_PRINTERS: dict[str, Factory] = {"cups": _cups, "memory": _memory_page_printer, NONE: _nothing}
INDICATORS: dict[str, Factory] = {
    "gpio": _gpio,
    "virtual": _virtual_indicator,
    NONE: _null_indicator,
}
INPUTS: dict[str, Factory] = {
    "gpio": _gpio_inputs,
    "virtual": _virtual_inputs,
    NONE: _null_inputs,
}
