"""Asks a machine that speaks IPP how it is, past the queue that stands before it."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from hw.printer.ipp_wire import Attributes, IppError, answered, printer_question

ANSWER_SECONDS = 2.0
LONGEST_ANSWER = 256 * 1024
WANTED = (
    "printer-state", "printer-state-reasons", "media-supported", "media-ready",
    "media-source-supported", "printer-supply", "printer-supply-description",
)  # fmt: skip
NO_ANSWER = (OSError, http.client.HTTPException, IppError)


def ask(host: str, port: int, uri: str) -> Attributes:
    """What it says of ``WANTED``. Raises one of ``NO_ANSWER``."""
    link = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        kind = {"Content-Type": "application/ipp"}
        link.request("POST", urlsplit(uri).path or "/", printer_question(uri, WANTED), kind)
        answer = link.getresponse()
        data = answer.read(LONGEST_ANSWER)
    finally:
        link.close()
    if answer.status != http.client.OK:
        raise IppError(f"it answers {answer.status} to IPP")
    told = answered(data)
    if "printer-state" not in told:
        raise IppError("it does not tell its state")
    return told
