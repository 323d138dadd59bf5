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


class PrintKey:
    """The key of tickets in the store: made anew whenever the power was gone."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(AESGCM.generate_key(256))
        self._cipher = AESGCM(file.read_bytes())

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
