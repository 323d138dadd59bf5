"""uid_tag: the card's UID, which every PC/SC reader gives.

All bytes are kept: systems that cut UIDs to four bytes, or kept them as decimal numbers in one
byte order or another, mix people up. A UID can be cloned, so it is never enough without a PIN.
"""

from __future__ import annotations

from collections.abc import Sequence

from hw.card.apdu import GET_UID
from hw.card.slots import Slots
from hw.protocols import CardIdentity, CardTrouble

NAME = "uid_tag"
UID_LENGTHS = (4, 7, 10)
_RANDOM_FIRST_BYTE = 0x08  # ISO/IEC 14443-3, table 9: single-size UID, dynamically generated


def read(slots: Slots, lengths: Sequence[int] = UID_LENGTHS) -> CardIdentity | CardTrouble | None:
    """The identity; RANDOM_UID for a UID that changes at every tap; None without a UID, or
    with one that is not of one of these ``lengths`` in bytes.
    """
    answer = slots.picc(GET_UID)
    if isinstance(answer, CardTrouble):
        return answer
    uid = answer.data
    if not answer.ok or len(uid) not in lengths or not any(uid):
        return None
    if len(uid) == 4 and uid[0] == _RANDOM_FIRST_BYTE:
        return CardTrouble.RANDOM_UID
    return CardIdentity(NAME, uid)
