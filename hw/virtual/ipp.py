"""A page printer without a machine: a private cupsd, and behind it ``ippeveprinter``.

``ippeveprinter`` is the IPP Everywhere printer of the CUPS project. It wants a D-Bus even
when it must not announce itself, so it gets an empty one of its own. Nothing of the
system's CUPS, Avahi or D-Bus is touched. Needs Debian's cups-daemon, cups-ipp-utils,
dbus-daemon; run as root, or as a user who then owns everything.

``python -m hw.virtual.ipp --folder DIR`` prints one JSON line when it is ready.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
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

    def switch_off_machine(self) -> None:
        """The machine loses its power; the queue stays."""
        machine = self._processes[1]
        machine.kill()
        machine.wait()

    def __enter__(self) -> VirtualPagePrinter:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------ processes

    def _start_machine(self, state: Path) -> None:
        bus = state / "bus"
        config = ipp_files.write_bus(state, bus)
        self._spawn(("dbus-daemon", "--nofork", "--nopidfile", f"--config-file={config}"))
        self._wait(bus.exists, "the private D-Bus")
        files = ipp_files.write_machine(state, self._tray, self._trouble)
        self._ipp_port = _free_port()
        self._spawn(
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
        self._spawn(("cupsd", "-f", "-c", str(config), "-s", str(files)))
        self._wait(lambda: _listens(port), "cupsd")
        self.server = f"127.0.0.1:{port}"

    def _spawn(self, command: Iterable[str], more: dict[str, str] | None = None) -> None:
        name, *arguments = command
        log = (self._folder / f"{name}.log").open("wb")
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        with log:
            self._processes.append(
                subprocess.Popen(  # noqa: S603
                    [PROGRAMS["setpriv"][0], "--pdeathsig", "TERM", PROGRAMS[name][0], *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={"PATH": path, "LANG": "C.UTF-8", **(more or {})},
                )
            )

    def _wait(self, is_ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready():
            if self._processes[-1].poll() is not None or time.monotonic() > deadline:
                raise OSError(f"The virtual page printer: {what} did not start; see {self._folder}")
            time.sleep(0.05)


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
