"""The inner half of the virtual reader: runs in its own namespaces, beside pcscd.

Started by ``hw.virtual.reader``; ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from hw.virtual.card import VPCD_PORT, Manner, VirtualCard

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_PR_SET_PDEATHSIG = 1
_PCSCD_RUN = Path("/run/pcscd")
_START_SECONDS = 10.0
_NOTICED_SECONDS = 0.6

READER_CONF = f"""FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:{VPCD_PORT:#x}
LIBPATH {{library}}
CHANNELID {VPCD_PORT:#x}
"""


class Cabinet:
    """pcscd and the card that may lie on its reader."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._daemon: subprocess.Popen[bytes] | None = None
        self._card: VirtualCard | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Loopback up; pcscd's folder is ours; pcscd reads our reader's file alone."""
        _loopback_up()
        _PCSCD_RUN.mkdir(exist_ok=True)
        _bind(self._folder / "pcscd", _PCSCD_RUN)
        conf = self._folder / "reader.conf.d"
        conf.mkdir(exist_ok=True)
        (conf / "vpcd").write_text(READER_CONF.format(library=_vpcd_library()))

    def start_daemon(self) -> None:
        """Start pcscd and wait until it and vpcd listen."""
        if self._daemon is not None:
            return
        for leftover in ("pcscd.comm", "pcscd.pid"):
            (self._folder / "pcscd" / leftover).unlink(missing_ok=True)
        command = ["pcscd", "--foreground", "--config", str(self._folder / "reader.conf.d")]
        self._daemon = subprocess.Popen(  # noqa: S603 - our own command
            [*command, *_without_polkit()],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            preexec_fn=_die_with_parent,
        )
        _await(lambda: (self._folder / "pcscd" / "pcscd.comm").exists() and _vpcd_listens())

    def stop_daemon(self) -> None:
        """Kill pcscd, as a crash would."""
        daemon, self._daemon = self._daemon, None
        if daemon is not None:
            daemon.kill()
            daemon.wait()

    def insert(self, uid: str, manner: str) -> None:
        """Lay a card on the reader; the one before is taken away first."""
        self.remove()
        card = VirtualCard(bytes.fromhex(uid), Manner(manner))
        card.insert()
        self._card = card

    def remove(self) -> None:
        """Take the card away. Returns when pcscd, which looks every 400 ms, has seen it."""
        card, self._card = self._card, None
        if card is not None:
            card.remove()
            time.sleep(_NOTICED_SECONDS)

    def obey(self, request: dict[str, Any]) -> None:
        """One control request; raises ValueError or OSError when it cannot be done."""
        with self._lock:
            if "insert" in request:
                self.insert(str(request["insert"]), str(request.get("manner", "well")))
            elif "remove" in request:
                self.remove()
            elif request.get("daemon") == "stop":
                self.stop_daemon()
            elif request.get("daemon") == "start":
                self.start_daemon()
            else:
                raise ValueError("known are insert, remove and daemon (stop or start)")


def _vpcd_library() -> str:
    """Debian keeps vpcd's driver under the architecture's library folder or beside it."""
    for root in ("/usr/lib/pcsc", "/usr/lib"):
        for found in sorted(Path(root).glob("**/libifdvpcd.so")):
            return str(found)
    raise OSError("libifdvpcd.so is not installed: apt install vsmartcard-vpcd")


def _vpcd_listens() -> bool:
    """Read from the kernel: a trial connection would be taken for a card."""
    wanted = f":{VPCD_PORT:04X}"
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


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def _bind(source: Path, target: Path) -> None:
    subprocess.run(["mount", "--bind", str(source), str(target)], check=True)  # noqa: S603, S607


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _serve(cabinet: Cabinet, control: Path) -> None:
    control.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(control))
        control.chmod(0o600)
        listener.listen()
        print(json.dumps({"ready": True}), flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                _answer(cabinet, connection)


def _answer(cabinet: Cabinet, connection: socket.socket) -> None:
    line = connection.makefile("rb").readline()
    try:
        cabinet.obey(json.loads(line))
        answer: dict[str, Any] = {"ok": True}
    except (ValueError, OSError, TypeError, AttributeError) as error:
        answer = {"ok": False, "error": str(error)}
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(answer).encode() + b"\n")


def main() -> int:
    """Until standard input ends."""
    folder = Path(sys.argv[1])
    cabinet = Cabinet(folder)
    cabinet.prepare()
    cabinet.start_daemon()
    server = threading.Thread(target=_serve, args=(cabinet, folder / "card.sock"), daemon=True)
    server.start()
    with contextlib.suppress(KeyboardInterrupt):
        while os.read(0, 1):
            pass
    cabinet.remove()
    cabinet.stop_daemon()
    return 0


if __name__ == "__main__":
    sys.exit(main())
