"""``python -m hw.selftest --config kiosk.toml [--json] [--print]``: is the cabinet well?

One line a device: how it is, what it is, and what a person should do where it is not well. With
``--print`` a short test slip comes out. The exit code is the worst that was found: 0 all is well,
1 a person must do something, 2 a device is not there (or kiosk.toml cannot be read).

Most printers serve one host at a time, and pins have one owner: stop the controller first, or
what it holds is found missing. No card's number is shown.
"""

from __future__ import annotations

import argparse
import json
import logging
import queue
import sys
import tomllib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from hw import registry
from hw.indicator.null import NullIndicator
from hw.printer.abilities import Abilities
from hw.protocols import (
    Align,
    CardPresent,
    CardReader,
    CardReport,
    CardUnreadable,
    Confirmed,
    Cut,
    Fault,
    Feed,
    Interrupted,
    Line,
    NotStarted,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    PrintOutcome,
    Raster,
    ReaderOffline,
    ReaderOnline,
    Rule,
    Slip,
    TicketPrinter,
    Unconfirmed,
)

READER_SECONDS = 6.0
CARD_SECONDS = 1.0
DOTS_PER_MM = 8


class Health(IntEnum):
    """How a device is; the number is the exit code."""

    WELL = 0
    NEEDS_PERSON = 1
    NOT_THERE = 2


WORDS = {
    Health.WELL: "well",
    Health.NEEDS_PERSON: "needs a person",
    Health.NOT_THERE: "not there",
}

FAULT_ADVICE = {
    Fault.PAPER_OUT: "Put paper in.",
    Fault.PAPER_LOW: "Put a new roll in soon.",
    Fault.PAPER_JAMMED: "Open the printer and take the jammed paper out.",
    Fault.COVER_OPEN: "Close the printer's cover.",
    Fault.CUTTER: "Switch the printer off, free its cutter of paper, and switch it on.",
    Fault.TOO_HOT: "Let the print head cool down; it goes on by itself.",
    Fault.MEDIA_SIZE: "Put F4 paper (215 × 330 mm) in.",
    Fault.SUPPLY: "Change the toner or ink.",
    Fault.HARDWARE: "Switch the printer off and on; if that does not help, have it repaired.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one device. ``advice`` is empty when it is well."""

    device: str
    driver: str
    health: Health
    status: str
    name: str = ""
    abilities: Mapping[str, Any] = field(default_factory=dict)
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "health": WORDS[self.health]}

    def as_line(self) -> str:
        abilities = (f"{key} {value}" for key, value in self.abilities.items())
        known = ", ".join(filter(None, (self.name, *abilities)))
        line = f"{self.device:<15} {WORDS[self.health]:<15} {self.status}"
        return line + (f" ({known})" if known else "") + (f": {self.advice}" if self.advice else "")


@runtime_checkable
class Learner(Protocol):
    """A driver that asks its unit for its name, and learns what it can say."""

    @property
    def abilities(self) -> Abilities: ...

    @property
    def unit(self) -> str: ...


# ---------------------------------------------------------------- one device each


Section = Mapping[str, Any]
Test = Callable[[str, Section], Finding]


def card_reader(driver: str, section: Section) -> Finding:
    """Whether there is a reader, and whether a card that lies on it can be read."""
    reader = registry.make_card_reader(section)
    match _reports_of(reader):
        case [ReaderOnline(name), *cards]:
            found = Finding("card reader", driver, Health.WELL, "online", name)
            return _with_card(found, cards)
        case [ReaderOffline(reason), *_]:
            return Finding("card reader", driver, Health.NOT_THERE, "offline", advice=reason)
    silent = "The driver did not report in time; restart pcscd."
    return Finding("card reader", driver, Health.NOT_THERE, "silent", advice=silent)


def _reports_of(reader: CardReader) -> list[CardReport]:
    """The first report, and that of a card which lies there already."""
    heard: queue.SimpleQueue[CardReport] = queue.SimpleQueue()
    reports: list[CardReport] = []
    reader.start(heard.put)
    try:
        reports.append(heard.get(timeout=READER_SECONDS))
        if isinstance(reports[0], ReaderOnline):
            reports.append(heard.get(timeout=CARD_SECONDS))
    except queue.Empty:
        pass  # what did not come is not in the list
    finally:
        reader.close()
    return reports


def _with_card(found: Finding, cards: Sequence[CardReport]) -> Finding:
    match cards:
        case [CardPresent(identity)]:
            return replace(found, abilities={"card read as": identity.profile})
        case [CardUnreadable(trouble)]:
            advice = "Take the card away and lay it on again; try another one."
            status = f"online, card not read ({trouble.value})"
            return replace(found, health=Health.NEEDS_PERSON, status=status, advice=advice)
    return found


def ticket_printer(driver: str, section: Section, prints: bool = False) -> Finding:
    """The printer's own words; with ``prints`` a slip on paper too."""
    printer = registry.make_ticket_printer(section)
    if printer is None:
        return _not_wanted("ticket printer")
    try:
        found = _of_status("ticket printer", driver, printer.status())
        name = ", ".join(filter(None, (_where(section), _unit(printer))))
        found = replace(found, name=name, abilities={"dots": printer.width_dots})
        if prints and found.health is not Health.NOT_THERE:
            return with_slip(found, printer)
        return found
    finally:
        printer.close()


def _where(section: Section) -> str:
    """At which end of which cable, as far as kiosk.toml says it."""
    match section.get("transport", "network"):
        case "usb":
            ids = (f"{section[key]:04x}" for key in ("vendor", "product") if key in section)
            return " ".join(filter(None, ("USB", ":".join(ids), section.get("serial", ""))))
        case "serial":
            return str(section.get("device", ""))
    return f"{section['host']}:{section.get('port', 9100)}" if "host" in section else ""


def _unit(printer: TicketPrinter) -> str:
    """Maker, model, firmware and serial number, as far as it told them."""
    return printer.unit if isinstance(printer, Learner) else ""


def with_slip(found: Finding, printer: TicketPrinter) -> Finding:
    """``found``, and what became of a test slip."""
    outcome = printer.print(slip_of(found, printer.width_dots, datetime.now()), _unheard)
    return _after_slip(found, outcome, _how_it_confirms(printer))


def _how_it_confirms(printer: TicketPrinter) -> str:
    """``processId``, ``sensor``: for a driver that learns such things of its unit."""
    return str(printer.abilities.confirmation) if isinstance(printer, Learner) else "yes"


def _after_slip(found: Finding, outcome: PrintOutcome, how_confirmed: str) -> Finding:
    match outcome:
        case Confirmed():
            abilities = {**found.abilities, "confirms": how_confirmed}
            return replace(found, status=f"{found.status}, slip printed", abilities=abilities)
        case Unconfirmed():
            abilities = {**found.abilities, "confirms": "no"}
            advice = "The printer cannot say whether it printed: look for the slip."
            status = f"{found.status}, slip sent"
            return replace(found, status=status, abilities=abilities, advice=advice)
        case NotStarted(status) | Interrupted(_, status):
            now = _of_status(found.device, found.driver, status)
            how = "not begun" if isinstance(outcome, NotStarted) else "broken off"
            return replace(
                found,
                health=max(now.health, Health.NEEDS_PERSON),
                status=f"{now.status}, slip {how}",
                advice=now.advice or "Look at the paper, and try again.",
            )


def page_printer(driver: str, section: Section) -> Finding:
    """The queue, and the machine behind it where that can be asked. Prints nothing."""
    printer = registry.make_page_printer(section)
    if printer is None:
        return _not_wanted("page printer")
    try:
        found = _of_status("page printer", driver, printer.status())
    finally:
        printer.close()
    server, name = section.get("server", ""), section.get("queue", "")
    return replace(found, name=f"{name} at {server}" if name and server else name or server)


def lamps(driver: str, section: Section) -> Finding:
    """Whether the pins can be had. Nobody can ask a lamp whether it is lit."""
    indicator = registry.make_indicator(section)
    indicator.close()
    if not isinstance(indicator, NullIndicator):
        return Finding("lamps", driver, Health.WELL, "pins ready")
    if not indicator.reason:
        return _not_wanted("lamps")
    return Finding("lamps", driver, Health.NOT_THERE, "no pins", advice=indicator.reason)


def _of_status(device: str, driver: str, status: PrinterStatus) -> Finding:
    match status:
        case PrinterOnline(Paper.LOW):
            advice = "Have new paper ready: it is near its end."
            return Finding(device, driver, Health.NEEDS_PERSON, "online, paper low", advice=advice)
        case PrinterOnline(paper):
            return Finding(device, driver, Health.WELL, f"online, paper {paper.value}")
        case PrinterBlocked(fault, paper):
            word = f"blocked, {fault.value}, paper {paper.value}"
            return Finding(device, driver, Health.NEEDS_PERSON, word, advice=FAULT_ADVICE[fault])
        case PrinterOffline(reason):
            return Finding(device, driver, Health.NOT_THERE, "offline", advice=reason)


def _not_wanted(device: str) -> Finding:
    return Finding(device, registry.NONE, Health.WELL, "none wanted")


# ---------------------------------------------------------------- the slip


def slip_of(found: Finding, width_dots: int, now: datetime) -> Slip:
    """A heading, what was found, and a scale over the whole width: a dead dot is a gap in it."""
    return (
        Line("ANJUNGAN", bold=True, align=Align.CENTER, scale=2),
        Line("Self-test", align=Align.CENTER),
        Rule(),
        Line(f"{now:%Y-%m-%d %H:%M}"),
        Line(f"{found.device}: {found.status}"),
        Line(found.name),
        Line(f"{width_dots} dots, {width_dots // DOTS_PER_MM} mm:"),
        Raster(width_dots, _scale(width_dots)),
        Feed(4),
        Cut(),
    )


def _scale(width_dots: int) -> bytes:
    """A black bar, and a stroke at every millimetre, longer at every tenth."""
    millimetres = width_dots // DOTS_PER_MM
    bar = b"\xff" * millimetres
    strokes = b"\xc0" * millimetres
    tens = bytes(0xC0 if place % 10 == 0 else 0 for place in range(millimetres))
    return bar * 12 + strokes * 12 + tens * 12


def _unheard(_sent: int) -> None:
    """A test slip needs no record: it may be printed twice."""


# ---------------------------------------------------------------- the command


def examine(tables: Mapping[str, Any], prints: bool = False) -> list[Finding]:
    """Every device of a kiosk.toml that was read, in the order of the cabinet."""
    return [
        _tested("card reader", tables.get("card", {}), card_reader),
        _tested(
            "ticket printer", tables.get("printer", {}), partial(ticket_printer, prints=prints)
        ),
        _tested("page printer", tables.get("page_printer", {}), page_printer),
        _tested("lamps", tables.get("indicator", {}), lamps),
    ]


def _tested(device: str, section: object, test: Test) -> Finding:
    """A device that cannot be made of its table is a finding, not the end of the test."""
    driver = section.get("driver", registry.NONE) if isinstance(section, dict) else ""
    try:
        if not isinstance(section, dict):
            raise ValueError("its entry in kiosk.toml is not a table")
        return test(str(driver), section)
    except ValueError as error:
        advice = f"Correct kiosk.toml: {error}."
    except ImportError as error:
        advice = f"Install what its driver needs: {error}."
    return Finding(device, str(driver), Health.NEEDS_PERSON, "cannot be set up", advice=advice)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m hw.selftest", description="Is the cabinet well? Exit code 0 when it is."
    )
    parser.add_argument("--config", type=Path, required=True, help="kiosk.toml")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.add_argument("--print", action="store_true", help="print a test slip too")
    given = parser.parse_args(arguments)
    try:
        tables = tomllib.loads(given.config.read_text())
    except (OSError, ValueError) as error:
        print(f"The self-test cannot read {given.config}: {error}", file=sys.stderr)
        return int(Health.NOT_THERE)
    findings = examine(tables, given.print)
    worst = max(found.health for found in findings)
    if given.json:
        report = {"health": WORDS[worst], "devices": [found.as_json() for found in findings]}
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(found.as_line() for found in findings))
    return int(worst)


def _say_once() -> None:
    """What libraries and drivers say on the way is in the findings already."""
    warnings.filterwarnings("ignore", module="gpiozero")
    logging.getLogger("hw").setLevel(logging.CRITICAL)


if __name__ == "__main__":
    _say_once()
    raise SystemExit(main())
