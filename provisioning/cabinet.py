"""A whole kiosk, its regency and everything between on one machine, without hardware.

``Cabinet(folder)`` lays out keys, certificates, configuration and population under a folder
of its own and starts real pcscd, Mosquitto, CUPS, the regency's server, the controller and
the screen under Xvfb. Everything listens on free ports of the loopback. Used by the demo and
by tests of whole visits.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from firmware.closed_memory import ENVIRONMENT as CLOSED_MEMORY
from firmware.core.seal import DEFAULT_COST
from firmware.core.wire import KdfCost
from hw.virtual.ipp import VirtualPagePrinter
from hw.virtual.ipp_control import PagePrinterControl
from hw.virtual.reader import VirtualReader
from provisioning.display import Display
from provisioning.hands import Hands
from provisioning.layout import Devices, Ports, Regency
from provisioning.population import Card, Population, make_population, write_population
from provisioning.processes import Child, Children, free_ports, port_answers
from regency.model import Officer, Village

EXIT_RESTART = 4  # see docs/configuration.md
PASSPHRASE = "tanda-tangan-contoh"  # noqa: S105 (of signers that exist for a demo only)
_UI_SIZE = (1280, 800)
_UI_DPI = 149
_CABLE_BYTES = 4096  # a cable holds next to nothing: who sends notices what is not taken
_TIME_ZONE = "Asia/Jakarta"  # the village's, whatever the machine's own; by name, for pyHanko


class Cabinet:
    """Use as a context manager, or call ``close`` when done: nothing is left running.

    ``page_printer`` False leaves the page printer out: letters then come out on the roll.
    ``voice`` is how the screen speaks: ``none``, ``espeak``, or ``transcript`` into a file.
    """

    def __init__(
        self,
        folder: Path,
        page_printer: bool = True,
        screen: bool = True,
        seed: int = 1,
        cost: KdfCost = DEFAULT_COST,
        voice: str = "none",
    ) -> None:
        self.folder = folder.resolve()
        self.logs = self.folder / "logs"
        self.regency = Regency(self.folder / "regency")
        self.slips = self.folder / "slips"
        self._with_page_printer = page_printer
        self._with_screen = screen
        self._voice = voice
        self._make = (seed, cost)
        self._children = Children(self.logs)
        self._open = contextlib.ExitStack()
        self._processes: dict[str, Child] = {}
        self.reader: VirtualReader
        self.page_printer: VirtualPagePrinter | None = None
        self.display: Display | None = None
        self.population: Population
        self.printer_port = 0
        self.cable_port = 0
        self.line_port = 0

    # ------------------------------------------------------------ set-up

    def start(self) -> None:
        """Lay everything out and start it; raises StartError naming what did not start."""
        self._open.callback(self._children.stop)
        broker, web = free_ports(2)
        self.ports = Ports(broker, web)
        self.line_port = self._lay_line("line", broker, self.line_control)
        self.regency.create(self.ports)
        self._start_hardware()
        self.start_broker()
        self._populate()
        self.configure(page_printer=self._with_page_printer)
        self.start_regency()
        if self._with_screen:
            self._start_screen()
        self.start_controller()

    def _start_hardware(self) -> None:
        self.reader = self._open.enter_context(VirtualReader(self.folder / "reader"))
        printer = self._run(
            "printer",
            "hw.virtual.printer",
            *("--out", self.slips, "--port", "0", "--control", self.printer_control),
        )
        self.printer_port = int(printer.ready()["port"])
        self.cable_port = self._lay_line(
            "cable", self.printer_port, self.cable_control, "--window", str(_CABLE_BYTES)
        )
        if self._with_page_printer:
            self.page_printer = self._open.enter_context(
                VirtualPagePrinter(self.folder / "page-printer")
            )
            self._open.enter_context(
                PagePrinterControl(self.page_printer, self.page_printer_control)
            )

    def _lay_line(self, name: str, port: int, control: Path, *more: str) -> int:
        """Start a line to a port of the loopback that can be cut; its own port."""
        to = ("--to", f"127.0.0.1:{port}", "--control", control)
        return int(self._run(name, "hw.virtual.line", *to, *more).ready()["port"])

    def _populate(self) -> None:
        seed, cost = self._make
        self.population = make_population(seed, self.regency.site_key, cost)
        seed_file = self.folder / "seed.json"
        write_population(self.population, seed_file, self.folder / "cards.json")
        for village in self.population.seed.villages:
            self.regency.add_signer(village.code, village.head_name, PASSPHRASE)
        loader = self._run("load", "regency", "--config", self.regency.config, "load", seed_file)
        loader.succeed()

    def configure(self, page_printer: bool, **visit: float) -> None:
        """(Re)write the kiosk's configuration, with a page printer or without.

        ``visit`` are keys of [visit]: how patient the kiosk is.
        """
        pages: dict[str, Any] = {"driver": "none"}
        if page_printer and self.page_printer is not None:
            printer = self.page_printer
            pages = {"driver": "cups", "server": printer.server, "queue": printer.queue}
        devices = Devices(
            printer={
                "driver": "escpos",
                "transport": "network",
                "host": "127.0.0.1",
                "port": self.cable_port,
                "width_dots": 576,
                "profile": "default",
            },
            page_printer=pages,
            indicator={"driver": "virtual", "control": str(self.pins_control)},
            inputs={"driver": "virtual", "control": str(self.pins_control)},
            visit=visit,
        )
        village = self.village
        self.kiosk_config = self.regency.add_kiosk(
            self.kiosk,
            f"{village.kind} {village.name}",
            self.folder / "kiosk",
            ("127.0.0.1", self.line_port),
            devices,
            track_url=self.desk_url,
        )

    # ------------------------------------------------------------ programs

    def start_broker(self) -> None:
        """Start the broker between kiosk and regency."""
        broker = self._children.start(
            "mosquitto", [_program("mosquitto"), "-c", self.regency.broker_config]
        )
        self._processes["mosquitto"] = broker
        broker.wait_for(lambda: port_answers(self.ports.broker))

    def start_regency(self) -> None:
        """Start the regency's server."""
        child = self._run("regency", "regency", "--config", self.regency.config, "serve")
        child.ready()

    def start_controller(self) -> None:
        """Start the kiosk's controller."""
        child = self._run(
            "controller",
            "firmware",
            *("--config", self.kiosk_config),
            environment={"PCSCLITE_CSOCK_NAME": str(self.reader.socket), **CLOSED_MEMORY},
        )
        child.first_line()

    def start_workbench(self, manifest: Path) -> str:
        """Start the workbench of ``manifest``; the address of its page."""
        return str(self._run("workbench", "hw.workbench", "--manifest", manifest).ready()["url"])

    def is_up(self, name: str) -> bool:
        """Whether a program runs, by the name of its log."""
        return name in self._processes and self._processes[name].running

    def pid(self, name: str) -> int:
        """The process id of a program, by the name of its log."""
        return self._processes[name].pid

    def exit_code(self, name: str) -> int | None:
        """With what a program that was not stopped has ended; None while it runs."""
        return self._processes[name].exit_code

    def restart_as_ordered(self) -> bool:
        """Start the controller again when it ended because the regency ordered a restart, as
        systemd does on a kiosk. Whether it did.
        """
        if "controller" not in self._processes or self.exit_code("controller") != EXIT_RESTART:
            return False
        self.forget("controller")
        self.start_controller()
        return True

    def stop(self, name: str) -> None:
        """Stop a program by the name of its log: ``controller``, ``regency``, ``ui``."""
        self._children.forget(self._processes.pop(name))

    def forget(self, name: str) -> None:
        """Take no more notice of a program that has ended, if it was there at all."""
        child = self._processes.pop(name, None)
        if child is not None:
            self._children.forget(child)

    def kill(self, name: str) -> None:
        """End a program as a power cut would."""
        self._processes[name].kill()
        self.stop(name)

    def _start_screen(self) -> None:
        self.display = Display(self._children, _UI_SIZE)
        self.display.start()
        self.start_ui()
        self.hands = Hands(self.inspector, self.display)

    def start_ui(self) -> None:
        """Start the program that draws the screen."""
        assert self.display is not None
        inspector = self.inspector
        inspector.unlink(missing_ok=True)  # one that was killed leaves it
        ui = self._run(
            "ui",
            "ui",
            *("--socket", self.folder / "kiosk" / "run" / "ui.sock"),
            *("--size", "{}x{}".format(*_UI_SIZE), "--dpi", str(_UI_DPI), "--inspect", inspector),
            *("--voice", self._voice, "--transcript", self.transcript),
            environment={**self.display.environment, **CLOSED_MEMORY},
        )
        ui.wait_for(inspector.exists)

    def _run(
        self,
        name: str,
        module: str,
        *arguments: str | Path,
        environment: dict[str, str] | None = None,
    ) -> Child:
        child = self._children.start(
            name,
            [sys.executable, "-m", module, *arguments],
            environment={"PYTHONUNBUFFERED": "1", "TZ": _TIME_ZONE, **(environment or {})},
        )
        self._processes[name] = child
        return child

    def last_words(self, characters: int = 1500) -> str:
        """The end of the journal and of every program's log."""
        files = [self.journal, *sorted(self.logs.glob("*")), self.folder / "reader/reader.log"]
        return "\n".join(
            f"-- {file.name}\n{file.read_text(errors='replace')[-characters:]}"
            for file in files
            if file.is_file()
        )

    # ------------------------------------------------------------ who and where

    @property
    def kiosk(self) -> str:
        """The id of the kiosk that stands here: the first village's."""
        return self.population.seed.kiosks[0].id

    @property
    def village(self) -> Village:
        return self.population.seed.villages[0]

    @property
    def cards(self) -> tuple[Card, ...]:
        """Cards of residents whom this kiosk serves."""
        return tuple(card for card in self.population.cards if card.kiosk == self.kiosk)

    def officer(self, role: str) -> Officer:
        """The village's ``officer`` or ``head``."""
        return next(
            one
            for one in self.population.seed.officers
            if one.role == role and one.village == self.village.code
        )

    @property
    def desk_url(self) -> str:
        return f"http://{self.ports.host}:{self.ports.web}"

    @property
    def database(self) -> Path:
        """The regency's database."""
        return self.regency.server / "regency.db"

    @property
    def journal(self) -> Path:
        return self.folder / "kiosk" / "state" / "journal.jsonl"

    @property
    def has_screen(self) -> bool:
        """Whether there is a screen to look at."""
        return self.inspector.exists()

    @property
    def inspector(self) -> Path:
        """Socket at which the screen tells what can be touched."""
        return self.folder / "inspect.sock"

    @property
    def transcript(self) -> Path:
        """What was heard, with the voice ``transcript``. It holds personal data."""
        return self.folder / "heard.jsonl"

    @property
    def printer_control(self) -> Path:
        """Socket of the virtual ticket printer: paper, cover and so on."""
        return self.folder / "printer.sock"

    @property
    def pins_control(self) -> Path:
        """Socket of lamps, door, service button and mains; the controller's while it runs."""
        return self.folder / "pins.sock"

    @property
    def line_control(self) -> Path:
        """Socket of the line between kiosk and broker: cut, silent, slow."""
        return self.folder / "line.sock"

    @property
    def cable_control(self) -> Path:
        """Socket of the ticket printer's cable."""
        return self.folder / "cable.sock"

    @property
    def page_printer_control(self) -> Path:
        """Socket of the page printer, where there is one: tray, toner, power."""
        return self.folder / "page-printer.sock"

    def printed_slips(self) -> list[Path]:
        """Pictures of all slips so far, in order."""
        return sorted(self.slips.glob("slip-*.png"))

    def slip_after(self, count: int) -> Path | None:
        """The newest slip when there are more than ``count``."""
        slips = self.printed_slips()
        return slips[-1] if len(slips) > count else None

    def journal_events(self) -> list[dict[str, Any]]:
        """All that the kiosk's journal tells so far."""
        if not self.journal.exists():
            return []
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    # ------------------------------------------------------------ the end

    def close(self) -> None:
        """Stop everything. Safe to call twice."""
        self._open.close()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _program(name: str) -> str:
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
    found = shutil.which(name, path=path)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed: sh provisioning/test.sh --setup-only")
    return found
