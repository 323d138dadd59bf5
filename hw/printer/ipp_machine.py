"""Asks a machine that speaks IPP how it is, past the queue that stands before it."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
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

IPP_PORT = 631
ANSWER_SECONDS = 2.0
LONGEST_ANSWER = 256 * 1024
MOST_JOBS = 20
WANTED = (
    "printer-state", "printer-state-reasons", "media-supported", "media-ready",
    "media-source-supported", "printer-supply", "printer-supply-description",
)  # fmt: skip
NO_ANSWER = (OSError, http.client.HTTPException, IppError)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it answers. Every method may raise one of ``NO_ANSWER``."""

    host: str
    port: int
    uri: str

    def ask(self) -> Attributes:
        """What it says of ``WANTED``."""
        told = answered(self._talk(printer_question(self.uri, WANTED)))
        if "printer-state" not in told:
            raise IppError("it does not tell its state")
        return told

    def job_state(self, title: str) -> int | None:
        """How the newest job called ``title`` ended there (RFC 8011, 5.3.7); None when the machine
        does not remember one.
        """
        told = answered(self._talk(ended_jobs_question(self.uri, MOST_JOBS)))
        jobs = zip(told.get("job-name", ()), told.get("job-state", ()), strict=False)
        found = (state for name, state in jobs if str(name).endswith(title))
        return next((state for state in found if isinstance(state, int)), None)

    def cancel_jobs(self, mark: str, user: str) -> int:
        """Cancel what has not ended there and bears ``mark`` in its title, at most ``MOST_JOBS``;
        returns how many there were.
        """
        groups = answered_groups(self._talk(open_jobs_question(self.uri, MOST_JOBS)))
        ours = [job for job in groups if any(mark in str(name) for name in job.get("job-name", ()))]
        ids = [number for job in ours for number in job.get("job-id", ())]
        jobs = [number for number in ids if isinstance(number, int)]
        for number in jobs:
            self._talk(cancel_question(self.uri, number, user))
        return len(jobs)

    def _talk(self, question: bytes) -> bytes:
        link = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_SECONDS)
        try:
            kind = {"Content-Type": "application/ipp"}
            link.request("POST", urlsplit(self.uri).path or "/", question, kind)
            answer = link.getresponse()
            data = answer.read(LONGEST_ANSWER)
        finally:
            link.close()
        if answer.status != http.client.OK:
            raise IppError(f"it answers {answer.status} to IPP")
        return data


def machine_at(device_uri: object) -> Machine | None:
    """The machine behind a queue with this device-uri; None when it does not speak plain IPP."""
    device = urlsplit(str(device_uri or ""))
    if device.scheme != "ipp" or not device.hostname:
        return None
    return Machine(device.hostname, device.port or IPP_PORT, device.geturl())
