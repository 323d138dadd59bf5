"""An IPP printer's own words as a status. Pure. Source: RFC 8011, 5.4.11 and 5.4.12."""

from __future__ import annotations

from collections.abc import Iterable

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
    names = [name for name in supported if name.endswith("_215x330mm")]
    return next((name for name in names if "_min_" not in name), "custom_f4_215x330mm")
