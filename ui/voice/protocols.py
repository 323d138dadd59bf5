"""What a voice is: it says what it is given, never keeps anybody waiting, and returns trouble."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

Earcon = Literal["", "key", "card", "done", "error"]
"""A short sound before the words; see ui.sounds."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Something to be said: ``phrases`` one after another, in ``language`` (BCP 47).

    ``volume``: 1 to 5. ``private``: into the headphone, where nobody else hears it.
    """

    phrases: tuple[str, ...]
    language: str = "id"
    volume: int = 3
    private: bool = False
    earcon: Earcon = ""

    def __repr__(self) -> str:
        return f"Speech(<{len(self.phrases)} phrases>, {self.language!r})"


@dataclass(frozen=True, slots=True)
class CanSpeak:
    """Nothing is known to be wrong."""


@dataclass(frozen=True, slots=True)
class CannotSpeak:
    """Nothing is heard; ``reason`` for a technician, without anything of what was to be said."""

    reason: str = field(default="")


Health = CanSpeak | CannotSpeak


class Voice(Protocol):
    """One way to speak. No method blocks; all are called from the screen's thread."""

    def say(self, speech: Speech) -> None:
        """Say this now, instead of whatever is being said or waits to be."""

    def add(self, speech: Speech) -> None:
        """Say this when what is being said has ended."""

    def hush(self) -> None:
        """Fall silent at once; nothing waits any more."""

    def watch(self, report: Callable[[Health], None]) -> None:
        """Call ``report``, on any thread, with each change of health."""

    def close(self) -> None:
        """Fall silent and let go of everything."""
