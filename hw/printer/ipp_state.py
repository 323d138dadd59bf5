"""An IPP printer's own words as a status. Pure.

Source: RFC 8011, 5.4.11 and 5.4.12; PWG 5100.13, 5.6 (supplies); PWG 5100.3 (media-ready).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hw.printer.ipp_wire import Attributes
from hw.protocols import (
    Fault,
    Paper,
    PrinterBlocked,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
)

PRINTER_STOPPED = 5
MILD = ("-warning", "-report")
F4 = "_215x330mm"
NO_TRAYS = ("auto", "manual", "by-pass-tray")
CONSUMED = ("supplyThatIsConsumed", "")
NEVER_MILD = ("cover-open", "door-open", "interlock-open", "media-jam")

FAULTS = {
    "cover-open": Fault.COVER_OPEN,
    "door-open": Fault.COVER_OPEN,
    "interlock-open": Fault.COVER_OPEN,
    "media-jam": Fault.PAPER_JAMMED,
    "media-empty": Fault.PAPER_OUT,
    "media-needed": Fault.PAPER_OUT,
    "input-tray-missing": Fault.PAPER_OUT,
    "media-path-media-size-mismatch": Fault.MEDIA_SIZE,
    "cups-ipp-conformance-failure": Fault.HARDWARE,
    "toner-empty": Fault.SUPPLY,
    "marker-supply-empty": Fault.SUPPLY,
    "marker-supply-missing": Fault.SUPPLY,
    "marker-waste-full": Fault.SUPPLY,
    "developer-empty": Fault.SUPPLY,
    "opc-life-over": Fault.SUPPLY,
    "fuser-over-temp": Fault.TOO_HOT,
    "fuser-under-temp": Fault.HARDWARE,
    "output-area-full": Fault.HARDWARE,
    "output-tray-missing": Fault.HARDWARE,
    "interpreter-resource-unavailable": Fault.HARDWARE,
}
OFFLINE = {
    "paused": "is paused; start it again with cupsenable",
    "stopped-partly": "is stopped in part",
    "shutdown": "is switched off",
    "offline": "is off-line; check its power and its cable",
    "timed-out": "does not answer; check its power and its cable",
    "connecting-to-device": "cannot be reached yet; check its power and its cable",
    "spool-area-full": "has no room left for jobs",
}


def status_of_reasons(
    state: int, reasons: Iterable[str], name: str, heed_warnings: bool = False
) -> PrinterStatus:
    """``printer-state`` and ``printer-state-reasons`` of the printer called ``name``.

    A reason that ends in -warning or -report does not keep a printer from printing (another
    tray may have paper); with ``heed_warnings`` it is taken for the cause all the same, as is
    right when a job does not come to its end.
    """
    reasons = tuple(reasons)
    severe = [_word(reason) for reason in reasons if heed_warnings or _is_severe(reason)]
    paper = _paper(reasons)
    for word, fault in FAULTS.items():  # in the order in which a person mends them
        if word in severe:
            return PrinterBlocked(fault, paper)
    for word, what in OFFLINE.items():
        if word in severe:
            return PrinterOffline(f"The page printer {name} {what}.")
    if state == PRINTER_STOPPED:
        return PrinterBlocked(Fault.HARDWARE, paper)
    return PrinterOnline(Paper.LOW if paper is Paper.OUT else paper)  # another tray has some


def status_of_machine(told: Attributes, name: str) -> PrinterStatus:
    """The same of a machine that was asked itself, which also tells what lies in its trays.

    The only tray being empty is no mild matter. A machine that knows F4 and has other paper in
    is not sent a letter; one that does not know F4 is believed to have what its people put in.
    """
    state = next((value for value in told.get("printer-state", ()) if isinstance(value, int)), 0)
    reasons = _texts(told, "printer-state-reasons")
    status = status_of_reasons(state, reasons, name)
    if not isinstance(status, PrinterOnline):
        return status
    trays = [tray for tray in _texts(told, "media-source-supported") if tray not in NO_TRAYS]
    if len(trays) == 1 and _paper(reasons) is Paper.OUT:
        return PrinterBlocked(Fault.PAPER_OUT, Paper.OUT)
    ready, known = _texts(told, "media-ready"), _texts(told, "media-supported")
    if ready and _has_f4(known) and not _has_f4(ready):
        return PrinterBlocked(Fault.MEDIA_SIZE, status.paper)
    return status


@dataclass(frozen=True, slots=True)
class Supply:
    """Toner, ink, a drum: what is left of it in percent; None when it does not say how much."""

    name: str
    percent: int | None


def supplies_of(told: Attributes) -> tuple[Supply, ...]:
    """What the machine uses up. What fills instead, as a box for waste, is not among it."""
    names = _texts(told, "printer-supply-description")
    found = []
    for place, line in enumerate(_texts(told, "printer-supply")):
        words = dict(part.partition("=")[::2] for part in line.split(";"))
        if words.get("class", "") in CONSUMED:
            name = names[place] if place < len(names) else words.get("type", "")
            found.append(Supply(_shown(name), _percent(words)))
    return tuple(found)


def _percent(words: dict[str, str]) -> int | None:
    """-1 to -3 are "other", "unknown" and "some is left" (RFC 3805, prtMarkerSuppliesLevel)."""
    level, most = words.get("level", ""), words.get("maxcapacity", "")
    if not (level.isdecimal() and most.isdecimal() and int(most)):
        return None
    return min(100, int(level) * 100 // int(most))


def _shown(name: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())[:40]


def _texts(told: Attributes, name: str) -> list[str]:
    return [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        for value in told.get(name, ())
        if not isinstance(value, int)
    ]


def _has_f4(sizes: Iterable[str]) -> bool:
    return any(size.endswith(F4) and "_min_" not in size for size in sizes)


def _word(reason: str) -> str:
    for ending in ("-error", *MILD):
        reason = reason.removesuffix(ending)
    return reason


def _is_severe(reason: str) -> bool:
    return not reason.endswith(MILD) or reason.startswith(NEVER_MILD)


def _paper(reasons: Iterable[str]) -> Paper:
    words = " ".join(reasons)
    if "media-jam" in words:
        return Paper.JAMMED
    if "media-empty" in words or "media-needed" in words:
        return Paper.OUT
    return Paper.LOW if "media-low" in words else Paper.FULL


def f4_media(supported: Iterable[str]) -> str:
    """The printer's own name for F4 (215 x 330 mm), else a size of our own description."""
    names = [name for name in supported if name.endswith(F4)]
    return next((name for name in names if "_min_" not in name), "custom_f4_215x330mm")
