"""A Unix socket (mode 600) at which a bench says JSON lines, each answered with one: both ends."""

from __future__ import annotations

import contextlib
import errno
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Obey = Callable[[bytes], dict[str, Any]]
_LONGEST_LINE = 4096
_CALLER_SECONDS = 5.0


def ask(path: Path, question: dict[str, Any], seconds: float | None = None) -> dict[str, Any]:
    """One line to a control socket, and its answer. Raises OSError when none comes in time."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(seconds)
        wire.connect(str(path))
        wire.sendall(json.dumps(question).encode() + b"\n")
        answer = wire.makefile("rb").readline()
    if not answer:
        raise ConnectionError(f"{path} hung up without an answer")
    return dict(json.loads(answer))


class ControlSocket:
    """``obey`` is given a line and says the answer. With ``one_at_a_time`` callers wait for each
    other and only the socket's own thread obeys; who says nothing for a while is hung up then.
    Raises OSError when the socket cannot be made, and where another program's is in use.
    """

    def __init__(self, path: Path, name: str, obey: Obey, one_at_a_time: bool = True) -> None:
        self._path = path
        self._obey = obey
        self._one_at_a_time = one_at_a_time
        self._callers: set[socket.socket] = set()
        self._listener = _listener(path)
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """The socket is gone, and whoever was talking to it is hung up."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for caller in tuple(self._callers):
            with contextlib.suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return  # closed
            self._callers.add(caller)
            if self._one_at_a_time:
                caller.settimeout(_CALLER_SECONDS)
                self._listen_to(caller)
            else:
                threading.Thread(target=self._listen_to, args=(caller,), daemon=True).start()

    def _listen_to(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError), caller, caller.makefile("rb") as lines:
            while line := lines.readline(_LONGEST_LINE):
                caller.sendall(json.dumps(self._obey(line)).encode() + b"\n")
        self._callers.discard(caller)


def _listener(path: Path) -> socket.socket:
    _make_room(path)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
    except OSError:
        listener.close()
        raise
    listener.listen()
    return listener


def _make_room(path: Path) -> None:
    """Remove a socket that a program left that was killed; one that is in use stays."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError(errno.EADDRINUSE, f"another program answers at {path}")
