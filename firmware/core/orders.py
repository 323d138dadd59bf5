"""Orders from the regency to a kiosk: what may be ordered, signing, opening, and judging.

An order comes on dn/cmd (do something) or dn/cfg (be otherwise from now on), signed with the
regency's command key (Ed25519, RFC 8032). It names its kiosk, so that nothing is replayed at
another, and has a number that rises: one that is not above the highest seen never runs, so that
"once" needs no clock. Only its end needs one: see ``firmware.core.trusted_clock``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from firmware.core.errors import WireError
from firmware.core.wire import Order, Signed, decode, encode

Kind = Literal["cmd", "cfg"]
SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
LONGEST_LIFE_SECONDS = 100 * 86400
LONGEST_DETAIL = 2000
_LONGEST_ID, _LONGEST_NAME = 64, 32


# ---------------------------------------------------------------- what may be ordered


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order without arguments."""


class ClockArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The regency's time, whole seconds since 1970 UTC, in answer to the birth with ``nonce``."""

    nonce: Annotated[str, msgspec.Meta(min_length=16, max_length=64)]
    time: Annotated[int, msgspec.Meta(ge=1_700_000_000, le=7_258_118_400)]


class IdentifyArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For so many seconds."""

    seconds: Annotated[int, msgspec.Meta(ge=5, le=600)] = 60


class ServiceModeArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the kiosk serves nobody until it is told otherwise."""

    on: bool


class ConfigArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``table.key`` -> value. All keys that shall differ from kiosk.toml; the others are its."""

    values: dict[str, bool | int | float]


class CatalogueArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The letter catalogue: JSON, zlib (RFC 1950), base64."""

    catalogue: bytes


CLOCK = "clock"
IDENTIFY = "identify"
STATUS_SLIP = "status-slip"
SELF_TEST = "self-test"
RESTART = "restart"
SERVICE_MODE = "service-mode"
CONFIG = "config"
ROLLBACK = "config-rollback"
CATALOGUE = "catalogue"

ALLOWED: dict[str, tuple[Kind, type[msgspec.Struct]]] = {
    CLOCK: ("cmd", ClockArgs),
    IDENTIFY: ("cmd", IdentifyArgs),
    STATUS_SLIP: ("cmd", Nothing),
    SELF_TEST: ("cmd", Nothing),
    RESTART: ("cmd", Nothing),
    SERVICE_MODE: ("cmd", ServiceModeArgs),
    CONFIG: ("cfg", ConfigArgs),
    ROLLBACK: ("cfg", Nothing),
    CATALOGUE: ("cfg", CatalogueArgs),
}
"""name -> the topic that it comes on, and its arguments. Nothing else can be ordered."""


def read_args(kind: str, name: str, args: dict[str, Any]) -> msgspec.Struct:
    """The arguments of an order; raises WireError with one sentence that repeats none of them."""
    known = ALLOWED.get(name)
    if known is None:
        raise WireError(f"there is no order of that name; known are {', '.join(sorted(ALLOWED))}")
    if known[0] != kind:
        raise WireError(f"the order {name} comes on dn/{known[0]}, not on dn/{kind}")
    try:
        return msgspec.convert(args, known[1])
    except msgspec.ValidationError as error:
        raise WireError(f"the arguments of {name} are not right: {error}"[:300]) from error


# ---------------------------------------------------------------- signing and opening


def public_key_of(seed: bytes) -> bytes:
    """The public command key that belongs to a seed of SEED_BYTES."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, kind: Kind, order: Order) -> bytes:
    """The message for dn/``kind`` that carries ``order``."""
    body = encode(order)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_signed_bytes(kind, body))
    return encode(Signed(body, signature))


def open_order(public: bytes, kind: Kind, kiosk: str, raw: bytes) -> Order:
    """The order in a message that came on dn/``kind`` to ``kiosk``. Raises WireError when it is
    not the regency's word to this kiosk: nothing in it may be believed then, not even its id.
    """
    signed = decode(raw, Signed)
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signed.signature, _signed_bytes(kind, signed.body))
    except InvalidSignature:
        raise WireError("the signature is not that of the regency's command key") from None
    order = decode(signed.body, Order)
    if order.kiosk != kiosk:
        raise WireError("the order is another kiosk's")
    if not (0 < len(order.id) <= _LONGEST_ID and 0 < len(order.name) <= _LONGEST_NAME):
        raise WireError("the order has an id or a name of the wrong length")
    return order


def _signed_bytes(kind: Kind, body: bytes) -> bytes:
    return b"anjungan/1/" + kind.encode() + b"/" + body


# ---------------------------------------------------------------- judging


@dataclass(frozen=True, slots=True)
class Run:
    """It may run now, once, after its number was marked."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether it has ended cannot be said yet: ask for the time. It will be sent again."""


@dataclass(frozen=True, slots=True)
class Known:
    """Its number was answered before: nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Close:
    """It never runs; ``outcome`` is refused or expired."""

    outcome: Literal["refused", "expired"]
    reason: str


Verdict = Run | Hold | Known | Close


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of orders of one topic: the highest number seen, whether this one was
    answered or lies so far back that nobody remembers, and ``floor``, a time (seconds since
    1970) that has certainly passed.
    """

    highest: int
    is_answered: bool
    floor: float


def judge(order: Order, memory: Memory, now: float | None) -> Verdict:
    """What shall become of an order whose signature is good. ``now``: seconds since 1970 on
    trusted time, None while nobody has told it.
    """
    if memory.is_answered:
        return Known()
    if order.number <= memory.highest:
        return Close("refused", f"number {order.number} comes after {memory.highest} was seen")
    if not 0 < order.expires_at - order.issued_at <= LONGEST_LIFE_SECONDS:
        return Close("refused", "it ends before it begins, or lives longer than 100 days")
    if order.expires_at <= (memory.floor if now is None else now):
        return Close("expired", "it came too late")
    return Hold() if now is None else Run()
