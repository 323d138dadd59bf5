"""What an ESC/POS driver needs of a cable: bytes out, bytes in, and never a wait without end."""

from __future__ import annotations

from typing import Protocol


class PipeError(Exception):
    """The cable failed; the text is one sentence for a technician."""


class Pipe(Protocol):
    """A cable to a printer: TCP, USB, serial. Every call ends within the time it is given."""

    @property
    def name(self) -> str:
        """Where the printer is, for people: ``192.0.2.7:9100``."""

    def open(self) -> None:
        """Connect; raises PipeError."""

    def write(self, data: memoryview, seconds: float) -> int:
        """Hand over what is taken within ``seconds``; the count may be 0. Raises PipeError."""

    def read(self, seconds: float) -> bytes:
        """What has come, at the latest after ``seconds``; empty if nothing. Raises PipeError."""

    def close(self) -> None:
        """Close in good order, so that bytes already taken are not lost. Never raises."""

    def abandon(self) -> None:
        """Close, and throw away what is still on its way: a job that was broken off shall not
        come out when nobody waits for it any more. Never raises.
        """
