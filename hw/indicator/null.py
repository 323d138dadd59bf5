"""No lamps."""

from __future__ import annotations

from hw.protocols import DeviceState, Pattern


class NullIndicator:
    """Shows nothing. ``reason`` says why there are no lamps; empty when none are wanted."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason

    @property
    def state(self) -> DeviceState:
        """Offline where lamps are wanted and cannot be had."""
        return DeviceState.OFFLINE if self.reason else DeviceState.NO_DEVICE

    def show(self, pattern: Pattern) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Nothing to let go."""
