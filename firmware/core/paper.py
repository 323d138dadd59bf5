"""How long a slip is and how many tickets a roll still holds. Estimates, within a tenth or so:
the printer's own line height and cutter distance are not known here. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hw.protocols import (
    DOTS_PER_MM,
    Cut,
    Fault,
    Feed,
    Line,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    Qr,
    Raster,
    Rule,
    Slip,
    SlipPart,
)

LINE_DOTS = 30
COLUMNS = 48
RULE_DOTS = 16
CUTTER_MM = 14
QR_QUIET_MODULES = 8
USUAL_ROLL_MM = 80_000  # a roll of 80 mm width and 80 mm diameter, thin paper
LEAST_ROLL_MM = 15_000  # what gave less was no whole roll when it was put in: it teaches nothing
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


@dataclass(frozen=True, slots=True)
class Roll:
    """The roll in the ticket printer: paper given and cuts made, and how much the roll before
    gave in all (0 when none has ended). ``near_end``: its end was seen near. ``has_sensor``:
    this unit has told the near end of a roll before.
    """

    used_mm: int
    cuts: int
    whole_mm: int
    near_end: bool = False
    has_sensor: bool = False


NEAR_END_MM = 4000  # what is left at the most when a near-end sensor speaks
ESTIMATE_ERROR = 0.1


def tickets_left(roll: Roll) -> int:
    """About how many more tickets the roll holds."""
    whole = roll.whole_mm or USUAL_ROLL_MM
    usual = roll.used_mm / roll.cuts if roll.cuts >= 10 else USUAL_TICKET_MM
    left = whole - roll.used_mm
    if roll.near_end:
        left = NEAR_END_MM if left <= 0 else min(left, NEAR_END_MM)
    return max(0, int(left / max(usual, 1)))


def has_room(roll: Roll, paper: Paper, mm: int) -> bool:
    """Whether a slip that must not be torn apart may be begun on this roll.

    The near-end sensor is believed first. A unit that was never heard to have one is judged by
    what the roll before gave; but a roll that has given a tenth more than that is simply a
    longer one, and must not refuse letters for ever.
    """
    if paper is Paper.LOW:
        return False
    if roll.has_sensor or not roll.whole_mm:
        return True
    if roll.used_mm > roll.whole_mm * (1 + ESTIMATE_ERROR):
        return True
    return roll.whole_mm - roll.used_mm >= mm * (1 + ESTIMATE_ERROR)


@dataclass(frozen=True, slots=True)
class RollWatch:
    """Tells a new roll from the old one put back, and from a sensor that flutters.

    ``near_end``: the end of the roll was seen. ``opened``: since paper was last seen lying in
    the printer, somebody can have changed it.
    """

    near_end: bool
    opened: bool = True

    def after(self, status: PrinterStatus) -> tuple[RollWatch, bool]:
        """What is known after this status, and whether there is a new roll."""
        if isinstance(status, PrinterOffline) or _is_open(status):
            return RollWatch(self.near_end or _has_ended(status), True), False
        if status.paper is Paper.LOW:
            return RollWatch(True, False), False
        if status.paper is Paper.FULL:
            is_new = self.near_end and self.opened
            return RollWatch(self.near_end and not is_new, False), is_new
        return self, False


def _is_open(status: PrinterOnline | PrinterBlocked) -> bool:
    """Whether the paper can be changed now, or is being changed."""
    is_cover = isinstance(status, PrinterBlocked) and status.fault is Fault.COVER_OPEN
    return is_cover or status.paper is Paper.OUT


def _has_ended(status: PrinterStatus) -> bool:
    """Paper that is gone under a closed cover has come to its end; under an open one it may
    only have been taken out.
    """
    return isinstance(status, PrinterBlocked) and status.fault is Fault.PAPER_OUT
