"""Why a message from a kiosk cannot be used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a message cannot be used; without its content. ``is_alarm``: somebody should look."""

    reason: str
    is_alarm: bool = False
