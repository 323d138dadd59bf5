"""What is known of each device, how well that is, and what a person should do. Pure: from what
drivers report to a finding, for the self-test and for the technician's screen alike.

Status and advice are English, for the command line; ``condition`` and ``fault`` are for whoever
says the same in another language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any, Protocol, runtime_checkable

from hw.printer.abilities import Abilities
from hw.printer.ipp_state import Supply
from hw.protocols import (
    CardPresent,
    CardReader,
    CardReport,
    CardTrouble,
    CardUnreadable,
    DeviceState,
    DoorClosed,
    DoorOpened,
    Fault,
    InputReport,
    InputsOffline,
    InputsOnline,
    PagePrinter,
    Paper,
    PowerBack,
    PowerLost,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    ReaderOffline,
    ReaderOnline,
    TicketPrinter,
)
from hw.registry import NONE


class Device(StrEnum):
    """The devices of a cabinet, by their names for people."""

    READER = "card reader"
    TICKET_PRINTER = "ticket printer"
    PAGE_PRINTER = "page printer"
    LAMPS = "lamps"
    INPUTS = "inputs"


class Health(IntEnum):
    """How a device is; the number is the exit code of the self-test."""

    WELL = 0
    NEEDS_PERSON = 1
    NOT_THERE = 2


WORDS = {
    Health.WELL: "well",
    Health.NEEDS_PERSON: "needs a person",
    Health.NOT_THERE: "not there",
}


class Condition(StrEnum):
    """What was found, for whoever says it in another language."""

    WELL = "well"
    NOT_WANTED = "notWanted"
    NOT_SET_UP = "notSetUp"
    SILENT = "silent"
    OFFLINE = "offline"
    PAPER_LOW = "paperLow"
    BLOCKED = "blocked"  # by ``fault``
    CARD_UNREADABLE = "cardUnreadable"
    ON_BATTERY = "onBattery"


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

    device: Device
    driver: str
    health: Health
    status: str
    name: str = ""
    abilities: Mapping[str, Any] = field(default_factory=dict)
    advice: str = ""
    condition: Condition = Condition.WELL
    fault: Fault | None = None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "health": WORDS[self.health]}

    def as_line(self) -> str:
        abilities = (f"{key} {value}" for key, value in self.abilities.items())
        known = ", ".join(filter(None, (self.name, *abilities)))
        line = f"{self.device:<15} {WORDS[self.health]:<15} {self.status}"
        return line + (f" ({known})" if known else "") + (f": {self.advice}" if self.advice else "")


def _gone(device: Device, driver: str, status: str, advice: str, condition: Condition) -> Finding:
    return Finding(device, driver, Health.NOT_THERE, status, advice=advice, condition=condition)


def _needs(
    device: Device,
    driver: str,
    status: str,
    advice: str,
    condition: Condition,
    fault: Fault | None = None,
) -> Finding:
    return Finding(
        device,
        driver,
        Health.NEEDS_PERSON,
        status,
        advice=advice,
        condition=condition,
        fault=fault,
    )


def not_wanted(device: Device) -> Finding:
    """kiosk.toml names none."""
    return Finding(device, NONE, Health.WELL, "none wanted", condition=Condition.NOT_WANTED)


def not_set_up(device: Device, driver: str, advice: str) -> Finding:
    """Its table in kiosk.toml cannot be used."""
    return _needs(device, driver, "cannot be set up", advice, Condition.NOT_SET_UP)


# ---------------------------------------------------------------- the card reader


def of_reader(driver: str, report: ReaderOnline | ReaderOffline | None) -> Finding:
    """By the last report; None when there was none yet."""
    match report:
        case ReaderOnline(name):
            return Finding(Device.READER, driver, Health.WELL, "online", name)
        case ReaderOffline(reason):
            return _gone(Device.READER, driver, "offline", reason, Condition.OFFLINE)
        case None:
            advice = "The driver did not report in time; restart pcscd."
            return _gone(Device.READER, driver, "silent", advice, Condition.SILENT)


_LAY_AGAIN = "Take the card away and lay it on again; try another one."
_CARD_ADVICE = {
    CardTrouble.NO_SAM: "Look at the security module in the reader's slot, and at [card] sam.",
    CardTrouble.NEEDS_MRZ: "That is a passport; lay an e-KTP there.",
}


def with_card(found: Finding, cards: Sequence[CardReport]) -> Finding:
    """``found``, and how a card was read that lay there; nothing of the card itself."""
    match cards:
        case [CardPresent(identity)]:
            abilities = {**found.abilities, "card read as": identity.profile}
            return replace(found, abilities=abilities)
        case [CardUnreadable(trouble)]:
            return replace(
                found,
                health=Health.NEEDS_PERSON,
                status=f"online, card not read ({trouble.value})",
                advice=_CARD_ADVICE.get(trouble, _LAY_AGAIN),
                condition=Condition.CARD_UNREADABLE,
            )
    return found


@runtime_checkable
class Able(Protocol):
    """A card reader that tells what else it can do."""

    @property
    def abilities(self) -> Mapping[str, str]: ...


def abilities_of(reader: CardReader) -> Mapping[str, str]:
    """What the reader in use was found able to do, where its driver tells."""
    return reader.abilities if isinstance(reader, Able) else {}


# ---------------------------------------------------------------- printers


def of_printer(device: Device, driver: str, status: PrinterStatus) -> Finding:
    """By what the printer says of itself."""
    match status:
        case PrinterOnline(Paper.LOW):
            advice = "Have new paper ready: it is near its end."
            return _needs(device, driver, "online, paper low", advice, Condition.PAPER_LOW)
        case PrinterOnline(paper):
            return Finding(device, driver, Health.WELL, f"online, paper {paper.value}")
        case PrinterBlocked(fault, paper):
            word = f"blocked, {fault.value}, paper {paper.value}"
            advice = FAULT_ADVICE[fault]
            return _needs(device, driver, word, advice, Condition.BLOCKED, fault)
        case PrinterOffline(reason):
            return _gone(device, driver, "offline", reason, Condition.OFFLINE)


def place_of_printer(section: Mapping[str, Any]) -> str:
    """At which end of which cable a ticket printer is, as far as kiosk.toml says it."""
    match section.get("transport", "network"):
        case "usb":
            ids = (f"{section[key]:04x}" for key in ("vendor", "product") if key in section)
            return " ".join(filter(None, ("USB", ":".join(ids), section.get("serial", ""))))
        case "serial":
            return str(section.get("device", ""))
    return f"{section['host']}:{section.get('port', 9100)}" if "host" in section else ""


def place_of_page_printer(section: Mapping[str, Any]) -> str:
    """Which queue of which server, as far as kiosk.toml says it."""
    server, name = section.get("server", ""), section.get("queue", "")
    return f"{name} at {server}" if name and server else name or server


@runtime_checkable
class Supplied(Protocol):
    """A page printer that tells what is left of its toner."""

    @property
    def supplies(self) -> tuple[Supply, ...]: ...


def left_of(printer: PagePrinter) -> dict[str, str]:
    """Toner and the like by name; empty where the machine does not tell."""
    supplies = printer.supplies if isinstance(printer, Supplied) else ()
    return {each.name: f"{each.percent} %" for each in supplies if each.percent is not None}


@runtime_checkable
class Learner(Protocol):
    """A ticket printer that asks its unit for its name, and learns what it can say."""

    @property
    def abilities(self) -> Abilities:
        """What the unit present was found able to say."""

    @property
    def unit(self) -> str:
        """Its name in its own words; empty for one that does not tell."""


def of_ticket_printer(
    section: Mapping[str, Any], printer: TicketPrinter, status: PrinterStatus
) -> Finding:
    """``of_printer``, with what is known of the unit: nothing is asked of it here."""
    found = of_printer(Device.TICKET_PRINTER, str(section.get("driver", NONE)), status)
    unit = printer.unit if isinstance(printer, Learner) else ""
    name = ", ".join(filter(None, (place_of_printer(section), unit)))
    return replace(found, name=name, abilities={"dots": printer.width_dots})


def how_it_confirms(printer: TicketPrinter) -> str:
    """``processId``, ``sensor``: for a driver that learns such things of its unit."""
    return str(printer.abilities.confirmation) if isinstance(printer, Learner) else "yes"


# ---------------------------------------------------------------- lamps and inputs


def of_lamps(driver: str, state: DeviceState, reason: str, form: str = "") -> Finding:
    """Whether the pins can be had. Nobody can ask a lamp whether it is lit."""
    match state:
        case DeviceState.NO_DEVICE:
            return not_wanted(Device.LAMPS)
        case DeviceState.ONLINE:
            known = {"form": form} if form else {}
            return Finding(Device.LAMPS, driver, Health.WELL, "pins ready", abilities=known)
    return _gone(Device.LAMPS, driver, "no pins", reason, Condition.OFFLINE)


def of_inputs(driver: str, reports: Sequence[InputReport]) -> Finding:
    """By the reports so far, the newest last."""
    if driver == NONE:
        return not_wanted(Device.INPUTS)
    offline = [report for report in reports if isinstance(report, InputsOnline | InputsOffline)]
    match offline[-1:]:
        case []:
            return _gone(Device.INPUTS, driver, "silent", "Restart the kiosk.", Condition.SILENT)
        case [InputsOffline(reason)]:
            return _gone(Device.INPUTS, driver, "offline", reason, Condition.OFFLINE)
    return _of_lines(driver, _door_is_open(reports), _is_on_mains(reports))


def _of_lines(driver: str, door_open: bool | None, on_mains: bool | None) -> Finding:
    known: dict[str, str] = {}
    if door_open is not None:
        known["door"] = "open" if door_open else "closed"
    if on_mains is not None:
        known["power"] = "mains" if on_mains else "battery"
    if on_mains is False:
        advice = "The mains is gone: the kiosk runs on its battery."
        found = _needs(Device.INPUTS, driver, "online", advice, Condition.ON_BATTERY)
        return replace(found, abilities=known)
    return Finding(Device.INPUTS, driver, Health.WELL, "online", abilities=known)


def _door_is_open(reports: Sequence[InputReport]) -> bool | None:
    doors = [isinstance(r, DoorOpened) for r in reports if isinstance(r, DoorOpened | DoorClosed)]
    return doors[-1] if doors else None


def _is_on_mains(reports: Sequence[InputReport]) -> bool | None:
    powers = [isinstance(r, PowerBack) for r in reports if isinstance(r, PowerBack | PowerLost)]
    return powers[-1] if powers else None
