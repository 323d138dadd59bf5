"""What is said of cards between kiosk and regency, inside what is sealed.

A resident's key cannot sign. That somebody opened a profile is shown by its ``token`` instead:
random bytes that the regency puts into the sealed profile, and that change with the key. Whoever
carries a kiosk off, with all its keys, cannot name the token of a card whose PIN they do not know.
"""

from __future__ import annotations

import hmac

import msgspec

from firmware.core.request import Profile
from firmware.core.wire import KdfCost

TOKEN_BYTES = 32
MOST_TOKENS = 16


class PinChange(msgspec.Struct, frozen=True):
    """A resident or an officer chose a new PIN at ``kiosk``: the public half of the new key, and
    what makes its private half of card and PIN. ``tokens`` are those of the profile as it was
    opened, ``next_token`` is that of the profile as it is sealed now.
    """

    id: str
    kiosk: str
    tag: bytes
    salt: bytes
    kdf: KdfCost
    public_key: bytes
    tokens: tuple[bytes, ...]
    next_token: bytes

    def __repr__(self) -> str:
        return f"PinChange(id={self.id!r}, <hidden>)"


class EnrolmentRequest(msgspec.Struct, frozen=True):
    """An officer enrolled a card for the holder of ``nik`` at ``kiosk``. ``officer_tag`` and
    ``token`` are those of the officer's card: what shows that it was opened. ``revocation`` is the
    number of the message that took this card out of use at the kiosk, 0 when none has: the regency
    enrols no card again that an officer could not know to be out of use. ``former`` are the tokens
    before ``token``: the officer may have changed the own PIN here, and this come before that.
    """

    id: str
    kiosk: str
    nik: str
    tag: bytes
    salt: bytes
    kdf: KdfCost
    public_key: bytes
    officer_tag: bytes
    token: bytes
    revocation: int = 0
    former: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return f"EnrolmentRequest(id={self.id!r}, <hidden>)"


class PapersAsked(msgspec.Struct, frozen=True):
    """The holder of the card ``tag`` opened the own profile at ``kiosk``, far from home, as one of
    ``tokens`` shows: which letters are ready, and what is on its way?
    """

    id: str
    kiosk: str
    tag: bytes
    tokens: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"PapersAsked(id={self.id!r}, <hidden>)"


class Paper(msgspec.Struct, frozen=True):
    """A request as the regency knows it; ``state`` is a RequestState's value."""

    request_id: str
    title: str
    number: str
    state: str

    def __repr__(self) -> str:
        return f"Paper(request_id={self.request_id!r}, <hidden>)"


class Papers(msgspec.Struct, frozen=True):
    """The answer: the newest requests that were not collected, newest first."""

    papers: tuple[Paper, ...]


OFFICER_ROLE = "officer"
REFUSED_NIK = "nik"
REFUSED_VILLAGE = "village"
REFUSED_OFFICER = "officer"
REFUSED_CARD = "card"
REFUSED_REVOKED = "revoked"


class _Tokens(msgspec.Struct, frozen=True):
    tokens: tuple[bytes, ...] = ()


def pack_profile(profile: Profile, tokens: tuple[bytes, ...]) -> bytes:
    """The inside of ``sealed_profile``: a Profile's fields and the tokens, the newest last.

    The regency puts one token in. A kiosk that changes the key again before the regency has
    answered adds its own, so that either message may come first.
    """
    return msgspec.json.encode({**msgspec.to_builtins(profile), "tokens": tokens[-MOST_TOKENS:]})


def holds(token: bytes, known: tuple[bytes, ...]) -> bool:
    """Whether one of those that somebody knows is the present ``token``."""
    return any(hmac.compare_digest(token, one) for one in known[-MOST_TOKENS:])


def unpack_profile(raw: bytes) -> tuple[Profile, tuple[bytes, ...]]:
    """Both; there is no token where an older regency gave none. Raises msgspec.DecodeError."""
    profile = msgspec.json.decode(raw, type=Profile)
    return profile, msgspec.json.decode(raw, type=_Tokens).tokens
