"""Door switch, service button, UPS line and headphone jack on GPIO pins, by gpiozero.

One thread owns the pins and alone reports. gpiozero's callbacks only put edges in its queue;
once a second the thread reads the levels as well, so that an edge that was missed (or a pin
factory that keeps back what follows the first bounce) is made good.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gpiozero import BadPinFactory, DigitalInputDevice, Factory  # type: ignore[import-untyped]
from gpiozero.exc import GPIOZeroError  # type: ignore[import-untyped]

from hw.inputs.lines import Lines
from hw.protocols import InputReport, InputsOffline, InputsOnline

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
RETRY_SECONDS = 30.0
NO_PINS = "This machine has no GPIO pins that can be used."
_PULLS = {"up": True, "down": False, "none": None}


@dataclass(frozen=True, slots=True)
class Line:
    """A BCM pin; ``active_high``: the level that means open, pressed or mains lost.
    ``pull``: up, down or none, for the pin's own resistor.
    """

    pin: int
    active_high: bool
    pull: str


@dataclass(frozen=True, slots=True)
class Wiring:
    """The lines that are there, by the names of ``hw.inputs.lines``, and how patient they are."""

    lines: Mapping[str, Line]
    bounce_seconds: float = 0.05
    hold_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class _Edge:
    at: float
    line: str
    level: bool


class GpioInputs:
    """The cabinet's inputs. ``factory`` None: the machine's own pins."""

    def __init__(self, wiring: Wiring, factory: Factory | None = None) -> None:
        self._wiring = wiring
        self._factory = factory
        self._edges: queue.SimpleQueue[_Edge | None] = queue.SimpleQueue()
        self._pins: dict[str, DigitalInputDevice] = {}
        self._thread: threading.Thread | None = None
        self._was_online = False

    def start(self, report: Callable[[InputReport], None]) -> None:
        """See ``CabinetInputs``."""
        self._thread = threading.Thread(
            target=self._run, args=(report,), name="inputs", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """See ``CabinetInputs``."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._edges.put(None)
            thread.join()

    # ------------------------------------------------------------ inside the thread

    def _run(self, report: Callable[[InputReport], None]) -> None:
        """Until closed. Pins that failed are tried again; that they fail is told once."""
        told = ""
        while (reason := self._watch_pins(report)) is not None:
            if not told or self._was_online:
                report(InputsOffline(reason))
            told = reason
            if reason == NO_PINS or self._is_closed_within(RETRY_SECONDS):
                return

    def _watch_pins(self, report: Callable[[InputReport], None]) -> str | None:
        """None once they are closed in good order; else why the pins cannot be used."""
        self._was_online = False
        try:
            self._open()
            self._watch(report)
        except BadPinFactory:
            return NO_PINS
        except GPIOZeroError as error:
            return f"The pins of door, button and UPS cannot be used: {error}."
        except Exception as error:  # the thread's rim: pin libraries raise errors of their own
            log.warning("the inputs failed", exc_info=True)
            return f"The pins of door, button and UPS failed: {error!r}."
        finally:
            for pin in self._pins.values():
                pin.close()
            self._pins.clear()
        return None

    def _is_closed_within(self, seconds: float) -> bool:
        """Wait so long; edges of pins that failed meanwhile are of no use."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                if self._edges.get(timeout=left) is None:
                    return True
            except queue.Empty:
                break
        return False

    def _open(self) -> None:
        for name, line in self._wiring.lines.items():
            pull = _PULLS[line.pull]
            self._pins[name] = pin = DigitalInputDevice(
                line.pin,
                pull_up=pull,
                active_state=line.active_high if pull is None else None,
                pin_factory=self._factory,
            )
            pin.when_activated = self._edge_of(name, True)
            pin.when_deactivated = self._edge_of(name, False)

    def _edge_of(self, name: str, active: bool) -> Callable[[], None]:
        level = self._means(name, active)

        def put() -> None:
            self._edges.put(_Edge(time.monotonic(), name, level))

        return put

    def _means(self, name: str, active: bool) -> bool:
        """gpiozero calls a pulled-up pin active when it is low; the wiring may not."""
        line = self._wiring.lines[name]
        if line.pull == "none":
            return active
        is_high = active == (line.pull == "down")
        return is_high == line.active_high

    def _levels(self) -> dict[str, bool]:
        return {name: self._means(name, bool(pin.is_active)) for name, pin in self._pins.items()}

    def _watch(self, report: Callable[[InputReport], None]) -> None:
        wiring = self._wiring
        lines = Lines(self._levels(), wiring.bounce_seconds, wiring.hold_seconds)
        self._was_online = True
        report(InputsOnline())
        _pass_on(lines.standing(), report)
        while True:
            now = time.monotonic()
            wait = min(max(lines.next_at() - now, 0.0), LOOK_SECONDS)
            try:
                edge: Any = self._edges.get(timeout=wait)
            except queue.Empty:
                self._look(lines, report)
                continue
            if edge is None:
                return
            _pass_on(lines.edge(edge.at, edge.line, edge.level), report)

    def _look(self, lines: Lines, report: Callable[[InputReport], None]) -> None:
        """No edge has come: what the pins say now is how it stands."""
        levels, now = self._levels(), time.monotonic()
        if not self._edges.empty():
            return  # one came meanwhile; it knows its time better
        for name, level in levels.items():
            _pass_on(lines.edge(now, name, level), report)
        _pass_on(lines.pass_time(now), report)


def _pass_on(reports: Iterable[InputReport], report: Callable[[InputReport], None]) -> None:
    for one in reports:
        report(one)
