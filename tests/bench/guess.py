"""``python -m tests.bench guess``: what one guess of a PIN costs on this machine.

docs/threat-model.md reckons with it: whoever holds the card's UID and the SD card needs at most
a million such guesses for one resident.
"""

from __future__ import annotations

from collections.abc import Iterator

from argon2.low_level import Type, hash_secret_raw

from firmware.core import seal
from firmware.core.view import PIN_LENGTH
from tests.bench import Measure, alternating, times_as_much

ROUNDS = 7
_UID, _PIN, _SALT = bytes(range(7)), "314159", bytes(seal.SALT_BYTES)


def measures() -> Iterator[Measure]:
    """One guess against the bare hash, and all PINs of one card; half a minute."""
    ours, bare = alternating(_guess, _bare, ROUNDS)
    yield times_as_much("one guess: the key made and compared", ours * 1000, bare * 1000, "ms")
    yield Measure("all PINs of one card, one core", ours * 10**PIN_LENGTH / 86400, "days")


def _guess() -> bytes:
    """What ``vault.try_pin`` does until it knows whether the PIN was right."""
    return seal.public_key_of(seal.resident_seed(_UID, _PIN, _SALT, seal.DEFAULT_COST))


def _bare() -> bytes:
    cost = seal.DEFAULT_COST
    secret = bytes((len(_UID),)) + _UID + _PIN.encode()
    return hash_secret_raw(
        secret, _SALT, cost.passes, cost.memory_kib, cost.lanes, seal.SEED_BYTES, Type.ID
    )
