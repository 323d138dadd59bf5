"""A kiosk that starts on what a cut left, and lives on: it settles its books with the regency,
the letter is signed, comes down and is asked for.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from firmware.core import view, wire
from firmware.core.print_job import FINISHED
from firmware.parts import Parts
from firmware.signals import LinkUp, MessageCame, Signal, Stop
from hw.protocols import Line as TextLine
from hw.protocols import Raster, Slip
from hw.virtual.memory_printer import MemoryTicketPrinter
from hw.virtual.memory_reader import MemoryReader
from tests.core.samples import card
from tests.firmware import people
from tests.journeys.kiosk import PATIENCE_SECONDS, Screen
from tests.reliability.delivery import put_back
from tests.reliability.powercut.cabinet import Blueprint, make_controller
from tests.reliability.powercut.disk import Image, lay_out
from tests.reliability.powercut.office import CITIZEN, KIOSK, Moment, Office

_LOOK_SECONDS = 0.004
_FINISHED = ", ".join(f"'{state}'" for state in sorted(FINISHED))
_WAITING = (
    "SELECT (SELECT count(*) FROM outbox WHERE settled = 0 AND dead = '')"
    f" + (SELECT count(*) FROM print_job WHERE state NOT IN ({_FINISHED}))"
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A slip, as far as it matters what it is and whether it says that it is a copy."""

    kind: Literal["ticket", "letter", "service"]
    is_marked: bool


@dataclass(slots=True)
class Aftermath:
    """How it went on. ``trouble``: what kept the kiosk from serving. ``tries``: wrong PINs as
    counted right after the start; ``ticket_jobs``: states of ticket jobs then.
    """

    trouble: str = ""
    tries: int = 0
    ticket_jobs: tuple[str, ...] = ()
    by_itself: tuple[Paper, ...] = ()
    asked_for: tuple[Paper, ...] = ()
    numbers: tuple[str, ...] = ()
    collected: int = 0
    copies: int = 0
    complaints: tuple[str, ...] = ()
    orders: tuple[tuple[str, str], ...] = ()
    settings: bytes = b""
    integrity: str = ""
    events: tuple[dict[str, object] | None, ...] = ()
    """The journal's lines; None for one that cannot be read."""

    @property
    def bugs(self) -> list[str]:
        """Errors that should not be, as the journal tells them."""
        return [str(e["error"]) for e in self.events if e and e["event"] == "controller.bug"]


class _DirectLine:
    """To the regency in the same process; what it says comes as a signal."""

    def __init__(self, database: Path, post: Callable[[Signal], None]) -> None:
        self._post = post
        self.office = Office(database, lambda topic, payload: post(MessageCame(topic, payload)))

    def start(self) -> None:
        self._post(LinkUp())

    def publish(self, kind: str, payload: bytes) -> None:
        self.office.take(wire.up_topic(KIOSK, kind), payload)

    def publish_state(self, payload: bytes) -> None:
        self.office.take(wire.state_topic(KIOSK), payload)

    def close(self) -> None:
        """The office is looked at after the kiosk has stopped."""


def live_on(
    folder: Path, blueprint: Blueprint, image: Image, there: Path, moment: Moment
) -> Aftermath:
    """Start on ``image``, whose files lay under ``there``, with the regency as of ``moment``."""
    config = blueprint.lay_out(folder / "kiosk")
    lay_out(image, there, config.parent)
    put_back(folder / "regency.db", moment.database)
    after = Aftermath()
    made: queue.SimpleQueue[_Made | Exception] = queue.SimpleQueue()
    run = threading.Thread(target=_run, args=(config, folder / "regency.db", made))
    run.start()
    kiosk = made.get(timeout=PATIENCE_SECONDS)
    if isinstance(kiosk, Exception):
        run.join()
        after.trouble = f"it does not start: {type(kiosk).__name__}: {kiosk}"
        return after
    life = _Life(config.parent, kiosk)
    try:
        life.go_on(after)
    except (AssertionError, queue.Empty) as error:
        after.trouble = f"it does not serve: {type(error).__name__} {error}".strip()
    finally:
        life.screen.close()
        kiosk.inbox.put(Stop())
        run.join(PATIENCE_SECONDS)
    life.look_back(after)
    return after


@dataclass(frozen=True, slots=True)
class _Made:
    parts: Parts
    office: Office
    inbox: queue.SimpleQueue[Signal]


def _run(config: Path, database: Path, made: queue.SimpleQueue[_Made | Exception]) -> None:
    """The controller's thread: makes the kiosk and runs it."""
    lines: list[_DirectLine] = []

    def make_line(post: Callable[[Signal], None]) -> _DirectLine:
        lines.append(_DirectLine(database, post))
        return lines[0]

    try:
        controller, parts, inbox = make_controller(config, make_line)
    except Exception as error:  # noqa: BLE001 - the rim: whatever keeps it from starting
        made.put(error)
        return
    made.put(_Made(parts, lines[0].office, inbox))
    controller.run()


class _Life:
    """The citizen, the regency's officer, and who looks into the books."""

    def __init__(self, folder: Path, kiosk: _Made) -> None:
        parts, office = kiosk.parts, kiosk.office
        assert isinstance(parts.reader, MemoryReader) and parts.roll is not None
        printer = parts.roll[0]
        assert isinstance(printer, MemoryTicketPrinter)
        self._reader, self._printer, self._office = parts.reader, printer, office
        self._state = folder / "state"
        self._db = sqlite3.connect(self._state / "kiosk.db", timeout=PATIENCE_SECONDS)
        self.screen = Screen(folder / "run" / "ui.sock")

    def go_on(self, after: Aftermath) -> None:
        """Settle, sign, come again, print."""
        self.screen.await_screen(view.Attract)
        self._settle()
        after.tries = self._number("SELECT coalesce(max(tries), 0) FROM wrong_pin")
        jobs = self._db.execute("SELECT state FROM print_job WHERE kind = 'ticket' ORDER BY id")
        after.ticket_jobs = tuple(row[0] for row in jobs)
        after.by_itself = tuple(map(_paper, self._printer.slips))
        self._office.sign()
        self._settle()
        self._come_again()
        self._settle()
        after.asked_for = tuple(map(_paper, self._printer.slips[len(after.by_itself) :]))

    def _settle(self) -> None:
        """Nothing waits in either direction, and no print is under way."""
        self._await(lambda: not self._number(_WAITING) and not self._office.undelivered())

    def _come_again(self) -> None:
        """The citizen taps, and has every letter printed that is ready."""
        screen = self.screen
        self._reader.insert(card(CITIZEN).uid)
        self._reader.remove()
        screen.await_screen(view.Pin)
        for digit in people.PIN:
            screen.says(view.Digit(int(digit)))
        home = screen.await_screen(view.Home)
        signed = self._office.requests()
        assert {item.request_id for item in home.ready} == set(signed), "a letter is not offered"
        for item in home.ready:
            screen.says(view.PrintLetter(item.request_id))
            screen.await_view(
                lambda s: isinstance(s.screen, view.Collect) and s.screen.print_state == "printed"
            )

    def look_back(self, after: Aftermath) -> None:
        """After the stop: what stands in the books of both."""
        after.integrity = str(self._db.execute("PRAGMA integrity_check").fetchone()[0])
        after.copies = self._number("SELECT coalesce(sum(copies), 0) FROM letter")
        after.numbers = tuple(self._office.numbers())
        after.collected = self._office.collected()
        after.orders = self._office.orders()
        kept = self._db.execute("SELECT payload FROM kept WHERE name = 'settings'").fetchone()
        after.settings = kept[0] if kept else b""
        after.complaints = tuple(self._office.complaints())
        self._db.close()
        self._office.close()
        lines = (self._state / "journal.jsonl").read_bytes().splitlines()
        after.events = tuple(map(read_event, lines))

    def _number(self, query: str) -> int:
        return int(self._db.execute(query).fetchone()[0])

    @staticmethod
    def _await(done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < deadline, "its books are never settled"
            time.sleep(_LOOK_SECONDS)


def _paper(slip: Slip) -> Paper:
    texts = [part.text for part in slip if isinstance(part, TextLine)]
    is_marked = any(text.startswith(("SALINAN", "CETAKAN KE-")) for text in texts)
    if any(isinstance(part, Raster) for part in slip):
        return Paper("letter", is_marked)
    return Paper("ticket" if "BUKTI PERMOHONAN" in texts else "service", is_marked)


def read_event(line: bytes) -> dict[str, object] | None:
    """A line of the journal; None for one that was torn."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
