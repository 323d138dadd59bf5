"""What every message up begins with: an id of its own and the moment it was made."""

from __future__ import annotations

import secrets
from datetime import datetime

from firmware.core.ids import uuid7


def stamp(at: datetime) -> tuple[str, str]:
    """A fresh id for this moment, and the moment as messages tell it."""
    message_id = uuid7(int(at.timestamp() * 1000), secrets.randbits(74))
    return message_id, at.isoformat(timespec="seconds")
