"""Writes down what would be heard: one JSON object a line, for benches and tests.

``{"words": [...], "language": "id", "volume": 3, "private": false, "earcon": "",
"after": false}``; ``after`` is true for what waits until the words before it have ended. Silence
is ``{"hush": true}``. It holds what visitors hear, personal data too: no cabinet that serves
people is configured so.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ui.voice.protocols import CannotSpeak, CanSpeak, Health, Speech


class Transcript:
    """Appends to a file at ``path``, or writes to the Unix socket that listens there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._out: io.RawIOBase | None = None
        self._report: Callable[[Health], None] = lambda _: None
        self._health: Health = CanSpeak()

    def say(self, speech: Speech) -> None:
        """See ``Voice``."""
        self._write(speech, after=False)

    def add(self, speech: Speech) -> None:
        """See ``Voice``."""
        self._write(speech, after=True)

    def hush(self) -> None:
        """See ``Voice``."""
        self._put({"hush": True})

    def watch(self, report: Callable[[Health], None]) -> None:
        """See ``Voice``."""
        self._report = report

    def close(self) -> None:
        """See ``Voice``."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def _write(self, speech: Speech, after: bool) -> None:
        self._put(
            {
                "words": list(speech.phrases),
                "language": speech.language,
                "volume": speech.volume,
                "private": speech.private,
                "earcon": speech.earcon,
                "after": after,
            }
        )

    def _put(self, entry: dict[str, Any]) -> None:
        try:
            if self._out is None:
                self._out = _open(self._path)
            self._out.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            with contextlib.suppress(OSError):
                self.close()
            self._is(CannotSpeak(f"the transcript cannot be written: {error.strerror or error}"))
        else:
            self._is(CanSpeak())

    def _is(self, health: Health) -> None:
        if health != self._health:
            self._health = health
            self._report(health)


def _open(path: Path) -> io.RawIOBase:
    """The socket that listens at ``path``, else a file only for us."""
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.connect(str(path))
        line.settimeout(1.0)  # a reader that stands still must not hold the screen for longer
        return _Line(line)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return io.FileIO(handle, "w")


class _Line(io.RawIOBase):
    """A socket as something to write to."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def write(self, data: Any) -> int:
        self._line.sendall(data)
        return len(data)

    def close(self) -> None:
        self._line.close()
        super().close()
