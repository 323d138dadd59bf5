"""What a technician is told: the self-test's findings, from inside the controller, and the kiosk's
own figures. No device is opened a second time: what its owner knows is told, and printers are
asked through their own threads. Nothing here is of a citizen. Used by the controller's thread
alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from firmware.core import wire
from firmware.core.commands import (
    Command,
    Diagnose,
    Examine,
    PrintStatusSlip,
    PrintTestSlip,
    RenewRoll,
    SetServiceMode,
)
from firmware.core.events import Diagnosed, Event, Examined, RollRenewed, ServiceModeSet
from firmware.core.paper import tickets_left
from firmware.core.state import Service
from firmware.core.status_slip import status_slip
from firmware.core.view import DeviceLine, Known, Say
from firmware.diagnosis import diagnosis_of
from firmware.parts import Parts
from firmware.print_room import PAGE, ROLL
from firmware.printing import Printing
from firmware.technician_words import in_words, not_answered
from hw.findings import (
    Device,
    Finding,
    abilities_of,
    how_it_confirms,
    not_wanted,
    of_inputs,
    of_lamps,
    of_printer,
    of_reader,
    of_ticket_printer,
    place_of_page_printer,
)
from hw.protocols import (
    DOTS_PER_MM,
    CardReport,
    DoorClosed,
    DoorOpened,
    InputReport,
    InputsOffline,
    InputsOnline,
    Paper,
    PowerBack,
    PowerLost,
    PrinterBlocked,
    PrinterStatus,
    ReaderOffline,
    ReaderOnline,
)
from hw.registry import NONE
from hw.trial_slip import trial_slip

STATUS_SLIP = "status-slip"
_GIGABYTE = 1_000_000_000
_STANDING = (InputsOnline | InputsOffline, DoorOpened | DoorClosed, PowerBack | PowerLost)
"""Reports of inputs that say how something stands: of each group the last one holds."""


class ServiceDesk:
    """Knows how the devices are from what their owners report. ``tell`` passes an event to the
    session; ``is_linked`` says whether the regency can be reached; ``renewed`` hears that the
    kiosk's settings are others now.
    """

    def __init__(
        self,
        parts: Parts,
        printing: Printing,
        tell: Callable[[Event], None],
        is_linked: Callable[[], bool],
        clock: Callable[[], datetime] = datetime.now,
        renewed: Callable[[], None] = lambda: None,
    ) -> None:
        self._parts = parts
        self._printing = printing
        self._tell = tell
        self._is_linked = is_linked
        self._clock = clock
        self._renewed = renewed
        self._started_at = time.monotonic()
        self._reader: ReaderOnline | ReaderOffline | None = None
        self._inputs: dict[int, InputReport] = {}
        self._asked: set[str] = set()

    # ------------------------------------------------------------ what owners report

    def hear_card(self, report: CardReport) -> None:
        """The card reader's thread reported; of cards nothing is kept."""
        if isinstance(report, ReaderOnline | ReaderOffline):
            self._reader = report

    def hear_input(self, report: InputReport) -> None:
        """The inputs' thread reported."""
        for number, group in enumerate(_STANDING):
            if isinstance(report, group):
                self._inputs[number] = report

    def hear_printer(self, medium: str) -> None:
        """A printer's thread told its status: what was asked of it is answered."""
        self._asked.discard(medium)

    # ------------------------------------------------------------ what a technician asks

    def serve(self, command: Command) -> None:
        """Carry out what a technician's visit asked for."""
        match command:
            case Examine(service):
                self._ask_printers()
                self._tell(self._examined(service))
            case Diagnose(service):
                self._tell(Diagnosed(service, *diagnosis_of(self._parts)))
            case SetServiceMode(on):
                self._set_service_mode(on)
            case PrintTestSlip(name):
                self._print_test_slip(name)
            case PrintStatusSlip():
                slip = status_slip(tuple(self._facts()), self.devices())
                self._printing.print_service(STATUS_SLIP, slip)
            case RenewRoll(service):
                self._printing.renew_roll()
                self._parts.journal.write("service.roll")
                self._tell(RollRenewed(service, done=True))

    def keep_told(self, service: Service | None) -> None:
        """While a technician is here, what changes is told at once."""
        if service is None:
            return
        now = self._examined(service.number)
        if (now.devices, now.facts) != (service.devices, service.facts):
            self._tell(now)

    def _ask_printers(self) -> None:
        """Ask at once; until they answer they are told as asked. All else reports by itself."""
        for medium, owner in ((ROLL, self._parts.roll), (PAGE, self._parts.page)):
            if owner is not None:
                self._asked.add(medium)
                owner[1].ask()

    def _examined(self, service: int) -> Examined:
        return Examined(service, tuple(self._devices()), tuple(self._facts()))

    def _set_service_mode(self, on: bool) -> None:
        """For good, as if the regency had ordered it; its next order holds again."""
        tuning = self._parts.tuning
        self._parts.store.orders.keep(tuning.plan_service_mode(on))
        tuning.take_up()
        self._parts.journal.write("service.mode", on=on)
        self._tell(ServiceModeSet(on))
        self._renewed()

    def _print_test_slip(self, name: str) -> None:
        """A scale over the whole width, and which printer this is."""
        roll = self._parts.roll
        width = roll[0].width_dots if roll is not None else 0
        lines = (
            f"{self._clock():%d-%m-%Y %H.%M}  {self._parts.kiosk.id}",
            self._unit(),
            f"{width} titik, {width // DOTS_PER_MM} mm:",
        )
        self._printing.print_service(name, trial_slip("Slip uji", lines, width))

    # ------------------------------------------------------------ devices

    def devices(self) -> tuple[DeviceLine, ...]:
        """How every device is, as far as its owner knows now."""
        return tuple(self._devices())

    def _devices(self) -> Iterator[DeviceLine]:
        sections = self._parts.sections
        yield in_words(self._of_reader(_driver(sections.card)))
        for device, medium in ((Device.TICKET_PRINTER, ROLL), (Device.PAGE_PRINTER, PAGE)):
            status = self._printing.status.get(medium)
            if self._is_silent(medium, status):
                yield not_answered(device)
            else:
                yield in_words(self._of_printer(device, status))
        lamps = self._parts.indicator
        form = str(sections.indicator.get("form", ""))
        yield in_words(of_lamps(_driver(sections.indicator), lamps.state, lamps.reason, form))
        yield in_words(of_inputs(_driver(sections.inputs), list(self._inputs.values())))

    def _of_reader(self, driver: str) -> Finding:
        found = of_reader(driver, self._reader)
        return replace(found, abilities=abilities_of(self._parts.reader))

    def _is_silent(self, medium: str, status: PrinterStatus | None) -> bool:
        owner = self._parts.roll if medium == ROLL else self._parts.page
        return medium in self._asked or (owner is not None and status is None)

    def _of_printer(self, device: Device, status: PrinterStatus | None) -> Finding:
        sections, roll = self._parts.sections, self._parts.roll
        if status is None:
            return not_wanted(device)
        if device is Device.TICKET_PRINTER and roll is not None:
            found = of_ticket_printer(sections.printer, roll[0], status)
            known = {**found.abilities, "confirms": how_it_confirms(roll[0])}
            return replace(found, abilities=known)
        found = of_printer(device, _driver(sections.page_printer), status)
        return replace(found, name=place_of_page_printer(sections.page_printer))

    def _unit(self) -> str:
        status = self._printing.status.get(ROLL)
        return self._of_printer(Device.TICKET_PRINTER, status).name

    # ------------------------------------------------------------ figures

    def _facts(self) -> Iterator[Known]:
        parts, store = self._parts, self._parts.store
        now, linked = self._clock().astimezone(), self._is_linked()
        yield Known(Say("Anjungan"), parts.kiosk.id)
        yield Known(Say("Tempat"), parts.kiosk.place)
        yield Known(Say("Waktu"), f"{now:%d-%m-%Y %H.%M}")
        yield Known(Say("Versi"), _version(parts.version))
        yield Known(Say("Menyala"), self._running())
        if parts.tuning.in_service_mode:
            yield Known(Say("Layanan"), Say("ditutup sementara"))
        yield Known(Say("Sambungan"), Say("tersambung") if linked else Say("terputus"))
        yield Known(Say("Antrean kirim"), self._queue(now))
        yield Known(Say("Terkirim terakhir"), self._delivered())
        if parts.roll is not None:
            yield Known(Say("Sisa kertas"), self._paper())
        yield Known(Say("Ruang simpan"), _free(store.free_bytes()))

    def _running(self) -> Say:
        times = str(self._parts.store.counter("boot"))
        span = _span(time.monotonic() - self._started_at)
        return Say("kali ke-{times}, {span}", {"times": times, "span": span})

    def _paper(self) -> Say:
        status = self._printing.status.get(ROLL)
        if isinstance(status, PrinterBlocked) and status.paper is Paper.OUT:
            return Say("habis")
        left = tickets_left(self._parts.store.prints.roll())
        return Say("kira-kira {n} tiket", {"n": str(left)})

    def _queue(self, now: datetime) -> Say:
        length, oldest = self._parts.store.queue()
        if not length:
            return Say("kosong")
        age = max(0.0, (now - datetime.fromisoformat(oldest)).total_seconds())
        return Say("{length}, tertua {span}", {"length": str(length), "span": _span(age)})

    def _delivered(self) -> Say | str:
        at = self._parts.store.delivered_at()
        if not at:
            return Say("belum pernah")
        return f"{datetime.fromtimestamp(at).astimezone():%d-%m-%Y %H.%M}"


def _driver(section: dict[str, Any]) -> str:
    return str(section.get("driver", NONE))


def _version(software: str) -> Say:
    return Say("{software} (protokol {wire})", {"software": software, "wire": str(wire.VERSION)})


def _free(size: float) -> Say:
    return Say("{size} GB kosong", {"size": f"{size / _GIGABYTE:.1f}".replace(".", ",")})


def _span(seconds: float) -> Say:
    """A duration in the largest unit that fits."""
    if seconds >= 86400:
        return Say("{n} hari", {"n": str(int(seconds // 86400))})
    if seconds >= 3600:
        return Say("{n} jam", {"n": str(int(seconds // 3600))})
    if seconds >= 60:
        return Say("{n} menit", {"n": str(int(seconds // 60))})
    return Say("kurang dari semenit")
