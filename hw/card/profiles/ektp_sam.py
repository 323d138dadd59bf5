"""ektp_sam: an e-KTP, known by its application; with a security module it must also prove itself.

The identity is the UID, as with ``uid_tag``: a kiosk without a SAM and one with a SAM know the
same people. What a SAM adds is that a copied UID does not pass, as long as ``uid_tag`` is not asked
too: that one takes every UID. ``make_profiles`` refuses the two together.
"""

from __future__ import annotations

import dataclasses

from hw.card.ektp import is_ektp, prove_genuine
from hw.card.ektp_exchange import EktpTrouble
from hw.card.profiles import uid_tag
from hw.card.slots import Slots
from hw.protocols import CardIdentity, CardTrouble

NAME = "ektp_sam"

_TROUBLES = {
    EktpTrouble.NO_SAM: CardTrouble.NO_SAM,
    EktpTrouble.NOT_GENUINE: CardTrouble.NOT_GENUINE,
}


def read(slots: Slots, authenticate: bool = False) -> CardIdentity | CardTrouble | None:
    """The identity of an e-KTP; None for any other card. With ``authenticate`` it is NO_SAM
    when nobody can prove the card, NOT_GENUINE when it fails the proof.
    """
    found = is_ektp(slots)
    if isinstance(found, CardTrouble):
        return found
    if not found:
        return None
    identity = uid_tag.read(slots)
    if not isinstance(identity, CardIdentity):
        return identity
    trouble = prove_genuine(slots) if authenticate else None
    if trouble is None:
        return dataclasses.replace(identity, profile=NAME)
    if isinstance(trouble, CardTrouble):
        return trouble
    return _TROUBLES.get(trouble, CardTrouble.NOT_GENUINE)
