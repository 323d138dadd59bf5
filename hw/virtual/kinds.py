"""The kinds of virtual card, by name."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from hw.virtual.ektp import VirtualEktp, VirtualSam
from hw.virtual.passport import VirtualPassport
from hw.virtual.sides import Manner, Side, Sticker, Tag


class Kind(StrEnum):
    """What is laid on the reader."""

    TAG = "tag"  # a UID, and no to every ISO 7816 command
    STICKER = "sticker"  # a UID, and no answer to an ISO 7816 command
    EKTP = "ektp"
    SAM = "sam"  # belongs into slot 1; it has no UID
    PASSPORT = "passport"  # with an empty UID it makes up a random one, as passports do


_MAKERS: dict[Kind, Callable[[bytes, bool], Side]] = {
    Kind.TAG: lambda uid, _forged: Tag(uid),
    Kind.STICKER: lambda uid, _forged: Sticker(uid),
    Kind.EKTP: lambda uid, forged: VirtualEktp(uid, forged=forged),
    Kind.SAM: lambda _uid, forged: VirtualSam(forged=forged),
    Kind.PASSPORT: lambda uid, forged: VirtualPassport(uid, forged=forged),
}


def make_side(kind: Kind, uid: bytes, manner: Manner = Manner.WELL) -> Side:
    """A card of this kind. Raises ValueError for a forged tag: a tag has nothing to forge."""
    if kind in (Kind.TAG, Kind.STICKER) and manner is Manner.FORGED:
        raise ValueError("a tag proves nothing, so it cannot be forged")
    return _MAKERS[kind](uid, manner is Manner.FORGED)
