"""One whole visit of a real kiosk, recorded: first start, a wrong PIN, a request, its ticket, a
clean restart, the signed letter coming down, the letter printed and told.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from firmware.core import view
from firmware.core.print_job import FINISHED
from hw.virtual.printer import VirtualPrinter
from tests.core.samples import card
from tests.faults.card_bench import await_true
from tests.firmware import people
from tests.journeys.kiosk import Screen
from tests.journeys.test_killed_at_any_time import on
from tests.reliability.delivery import put_back
from tests.reliability.powercut.cabinet import Blueprint
from tests.reliability.powercut.checks import Promises
from tests.reliability.powercut.disk import Disk, Image, lay_out, read_in
from tests.reliability.powercut.life import read_event
from tests.reliability.powercut.office import CITIZEN, Moment, Office
from tests.reliability.powercut.recording import (
    Operation,
    compile_recorder,
    read_log,
    watch,
)

ORDER_SECONDS = 60.0
WRONG_PIN = "135791"
SHOP = "Warung Contoh Sari"
PURPOSE = "Pengajuan pinjaman contoh"
ORDERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("settings come down", "config", {"values": {"link.heartbeat_seconds": 120}}),
    ("a slip is ordered", "status-slip", {}),
)
"""Stage, order and its arguments."""


@dataclass(frozen=True, slots=True, repr=False)
class Recording:
    """What was recorded. ``folder`` is the kiosk's; ``begin`` and ``end`` what lay in it then;
    ``promised`` is what had been promised before it began.
    """

    folder: Path
    begin: Disk
    promised: Promises
    operations: list[Operation]
    moments: list[Moment]
    end: Image
    claim_code: str


@dataclass(frozen=True, slots=True, repr=False)
class FirstCut:
    """What a first cut left. The files of ``disk`` and ``image`` lie where they will now."""

    disk: Disk
    image: Image
    promises: Promises
    moment: Moment
    claim_code: str


class _Kiosk:
    """The recorded kiosk's process, and the hands of those who stand before it."""

    def __init__(self, stage: _Stage) -> None:
        program = [sys.executable, "-m", "tests.reliability.powercut.recorded"]
        self._process = subprocess.Popen(
            [*program, stage.config, stage.folder / "line.sock"],
            env={**os.environ, **stage.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._await("up")
        self.screen = Screen(stage.config.parent / "run" / "ui.sock")

    def order(self, text: str) -> None:
        """Returns when it is done."""
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        self._await("ok")

    def stop(self) -> None:
        """In good order."""
        self.order("stop")
        self._process.wait(ORDER_SECONDS)
        self.screen.close()

    def kill(self) -> None:
        """If it still runs."""
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line.strip())
        self._answers.put("gone")

    def _await(self, answer: str) -> None:
        assert self._answers.get(timeout=ORDER_SECONDS) == answer

    # ------------------------------------------------------------ hands

    def tap(self) -> None:
        self.screen.await_screen(view.Attract)
        self.order(f"insert {card(CITIZEN).uid.hex()}")
        self.order("remove")
        self.screen.await_screen(view.Pin)

    def type_pin(self, pin: str) -> None:
        for digit in pin:
            self.screen.says(view.Digit(int(digit)))

    def fill_in(self) -> None:
        screen = self.screen
        screen.says(view.NewLetter())
        screen.await_screen(view.LetterList)
        screen.says(view.ChooseLetter("keterangan-usaha"))
        for name, value in (("nama_usaha", SHOP), ("keperluan", PURPOSE)):
            screen.await_view(lambda state, name=name: on(state, name))  # type: ignore[misc]
            screen.says(view.Answer(name, value))
            screen.says(view.Next())
        screen.await_screen(view.Review)

    def await_ticket(self) -> None:
        self.screen.await_view(
            lambda s: (
                isinstance(s.screen, view.Ticket)
                and s.screen.print_state == "printed"
                and s.screen.delivered
            )
        )

    def print_letter(self) -> None:
        home = self.screen.await_view(
            lambda s: isinstance(s.screen, view.Home) and bool(s.screen.ready)
        )
        assert isinstance(home.screen, view.Home)
        self.screen.says(view.PrintLetter(home.screen.ready[0].request_id))
        self.screen.await_view(
            lambda s: isinstance(s.screen, view.Collect) and s.screen.print_state == "printed"
        )

    def finish(self) -> None:
        self.screen.says(view.Finish())
        self.screen.await_screen(view.Attract)


class _Wire:
    """The regency's end of the line's socket."""

    def __init__(self, path: Path, database: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self._peer: socket.socket | None = None
        self.office = Office(database, self._send)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                self._peer, _ = self._listener.accept()
            except OSError:
                return  # closed
            with contextlib.suppress(ConnectionError):  # as a kiosk ends
                self._hear(self._peer)

    def _hear(self, peer: socket.socket) -> None:
        for line in peer.makefile("rb"):
            topic, _, payload = line.rstrip(b"\n").partition(b" ")
            self.office.take(topic.decode(), payload)

    def _send(self, topic: str, payload: bytes) -> None:
        assert self._peer is not None
        with contextlib.suppress(OSError):  # it has just stopped: the regency sends again
            self._peer.sendall(topic.encode() + b" " + payload + b"\n")

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.office.close()


def record(folder: Path, blueprint: Blueprint) -> Recording:
    """Play the visit once. ``folder`` has a short path (it holds sockets)."""
    with _Stage(folder, blueprint) as stage:
        stage.wire.office.open()
        stage.wire.office.keep_moments()
        claim_code = _play(stage)
    return stage.recording("first start", Disk({}), Promises(), claim_code)


def record_restart(folder: Path, blueprint: Blueprint, first: FirstCut) -> Recording:
    """Start a kiosk again on what a first cut left, until its books are settled."""
    promised = replace(first.promises, messages=0, surely=0, acts=0)
    put_back(folder / "regency.db", first.moment.database)
    with _Stage(folder, blueprint) as stage:
        lay_out(first.image, stage.config.parent, stage.config.parent)
        stage.wire.office.keep_moments()
        kiosk = _Kiosk(stage)
        try:
            kiosk.screen.await_screen(view.Attract)
            await_true(lambda: _is_settled(stage.config.parent / "state" / "journal.jsonl"))
            _until_delivered(stage.wire.office)
            kiosk.order("mark stage stopped again")
            kiosk.stop()
        finally:
            kiosk.kill()
    return stage.recording("started again", first.disk, promised, first.claim_code)


class _Stage:
    """Printer, line and regency around a kiosk's folder, and the recorder."""

    def __init__(self, folder: Path, blueprint: Blueprint) -> None:
        self.folder = folder
        library = compile_recorder(folder)
        self._log = folder / "operations.log"
        self._printer = VirtualPrinter(folder / "slips")
        self._printer.start()
        address = {"driver": "escpos", "host": "127.0.0.1", "port": self._printer.port}
        self.config = blueprint.lay_out(folder / "kiosk", address)
        sockets = {
            "printer": self._printer.port,
            "screen": self.config.parent / "run" / "ui.sock",
            "line": folder / "line.sock",
        }
        self._watched = [self.config.parent / name for name in ("state", "run")]
        self.environment = watch(library, self._log, self._watched, sockets)
        self.wire = _Wire(folder / "line.sock", folder / "regency.db")

    def __enter__(self) -> _Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close()
        self._printer.stop()

    def recording(self, stage: str, begin: Disk, promised: Promises, claim_code: str) -> Recording:
        """What there was, once all is over."""
        end = {path: data for part in self._watched for path, data in read_in(part).items()}
        operations, moments = read_log(self._log, stage), self.wire.office.moments
        return Recording(self.config.parent, begin, promised, operations, moments, end, claim_code)


def _play(stage: _Stage) -> str:
    """Both visits; the claim code that the ticket shows."""
    shown: list[view.ViewState] = []
    for visit, last in ((_first_visit, "restart"), (_second_visit, "stop")):
        kiosk = _Kiosk(stage)
        try:
            visit(kiosk, stage.wire.office)
            kiosk.order(f"mark stage {last}")
            kiosk.stop()
            shown += kiosk.screen.all
        finally:
            kiosk.kill()
    return next(s.screen.claim_code for s in shown if isinstance(s.screen, view.Ticket))


def _first_visit(kiosk: _Kiosk, office: Office) -> None:
    _until_delivered(office)
    kiosk.order("mark stage tap")
    kiosk.tap()
    kiosk.order("mark stage wrong PIN")
    kiosk.type_pin(WRONG_PIN)
    kiosk.screen.await_view(lambda s: isinstance(s.screen, view.Pin) and bool(s.screen.message))
    kiosk.order("mark stage right PIN")
    kiosk.type_pin(people.PIN)
    kiosk.screen.await_screen(view.Home)
    kiosk.order("mark stage form")
    kiosk.fill_in()
    kiosk.order("mark stage send and ticket")
    kiosk.screen.says(view.Next())
    kiosk.await_ticket()
    kiosk.order("mark stage leave")
    kiosk.finish()


def _second_visit(kiosk: _Kiosk, office: Office) -> None:
    kiosk.screen.await_screen(view.Attract)
    kiosk.order("mark stage letter comes down")
    kiosk.order("mark acted")
    office.sign()
    _until_delivered(office)
    kiosk.order("mark stage second tap")
    kiosk.tap()
    kiosk.type_pin(people.PIN)
    kiosk.screen.await_screen(view.Home)
    kiosk.order("mark stage letter is printed")
    kiosk.print_letter()
    await_true(lambda: office.collected() == 1)
    kiosk.order("mark stage leave again")
    kiosk.finish()
    for stage, name, args in ORDERS:
        kiosk.order(f"mark stage {stage}")
        kiosk.order("mark acted")
        office.give(name, args)
        _until_delivered(office)


def _until_delivered(office: Office) -> None:
    await_true(lambda: office.undelivered() == 0)


def _is_settled(journal: Path) -> bool:
    """Whether the kiosk is linked since it started, and no print is under way: a ticket that is
    owed again is begun before that.
    """
    events = [event for line in journal.read_bytes().splitlines() if (event := read_event(line))]
    names = [event["event"] for event in events]
    started = max((at for at, name in enumerate(names) if name == "controller.started"), default=-1)
    if started < 0 or "link.changed" not in names[started:]:
        return False
    jobs = {e["job"]: e["state"] for e in events[started:] if e["event"] == "print.job"}
    return set(jobs.values()) <= FINISHED
