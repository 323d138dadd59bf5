"""No voice."""

from __future__ import annotations

from collections.abc import Callable

from ui.voice.protocols import Health, Speech


class NoVoice:
    """A kiosk without a loudspeaker."""

    def say(self, speech: Speech) -> None:
        """Nothing."""

    def add(self, speech: Speech) -> None:
        """Nothing."""

    def hush(self) -> None:
        """Nothing."""

    def watch(self, report: Callable[[Health], None]) -> None:
        """There is nothing to report."""

    def close(self) -> None:
        """Nothing."""
