"""Asks a machine that speaks IPP how it is, past the queue that stands before it."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from hw.printer.ipp_wire import (
    Attributes,
    IppError,
    answered,
    answered_groups,
    cancel_question,
    ended_jobs_question,
    open_jobs_question,
    printer_question,
)

ANSWER_SECONDS = 2.0
LONGEST_ANSWER = 256 * 1024
MOST_JOBS = 20
WANTED = (
    "printer-state", "printer-state-reasons", "media-supported", "media-ready",
    "media-source-supported", "printer-supply", "printer-supply-description",
)  # fmt: skip
NO_ANSWER = (OSError, http.client.HTTPException, IppError)


def ask(host: str, port: int, uri: str) -> Attributes:
    """What it says of ``WANTED``. Raises one of ``NO_ANSWER``."""
    told = answered(_talk(host, port, uri, printer_question(uri, WANTED)))
    if "printer-state" not in told:
        raise IppError("it does not tell its state")
    return told


def job_state(host: str, port: int, uri: str, title: str) -> int | None:
    """How the newest job called ``title`` ended there (RFC 8011, 5.3.7); None when the machine
    does not remember one. Raises one of ``NO_ANSWER``.
    """
    told = answered(_talk(host, port, uri, ended_jobs_question(uri, MOST_JOBS)))
    jobs = zip(told.get("job-name", ()), told.get("job-state", ()), strict=False)
    found = (state for name, state in jobs if str(name).endswith(title))
    return next((state for state in found if isinstance(state, int)), None)


def cancel_jobs(host: str, port: int, uri: str, mark: str, user: str) -> int:
    """Cancel what has not ended there and bears ``mark`` in its title, at most ``MOST_JOBS``;
    returns how many there were. Raises one of ``NO_ANSWER``.
    """
    groups = answered_groups(_talk(host, port, uri, open_jobs_question(uri, MOST_JOBS)))
    ours = [job for job in groups if any(mark in str(name) for name in job.get("job-name", ()))]
    jobs = [number for job in ours for number in job.get("job-id", ()) if isinstance(number, int)]
    for number in jobs:
        _talk(host, port, uri, cancel_question(uri, number, user))
    return len(jobs)


def _talk(host: str, port: int, uri: str, question: bytes) -> bytes:
    link = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        kind = {"Content-Type": "application/ipp"}
        link.request("POST", urlsplit(uri).path or "/", question, kind)
        answer = link.getresponse()
        data = answer.read(LONGEST_ANSWER)
    finally:
        link.close()
    if answer.status != http.client.OK:
        raise IppError(f"it answers {answer.status} to IPP")
    return data
