"""What an ESC/POS printer says, read from a byte stream that mixes five kinds of answer.

Real-time status (DLE EOT), automatic status back (ASB), a paper sensor byte (GS r 1), and the
blocks of the process id (GS ( H) and of the unit's name (GS I) share one line without framing.
They are told apart by the fixed bits that Epson's ESC/POS reference gives each ("Discriminating
between transmitted statuses"). Pure: bytes in, answers out, whatever way the bytes are cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from hw.protocols import (
    Fault,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
)

RESPONSE, UNIT = 0x37, 0x5F
BLOCK_HEADS = (RESPONSE, UNIT)
PROCESS_ID = 0x22
LONGEST_BLOCK = 96
ASB_BYTES = 4


class RealTimeQuery(IntEnum):
    """The ``n`` of DLE EOT n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4


@dataclass(frozen=True, slots=True)
class RealTimeAnswer:
    """One byte ``0xx1xx10``. It does not say which ``n`` it answers: ask one at a time."""

    value: int


@dataclass(frozen=True, slots=True)
class PaperSensor:
    """The answer to GS r 1, given when everything before it was processed."""

    value: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """Four bytes of ASB, sent unasked whenever something changes."""

    printer: int
    error: int
    paper: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Block:
    """Head, printable data, NUL. ``37 22 d1 d2 d3 d4 00``: the job of that id is on paper."""

    head: int
    data: bytes


Answer = RealTimeAnswer | PaperSensor | AutomaticStatus | Block


class StatusParser:
    """Cuts the stream into answers. Noise is dropped; nothing it is fed makes it raise.

    What was begun is held until it is whole, and what can be told apart in its middle is:
    automatic status, and real-time answers under 0x20. Higher ones cannot be told from the
    letters of a block: they damage it, and are not heard. The end of a damaged block, a NUL, is
    never taken for a sensor that says all is well.
    """

    def __init__(self) -> None:
        self._block = bytearray()
        self._automatic = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """Take the next bytes; return the answers that are complete now."""
        return [answer for byte in data if (answer := self._take(byte)) is not None]

    def _take(self, byte: int) -> Answer | None:
        if self._automatic:
            return self._take_automatic(byte)
        if self._block and byte >= 0x20:
            if byte != 0x7F and len(self._block) <= LONGEST_BLOCK:
                self._block.append(byte)
            return None
        if _is_automatic(byte):
            self._automatic.append(byte)
            return None
        if _is_real_time(byte):
            return RealTimeAnswer(byte)
        if self._block:
            return self._end_block() if byte == 0x00 else None
        if byte in BLOCK_HEADS:
            self._block.append(byte)
            return None
        return PaperSensor(byte) if byte & 0x90 == 0x00 else None

    def _take_automatic(self, byte: int) -> Answer | None:
        if byte & 0x90 == 0x00:
            self._automatic.append(byte)
            if len(self._automatic) < ASB_BYTES:
                return None
            answer = AutomaticStatus(*self._automatic)
            self._automatic.clear()
            return answer
        if _is_real_time(byte):
            return RealTimeAnswer(byte)
        if _is_automatic(byte) or byte in BLOCK_HEADS:  # it was broken off
            self._automatic.clear()
            return self._take(byte)
        return None

    def _end_block(self) -> Answer | None:
        head, *data = self._block
        self._block.clear()
        return Block(head, bytes(data)) if len(data) < LONGEST_BLOCK else None


def _is_automatic(byte: int) -> bool:
    return byte & 0x93 == 0x10


def _is_real_time(byte: int) -> bool:
    return byte & 0x93 == 0x12


def is_process_id(answer: Answer, process_id: bytes) -> bool:
    """Whether ``answer`` is the acknowledgement of the job that carried ``process_id``."""
    return answer == Block(RESPONSE, bytes((PROCESS_ID,)) + process_id)


def unit_word(answer: Answer) -> bytes | None:
    """What GS I 65 to 68 was answered with; None when ``answer`` is something else."""
    return answer.data if isinstance(answer, Block) and answer.head == UNIT else None


def status_of_queries(answers: dict[RealTimeQuery, int]) -> PrinterStatus:
    """The answers to DLE EOT 1 to 4, as far as they came, as one status."""
    printer = answers.get(RealTimeQuery.PRINTER, 0)
    cause = answers.get(RealTimeQuery.OFFLINE_CAUSE, 0)
    error = answers.get(RealTimeQuery.ERROR_CAUSE, 0)
    paper = _paper_of_query(answers.get(RealTimeQuery.PAPER), cause)
    fault = _fault(
        cover=bool(cause & 0x04),
        paper_out=paper is Paper.OUT,
        cutter=bool(error & 0x08),
        unrecoverable=bool(error & 0x20),
        recoverable=bool(error & 0x40),
        other=bool(cause & 0x40),
    )
    return _status(fault, paper, offline=bool(printer & 0x08))


def status_of_automatic(asb: AutomaticStatus) -> PrinterStatus:
    """Four bytes of ASB as one status."""
    paper = Paper.FULL
    if asb.paper & 0x0C:
        paper = Paper.OUT
    elif asb.paper & 0x03:
        paper = Paper.LOW
    fault = _fault(
        cover=bool(asb.printer & 0x20),
        paper_out=paper is Paper.OUT,
        cutter=bool(asb.error & 0x08),
        unrecoverable=bool(asb.error & 0x20),
        recoverable=bool(asb.error & 0x40),
        other=bool(asb.error & 0x04),
    )
    return _status(fault, paper, offline=bool(asb.printer & 0x08))


def _paper_of_query(sensors: int | None, cause: int) -> Paper:
    if cause & 0x20 or (sensors is not None and sensors & 0x60):
        return Paper.OUT
    if sensors is None:
        return Paper.UNKNOWN
    return Paper.LOW if sensors & 0x0C else Paper.FULL


def _fault(
    *,
    cover: bool,
    paper_out: bool,
    cutter: bool,
    unrecoverable: bool,
    recoverable: bool,
    other: bool,
) -> Fault | None:
    """The trouble that a person must mend first: an open cover hides what is behind it."""
    found = (
        (cover, Fault.COVER_OPEN),
        (paper_out, Fault.PAPER_OUT),
        (cutter, Fault.CUTTER),
        (unrecoverable, Fault.HARDWARE),
        (recoverable, Fault.TOO_HOT),
        (other, Fault.HARDWARE),
    )
    return next((fault for is_so, fault in found if is_so), None)


def _status(fault: Fault | None, paper: Paper, *, offline: bool) -> PrinterStatus:
    if fault is not None:
        return PrinterBlocked(fault, paper)
    if offline:
        return PrinterOffline("It answers that it is off-line and gives no cause.")
    return PrinterOnline(paper)
