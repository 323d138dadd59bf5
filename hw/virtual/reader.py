"""A whole PC/SC reader without hardware: pcscd and vpcd, private to whoever starts it.

vpcd listens on every address and its port is fixed, so all of it lives in a network and mount
namespace of its own. pcscd's socket is seen outside through a bind mount:
clients find it by the environment variable PCSCLITE_CSOCK_NAME. What this module starts ends when
its starter does, however that ends: the inner process watches its standard input.

From a shell: ``python -m hw.virtual.reader --folder DIR`` prints one line of JSON with the
addresses of pcscd's socket and of the control socket, and runs until it is stopped. Control:
one line of JSON each, ``{"insert": "<uid as hex>", "manner": "well|mute|pulled|forged", "kind":
"tag|sticker|ektp|sam|passport", "slot": 0, "after": 0}``, ``{"remove": true, "slot": 0}``,
``{"daemon": "stop|start|freeze|thaw"}``, ``{"reader": "plug|unplug"}``; the answer is ``{"ok":
true}`` or an error. A well-behaved tag in slot 0, where citizens' cards go, is meant where nothing
else is said; slot 1 is the SAM's. ``after`` so many commands a mute card falls silent and a pulled
one goes. ``{"ask": "state"}`` adds the UID of the card that lies there, the kinds in both slots,
whether pcscd runs or hangs, and whether the reader is plugged in.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from hw.virtual.control_socket import ask

_READY_SECONDS = 20.0
_LONGEST_SOCKET_PATH = 107


class VirtualReaderError(Exception):
    """The virtual reader cannot be had here; the text says why and what to do."""


class VirtualReader:
    """The reader, seen from outside. ``folder`` gets its sockets and its log."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.socket = self._folder / "pcscd" / "pcscd.comm"
        self.control = self._folder / "card.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns when cards can be laid on it. Raises VirtualReaderError."""
        _refuse_where_impossible(self.socket)
        self._folder.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(exist_ok=True)
        with (self._folder / "reader.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                _inner_command(self._folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self._await_ready()

    def _await_ready(self) -> None:
        process = self._process
        assert process is not None and process.stdout is not None
        timer = threading.Timer(_READY_SECONDS, process.kill)
        timer.start()
        line = process.stdout.readline()
        timer.cancel()
        if not line:
            self.stop()
            raise VirtualReaderError(
                f"the virtual card reader did not start; see {self._folder / 'reader.log'}"
            )

    def stop(self) -> None:
        """Stop all of it."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.wait()
        process.stdout.close()

    def insert(
        self, uid: bytes, manner: str = "well", kind: str = "tag", slot: int = 0, after: int = 0
    ) -> None:
        """Lay a card on the reader. Hold it half a second or more: pcscd looks every 400 ms."""
        how = {"manner": manner, "kind": kind, "slot": slot, "after": after}
        self._ask({"insert": uid.hex(), **how})

    def remove(self, slot: int = 0) -> None:
        """Take the card away."""
        self._ask({"remove": True, "slot": slot})

    def kill_daemon(self) -> None:
        """End pcscd, as a crash would."""
        self._ask({"daemon": "stop"})

    def start_daemon(self) -> None:
        """Start pcscd again."""
        self._ask({"daemon": "start"})

    def freeze_daemon(self) -> None:
        """Let pcscd hang: it lives, and answers nobody."""
        self._ask({"daemon": "freeze"})

    def thaw_daemon(self) -> None:
        """Let it go on where it hung."""
        self._ask({"daemon": "thaw"})

    def unplug(self) -> None:
        """Take the reader away from pcscd, which then runs without one."""
        self._ask({"reader": "unplug"})

    def plug(self) -> None:
        """Plug the reader in again."""
        self._ask({"reader": "plug"})

    def _ask(self, request: dict[str, Any]) -> None:
        answer = ask(self.control, request)
        if not answer.get("ok"):
            raise VirtualReaderError(str(answer.get("error")))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _inner_command(folder: Path) -> list[str]:
    inner = [sys.executable, "-m", "hw.virtual.reader_inside", str(folder)]
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n", "--preserve-env=PYTHONPATH"]
    return [*sudo, *inner]


def _refuse_where_impossible(path: Path) -> None:
    if shutil.which("pcscd") is None:
        raise VirtualReaderError(
            "the virtual card reader needs pcscd and vsmartcard-vpcd: apt install them"
        )
    if os.geteuid() != 0 and shutil.which("sudo") is None:
        raise VirtualReaderError("the virtual card reader needs root or sudo (namespaces)")
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        raise VirtualReaderError(f"{path} is too long for a socket: choose a shorter folder")


def main() -> int:
    """Run a reader until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="A PC/SC reader without hardware.")
    parser.add_argument("--folder", type=Path, required=True, help="gets its sockets and log")
    reader = VirtualReader(parser.parse_args().folder)
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    try:
        with reader:
            ready = {"socket": str(reader.socket), "control": str(reader.control)}
            print(json.dumps(ready), flush=True)
            stop.wait()
    except VirtualReaderError as error:
        print(f"virtual reader: {error}", file=sys.stderr)
        return 1
    with contextlib.suppress(OSError):
        reader.control.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
