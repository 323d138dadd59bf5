"""Which keys of kiosk.toml a signed order may set, and how far: both ends check by it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from firmware.core.errors import ConfigurationError

FROM_AFAR: dict[str, tuple[float, float] | None] = {
    "visit.idle_seconds": (15, 600),
    "visit.answer_seconds": (10, 300),
    "visit.card_must_stay": None,
    "visit.on_battery": None,
    "service.idle_seconds": (60, 3600),
    "link.heartbeat_seconds": (30, 3600),
    "upkeep.idle_days": None,
    "upkeep.quiet_hour": None,
}
"""A range where kiosk.toml may go further: nobody stands by to put a mistake right. Nothing that
names a device, a file or an address is among them."""


def check_keys(values: Mapping[str, bool | int | float]) -> None:
    """Raise ConfigurationError with one sentence for the first that may not be set so."""
    for key, value in values.items():
        if key not in FROM_AFAR:
            near = difflib.get_close_matches(key, FROM_AFAR, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(FROM_AFAR)}"
            raise ConfigurationError(f"{key[:40]!r} cannot be set from afar; {hint}")
        span = FROM_AFAR[key]
        if span is not None and not span[0] <= value <= span[1]:
            raise ConfigurationError(f"{key} is from {span[0]} to {span[1]} when set from afar")
