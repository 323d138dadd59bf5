"""A kiosk whose printer's cable can be meddled with, and a citizen who prints at it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware.core import view
from firmware.store import Store
from provisioning.layout import Devices
from tests.faults.meddler import Meddler, Place
from tests.faults.slips import LETTER_ROLL, Paper, read
from tests.firmware import people
from tests.journeys.kiosk import PATIENCE_SECONDS, Kiosk
from tests.journeys.test_killed_at_any_time import VISIT, play, press

BEFORE_TICKET = VISIT[1 : [name for name, _ in VISIT].index("send") + 1]
BEFORE_LETTER = VISIT[1:2]
_AT_REST = view.Attract | view.Goodbye
MENDED: list[dict[str, Any]] = [
    {"power": "on"},
    {"cutter": "well", "jams_at_cut": False, "heat": "well", "broken": False, "cover": "open"},
    {"cover": "closed", "online": True, "mute": False, "answers": "processId", "paper": "full"},
]
"""A person who opens the cover, clears what is in the way, and closes it."""


@dataclass(frozen=True)
class Shown:
    """What the screen says of a print."""

    state: str
    message: str = ""


class PrintBench(Kiosk):
    """The real controller, the virtual printer, and the cable between them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.cable = Meddler(lambda: self.printer.port)
        self._letters = 0
        self._slips_before: set[Path] = set()

    def devices(self) -> Devices:
        return Devices(printer={"driver": "escpos", "host": "127.0.0.1", "port": self.cable.port})

    # ------------------------------------------------------------ before and after

    def begin(self) -> None:
        """Nobody here, the printer in order, no paper hanging out of it."""
        assert self.screen is not None
        self.mend()
        self.screen.await_view(lambda s: isinstance(s.screen, _AT_REST) and s.lights.printer)
        self.until(lambda: "well" if self._last_status() == ("online", "full") else None)
        self.printer.control({"tear": True})
        self._slips_before = set(self.printer.slips)

    def mend(self) -> None:
        """Everything is in order again."""
        self.cable.well()
        for request in MENDED:
            self.printer.control(request)

    def leave(self) -> None:
        """The citizen goes, if one is there."""
        assert self.screen is not None
        self.screen.says(view.Finish())
        self.screen.await_view(lambda s: isinstance(s.screen, _AT_REST))

    def paper(self) -> Paper:
        """What came out since ``begin``."""
        self.printer.control({"tear": True})
        return read(sorted(set(self.printer.slips) - self._slips_before))

    def meanwhile(self, place: Place, do: Callable[[], None]) -> None:
        """``do`` it when the next job comes to ``place``."""
        self.cable.at(place, do)

    def pause_at(self, place: Place) -> tuple[threading.Event, threading.Event]:
        """The job stops at ``place``: the first event tells so, the second lets it go on."""
        reached, go_on = threading.Event(), threading.Event()

        def wait() -> None:
            reached.set()
            go_on.wait(PATIENCE_SECONDS)

        self.cable.at(place, wait)
        return reached, go_on

    def screen_again(self) -> None:
        """Until the kiosk has come up and knows its printer."""
        self._screen.await_view(
            lambda s: isinstance(s.screen, _AT_REST) and s.lights.printer and s.lights.reader
        )

    # ------------------------------------------------------------ a citizen

    def ask_for(self, kind: str) -> str:
        """Up to the moment at which a ticket or a letter is printed; the request's id."""
        if kind == "ticket":
            before = self._stored()
            self.tap()
            play(self, BEFORE_TICKET)
            return self.until(lambda: next(iter(self._stored() - before), None))
        request_id = self._sign_a_letter()
        self.tap()
        play(self, BEFORE_LETTER)
        press(view.Home, view.PrintLetter(request_id))(self, self._screen)
        return request_id

    def await_shown(self, *states: str) -> Shown:
        """The first thing that the screen says of the print and is one of ``states``."""
        seen = self._screen.await_view(
            lambda s: (
                isinstance(s.screen, view.Ticket | view.Collect) and s.screen.print_state in states
            )
        ).screen
        assert isinstance(seen, view.Ticket | view.Collect)
        return Shown(seen.print_state, str(seen.message) if seen.message else "")

    @property
    def _screen(self) -> Any:
        assert self.screen is not None
        return self.screen

    def _stored(self) -> set[str]:
        return {e["request_id"] for e in self.journal() if e["event"] == "request.stored"}

    def _sign_a_letter(self) -> str:
        self._letters += 1
        request_id = f"letter-{self._letters}"
        store = Store(self.database)
        store.take_letter(people.letter(1, request_id, self._letters, LETTER_ROLL))
        store.close()
        return request_id

    # ------------------------------------------------------------ the books

    def jobs(self, request_id: str) -> list[tuple[str, int]]:
        """State and copy of every job of this request, as the database has it, oldest first."""
        store = Store(self.database)
        rows = store._db.execute(
            "SELECT state, copy FROM print_job WHERE request_id = ? ORDER BY id", (request_id,)
        ).fetchall()
        store.close()
        return [(str(state), int(copy)) for state, copy in rows]

    def noted(self, request_id: str) -> list[dict[str, Any]]:
        """What the journal tells of this request's jobs."""
        return [
            entry
            for entry in self.journal()
            if entry["event"] == "print.job" and entry["request_id"] == request_id
        ]

    def await_jobs(self, request_id: str, expected: list[tuple[str, int]]) -> None:
        """Until the books say so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (jobs := self.jobs(request_id)) != expected:
            assert time.monotonic() < deadline, f"{jobs} instead of {expected}"
            time.sleep(0.1)

    def _last_status(self) -> tuple[str, str]:
        seen = [e for e in self.journal() if e["event"] == "printer.status"]
        return (seen[-1]["status"], seen[-1]["paper"]) if seen else ("", "")

    def until(self, look: Callable[[], str | None], seconds: float = PATIENCE_SECONDS) -> str:
        """What ``look`` finds, as soon as that is not None."""
        deadline = time.monotonic() + seconds
        while (found := look()) is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return found

    def close(self) -> None:
        self.cable.close()
        super().close()


@contextlib.contextmanager
def a_print_bench() -> Iterator[PrintBench]:
    """A bench that is laid out and runs, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cetak-"))  # a short path: it holds sockets
    bench = PrintBench(folder)
    try:
        bench.lay_out()
        bench.start()
        yield bench
    finally:
        bench.close()
        shutil.rmtree(folder)
