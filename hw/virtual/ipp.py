"""A page printer without a machine: a private cupsd, and behind it ``ippeveprinter``.

``ippeveprinter`` is the IPP Everywhere printer of the CUPS project. It wants a D-Bus even
when it must not announce itself, so it gets an empty one of its own. Nothing of the
system's CUPS, Avahi or D-Bus is touched. Needs Debian's cups-daemon, cups-ipp-utils,
dbus-daemon; run as root, or as a user who then owns everything.

``python -m hw.virtual.ipp --folder DIR`` prints one JSON line when it is ready.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path

from hw.virtual import ipp_files

READY_SECONDS = 15.0
STOP_SECONDS = 5.0
QUEUE = "anjungan"
PROGRAMS = {
    "cupsd": ("/usr/sbin/cupsd", "cups-daemon"),
    "ippeveprinter": ("/usr/sbin/ippeveprinter", "cups-ipp-utils"),
    "dbus-daemon": ("/usr/bin/dbus-daemon", "dbus-daemon"),
    "ipptool": ("/usr/bin/ipptool", "cups-ipp-utils"),
    "setpriv": ("/usr/bin/setpriv", "util-linux"),
}


class VirtualPagePrinter:
    """``server`` and ``queue`` are for CupsPagePrinter; ``printed`` lists what lies in the tray.

    Start it from a thread that outlives it: its processes die with that thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._tray = self._folder / "printed"
        self._trouble = self._folder / "trouble"
        self._state: Path | None = None
        self._processes: list[subprocess.Popen[bytes]] = []
        self._ipp_port = 0
        self._cups_command: tuple[str, ...] = ()
        self.server = ""
        self.queue = QUEUE

    @property
    def printed(self) -> list[Path]:
        """The PDFs that came out, oldest first."""
        return sorted(self._tray.glob("*.pdf"))

    def spooled(self) -> list[Path]:
        """Documents that still lie in the print server's spool."""
        return [] if self._state is None else sorted((self._state / "cups" / "spool").glob("d*"))

    def start(self) -> None:
        """Start; returns when a job can be printed. Raises OSError with one clear sentence."""
        for path, package in PROGRAMS.values():
            if not Path(path).exists():
                raise OSError(f"The virtual page printer needs {path}; install {package}.")
        self._tray.mkdir(parents=True, exist_ok=True)
        self.set_trouble(None)
        # CUPS hands jobs to a backend of another user, who must be able to reach the spool.
        self._state = Path(tempfile.mkdtemp(prefix="anjungan-cups-"))
        self._state.chmod(0o711)
        try:
            self._start_bus(self._state)
            self._start_machine(self._state)
            self._start_cups(self._state)
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything. Safe to call twice."""
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _end_session(process.pid)
        self._processes.clear()
        state, self._state = self._state, None
        if state is not None:
            shutil.rmtree(state, ignore_errors=True)

    def set_trouble(self, reason: str | None) -> None:
        """Stop the machine with an IPP printer-state-reason, such as ``media-empty-error``,
        from the next sheet on; None mends it.
        """
        unfinished = self._trouble.with_suffix(".part")
        unfinished.write_text(reason or "")
        unfinished.replace(self._trouble)

    def load_tray(self, size: str = ipp_files.F4, sheets: int = 250) -> None:
        """Put ``sheets`` of the paper ``size`` in, on ippeveprinter's own page for that."""
        self._fill_in("media", size0=size, type0="stationery", level0=str(sheets))

    def set_toner(self, percent: int) -> None:
        """On ippeveprinter's own page for supplies."""
        self._fill_in("supplies", supply0="25", supply1=str(percent))

    def switch_off_machine(self) -> None:
        """The machine loses its power; the queue stays."""
        _kill(self._machine)

    def switch_on_machine(self) -> None:
        """The machine has power again, and has forgotten its jobs."""
        assert self._state is not None
        self._start_machine(self._state)

    def kill_cups(self) -> None:
        """The print server dies as at a crash."""
        _kill(self._cups)

    def start_cups_again(self) -> None:
        """The print server starts again with the spool that it left."""
        self._run_cups()

    def jobs(self) -> int:
        """How many jobs the machine has and has not ended."""
        return len(self._job_ids())

    def cancel_at_machine(self) -> int:
        """A person cancels every job at the machine's panel; returns how many there were."""
        assert self._state is not None
        jobs = self._job_ids()
        for job in jobs:
            _ipptool(self.uri, str(self._state / ipp_files.CANCEL), "-d", f"job={job}")
        return len(jobs)

    @property
    def uri(self) -> str:
        """Where the machine itself answers, past the print server."""
        return f"ipp://127.0.0.1:{self._ipp_port}/ipp/print"

    def _job_ids(self) -> list[str]:
        listed = _ipptool(self.uri, "get-jobs.test").splitlines()
        return [line.split("=")[1].strip() for line in listed if "job-id (" in line]

    def __enter__(self) -> VirtualPagePrinter:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------ processes

    def _fill_in(self, page: str, **form: str) -> None:
        url = f"http://127.0.0.1:{self._ipp_port}/{page}?{urllib.parse.urlencode(form)}"
        with urllib.request.urlopen(url, timeout=READY_SECONDS) as answer:
            answer.read()

    def _start_bus(self, state: Path) -> None:
        config = ipp_files.write_bus(state, state / "bus")
        self._spawn(("dbus-daemon", "--nofork", "--nopidfile", f"--config-file={config}"))
        self._wait((state / "bus").exists, "the private D-Bus")

    def _start_machine(self, state: Path) -> None:
        bus = state / "bus"
        files = ipp_files.write_machine(state, self._tray, self._trouble)
        self._ipp_port = self._ipp_port or _free_port()
        self._machine = self._spawn(
            (
                "ippeveprinter",
                *("-r", "off", "-n", "localhost", "-p", str(self._ipp_port)),
                *("-d", str(files.spool), "-a", str(files.attributes)),
                *("-c", str(files.command), "Anjungan"),
            ),
            {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}"},
        )
        self._wait(lambda: _listens(self._ipp_port), "ippeveprinter")

    def _start_cups(self, state: Path) -> None:
        port = _free_port()
        uri = f"ipp://127.0.0.1:{self._ipp_port}/ipp/print"
        config, files = ipp_files.write_cups(
            state / "cups", self._folder / "cups-error.log", port, self.queue, uri
        )
        self.server = f"127.0.0.1:{port}"
        self._cups_command = ("cupsd", "-f", "-c", str(config), "-s", str(files))
        self._run_cups()

    def _run_cups(self) -> None:
        self._cups = self._spawn(self._cups_command)
        port = int(self.server.rpartition(":")[2])
        self._wait(lambda: _listens(port), "cupsd")

    def _spawn(
        self, command: Iterable[str], more: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        name, *arguments = command
        log = (self._folder / f"{name}.log").open("ab")
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        with log:
            process = subprocess.Popen(  # noqa: S603
                [PROGRAMS["setpriv"][0], "--pdeathsig", "TERM", PROGRAMS[name][0], *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": path, "LANG": "C.UTF-8", **(more or {})},
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def _wait(self, is_ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready():
            if self._processes[-1].poll() is not None or time.monotonic() > deadline:
                raise OSError(f"The virtual page printer: {what} did not start; see {self._folder}")
            time.sleep(0.05)


def _end_session(leader: int) -> None:
    """End what a program left behind, and wait for it: a print server that was killed leaves its
    backends, which try for minutes to reach the machine. They lead groups of their own, but stay
    in its session.
    """
    deadline = time.monotonic() + STOP_SECONDS
    while (left := _alive_in(leader)) and time.monotonic() < deadline:
        for process in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.02)


def _alive_in(session: int) -> list[int]:
    """The processes of a session that have not ended, by /proc (proc(5): state is the third field
    of stat, the session the sixth).
    """
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, _group, its = stat.read_text().rpartition(")")[2].split()[:4]
            if int(its) == session and state not in "ZX":
                found.append(int(stat.parent.name))
    return found


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _ipptool(uri: str, test: str, *options: str) -> str:
    command = [PROGRAMS["ipptool"][0], "-tv", *options, uri, test]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, timeout=READY_SECONDS, check=False
    )
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m hw.virtual.ipp", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        with VirtualPagePrinter(folder) as printer:
            ready = {"server": printer.server, "queue": printer.queue, "tray": str(printer._tray)}
            print(json.dumps(ready), flush=True)
            stopping.wait()
    except OSError as error:
        print(error, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
