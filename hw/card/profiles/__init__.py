"""Card profiles: how a card is turned into an identity. The first that knows a card reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hw.card.profiles import uid_tag
from hw.card.slots import Slots, Transmit
from hw.protocols import CardIdentity, CardPresent, CardTrouble, CardUnreadable

__all__ = ["PROFILES", "Profile", "Slots", "Transmit", "read_card", "report_of"]

Profile = Callable[[Slots], CardIdentity | CardTrouble | None]
"""Reads a card; None when it is not one of this kind."""

PROFILES: dict[str, Profile] = {"uid_tag": uid_tag.read}


def read_card(names: Sequence[str], slots: Slots) -> CardIdentity | CardTrouble:
    """Try the profiles in order."""
    for name in names:
        answer = PROFILES[name](slots)
        if answer is not None:
            return answer
    return CardTrouble.UNKNOWN_KIND


def report_of(answer: CardIdentity | CardTrouble) -> CardPresent | CardUnreadable:
    """What a driver reports of a card that it tried to read."""
    if isinstance(answer, CardTrouble):
        return CardUnreadable(answer)
    return CardPresent(answer)
