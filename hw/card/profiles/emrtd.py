"""emrtd: an electronic passport. It is recognised, and opens only to its printed lines.

A passport's UID is random, so it identifies nobody by a tap alone; what is printed in it would
have to be typed or scanned. ``hw.card.emrtd.read_passport`` reads it then.
"""

from __future__ import annotations

from hw.card.emrtd import is_passport
from hw.card.slots import Slots
from hw.protocols import CardIdentity, CardTrouble

NAME = "emrtd"


def read(slots: Slots) -> CardIdentity | CardTrouble | None:
    """NEEDS_MRZ for a passport; None for any other card."""
    found = is_passport(slots)
    if isinstance(found, CardTrouble):
        return found
    return CardTrouble.NEEDS_MRZ if found else None
