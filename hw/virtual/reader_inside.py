"""The inner half of the virtual reader: runs in its own namespaces, beside pcscd.

Started by ``hw.virtual.reader``; ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw.virtual.card import VPCD_PORT, VirtualCard
from hw.virtual.kinds import Kind, make_side
from hw.virtual.namespace import bind, die_with_parent, enter_private
from hw.virtual.sides import Manner

_PCSCD_RUN = Path("/run/pcscd")
_START_SECONDS = 10.0
_NOTICED_SECONDS = 0.6
_CONTROL_SECONDS = 5.0
_LONGEST_LINE = 65_536

PICC, SAM = 0, 1
SLOTS = (PICC, SAM)
"""One entry in pcscd's configuration gives both; two entries would break vpcd."""

READER_CONF = f"""FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:{VPCD_PORT:#x}
LIBPATH {{library}}
CHANNELID {VPCD_PORT:#x}
"""


@dataclass(frozen=True, slots=True)
class Laid:
    """A card in a slot. ``uid`` is hex."""

    card: VirtualCard
    uid: str
    kind: Kind


class Cabinet:
    """pcscd and the cards that may be in the slots of its reader."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._daemon: subprocess.Popen[bytes] | None = None
        self._is_plugged = True
        self._is_frozen = False
        self._laid: dict[int, Laid] = {}
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """pcscd's folder is ours; pcscd reads our reader's file alone."""
        _PCSCD_RUN.mkdir(exist_ok=True)
        bind(self._folder / "pcscd", _PCSCD_RUN)
        self._conf.parent.mkdir(exist_ok=True)
        self._write_conf()

    @property
    def _conf(self) -> Path:
        return self._folder / "reader.conf.d" / "vpcd"

    def _write_conf(self) -> None:
        if self._is_plugged:
            self._conf.write_text(READER_CONF.format(library=_vpcd_library()))
        else:
            self._conf.unlink(missing_ok=True)

    def start_daemon(self) -> None:
        """Start pcscd and wait until it and vpcd listen."""
        if self._daemon is not None:
            return
        for leftover in ("pcscd.comm", "pcscd.pid"):
            (self._folder / "pcscd" / leftover).unlink(missing_ok=True)
        command = ["pcscd", "--foreground", "--config", str(self._conf.parent)]
        self._daemon = subprocess.Popen(  # noqa: S603 - our own command
            [*command, *_without_polkit()],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            preexec_fn=die_with_parent,
        )
        try:
            _await(self._listens)
        except OSError:
            self.stop_daemon()  # a reader that is said to be there can be used
            raise

    def _listens(self) -> bool:
        there = (self._folder / "pcscd" / "pcscd.comm").exists()
        return there and (_vpcd_listens() or not self._is_plugged)

    def stop_daemon(self) -> None:
        """Kill pcscd, as a crash would."""
        daemon, self._daemon, self._is_frozen = self._daemon, None, False
        if daemon is not None:
            daemon.kill()
            daemon.wait()

    def freeze_daemon(self, frozen: bool) -> None:
        """Let pcscd hang, as behind a driver that waits for ever; or let it go on."""
        if self._daemon is not None:
            self._daemon.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)
            self._is_frozen = frozen

    def plug(self, plugged: bool) -> None:
        """The reader's own cable. vpcd cannot be told to go, so pcscd, if it runs, starts again
        with or without it.
        """
        if plugged == self._is_plugged:
            return
        for slot in SLOTS:
            self.remove(slot)
        runs = self._daemon is not None
        self.stop_daemon()
        self._is_plugged = plugged
        self._write_conf()
        if runs:
            self.start_daemon()

    def insert(
        self, uid: str, manner: str, kind: str = Kind.TAG, slot: int = PICC, after: int = 0
    ) -> None:
        """Lay a card into a slot; the one before is taken away first."""
        if not self._is_plugged:
            raise ValueError("the reader is unplugged")
        side = make_side(Kind(kind), bytes.fromhex(uid), Manner(manner))
        card = VirtualCard(side, Manner(manner), VPCD_PORT + slot, after)
        self.remove(slot)
        card.insert()
        self._laid[slot] = Laid(card, uid.lower(), Kind(kind))

    def remove(self, slot: int = PICC) -> None:
        """Take the card away. Returns when pcscd, which looks every 400 ms, has seen it."""
        laid = self._laid.pop(slot, None)
        if laid is not None:
            laid.card.remove()
            time.sleep(_NOTICED_SECONDS)

    def state(self) -> dict[str, Any]:
        """Which card lies on the reader (its UID as hex, or None), what kind is in each slot,
        whether pcscd runs, whether it hangs, and whether the reader is plugged in.
        """
        running = self._daemon is not None and self._daemon.poll() is None
        return {
            "card": self._laid[PICC].uid if PICC in self._laid else None,
            "slots": [self._laid[slot].kind if slot in self._laid else None for slot in SLOTS],
            "daemon": running,
            "frozen": running and self._is_frozen,
            "plugged": self._is_plugged,
        }

    def obey(self, request: dict[str, Any]) -> dict[str, Any]:
        """One control request; what it tells. Raises ValueError or OSError when it cannot."""
        with self._lock:
            if request.get("ask") == "state":
                return self.state()
            if "insert" in request:
                manner, kind = request.get("manner", Manner.WELL), request.get("kind", Kind.TAG)
                after = max(0, int(request.get("after", 0)))
                self.insert(str(request["insert"]), str(manner), str(kind), _slot(request), after)
            elif "remove" in request:
                self.remove(_slot(request))
            elif request.get("reader") in ("plug", "unplug"):
                self.plug(request["reader"] == "plug")
            elif request.get("daemon") == "stop":
                self.stop_daemon()
            elif request.get("daemon") == "start":
                self.start_daemon()
            elif request.get("daemon") in ("freeze", "thaw"):
                self.freeze_daemon(request["daemon"] == "freeze")
            else:
                raise ValueError(
                    "known are insert, remove, daemon (stop|start|freeze|thaw),"
                    " reader (plug|unplug), ask"
                )
            return {}


def _slot(request: dict[str, Any]) -> int:
    slot = request.get("slot", PICC)
    if slot not in SLOTS or isinstance(slot, bool):
        raise ValueError(f"there is no slot {slot!r}: 0 is for citizens' cards, 1 for the SAM")
    return int(slot)


def _vpcd_library() -> str:
    """Debian keeps vpcd's driver under the architecture's library folder or beside it."""
    for root in ("/usr/lib/pcsc", "/usr/lib"):
        for found in sorted(Path(root).glob("**/libifdvpcd.so")):
            return str(found)
    raise OSError("libifdvpcd.so is not installed: apt install vsmartcard-vpcd")


def _vpcd_listens() -> bool:
    """Both slots; read from the kernel: a trial connection would be taken for a card."""
    return all(_listens(VPCD_PORT + slot) for slot in SLOTS)


def _listens(port: int) -> bool:
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            rows = [line.split() for line in Path(table).read_text().splitlines()[1:]]
            if any(row[1].endswith(wanted) and row[3] == "0A" for row in rows):
                return True
    return False


def _await(ready: Any) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise OSError("pcscd or vpcd did not start")
        time.sleep(0.02)


def _without_polkit() -> list[str]:
    """pcscd 2 asks polkit, which needs a system bus; here only our own processes can reach it."""
    usage = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False)  # noqa: S607
    return ["--disable-polkit"] if "--disable-polkit" in usage.stdout + usage.stderr else []


def _serve(cabinet: Cabinet, control: Path) -> None:
    control.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(control))
        _for_the_starter_only(control)
        listener.listen()
        print(json.dumps({"ready": True}), flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                _answer(cabinet, connection)


def _for_the_starter_only(control: Path) -> None:
    """Under sudo the starter is another user than we are."""
    control.chmod(0o600)
    starter = os.environ.get("SUDO_UID", "")
    if starter.isdecimal():
        os.chown(control, int(starter), -1)


def _answer(cabinet: Cabinet, connection: socket.socket) -> None:
    connection.settimeout(_CONTROL_SECONDS)
    try:
        told = cabinet.obey(json.loads(connection.makefile("rb").readline(_LONGEST_LINE)))
        answer: dict[str, Any] = {"ok": True, **told}
    except (ValueError, OSError, TypeError, AttributeError, ArithmeticError) as error:
        answer = {"ok": False, "error": str(error)}
    except RecursionError as error:
        answer = {"ok": False, "error": str(error)}
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(answer).encode() + b"\n")


def main() -> int:
    """Until standard input ends."""
    folder = Path(sys.argv[1])
    enter_private()
    cabinet = Cabinet(folder)
    cabinet.prepare()
    cabinet.start_daemon()
    server = threading.Thread(target=_serve, args=(cabinet, folder / "card.sock"), daemon=True)
    server.start()
    with contextlib.suppress(KeyboardInterrupt):
        while os.read(0, 1):
            pass
    for slot in SLOTS:
        cabinet.remove(slot)
    cabinet.stop_daemon()
    return 0


if __name__ == "__main__":
    sys.exit(main())
