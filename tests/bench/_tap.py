"""From the card's touch to its identity, through a real pcscd, beside scard with nothing around.

pcscd asks a reader like this one for a card every 400 ms: nobody can be faster than it sees. So
in each round of ours a bare SCardGetStatusChange watches the same tap, and in the rounds between
a bare program of SCardConnect and one GET DATA reads the card alone. Then everything that can be
in a reader's way comes and goes, and the time is taken until it serves again.
"""

from __future__ import annotations

import contextlib
import os
import queue
import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from smartcard import scard

from hw.card.pcsc import PcscReader, choose_reader
from hw.protocols import (
    CardNotPresent,
    CardPresent,
    CardReport,
    CardUnreadable,
    ReaderOffline,
    ReaderOnline,
)
from hw.virtual.reader import VirtualReader, VirtualReaderError
from tests.bench import BenchError, Goal, Measure, times_as_much

ROUNDS = 15
RECOVERIES = 5
RECOVERY_GOAL = Goal("value", at_most=2000.0)  # milliseconds
POLL_SECONDS = 0.4
PATIENCE_SECONDS = 10.0
UID = bytes.fromhex("04A1B2C3D4E5F6")
GET_UID = [0xFF, 0xCA, 0x00, 0x00, 0x00]
WELL = scard.SCARD_S_SUCCESS


def measures() -> Iterator[Measure]:
    """The whole wait, what is left of it once pcscd has seen the card, and the recoveries."""
    folder = Path(tempfile.mkdtemp(prefix="tap-"))  # a short path: it holds sockets
    try:
        with VirtualReader(folder) as reader:
            os.environ["PCSCLITE_CSOCK_NAME"] = str(reader.socket)  # libpcsclite reads it
            yield from _compared(reader)
            yield from _recoveries(reader)
    except VirtualReaderError as error:
        raise BenchError(str(error)) from error
    finally:
        os.environ.pop("PCSCLITE_CSOCK_NAME", None)
        shutil.rmtree(folder, ignore_errors=True)


def _compared(hands: VirtualReader) -> Iterator[Measure]:
    chance = random.Random(400)
    whole, floor, after_ours, after_bare = [], [], [], []
    for _ in range(ROUNDS):
        seen, known = _tap_of_ours(hands, chance.uniform(0, POLL_SECONDS))
        floor.append(seen)
        whole.append(known)
        after_ours.append(known - seen)
        seen, known = _bare_tap(hands, chance.uniform(0, POLL_SECONDS))
        after_bare.append(known - seen)
    yield times_as_much(
        "tap to identity",
        statistics.median(whole) * 1e3,
        statistics.median(floor) * 1e3,
        "ms",
        Goal("ratio", at_most=1.25),
        note=f"median of {ROUNDS} taps at any moment of pcscd's 400 ms; baseline: a bare "
        "SCardGetStatusChange sees the same card",
    )
    yield times_as_much(
        "of it, after pcscd saw the card",
        statistics.median(after_ours) * 1e3,
        statistics.median(after_bare) * 1e3,
        "ms",
        note="baseline: bare SCardConnect and one GET DATA, in taps between ours",
    )


class _Watch:
    """A bare scard client that waits for one card, in a thread of its own."""

    def __init__(self, read: bool = False) -> None:
        self._read = read
        self._armed = threading.Event()
        self._answer: queue.SimpleQueue[tuple[float, float] | str] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="bare-scard", daemon=True).start()
        self._armed.wait(PATIENCE_SECONDS)

    def times(self) -> tuple[float, float]:
        """When the card was seen, and read. Raises BenchError."""
        answer = self._answer.get(timeout=PATIENCE_SECONDS + 1)
        if isinstance(answer, str):
            raise BenchError(answer)
        return answer

    def _run(self) -> None:
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != WELL:
            self._answer.put("pcscd does not answer")
            self._armed.set()
            return
        self._answer.put(self._watch(context))
        self._armed.set()
        scard.SCardReleaseContext(context)

    def _watch(self, context: Any) -> tuple[float, float] | str:
        _, names = scard.SCardListReaders(context, [])
        reader = choose_reader(names, "")
        if reader is None:
            return "pcscd has no reader"
        _, states = scard.SCardGetStatusChange(context, 0, [(reader, scard.SCARD_STATE_UNAWARE)])
        known = states[0][1] & ~scard.SCARD_STATE_CHANGED
        self._armed.set()
        waited = round(PATIENCE_SECONDS * 1000)
        result, states = scard.SCardGetStatusChange(context, waited, [(reader, known)])
        seen = time.perf_counter()
        if result != WELL or not states[0][1] & scard.SCARD_STATE_PRESENT:
            return "a card laid on the virtual reader was not seen"
        if self._read and not _read_uid(context, reader):
            return "a card laid on the virtual reader was not read"
        return seen, time.perf_counter()


def _read_uid(context: Any, reader: str) -> bool:
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    result, card, protocol = scard.SCardConnect(
        context, reader, scard.SCARD_SHARE_SHARED, protocols
    )
    if result != WELL:
        return False
    pci = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
    result, answer = scard.SCardTransmit(card, pci, GET_UID)
    scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
    return result == WELL and bytes(answer) == UID + b"\x90\x00"


def _bare_tap(hands: VirtualReader, wait: float) -> tuple[float, float]:
    watch = _Watch(read=True)
    time.sleep(wait)
    tapped = time.perf_counter()
    hands.insert(UID)
    seen, known = watch.times()
    hands.remove()
    return seen - tapped, known - tapped


def _tap_of_ours(hands: VirtualReader, wait: float) -> tuple[float, float]:
    reports: queue.SimpleQueue[tuple[CardReport, float]] = queue.SimpleQueue()
    reader = PcscReader()
    reader.start(lambda report: reports.put((report, time.perf_counter())))
    try:
        _hear(reports, ReaderOnline)
        watch = _Watch()
        time.sleep(wait)
        tapped = time.perf_counter()
        hands.insert(UID)
        known = _hear(reports, CardPresent)
        seen, _ = watch.times()
        hands.remove()
        _hear(reports, CardNotPresent)
    finally:
        reader.close()
    return seen - tapped, known - tapped


def _hear(reports: queue.SimpleQueue[tuple[CardReport, float]], kind: type[CardReport]) -> float:
    try:
        report, when = reports.get(timeout=PATIENCE_SECONDS)
    except queue.Empty:
        raise BenchError(f"the reader did not report {kind.__name__}") from None
    if not isinstance(report, kind):
        raise BenchError(f"the reader reported {type(report).__name__}, not {kind.__name__}")
    return when


def _recoveries(hands: VirtualReader) -> Iterator[Measure]:
    """From the moment a cause goes away to the report that all is well: the longest of some."""
    for name, mend in (
        ("pcscd crashed, and is started", _crash),
        ("pcscd hung, and goes on", _hang),
        ("another program had the card, and lets go", _rival),
    ):
        times = [mend(hands) for _ in range(RECOVERIES)]
        median = statistics.median(times) * 1e3
        note = f"until it serves, longest of {RECOVERIES}; median {median:.0f} ms"
        yield Measure(name, max(times) * 1e3, "ms", goal=RECOVERY_GOAL, note=note)


class _Reports:
    """What a reader of ours reports, and when."""

    def __init__(self) -> None:
        self._reader = PcscReader()
        self._reports: queue.SimpleQueue[tuple[CardReport, float]] = queue.SimpleQueue()

    def hear(self, kind: type[CardReport]) -> float:
        """The next report, which must be of that kind: when it came."""
        return _hear(self._reports, kind)

    def __enter__(self) -> Self:
        self._reader.start(lambda report: self._reports.put((report, time.perf_counter())))
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()


def _crash(hands: VirtualReader) -> float:
    with _Reports() as reports:
        reports.hear(ReaderOnline)
        hands.kill_daemon()
        reports.hear(ReaderOffline)
        began = time.perf_counter()
        hands.start_daemon()
        return reports.hear(ReaderOnline) - began


def _hang(hands: VirtualReader) -> float:
    with _Reports() as reports:
        reports.hear(ReaderOnline)
        hands.freeze_daemon()
        reports.hear(ReaderOffline)
        began = time.perf_counter()
        hands.thaw_daemon()
        return reports.hear(ReaderOnline) - began


def _rival(hands: VirtualReader) -> float:
    hands.insert(UID)
    try:
        with _exclusive() as let_go, _Reports() as reports:
            reports.hear(ReaderOnline)
            reports.hear(CardUnreadable)
            began = time.perf_counter()
            let_go()
            return reports.hear(CardPresent) - began
    finally:
        hands.remove()


@contextlib.contextmanager
def _exclusive() -> Iterator[Callable[[], None]]:
    """The card that lies there, held by a program that shares it with nobody."""
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    _, names = scard.SCardListReaders(context, [])
    deadline = time.perf_counter() + PATIENCE_SECONDS
    result = scard.SCARD_E_NO_SMARTCARD
    while result != WELL and time.perf_counter() < deadline:  # until pcscd has seen it
        result, card, _ = scard.SCardConnect(
            context, names[0], scard.SCARD_SHARE_EXCLUSIVE, protocols
        )
    if result != WELL:
        raise BenchError("a card laid on the virtual reader cannot be held")
    try:
        yield lambda: scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
    finally:
        scard.SCardReleaseContext(context)
