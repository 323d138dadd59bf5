"""The vault: what a card and a PIN open. Nothing in it can be read at rest.

``Attempt`` is made by the controller from the store, worked off in the vault's own thread
(Argon2id takes about half a second on a small board), and its result goes back as a value.
Python cannot promise to wipe memory: what is opened is dropped at the visit's end and left
to the allocator.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from firmware.card_books import Sealed
from firmware.core import seal
from firmware.core.cards import Paper, unpack_profile
from firmware.core.errors import SealError
from firmware.core.request import STATE_WORDS, Profile, RequestState
from firmware.core.view import PendingItem, ReadyItem, Say
from firmware.core.wire import KdfCost, SignedLetter
from firmware.store import Entry, SealedLetter, SealedRequest


class RequestSummary(msgspec.Struct, frozen=True):
    """What the kiosk keeps of a request for its own resident, sealed to them."""

    title: str
    number: str
    claim_code: str
    accepted_at: str

    def __repr__(self) -> str:
        return "RequestSummary(<hidden>)"


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """A card, a PIN and the sealed things that they should open."""

    visit: int
    entry: Entry
    uid: bytes
    pin: str
    letters: tuple[SealedLetter, ...]
    requests: tuple[SealedRequest, ...]


@dataclass(frozen=True, slots=True, repr=False)
class OpenVault:
    """What one visit's PIN opened."""

    visit: int
    tag: bytes
    public_key: bytes
    seed: bytes
    profile: Profile
    tokens: tuple[bytes, ...] = ()
    role: str = ""
    letters: dict[str, SignedLetter] = field(default_factory=dict)
    summaries: dict[str, RequestSummary] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class KeyOrder:
    """A card and a new PIN, of which a key is to be made."""

    visit: int
    uid: bytes
    pin: str


@dataclass(frozen=True, slots=True, repr=False)
class MadeKey:
    """A key and what makes it of card and PIN."""

    salt: bytes
    cost: KdfCost
    seed: bytes
    public_key: bytes


class Damaged(msgspec.Struct, frozen=True):
    """The PIN was right, but the profile does not open or is not readable."""


def try_pin(attempt: Attempt) -> OpenVault | Damaged | None:
    """Open the vault; None when the PIN is wrong."""
    entry = attempt.entry
    seed = seal.resident_seed(attempt.uid, attempt.pin, entry.salt, entry.cost)
    if seal.public_key_of(seed) != entry.public_key:
        return None
    try:
        raw = seal.unseal(seed, entry.sealed_profile, seal.profile_context(entry.tag))
        profile, tokens = unpack_profile(raw)
    except (SealError, msgspec.DecodeError):
        return Damaged()
    vault = OpenVault(attempt.visit, entry.tag, entry.public_key, seed, profile, tokens, entry.role)
    return reread(vault, attempt.letters, attempt.requests)


def make_key(order: KeyOrder) -> MadeKey:
    """A key under a new salt. Slow on purpose."""
    salt, cost = os.urandom(seal.SALT_BYTES), seal.DEFAULT_COST
    seed = seal.resident_seed(order.uid, order.pin, salt, cost)
    return MadeKey(salt, cost, seed, seal.public_key_of(seed))


def seal_anew(sealed: Sealed, seed: bytes, public_key: bytes) -> Sealed:
    """What opens with ``seed``, sealed to another key; what does not open is left out."""
    letters = _anew(sealed.letters, seal.letter_context, seed, public_key)
    return Sealed(letters, _anew(sealed.summaries, seal.summary_context, seed, public_key))


def _anew(
    bodies: dict[str, bytes], context: Callable[[str], str], seed: bytes, public_key: bytes
) -> dict[str, bytes]:
    fresh = {}
    for name, body in bodies.items():
        with contextlib.suppress(SealError):
            raw = seal.unseal(seed, body, context(name))
            fresh[name] = seal.seal(public_key, raw, context(name))
    return fresh


def reread(
    vault: OpenVault,
    letters: tuple[SealedLetter, ...],
    requests: tuple[SealedRequest, ...],
) -> OpenVault:
    """Open what came since, with the key that is already at hand."""
    opened = dict(vault.letters)
    unreadable = []
    for sealed in letters:
        letter = opened.get(sealed.request_id) or _open_letter(vault.seed, sealed)
        if letter is None:
            unreadable.append(sealed.request_id)
        else:
            opened[sealed.request_id] = letter
    summaries = {r.request_id: s for r in requests if (s := _open_summary(vault.seed, r))}
    return OpenVault(
        vault.visit,
        vault.tag,
        vault.public_key,
        vault.seed,
        vault.profile,
        vault.tokens,
        vault.role,
        opened,
        summaries,
        tuple(unreadable),
    )


def _open_letter(seed: bytes, sealed: SealedLetter) -> SignedLetter | None:
    """A letter that is really the one it is filed as; None otherwise."""
    try:
        raw = seal.unseal(seed, sealed.sealed, seal.letter_context(sealed.request_id))
        letter = msgspec.json.decode(raw, type=SignedLetter)
    except (SealError, msgspec.DecodeError):
        return None
    return letter if letter.request_id == sealed.request_id else None


def _open_summary(seed: bytes, request: SealedRequest) -> RequestSummary | None:
    try:
        context = seal.summary_context(request.request_id)
        raw = seal.unseal(seed, request.sealed_summary, context)
        return msgspec.json.decode(raw, type=RequestSummary)
    except (SealError, msgspec.DecodeError):
        return None


def ready_items(vault: OpenVault, letters: tuple[SealedLetter, ...]) -> tuple[ReadyItem, ...]:
    """The letters that can be printed now, in the store's order."""
    return tuple(
        ReadyItem(sealed.request_id, letter.title, letter.number, sealed.copies)
        for sealed in letters
        if (letter := vault.letters.get(sealed.request_id)) is not None
    )


def pending_items(vault: OpenVault, requests: tuple[SealedRequest, ...]) -> tuple[PendingItem, ...]:
    """The requests without a letter that can be printed here, with their true state. None is
    left out: not even one whose summary was sealed to a key of before.
    """
    return tuple(
        _pending_item(request, vault.summaries.get(request.request_id))
        for request in requests
        if request.request_id not in vault.letters
    )


def paper_item(paper: Paper) -> PendingItem:
    """A request of a visitor from elsewhere. Raises ValueError for a state that is not known."""
    words = _words_of(RequestState(paper.state))
    return PendingItem(paper.request_id, paper.title, paper.number, words)


def _pending_item(request: SealedRequest, summary: RequestSummary | None) -> PendingItem:
    if summary is None:
        title, number = Say("Permohonan terdahulu"), "–"
        return PendingItem(request.request_id, title, number, _words_of(request.state))
    return PendingItem(request.request_id, summary.title, summary.number, _words_of(request.state))


def _words_of(state: RequestState) -> Say:
    if state is RequestState.READY:
        return Say("Siap, ambil dengan kode di tiket atau di kantor desa")
    return STATE_WORDS[state]
