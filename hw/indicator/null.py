"""No lamps."""

from __future__ import annotations

from hw.protocols import Pattern


class NullIndicator:
    """Shows nothing. ``reason`` says why there are no lamps; empty when none are wanted."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason

    def show(self, pattern: Pattern) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Nothing to let go."""
