"""A code instead of a card: what a kiosk asks the regency, and what comes back.

Sealed both ways: the code on a ticket is worth the letter. The answer is sealed to a key that the
kiosk makes for this one question and keeps in memory.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core.request import RequestState
from firmware.core.wire import SignedLetter

Purpose = Literal["collect", "check"]
"""``collect``: the code on a ticket. ``check``: the code on a signed letter."""


class Find(msgspec.Struct, frozen=True):
    """The inside of FindUp. ``code`` as ``read_claim_code`` gives it; ``key`` is the public key
    that the answer is sealed to.
    """

    id: str
    kiosk: str
    purpose: Purpose
    code: str
    key: bytes

    def __repr__(self) -> str:
        return f"Find(id={self.id!r}, purpose={self.purpose!r}, <hidden>)"


class FoundRequest(msgspec.Struct, frozen=True, tag="request"):
    """The request of a ticket; ``letter`` once it is signed."""

    request_id: str
    title: str
    number: str
    state: RequestState
    letter: SignedLetter | None = None

    def __repr__(self) -> str:
        return f"FoundRequest(request_id={self.request_id!r}, <hidden>)"


class FoundLetter(msgspec.Struct, frozen=True, tag="letter"):
    """A letter that the regency has signed. ``signed_on`` is DD-MM-YYYY; of the holder only
    the initials.
    """

    title: str
    number: str
    village: str
    signed_on: str
    initials: str
    signer: str

    def __repr__(self) -> str:
        return "FoundLetter(<hidden>)"


Found = FoundRequest | FoundLetter


class Answer(msgspec.Struct, frozen=True):
    """The inside of FindDown; nothing when no letter has that code."""

    found: FoundRequest | FoundLetter | None = None
