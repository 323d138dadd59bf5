"""A slip that tries a ticket printer: a heading, some lines, and a scale over the whole width, in
which a dead dot is a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

from hw.protocols import DOTS_PER_MM, Align, Cut, Feed, Line, Raster, Rule, Slip


def trial_slip(heading: str, lines: Sequence[str], width_dots: int) -> Slip:
    """``lines`` hold nothing personal."""
    return (
        Line("ANJUNGAN", bold=True, align=Align.CENTER, scale=2),
        Line(heading, align=Align.CENTER),
        Rule(),
        *(Line(line) for line in lines),
        Raster(width_dots, _scale(width_dots)),
        Feed(4),
        Cut(),
    )


def _scale(width_dots: int) -> bytes:
    """A black bar, and a stroke at every millimetre, longer at every tenth."""
    millimetres = width_dots // DOTS_PER_MM
    bar = b"\xff" * millimetres
    strokes = b"\xc0" * millimetres
    tens = bytes(0xC0 if place % 10 == 0 else 0 for place in range(millimetres))
    return bar * 12 + strokes * 12 + tens * 12
