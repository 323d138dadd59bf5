"""Readings to a heartbeat: what a technician sees from afar. Plain words of CEN XFS4IoT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from firmware.core.paper import tickets_left
from firmware.core.wire import Heartbeat
from firmware.inputs import InputReadings
from firmware.printer_words import describe_status
from firmware.store import Store
from hw.protocols import DeviceState, Paper, PrinterStatus


@dataclass(frozen=True, slots=True)
class Readings:
    """What the controller knows without asking anyone."""

    kiosk: str
    at: str
    uptime_seconds: int
    reader_online: bool
    printers: Mapping[str, PrinterStatus]
    indicator: DeviceState
    inputs: InputReadings
    version: str
    clock_offset: int | None = None
    in_service_mode: bool = False
    catalogue: int = 0


def heartbeat(readings: Readings, store: Store, now: datetime) -> Heartbeat:
    """The heartbeat for these readings and what the store counts."""
    length, oldest = store.queue()
    roll, unit = store.prints.roll(), store.prints.unit()
    ticket, paper = _words(readings.printers.get("roll"))
    page, _ = _words(readings.printers.get("page"))
    return Heartbeat(
        kiosk=readings.kiosk,
        at=readings.at,
        boot=store.counter("boot"),
        uptime_seconds=readings.uptime_seconds,
        reader="online" if readings.reader_online else "offline",
        ticket_printer=ticket,
        ticket_paper=paper,
        page_printer=page,
        queue_length=length,
        queue_oldest_seconds=_age_seconds(oldest, now),
        visits=store.counter("visits"),
        firmware=readings.version,
        indicator=readings.indicator.value,
        inputs=readings.inputs.state.value,
        cabinet_door=readings.inputs.door,
        power=readings.inputs.power,
        door_openings=store.counter("doors"),
        power_cuts=store.counter("power_cuts"),
        clock="untold" if readings.clock_offset is None else "told",
        clock_offset_seconds=readings.clock_offset or 0,
        service_mode=readings.in_service_mode,
        catalogue=readings.catalogue,
        roll_used_mm=roll.used_mm,
        tickets_left=tickets_left(roll),
        roll_cuts=roll.cuts,
        ticket_printer_unit=unit.unit,
        ticket_printer_used_mm=unit.used_mm,
        ticket_printer_cuts=unit.cuts,
        ticket_printer_exercise=unit.exercise,
        ticket_printer_exercised_at=unit.exercised_at,
        ticket_printer_idle_seconds=_age_seconds(unit.last_print_at or unit.first_seen_at, now),
    )


def _words(status: PrinterStatus | None) -> tuple[str, str]:
    if status is None:
        return "noDevice", Paper.UNKNOWN.value
    words, paper, _ = describe_status(status)
    return words, paper.value


def _age_seconds(oldest: str, now: datetime) -> int:
    """Seconds since ``oldest``; a clock that was put back gives 0, never a negative age."""
    if not oldest:
        return 0
    return max(0, round((now - datetime.fromisoformat(oldest)).total_seconds()))
