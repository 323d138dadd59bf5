"""The regency's own nouns: villages, kiosks, residents, enrolments, officers; and the seed
file by which set-up hands them over (``anjungan-regency load FILE``).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core.request import Profile, RequestState
from firmware.core.wire import KdfCost

Role = Literal["officer", "head"]
"""``officer`` examines and approves; ``head`` (kepala desa or lurah) signs."""


SIGNED = frozenset({RequestState.READY, RequestState.COLLECTED})
"""States in which a signed letter exists."""


def initials(name: str) -> str:
    """S. A. of SITI AMINAH."""
    letters = [next((sign for sign in word if sign.isalpha()), "") for word in name.split()]
    return " ".join(f"{letter.upper()}." for letter in letters if letter) or "–"


class Village(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A desa or kelurahan, as its letterhead needs it. ``code`` has ten digits (Kemendagri)."""

    code: str
    kind: Literal["Desa", "Kelurahan"]
    name: str
    district: str
    regency: str
    province: str
    address: str
    postcode: str
    head_name: str
    head_title: str


class Kiosk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kiosk and the village where it stands."""

    id: str
    village: str


class Resident(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A resident of a village."""

    village: str
    profile: Profile


class Enrolment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A resident's card. The regency knows the public half of the resident's key only."""

    nik: str
    tag: bytes
    salt: bytes
    kdf: KdfCost
    public_key: bytes


class Officer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who signs in at the desk. ``password`` is hashed when it is loaded."""

    username: str
    name: str
    role: Role
    village: str
    password: str

    def __repr__(self) -> str:
        return f"Officer(username={self.username!r}, role={self.role!r})"


class OfficerCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card with which an officer enrols residents' cards at a kiosk; never a resident's own."""

    username: str
    tag: bytes
    salt: bytes
    kdf: KdfCost
    public_key: bytes


class Seed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole seed file, JSON."""

    villages: tuple[Village, ...]
    kiosks: tuple[Kiosk, ...]
    residents: tuple[Resident, ...]
    enrolments: tuple[Enrolment, ...]
    officers: tuple[Officer, ...]
    officer_cards: tuple[OfficerCard, ...] = ()
