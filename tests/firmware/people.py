"""Fictional residents with cards, PINs and directory entries; cheap keys, so tests are quick."""

from __future__ import annotations

from firmware.core import seal, wire
from firmware.core.cards import TOKEN_BYTES, pack_profile
from firmware.core.wire import DirectoryEntry, KdfCost, LetterDown, SignedLetter
from tests.core.samples import card, profile

SITE_KEY = b"\x01" * 32
REGENCY_SEED = b"\x02" * seal.SEED_BYTES
CHEAP = KdfCost(1, 64, 1)
PIN = "246810"


def tag(person: int) -> bytes:
    """The tag of fictional person number ``person``."""
    return seal.card_tag(SITE_KEY, card(person).uid)


def seed(person: int) -> bytes:
    """The seed that their card and PIN make."""
    return seal.resident_seed(card(person).uid, PIN, _salt(person), CHEAP)


def _salt(person: int) -> bytes:
    return person.to_bytes(16, "big")


def token(person: int) -> bytes:
    """What their profile holds as proof that it was opened."""
    return bytes([person]) * TOKEN_BYTES


def entry(person: int, srv_seq: int = 1, revoked: bool = False) -> DirectoryEntry:
    """What the regency sends of them."""
    public = seal.public_key_of(seed(person))
    inside = pack_profile(profile(person), (token(person),))
    sealed = seal.seal(public, inside, seal.profile_context(tag(person)))
    return DirectoryEntry(srv_seq, tag(person), _salt(person), CHEAP, public, sealed, revoked)


def letter(person: int, request_id: str, srv_seq: int, roll: bytes = b"") -> LetterDown:
    """A signed letter for them."""
    inside = SignedLetter(request_id, "biodata", "Biodata", "470/1", b"%PDF-fictional", roll)
    public = seal.public_key_of(seed(person))
    sealed = seal.seal(public, wire.encode(inside), seal.letter_context(request_id))
    return LetterDown(srv_seq, request_id, tag(person), sealed)
