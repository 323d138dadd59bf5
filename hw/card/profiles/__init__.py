"""Card profiles: how a card is turned into an identity. The first that knows a card reads it."""

from __future__ import annotations

from collections.abc import Sequence

from hw.card.profiles import ektp_sam, emrtd, uid_tag
from hw.card.profiles.kinds import Profile
from hw.card.profiles.settings import make_profiles
from hw.card.slots import Slots, Transmit
from hw.protocols import CardIdentity, CardPresent, CardTrouble, CardUnreadable

__all__ = [
    "PROFILES",
    "Profile",
    "Slots",
    "Transmit",
    "make_profiles",
    "read_card",
    "report_of",
]

PROFILES: dict[str, Profile] = {
    ektp_sam.NAME: ektp_sam.read,
    emrtd.NAME: emrtd.read,
    uid_tag.NAME: uid_tag.read,
}
"""As they are without a table of their own in the configuration."""


def read_card(profiles: Sequence[str | Profile], slots: Slots) -> CardIdentity | CardTrouble:
    """Try the profiles in order; one may be given by name, or made by ``make_profiles``."""
    for profile in profiles:
        answer = (PROFILES[profile] if isinstance(profile, str) else profile)(slots)
        if answer is not None:
            return answer
    return CardTrouble.UNKNOWN_KIND


def report_of(answer: CardIdentity | CardTrouble) -> CardPresent | CardUnreadable:
    """What a driver reports of a card that it tried to read."""
    if isinstance(answer, CardTrouble):
        return CardUnreadable(answer)
    return CardPresent(answer)
