"""What a card profile is."""

from __future__ import annotations

from collections.abc import Callable

from hw.card.slots import Slots
from hw.protocols import CardIdentity, CardTrouble

Profile = Callable[[Slots], CardIdentity | CardTrouble | None]
"""Reads a card; None when it is not one of this kind."""
