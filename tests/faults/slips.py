"""Reads what a virtual printer put on paper, by looking for what it would print."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops

from hw.printer.escpos import EscposEncoder
from hw.protocols import Align, Cut, Line, Slip
from hw.virtual.mechanism import MARGIN, Mechanism

WIDTH = 576
_ROW_BYTES = WIDTH // 8


def _rows(pattern: int, count: int) -> bytes:
    return bytes((pattern,)) * _ROW_BYTES * count


HEAD, BODY, FOOT = _rows(0xCC, 16), _rows(0x80, 600), _rows(0xAA, 16)
LETTER_ROLL = zlib.compress(HEAD + BODY + FOOT)
"""A letter's picture whose beginning and end can be told from each other."""


@dataclass(frozen=True)
class Paper:
    """How often each of these stands on some paper: beginnings and ends of tickets and letters,
    and the marks of copies.
    """

    tickets_begun: int = 0
    tickets_whole: int = 0
    ticket_copies: int = 0
    letters_begun: int = 0
    letters_whole: int = 0
    letter_copies: int = 0

    @property
    def unmarked_tickets(self) -> int:
        """Whole tickets that do not say that they are copies."""
        return self.tickets_whole - self.ticket_copies


def read(slips: Iterable[Path]) -> Paper:
    """All that stands on these slips."""
    papers = [_dots(Image.open(slip)) for slip in slips]
    counts = [sum(_count(paper, sign) for paper in papers) for sign in _signs()]
    return Paper(*counts)


@cache
def _signs() -> tuple[bytes, ...]:
    centre = Align.CENTER
    return (
        _printed((Line("BUKTI PERMOHONAN", bold=True, align=centre),)),
        _printed((Line("Layanan ini gratis.", bold=True),)),
        _printed((Line("SALINAN 1", bold=True, align=centre, scale=2),)),
        _picture(HEAD),
        _picture(FOOT),
        _printed((Line("CETAKAN KE-2", align=centre),)),
    )


def _printed(slip: Slip) -> bytes:
    """The dots of a slip as the virtual printer draws them, without white above and below."""
    with tempfile.TemporaryDirectory() as folder:
        printer = Mechanism(Path(folder))
        printer.receive(EscposEncoder().encode((*slip, Cut())))
        while printer.can_step:
            printer.step()
        return _dots(Image.open(Path(folder) / "slip-001.png"))


def _picture(rows: bytes) -> bytes:
    height = len(rows) // _ROW_BYTES
    inked = Image.frombytes("1", (WIDTH, height), rows).convert("L")
    return ImageChops.invert(inked).tobytes()


def _dots(slip: Image.Image) -> bytes:
    """A byte a dot, black is 0; only rows from the first to the last with ink."""
    paper = slip.convert("L").crop((MARGIN, 0, MARGIN + WIDTH, slip.height))
    ink = ImageChops.invert(paper).getbbox()
    if ink is None:
        return b""
    return paper.crop((0, ink[1], WIDTH, ink[3])).tobytes()


def _count(paper: bytes, sign: bytes) -> int:
    """Whole rows only: a find at the middle of a row is chance."""
    found, at = 0, paper.find(sign)
    while at >= 0:
        found += at % WIDTH == 0
        at = paper.find(sign, at + 1)
    return found
