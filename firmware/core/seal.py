"""Sealing: HPKE (RFC 9180), MLKEM768_X25519 with HKDF-SHA256 and AES-256-GCM.

Both ends use it: pure computation apart from the randomness that sealing needs. A resident's
key is not stored anywhere: Argon2id makes it from card UID, PIN and salt at each visit.

``context`` names what is sealed and for what; bytes sealed in one context do not open in
another, so that a letter cannot be passed off as somebody else's.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from firmware.core.errors import SealError
from firmware.core.wire import KdfCost

SEED_BYTES = 96  # 64 for ML-KEM-768 (FIPS 203, d and z), 32 for X25519
PUBLIC_KEY_BYTES = 1216  # 1184 ML-KEM-768, then 32 X25519
SALT_BYTES = 16
TAG_BYTES = 32
SHORTEST_SALT_BYTES = 8
MOST_PASSES = 10
MOST_MEMORY_KIB = 256 * 1024
MOST_LANES = 4
DEFAULT_COST = KdfCost(passes=1, memory_kib=46 * 1024, lanes=1)
"""About 0.5 s on one core of a Raspberry Pi 3, estimated: docs/decisions/005-cost-of-a-pin.md."""

_MLKEM_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1184
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def is_usable(cost: KdfCost, salt: bytes, public_key: bytes) -> bool:
    """Whether a kiosk may try a PIN against this: the costs must not choke its board."""
    return (
        1 <= cost.passes <= MOST_PASSES
        and 1 <= cost.lanes <= MOST_LANES
        and 8 * cost.lanes <= cost.memory_kib <= MOST_MEMORY_KIB
        and len(public_key) == PUBLIC_KEY_BYTES
        and len(salt) >= SHORTEST_SALT_BYTES
    )


def card_tag(site_key: bytes, uid: bytes) -> bytes:
    """The name under which a card is filed: HMAC-SHA256(site key, UID), 32 bytes."""
    return hmac.digest(site_key, uid, hashlib.sha256)


def resident_seed(uid: bytes, pin: str, salt: bytes, cost: KdfCost) -> bytes:
    """The seed of a resident's key, SEED_BYTES long. Slow on purpose."""
    secret = len(uid).to_bytes(1, "big") + uid + pin.encode()
    return Argon2id(
        salt=salt,
        length=SEED_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(secret)


def private_key(seed: bytes) -> MLKEM768X25519PrivateKey:
    """The private key of a seed of SEED_BYTES; raises SealError when it is none."""
    return MLKEM768X25519PrivateKey(*_parts(seed))


def public_key_of(seed: bytes) -> bytes:
    """The public key that belongs to a seed, PUBLIC_KEY_BYTES long."""
    mlkem, x25519 = _parts(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _parts(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(seed) != SEED_BYTES:
        raise SealError(f"a key seed has {SEED_BYTES} bytes, this one {len(seed)}")
    return (
        MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(seed[_MLKEM_SEED_BYTES:]),
    )


def seal(public: bytes, plaintext: bytes, context: str) -> bytes:
    """Seal to a public key of PUBLIC_KEY_BYTES."""
    if len(public) != PUBLIC_KEY_BYTES:
        raise SealError(f"a public key has {PUBLIC_KEY_BYTES} bytes, this one {len(public)}")
    try:
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError as error:
        raise SealError("this is no public key of ours") from error
    return _SUITE.encrypt(plaintext, key, info=_info(context))


def unseal(seed: bytes, sealed: bytes, context: str) -> bytes:
    """Open what was sealed to the key of ``seed``; raises SealError when it does not open."""
    return unseal_with(private_key(seed), sealed, context)


def unseal_with(key: MLKEM768X25519PrivateKey, sealed: bytes, context: str) -> bytes:
    """The same with a key that is at hand: half of the time goes into making it."""
    try:
        return _SUITE.decrypt(sealed, key, info=_info(context))
    except (InvalidTag, ValueError) as error:
        raise SealError("the sealed data do not open with this key") from error


def _info(context: str) -> bytes:
    return b"anjungan/1/" + context.encode()


def request_context(request_id: str) -> str:
    """The context of a LetterRequest sealed to the regency."""
    return f"request/{request_id}"


def profile_context(tag: bytes) -> str:
    """The context of a Profile sealed to a resident."""
    return f"profile/{tag.hex()}"


def letter_context(request_id: str) -> str:
    """The context of a SignedLetter sealed to a resident."""
    return f"letter/{request_id}"


def card_context(message_id: str) -> str:
    """The context of what is said of a card, sealed to the regency."""
    return f"card/{message_id}"


def ask_context(ask_id: str) -> str:
    """The context of what is asked for a visitor from elsewhere, sealed to the regency."""
    return f"ask/{ask_id}"


def papers_context(ask_id: str) -> str:
    """The context of the answer to it, sealed to the resident."""
    return f"papers/{ask_id}"


def summary_context(request_id: str) -> str:
    """The context of what a kiosk keeps of a request for its own resident."""
    return f"summary/{request_id}"


def find_context(message_id: str) -> str:
    """The context of a question by a code, sealed to the regency."""
    return f"find/{message_id}"


def found_context(message_id: str) -> str:
    """The context of its answer, sealed to the question's own key."""
    return f"found/{message_id}"
