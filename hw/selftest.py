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
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from hw import registry
from hw.findings import (
    WORDS,
    Device,
    Finding,
    Health,
    abilities_of,
    how_it_confirms,
    left_of,
    not_set_up,
    not_wanted,
    of_inputs,
    of_lamps,
    of_printer,
    of_reader,
    of_ticket_printer,
    place_of_page_printer,
    with_card,
)
from hw.protocols import (
    DOTS_PER_MM,
    CardReader,
    CardReport,
    Confirmed,
    InputReport,
    InputsOffline,
    Interrupted,
    NotStarted,
    PrintOutcome,
    ReaderOffline,
    ReaderOnline,
    TicketPrinter,
    Unconfirmed,
)
from hw.trial_slip import trial_slip

READER_SECONDS = 6.0
CARD_SECONDS = 1.0
INPUTS_SECONDS = 3.0
STANDING_SECONDS = 0.3


# ---------------------------------------------------------------- one device each


Section = Mapping[str, Any]
Test = Callable[[str, Section], Finding]


def card_reader(driver: str, section: Section) -> Finding:
    """Whether there is a reader, and whether a card that lies on it can be read."""
    reader = registry.make_card_reader(section)
    reports, abilities = _reports_of(reader)
    match reports:
        case [ReaderOnline() | ReaderOffline() as first, *cards]:
            found = replace(of_reader(driver, first), abilities=abilities)
            return with_card(found, cards) if isinstance(first, ReaderOnline) else found
    return of_reader(driver, None)


def _reports_of(reader: CardReader) -> tuple[list[CardReport], Mapping[str, str]]:
    """The first report, that of a card which lies there already, and what the reader can do."""
    heard: queue.SimpleQueue[CardReport] = queue.SimpleQueue()
    reports: list[CardReport] = []
    abilities: Mapping[str, str] = {}
    reader.start(heard.put)
    try:
        reports.append(heard.get(timeout=READER_SECONDS))
        abilities = abilities_of(reader)
        if isinstance(reports[0], ReaderOnline):
            reports.append(heard.get(timeout=CARD_SECONDS))
    except queue.Empty:
        pass  # what did not come is not in the list
    finally:
        reader.close()
    return reports, abilities


def ticket_printer(driver: str, section: Section, prints: bool = False) -> Finding:
    """The printer's own words; with ``prints`` a slip on paper too."""
    printer = registry.make_ticket_printer(section)
    if printer is None:
        return not_wanted(Device.TICKET_PRINTER)
    try:
        found = of_ticket_printer(section, printer, printer.status())
        if prints and found.health is not Health.NOT_THERE:
            return with_slip(found, printer)
        return found
    finally:
        printer.close()


def with_slip(found: Finding, printer: TicketPrinter) -> Finding:
    """``found``, and what became of a test slip."""
    width = printer.width_dots
    lines = (
        f"{datetime.now():%Y-%m-%d %H:%M}",
        f"{found.device}: {found.status}",
        found.name,
        f"{width} dots, {width // DOTS_PER_MM} mm:",
    )
    outcome = printer.print(trial_slip("Self-test", lines, width), _unheard)
    return _after_slip(found, outcome, how_it_confirms(printer))


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
            now = of_printer(found.device, found.driver, status)
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
        return not_wanted(Device.PAGE_PRINTER)
    try:
        found = of_printer(Device.PAGE_PRINTER, driver, printer.status())
    finally:
        printer.close()
    return replace(found, name=place_of_page_printer(section), abilities=left_of(printer))


def lamps(driver: str, section: Section) -> Finding:
    """Whether the pins can be had, and in which form the lamps are."""
    indicator = registry.make_indicator(section)
    indicator.close()
    return of_lamps(driver, indicator.state, indicator.reason, str(section.get("form", "")))


def inputs(driver: str, section: Section) -> Finding:
    """Whether door switch, service button and UPS line can be read, and how they stand."""
    if driver == registry.NONE:
        return not_wanted(Device.INPUTS)
    switches = registry.make_inputs(section)
    heard: queue.SimpleQueue[InputReport] = queue.SimpleQueue()
    reports: list[InputReport] = []
    switches.start(heard.put)
    try:
        reports.append(heard.get(timeout=INPUTS_SECONDS))
        while not isinstance(reports[-1], InputsOffline):
            reports.append(heard.get(timeout=STANDING_SECONDS))
    except queue.Empty:
        pass  # no more lines are wired
    finally:
        switches.close()
    return of_inputs(driver, reports)


def _unheard(*_sent: int) -> None:
    """A test slip needs no record: it may be printed twice."""


# ---------------------------------------------------------------- the command


def examine(tables: Mapping[str, Any], prints: bool = False) -> list[Finding]:
    """Every device of a kiosk.toml that was read, in the order of the cabinet."""
    return [
        _tested(Device.READER, tables.get("card", {}), card_reader),
        _tested(
            Device.TICKET_PRINTER, tables.get("printer", {}), partial(ticket_printer, prints=prints)
        ),
        _tested(Device.PAGE_PRINTER, tables.get("page_printer", {}), page_printer),
        _tested(Device.LAMPS, tables.get("indicator", {}), lamps),
        _tested(Device.INPUTS, tables.get("inputs", {}), inputs),
    ]


def _tested(device: Device, section: object, test: Test) -> Finding:
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
    return not_set_up(device, str(driver), advice)


def _placed(tables: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The tables, with paths of control sockets made whole: they are relative to the file."""
    return {
        name: {**table, "control": str(folder / str(table["control"]))}
        if isinstance(table, dict) and "control" in table
        else table
        for name, table in tables.items()
    }


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
    findings = examine(_placed(tables, given.config.resolve().parent), given.print)
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
