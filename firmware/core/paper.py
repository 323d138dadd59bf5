"""How long a slip is and how many tickets a roll still holds. Estimates, within a tenth or so:
the printer's own line height and cutter distance are not known here.
"""

from __future__ import annotations

import math

from hw.protocols import Cut, Feed, Line, Qr, Raster, Rule, Slip, SlipPart

DOTS_PER_MM = 8
LINE_DOTS = 30
COLUMNS = 48
RULE_DOTS = 16
CUTTER_MM = 14
QR_QUIET_MODULES = 8
USUAL_ROLL_MM = 80_000  # a roll of 80 mm width and 80 mm diameter, thin paper
USUAL_TICKET_MM = 110


def slip_mm(slip: Slip) -> int:
    """The paper that a slip takes, in millimetres."""
    return round(sum(_part_mm(part) for part in slip))


def _part_mm(part: SlipPart) -> float:
    match part:
        case Line(text, _, _, scale):
            lines = max(1, math.ceil(len(text) * scale / COLUMNS))
            return lines * LINE_DOTS * scale / DOTS_PER_MM
        case Qr(data, module_dots):
            return (_qr_modules(len(data)) + QR_QUIET_MODULES) * module_dots / DOTS_PER_MM
        case Raster(width_dots, rows):
            return len(rows) / (width_dots // 8) / DOTS_PER_MM
        case Feed(mm):
            return mm
        case Rule():
            return RULE_DOTS / DOTS_PER_MM
        case Cut():
            return CUTTER_MM


def _qr_modules(length: int) -> int:
    """Modules of a side for so many bytes at level M (ISO/IEC 18004, table 7, smoothed)."""
    version = next((v for v, most in _QR_BYTES_M if length <= most), 40)
    return 17 + 4 * version


_QR_BYTES_M = (
    (1, 14),
    (2, 26),
    (3, 42),
    (4, 62),
    (5, 84),
    (6, 106),
    (8, 152),
    (10, 213),
    (15, 412),
)


def tickets_left(used_mm: int, whole_mm: int, slips: int) -> int:
    """About how many more tickets the roll holds. ``whole_mm`` is what the roll before gave,
    0 when none has ended yet; ``slips`` were printed with ``used_mm``.
    """
    whole = whole_mm or USUAL_ROLL_MM
    usual = used_mm / slips if slips >= 10 else USUAL_TICKET_MM
    return max(0, int((whole - used_mm) / max(usual, 1)))
