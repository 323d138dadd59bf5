"""A signed letter as a slip for the roll. Pure."""

from __future__ import annotations

import zlib

from firmware.core.wire import SignedLetter
from hw.protocols import Align, Cut, Feed, Line, Raster, Slip

ROLL_WIDTH_DOTS = 576
_MOST_ROLL_LINES = 20_000  # 2.5 m of paper: no letter is longer


def letter_slip(letter: SignedLetter, copy: int) -> Slip | None:
    """A signed letter for the roll; None when its picture is damaged. From the second ``copy``
    on it says which one it is.
    """
    unpacker = zlib.decompressobj()
    width_bytes = ROLL_WIDTH_DOTS // 8
    try:
        rows = unpacker.decompress(letter.roll, width_bytes * _MOST_ROLL_LINES)
    except zlib.error:
        return None
    if not rows or len(rows) % width_bytes or unpacker.unconsumed_tail:
        return None
    mark = (Line(f"CETAKAN KE-{copy}", align=Align.CENTER),) if copy > 1 else ()
    return (*mark, Raster(ROLL_WIDTH_DOTS, rows), Feed(4), Cut())
