"""Whole sheets through CUPS: hands the PDF over and stays with the job to its end.

CUPS would keep a job through paper-out and power cuts and print it when nobody waits for it
any more. A letter is a private paper: on trouble the job is cancelled, at the printer too,
and when it has ended its file is purged from the spool. pycups blocks in C, so all of this
runs in the thread that owns the printer, and no wait is without end.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import cups  # type: ignore[import-not-found,import-untyped,unused-ignore]

from hw.printer.ipp_machine import IPP_PORT, NO_ANSWER, Machine, machine_at
from hw.printer.ipp_state import (
    Supply,
    f4_media,
    status_of_machine,
    status_of_reasons,
    supplies_of,
)
from hw.protocols import (
    Confirmed,
    Interrupted,
    NotStarted,
    Paper,
    PrinterOffline,
    PrinterOnline,
    PrinterStatus,
    PrintOutcome,
    Unconfirmed,
    nobody_listens,
)

CONNECT_SECONDS = 2.0
POLL_SECONDS = 0.4
CANCEL_SECONDS = 8.0
TROUBLE_SECONDS = 1.2  # a printer may report trouble for a moment while it takes a sheet
WARNING_SECONDS = 8.0  # a warning that lasts while a job does not move is its cause
LEFTOVER_SECONDS = 600.0  # a backend whose print server died tries on for minutes
SILENCE_SECONDS = 15.0  # a busy machine may answer nobody but its own print server
COMPLETED = 9
GIVEN_UP = (7, 8)  # canceled, aborted
ENDED = (*GIVEN_UP, COMPLETED)
TELLS_THE_END = ("ipp", "ipps", "dnssd", "implicitclass")
STATE = ["printer-state", "printer-state-reasons", "media-supported", "device-uri"]

Trouble = (cups.IPPError, cups.HTTPError, RuntimeError)


class CupsPagePrinter:
    """The queue ``queue`` of the CUPS server ``server`` ("host:port"). See PagePrinter.

    A job that has not ended after ``job_seconds`` is cancelled.
    """

    def __init__(self, server: str, queue: str, job_seconds: float = 180) -> None:
        host, _, port = server.rpartition(":") if ":" in server else (server, "", "")
        if not host or (port and not port.isdigit()):
            raise ValueError(f"[page_printer] server = {server!r} must be host:port")
        self._host = host
        self._port = int(port or IPP_PORT)
        self._queue = queue
        self._job_seconds = job_seconds
        self._mark = _mark_of(secrets.token_hex(4))
        self._fear_leftovers()
        self._supplies: tuple[Supply, ...] = ()

    def belongs_to(self, kiosk: str) -> None:
        """Titles bear the kiosk's id from now on, so that a later process finds its jobs at a
        machine that others use too. Until then they bear a random word of this process.
        """
        self._mark = _mark_of(kiosk)

    @property
    def supplies(self) -> tuple[Supply, ...]:
        """Toner and the like when the machine was last asked; empty when it does not tell."""
        return self._supplies

    def status(self) -> PrinterStatus:
        link = self._connect()
        if isinstance(link, PrinterOffline):
            return link
        self._clear_leftovers(link)
        return self._status(link)

    def print(
        self,
        pdf: bytes,
        title: str,
        progress: Callable[[int], None],
        all_sent: Callable[[], None] = nobody_listens,
    ) -> PrintOutcome:
        link = self._connect()
        if isinstance(link, PrinterOffline):
            return NotStarted(link)
        self._clear_leftovers(link)
        status = self._status(link)
        if not isinstance(status, PrinterOnline):
            return NotStarted(status)
        progress(0)
        try:
            job = self._hand_over(link, pdf, self._mark + title)
        except (OSError, *Trouble) as error:
            self._fear_leftovers()
            return Interrupted(0, self._lost(error))
        progress(len(pdf))
        all_sent()
        return self._follow(link, job, len(pdf))

    def close(self) -> None:
        """Nothing to let go: a connection lives for one call."""

    # ------------------------------------------------------------ the server

    def _connect(self) -> Any:
        """A pycups connection, or PrinterOffline."""
        try:
            _knock(self._host, self._port)
            # createJob looks the queue up at the thread's default server, not at its connection's.
            cups.setServer(self._host)
            cups.setPort(self._port)
            return cups.Connection(host=self._host, port=self._port)
        except (OSError, RuntimeError) as error:
            return PrinterOffline(
                f"The print server at {self._host}:{self._port} cannot be reached ({error}); "
                "check that CUPS is running."
            )

    def _fear_leftovers(self) -> None:
        """Something of ours may lie in the queue or at the machine, and nobody is with it."""
        self._may_have_leftovers = True
        self._watch_machine_until = time.monotonic() + LEFTOVER_SECONDS

    def _clear_leftovers(self, link: Any) -> None:
        """Before anything else: what a process that was killed left in the queue, or what lies
        there since the print server broke off, would come out when the paper is filled in, and
        its citizen has long gone. It is cancelled first and purged when that has reached the
        machine: a purge alone leaves the machine its copy.

        A print server that died has forgotten which job of the machine was ours, and its backend
        may hand the letter over only now: the machine is asked itself, for a while.
        """
        if time.monotonic() < self._watch_machine_until:
            self._clear_machine(link)
        if not self._may_have_leftovers:
            return
        with contextlib.suppress(*Trouble):
            for job in link.getJobs(which_jobs="not-completed", my_jobs=True):
                self._end(link, job)
            link.cancelAllJobs(self._queue, my_jobs=True, purge_jobs=True)
            self._may_have_leftovers = False

    def _clear_machine(self, link: Any) -> None:
        with contextlib.suppress(*Trouble, *NO_ANSWER):
            machine = _machine_of(self._attributes(link))
            if machine is not None:
                machine.cancel_jobs(self._mark, cups.getUser())

    def _lost(self, error: Exception) -> PrinterOffline:
        return PrinterOffline(
            f"The print server at {self._host}:{self._port} refused or broke off ({error}); "
            f"check its queue {self._queue!r}."
        )

    def _attributes(self, link: Any) -> dict[str, Any]:
        found: dict[str, Any] = link.getPrinterAttributes(self._queue, requested_attributes=STATE)
        return found

    def _status(self, link: Any) -> PrinterStatus:
        """The queue's state, and what the machine behind it says right now.

        An idle queue repeats what it heard during its last job, so a machine that speaks IPP
        is asked itself.
        """
        try:
            attributes = self._attributes(link)
        except cups.IPPError as error:
            return PrinterOffline(
                f"The print server at {self._host}:{self._port} has no usable queue "
                f"{self._queue!r} ({error.args[-1]}); set it up or correct [page_printer] queue."
            )
        except Trouble as error:
            return self._lost(error)
        machine = self._machine_status(attributes)
        if machine is None:
            return _status_of(attributes, self._queue)
        state = attributes["printer-state"]
        paused = status_of_reasons(state, _only_paused(attributes), self._queue)
        return paused if isinstance(paused, PrinterOffline) else machine

    def _machine_status(self, attributes: dict[str, Any]) -> PrinterStatus | None:
        """What the machine behind the queue says; None when it cannot be asked."""
        machine = _machine_of(attributes)
        if machine is None:
            return None
        where = f"at {machine.host}:{machine.port}"
        try:
            told = machine.ask()
        except NO_ANSWER as error:
            return PrinterOffline(
                f"The page printer {where} cannot be reached ({error}); check its power and its "
                "cable."
            )
        self._supplies = supplies_of(told)
        return status_of_machine(told, where)

    def _media(self, link: Any) -> Iterable[str]:
        """Sizes by the names that the machine gives them; a queue without a PPD has none."""
        attributes = self._attributes(link)
        machine = _machine_of(attributes)
        if machine is not None:
            with contextlib.suppress(*NO_ANSWER):
                return [str(size) for size in machine.ask().get("media-supported", ())]
        found = attributes.get("media-supported", ())
        return (found,) if isinstance(found, str) else found

    # ------------------------------------------------------------ the job

    def _hand_over(self, link: Any, pdf: bytes, title: str) -> int:
        options = {"media": f4_media(self._media(link)), "print-scaling": "none"}
        job: int = link.createJob(self._queue, title, options)
        try:
            link.startDocument(self._queue, job, title, "application/pdf", 1)
            link.writeRequestData(pdf, len(pdf))
            link.finishDocument(self._queue)
        except Trouble:
            self._forget(link, job)
            raise
        return job

    def _follow(self, link: Any, job: int, size: int) -> PrintOutcome:
        deadline = time.monotonic() + self._job_seconds
        watch = _Watch()
        status: PrinterStatus | None = None
        try:
            while status is None and time.monotonic() < deadline:
                if _job_state(link, job) in ENDED:
                    return self._ending(link, job, size)
                attributes = self._attributes(link)
                status = watch.see(
                    _status_of(attributes, self._queue),
                    _status_of(attributes, self._queue, heed_warnings=True),
                    self._machine_status(attributes) or PrinterOnline(Paper.UNKNOWN),
                )
                time.sleep(POLL_SECONDS)
            return self._cancel(link, job, size, status or self._too_slow())
        except Trouble as error:
            self._fear_leftovers()
            return Interrupted(size, self._lost(error))

    def _cancel(self, link: Any, job: int, size: int, status: PrinterStatus) -> PrintOutcome:
        """Cancel; the job may have ended well in the meantime."""
        self._end(link, job)
        outcome = self._ending(link, job, size)
        return Interrupted(size, status) if isinstance(outcome, Interrupted) else outcome

    def _end(self, link: Any, job: int) -> None:
        """Cancel, and wait until that has reached the machine."""
        with contextlib.suppress(cups.IPPError):  # it has ended already
            link.cancelJob(job)
        deadline = time.monotonic() + CANCEL_SECONDS
        while time.monotonic() < deadline and not _has_stopped(link, job):
            time.sleep(POLL_SECONDS)

    def _ending(self, link: Any, job: int, size: int) -> PrintOutcome:
        attributes = self._attributes(link)
        is_done = _job_state(link, job) == COMPLETED and not _given_up(link, job, attributes)
        self._forget(link, job)
        if not is_done:
            status = self._status(link)
            if isinstance(status, PrinterOnline):
                status = _job_gone(self._queue)
            return Interrupted(size, status)
        scheme = urlsplit(str(attributes.get("device-uri", ""))).scheme
        return Confirmed() if scheme in TELLS_THE_END else Unconfirmed()

    def _forget(self, link: Any, job: int) -> None:
        """Purge the job, so that the letter does not stay behind in the spool."""
        with contextlib.suppress(*Trouble):
            link.cancelJob(job, purge_job=True)

    def _too_slow(self) -> PrinterOffline:
        return PrinterOffline(
            f"The page printer {self._queue} did not finish a job within "
            f"{self._job_seconds:g} seconds; look at its display."
        )


def _mark_of(owner: str) -> str:
    return f"Anjungan {owner}: "


class _Watch:
    """Over one job: which trouble has lasted long enough to be its end."""

    def __init__(self) -> None:
        self._queue, self._machine = _Lasting(TROUBLE_SECONDS), _Lasting(TROUBLE_SECONDS)
        self._warning, self._silence = _Lasting(WARNING_SECONDS), _Lasting(SILENCE_SECONDS)

    def see(
        self, queue: PrinterStatus, warning: PrinterStatus, machine: PrinterStatus
    ) -> PrinterStatus | None:
        """What the queue says without and with its warnings, and what the machine says."""
        is_silent = isinstance(machine, PrinterOffline)
        speaking = PrinterOnline(Paper.UNKNOWN) if is_silent else machine
        return (
            self._queue.see(queue)
            or self._machine.see(speaking)
            or self._warning.see(warning)
            or self._silence.see(machine if is_silent else speaking)
        )


class _Lasting:
    """Lets trouble through that lasts for ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def see(self, status: PrinterStatus) -> PrinterStatus | None:
        now = time.monotonic()
        if isinstance(status, PrinterOnline):
            self._since = None
            return None
        if self._since is None:
            self._since = now
        return status if now - self._since >= self._seconds else None


def _knock(host: str, port: int) -> None:
    """libcups waits a minute for a host that is not there or says nothing; find out sooner.

    IPP is HTTP, so any server of it has some answer to OPTIONS.
    """
    with socket.create_connection((host, port), CONNECT_SECONDS) as link:
        link.sendall(b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        if not link.recv(1):
            raise ConnectionError("it hung up")


def _status_of(attributes: dict[str, Any], name: str, heed_warnings: bool = False) -> PrinterStatus:
    state, reasons = attributes["printer-state"], _reasons(attributes)
    return status_of_reasons(state, reasons, name, heed_warnings)


def _reasons(attributes: dict[str, Any]) -> list[str]:
    found = attributes.get("printer-state-reasons", [])
    return [found] if isinstance(found, str) else list(found)


def _only_paused(attributes: dict[str, Any]) -> list[str]:
    return [reason for reason in _reasons(attributes) if reason.startswith("paused")]


def _machine_of(attributes: dict[str, Any]) -> Machine | None:
    return machine_at(attributes.get("device-uri"))


def _job_state(link: Any, job: int) -> int:
    attributes = link.getJobAttributes(job, requested_attributes=["job-state"])
    state: int = attributes["job-state"]
    return state


def _has_stopped(link: Any, job: int) -> bool:
    """CUPS calls a job cancelled before its backend has told the machine so. Who purges it then
    kills the backend, and the machine prints the letter when its trouble is mended.
    """
    told = link.getJobAttributes(job, requested_attributes=["job-state", "job-state-reasons"])
    reasons = told.get("job-state-reasons", [])
    reasons = [reasons] if isinstance(reasons, str) else reasons
    return told["job-state"] in ENDED and "processing-to-stop-point" not in reasons


def _given_up(link: Any, job: int, attributes: dict[str, Any]) -> bool:
    """Whether the machine itself says that it did not finish the job. CUPS may call a job completed
    that somebody cancelled at the machine; a machine that remembers no jobs leaves it at that.
    """
    machine = _machine_of(attributes)
    if machine is None:
        return False
    title = str(link.getJobAttributes(job, requested_attributes=["job-name"])["job-name"])
    with contextlib.suppress(*NO_ANSWER):
        return machine.job_state(title) in GIVEN_UP
    return False


def _job_gone(queue: str) -> PrinterOffline:
    return PrinterOffline(f"The page printer {queue} gave up a job and does not say why.")
