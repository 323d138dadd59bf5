"""What a card profile is given to work with: the slots of a reader that hold a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hw.card.apdu import Command, Response
from hw.protocols import CardTrouble

Transmit = Callable[[Command], Response | CardTrouble]
"""Sends a command to the card in a slot; trouble on the way is returned."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The contactless slot (``picc``), the slot of the security module (``sam``, None where the
    reader has none or it is empty), and the contactless card's answer to reset.
    """

    picc: Transmit
    sam: Transmit | None = None
    atr: bytes = b""
