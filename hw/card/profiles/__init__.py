"""Card profiles: how a card is turned into an identity. The first that knows a card reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hw.card.apdu import Command, Response
from hw.card.profiles import uid_tag
from hw.protocols import CardIdentity, CardPresent, CardTrouble, CardUnreadable

Transmit = Callable[[Command], Response | CardTrouble]
"""Sends a command to the card; trouble on the way is returned."""

Profile = Callable[[Transmit], CardIdentity | CardTrouble | None]
"""Reads a card; None when it is not one of this kind."""

PROFILES: dict[str, Profile] = {"uid_tag": uid_tag.read}


def read_card(names: Sequence[str], transmit: Transmit) -> CardIdentity | CardTrouble:
    """Try the profiles in order."""
    for name in names:
        answer = PROFILES[name](transmit)
        if answer is not None:
            return answer
    return CardTrouble.UNKNOWN_KIND


def report_of(answer: CardIdentity | CardTrouble) -> CardPresent | CardUnreadable:
    """What a driver reports of a card that it tried to read."""
    if isinstance(answer, CardTrouble):
        return CardUnreadable(answer)
    return CardPresent(answer)
