"""The parts of a kiosk, made from its configuration, started and closed together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from typing import Any

from firmware.config import KioskConfig, KioskSection, Sections
from firmware.core import wire
from firmware.core.errors import ConfigurationError
from firmware.journal import Journal
from firmware.link import Link
from firmware.print_key import PrintKey
from firmware.printers import PrinterThread
from firmware.screen import ScreenServer
from firmware.signals import CardReported, InputReported, Signal
from firmware.store import Store
from firmware.tuning import Tuning
from firmware.unit_memory import Rememberer, UnitMemory
from firmware.worker import Worker
from hw import registry
from hw.protocols import CabinetInputs, CardReader, Indicator, PagePrinter, TicketPrinter

_LAST_JOB_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that the controller works with."""

    kiosk: KioskSection
    sections: Sections
    version: str
    tuning: Tuning
    command_key: bytes | None
    backlog_seconds: float
    keys: tuple[bytes, bytes]
    store: Store
    journal: Journal
    print_key: PrintKey
    worker: Worker
    screen: ScreenServer
    link: Link
    reader: CardReader
    roll: tuple[TicketPrinter, PrinterThread] | None
    page: tuple[PagePrinter, PrinterThread] | None
    indicator: Indicator
    inputs: CabinetInputs
    ups_seconds: float

    def start(self, post: Callable[[Signal], None]) -> None:
        """Start every thread."""
        self.worker.start()
        self.screen.start()
        for owner in (self.roll, self.page):
            if owner is not None:
                owner[1].start()
        self.reader.start(lambda report: post(CardReported(report)))
        self.inputs.start(lambda report: post(InputReported(report)))
        self.link.start()

    def printer_closers(self) -> tuple[Callable[[], None], ...]:
        """One for each printer: it lets the job at hand finish, and closes the printer."""
        owners = (owner for owner in (self.roll, self.page) if owner is not None)
        return tuple(partial(_close_printer, *owner) for owner in owners)

    def closers(self) -> tuple[Callable[[], None], ...]:
        """They close everything else."""
        parts = self.reader, self.inputs, self.worker, self.screen, self.link, self.indicator
        return tuple(part.close for part in parts)


def _close_printer(printer: TicketPrinter | PagePrinter, thread: PrinterThread) -> None:
    """A printer whose thread is still in a job is left to it: closed in mid-write, its descriptor's
    number may be another file's by the next one. The process ends soon, and the thread with it.
    """
    if thread.close(_LAST_JOB_SECONDS):
        printer.close()


def assemble(
    config: KioskConfig, store: Store, journal: Journal, post: Callable[[Signal], None]
) -> Parts:
    """Make the parts; raises ConfigurationError for what cannot be made."""
    sections = config.sections
    try:
        reader = registry.make_card_reader(_placed(config, sections.card))
        roll = registry.make_ticket_printer(sections.printer)
        page = registry.make_page_printer(sections.page_printer, sections.kiosk.id)
        indicator = registry.make_indicator(_placed(config, sections.indicator))
        inputs = registry.make_inputs(_placed(config, sections.inputs))
        registry.refuse_shared_pins(sections.indicator, sections.inputs)
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    runtime = config.path(sections.kiosk.runtime_dir)
    version = metadata.version("anjungan")
    will = wire.StateUp(online=False, boot=store.counter("boot") + 1, firmware=version)
    link = sections.link
    return Parts(
        kiosk=sections.kiosk,
        sections=sections,
        version=version,
        tuning=Tuning(config, store.orders, journal),
        command_key=config.command_key,
        backlog_seconds=link.backlog_seconds,
        keys=(config.site_key, config.regency_key),
        store=store,
        journal=journal,
        print_key=PrintKey(runtime / "print.key"),
        worker=Worker(post),
        screen=ScreenServer(config.path(sections.ui.socket), post),
        link=Link(
            sections.kiosk.id,
            (link.host, link.port),
            (config.path(link.ca), config.path(link.certificate), config.path(link.key)),
            wire.encode(will),
            post,
            link.protocol,
        ),
        reader=reader,
        roll=(roll, _roll_thread(roll, store, post)) if roll else None,
        page=(page, PrinterThread("page", page.status, post)) if page else None,
        indicator=indicator,
        inputs=inputs,
        ups_seconds=registry.ups_seconds(sections.inputs),
    )


def _placed(config: KioskConfig, section: dict[str, Any]) -> dict[str, Any]:
    """A device's table with the path of its control socket made whole."""
    control = section.get("control")
    return (
        {**section, "control": str(config.path(control))} if isinstance(control, str) else section
    )


def _roll_thread(
    roll: TicketPrinter, store: Store, post: Callable[[Signal], None]
) -> PrinterThread:
    """The ticket printer's thread; what its unit was found able to say is kept in the store."""
    if not isinstance(roll, Rememberer):
        return PrinterThread("roll", roll.status, post)
    memory = UnitMemory(store.prints.abilities(), post)
    roll.recall_with(memory.recall)
    return PrinterThread("roll", roll.status, post, lambda: memory.see(roll))
