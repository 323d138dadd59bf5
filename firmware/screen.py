"""The screen's socket: one UI process at a time; a whole ViewState a line, an Intent a line.

A UI that connects replaces the one before, and is sent the present view at once.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.core.errors import ConfigurationError
from firmware.core.view import Intent, ViewState
from firmware.rim import guarded
from firmware.signals import ScreenConnected, ScreenLost, ScreenSaid, Signal

_LONGEST_LINE = 16 * 1024
_UNREADABLE = "the screen process sent something unreadable"
_SEND_SECONDS = 2.0
_BURST, _TOUCHES_A_SECOND = 500, 500
"""Fingers are far slower. What came faster would wait in the queue, and meet the next visitor."""


class ScreenServer:
    """Listens at ``path``. Views go out from the controller's thread."""

    def __init__(self, path: Path, post: Callable[[Signal], None]) -> None:
        self._path = path
        self._post = post
        self._lock = threading.Lock()
        self._screen: socket.socket | None = None
        self._listener = _listen(path)

    def start(self) -> None:
        """Begin to accept screens."""
        run = guarded(self._post, self._accept)
        threading.Thread(target=run, name="screen-accept", daemon=True).start()

    def show(self, state: ViewState) -> None:
        """Send the view to the screen, if one is there."""
        with self._lock:
            screen = self._screen
        if screen is None:
            return
        try:
            screen.sendall(msgspec.json.encode(state) + b"\n")
        except OSError as error:
            self._drop(screen, f"cannot be written to: {error.strerror}")

    def close(self) -> None:
        """Stop listening and let the screen go."""
        self._listener.close()
        with self._lock:
            screen, self._screen = self._screen, None
        if screen is not None:
            _hang_up(screen)
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                screen, _ = self._listener.accept()
            except OSError:
                return  # closed
            if not _is_one_of_us(screen):
                screen.close()
                continue
            self._replace(screen)
            run = guarded(self._post, lambda ours=screen: self._listen_to(ours))
            threading.Thread(target=run, name="screen-read", daemon=True).start()
            self._post(ScreenConnected())

    def _replace(self, screen: socket.socket) -> None:
        seconds = struct.pack("ll", int(_SEND_SECONDS), 0)
        screen.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)
        with self._lock:
            old, self._screen = self._screen, screen
        if old is not None:
            with contextlib.suppress(OSError):
                old.shutdown(socket.SHUT_RDWR)

    def _listen_to(self, screen: socket.socket) -> None:
        pending = b""
        pace = Pace(_BURST, _TOUCHES_A_SECOND)
        while True:
            try:
                received = screen.recv(4096)
            except OSError:
                received = b""
            if not received:
                return self._drop(screen, "the screen process is gone")
            *lines, pending = (pending + received).split(b"\n")
            why = next(filter(None, (self._hear(screen, line, pace) for line in lines)), "")
            if why or len(pending) > _LONGEST_LINE:
                return self._drop(screen, why or _UNREADABLE)
            del received, lines  # answers: nobody may say anything for a long time now

    def _hear(self, screen: socket.socket, line: bytes, pace: Pace) -> str:
        """Pass a touch on, while this is the screen that people see; why not, else ''."""
        try:
            intent = msgspec.json.decode(line, type=Intent)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _UNREADABLE
        if not pace.allows(time.monotonic()):
            return "the screen process floods"
        with self._lock:
            if self._screen is not screen:
                return "another screen took its place"
            self._post(ScreenSaid(intent))
        return ""

    def _drop(self, screen: socket.socket, detail: str) -> None:
        with self._lock:
            present = self._screen is screen
            if present:
                self._screen = None
        _hang_up(screen)
        if present:
            self._post(ScreenLost(detail))


class Pace:
    """A bucket of ``burst`` that fills again by ``a_second``."""

    def __init__(self, burst: int, a_second: float) -> None:
        self._burst = self._left = float(burst)
        self._a_second = a_second
        self._at: float | None = None

    def allows(self, now: float) -> bool:
        """Whether one more may come at ``now`` (monotonic seconds)."""
        if self._at is not None:
            self._left = min(self._burst, self._left + (now - self._at) * self._a_second)
        self._at = now
        self._left -= 1
        return self._left >= 0


def _hang_up(screen: socket.socket) -> None:
    """Close for both ends: a reader that sits in recv would keep a mere close() from the peer."""
    with contextlib.suppress(OSError):
        screen.shutdown(socket.SHUT_RDWR)
    screen.close()


def _make_room(path: Path) -> None:
    """A socket that was left behind goes; anything else is somebody's."""
    if path.is_socket():
        path.unlink()
    elif path.exists():
        raise ConfigurationError(f"[ui] socket: {path} is there and no socket; name another place")


def _listen(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    _make_room(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
    except OSError as error:
        raise ConfigurationError(
            f"[ui] socket: cannot listen at {path} ({error}); choose a short path (at most 107 "
            "bytes) in a folder that this user may write"
        ) from error
    path.chmod(0o600)
    listener.listen()
    return listener


def _is_one_of_us(peer: socket.socket) -> bool:
    """Whether the process at the other end runs as our user or as root."""
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return user in (0, os.getuid())
