"""No inputs."""

from __future__ import annotations

from collections.abc import Callable

from hw.protocols import InputReport


class NullInputs:
    """A cabinet without door switch, service button and UPS line."""

    def start(self, report: Callable[[InputReport], None]) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Nothing to let go."""
