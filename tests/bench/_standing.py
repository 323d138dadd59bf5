"""How long the paper would stand still while a letter streams to a printer of 300 mm/s.

The sink at the other end of TCP counts as a print head does: from the first row on, bytes are
burnt at 300 mm/s, from a buffer of 4 KiB behind a small TCP window. Time counts as standing
only while the sink waits for bytes with its buffer burnt empty; its own oversleeping does not.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator

from escpos.printer import Network  # type: ignore[import-untyped]

from hw.printer.driver import EscposPrinter
from hw.printer.escpos import EscposEncoder
from hw.printer.network import NetworkPipe
from hw.protocols import Confirmed, Cut, Raster
from tests.bench import BenchError, Goal, Measure, times_as_much
from tests.bench._pictures import letter, rows_of
from tests.bench._raster import PROFILE, theirs

WIDTH, HEIGHT = 576, 2600  # a letter of 325 mm
MILLIMETRES_PER_SECOND = 300
BYTES_PER_SECOND = MILLIMETRES_PER_SECOND * 8 * WIDTH // 8
BUFFER_BYTES = 4096
WINDOW_BYTES = 8192
SEGMENT_BYTES = 1460
BITE_BYTES = 1024
ROUNDS = 5
PAUSE_SECONDS = 1.0
PICTURE = b"\x1dv0\x00"
PROCESS_ID = b"\x1d(H\x06\x0000"


def measures() -> Iterator[Measure]:
    """The worst of some letters by our driver, and by python-escpos's Network."""
    picture = letter(WIDTH, HEIGHT)
    slip = (Raster(WIDTH, rows_of(picture)), Cut())
    ours, theirs_ = [], []
    with _paper() as paper:
        printer = EscposPrinter(NetworkPipe("127.0.0.1", paper.port), EscposEncoder())
        _confirmed(printer.print(slip, _unheard))  # the first job of a process frees the printer
        for _ in range(ROUNDS):
            paper.expect(len(rows_of(picture)))
            _confirmed(printer.print(slip, _unheard))
            ours.append(paper.stood_still())
            paper.expect(len(theirs(picture)))
            other = Network("127.0.0.1", paper.port, profile=PROFILE)
            other.open()
            other.image(picture)
            theirs_.append(paper.stood_still())
            other.close()
        control = _control(paper, theirs(picture))
    yield Measure(
        "paper stands still in a letter of 325 mm",
        max(ours) * 1e3,
        "ms",
        max(theirs_) * 1e3,
        goal=Goal("value", at_most=0),
        note=f"at {MILLIMETRES_PER_SECOND} mm/s, worst of {ROUNDS}; the printer has "
        f"{BUFFER_BYTES // 1024} KiB and a small TCP window; baseline: python-escpos's Network",
    )
    yield control


def _control(paper: _Paper, job: bytes) -> Measure:
    """A sender that makes a pause must be seen, or the zeros above say nothing."""
    first = len(job) // 10
    paper.expect(len(job))
    with socket.create_connection(("127.0.0.1", paper.port)) as link:
        link.sendall(job[:first])
        time.sleep(PAUSE_SECONDS)
        link.sendall(job[first:])
        stood = paper.stood_still()
    foreseen = PAUSE_SECONDS - first / BYTES_PER_SECOND
    return times_as_much(
        "control: a sender pauses for 1 s after a tenth",
        stood * 1e3,
        foreseen * 1e3,
        "ms",
        note="baseline: the pause less what the tenth lasts; shows that standing is seen",
    )


class _Paper(threading.Thread):
    """Listens on ``port``, answers what our driver asks, and counts standing time."""

    def __init__(self) -> None:
        super().__init__(name="paper", daemon=True)
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW_BYTES)
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port: int = self._listener.getsockname()[1]
        self._expected = 0
        self._burnt = threading.Event()
        self._seconds = 0.0

    def expect(self, size: int) -> None:
        """The next letter has ``size`` bytes from its first row on."""
        self._burnt.clear()
        self._expected = size

    def stood_still(self) -> float:
        """Seconds without a row to burn, when the letter has come. Raises BenchError."""
        if not self._burnt.wait(30):
            raise BenchError("a letter did not reach the measuring printer")
        return self._seconds

    def run(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            with link, contextlib.suppress(OSError):
                self._take(link)

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _take(self, link: socket.socket) -> None:
        head = _Head()
        tail = b""
        while data := head.bytes_from(link):
            watched = tail + data
            tail = watched[-10:]
            self._answer(link, watched, len(watched) - len(data))
            head.burn(data, watched)
            if head.came >= self._expected and not self._burnt.is_set():
                self._seconds = head.stood_still
                self._burnt.set()
                head.is_burning = False

    @staticmethod
    def _answer(link: socket.socket, watched: bytes, known: int) -> None:
        """DLE EOT: all is well. GS ( H: printed. Nothing like them is in our letters."""
        for place in range(max(0, known - 2), len(watched) - 2):
            if watched[place : place + 2] == b"\x10\x04":
                link.sendall(b"\x12")
        at = watched.find(PROCESS_ID)
        if at >= 0 and known < at + len(PROCESS_ID) + 4 <= len(watched):
            link.sendall(b"\x37\x22" + watched[at + len(PROCESS_ID) :][:4] + b"\x00")


class _Head:
    """A print head over a small buffer, on the clock."""

    def __init__(self) -> None:
        self.is_burning = False
        self.came = 0
        self.stood_still = 0.0
        self._level = 0.0
        self._last = 0.0

    def bytes_from(self, link: socket.socket) -> bytes:
        """The next bytes, when there is room for them."""
        while self._is_full():
            time.sleep(BITE_BYTES / BYTES_PER_SECOND / 2)
        at_once, _, _ = select.select([link], [], [], 0)
        if self.is_burning:
            self._drain()
            if at_once:
                self._level = max(0.0, self._level)
        data = link.recv(BITE_BYTES)
        if self.is_burning and not at_once:
            self._drain()
            self.stood_still += max(0.0, -self._level) / BYTES_PER_SECOND
            self._level = max(0.0, self._level)
        return data

    def burn(self, data: bytes, watched: bytes) -> None:
        """Take ``data`` in. Begins to burn at the first picture."""
        if self.is_burning:
            self.came += len(data)
            self._level += len(data)
        elif self.came == 0 and PICTURE in watched:
            self.is_burning = True
            self.came = len(watched) - watched.index(PICTURE)
            self._level = self.came
            self._last = time.perf_counter()

    def _is_full(self) -> bool:
        if not self.is_burning:
            return False
        self._drain()
        return self._level > BUFFER_BYTES - BITE_BYTES

    def _drain(self) -> None:
        now = time.perf_counter()
        self._level -= (now - self._last) * BYTES_PER_SECOND
        self._last = now


@contextlib.contextmanager
def _paper() -> Iterator[_Paper]:
    paper = _Paper()
    paper.start()
    try:
        yield paper
    finally:
        paper.stop()


def _confirmed(outcome: object) -> None:
    if not isinstance(outcome, Confirmed):
        raise BenchError(f"the measuring printer's letter ended as {outcome}")


def _unheard(_sent: int) -> None:
    """Nobody makes the start durable here."""
