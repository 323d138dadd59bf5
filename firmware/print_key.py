"""The key of tickets in the database. It lies in ``runtime_dir``, which does not outlive the
power: a kiosk at rest tells no claim code.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from firmware.core.ticket import Ticket

_NONCE_BYTES = 12
_KEY_BYTES = 32


class PrintKey:
    """The key of tickets in the store: made anew whenever the power was gone."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._cipher = AESGCM(_kept(file) or _made(file))

    def close(self, ticket: Ticket) -> bytes:
        """The ticket, readable with this key only."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, msgspec.json.encode(ticket), None)

    def open(self, content: bytes | None) -> Ticket | None:
        """The ticket; None when the key it was closed with is gone."""
        if content is None:
            return None
        try:
            raw = self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], None)
            return msgspec.json.decode(raw, type=Ticket)
        except (InvalidTag, ValueError, msgspec.DecodeError):
            return None


def _kept(file: Path) -> bytes | None:
    """The key in the file; None when there is none, or when its writer was stopped halfway."""
    try:
        key = file.read_bytes()
    except FileNotFoundError:
        return None
    return key if len(key) == _KEY_BYTES else None


def _made(file: Path) -> bytes:
    """A new key. Its name stands for a whole key: a stop at any moment leaves all or nothing."""
    key = AESGCM.generate_key(8 * _KEY_BYTES)
    half = file.with_name(file.name + ".new")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(key)
    half.replace(file)
    return key
