"""Two-key triple DES as travel documents use it, pure. Source: ICAO Doc 9303-11, section 9.8
(keys and secure messaging); ISO/IEC 9797-1, MAC algorithm 3 and padding method 2.

Triple DES is old; it is here because BAC knows nothing else.
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 8
_NO_VECTOR = bytes(BLOCK)


def derive_key(seed: bytes, counter: int) -> bytes:
    """A key of 16 bytes, of odd parity: ``counter`` 1 is for encryption, 2 for the MAC."""
    digest = hashlib.sha1(seed + counter.to_bytes(4, "big"), usedforsecurity=False).digest()
    return bytes(byte & 0xFE | (byte >> 1).bit_count() & 1 ^ 1 for byte in digest[:16])


def pad(data: bytes) -> bytes:
    """Padding method 2: 80, then zeros up to a whole block; never nothing."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def unpad(data: bytes) -> bytes | None:
    """The data before the padding; None when there is no padding."""
    body = data.rstrip(b"\0")
    return body[:-1] if body.endswith(b"\x80") and len(data) - len(body) < BLOCK else None


def encrypt(key: bytes, data: bytes) -> bytes:
    """CBC without a vector. ``data`` is whole blocks."""
    encryptor = _cipher(key).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def decrypt(key: bytes, data: bytes) -> bytes:
    """CBC without a vector. ``data`` is whole blocks."""
    decryptor = _cipher(key).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def retail_mac(key: bytes, data: bytes) -> bytes:
    """The MAC of 8 bytes over ``data``, which is padded here.

    Single DES chains all blocks but the last, which passes through triple DES: the same as
    chaining all of them and then deciphering with the second key and enciphering with the first.
    """
    padded = pad(data)
    chained = encrypt(key[:BLOCK] * 2, padded[:-BLOCK])[-BLOCK:] or _NO_VECTOR
    last = bytes(a ^ b for a, b in zip(padded[-BLOCK:], chained, strict=True))
    return encrypt(key, last)


def _cipher(key: bytes) -> Cipher[CBC]:
    return Cipher(TripleDES(key + key[:BLOCK]), CBC(_NO_VECTOR))
