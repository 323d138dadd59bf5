"""Basic access control: a passport talks to whoever knows its printed lines.

Source: ICAO Doc 9303-11, section 4.3 and appendix D.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from enum import StrEnum

from hw.card import tdes
from hw.card.apdu import Command
from hw.card.mrz import MrzInformation
from hw.card.secure_messaging import SecureMessaging, SessionKeys
from hw.card.slots import Transmit
from hw.protocols import CardTrouble

_NONCE, _KEY = 8, 16
_CIPHERTEXT = 2 * _NONCE + _KEY
_TOKEN = _CIPHERTEXT + tdes.BLOCK

GET_CHALLENGE = Command(0x00, 0x84, expected=_NONCE)


class PassportTrouble(StrEnum):
    """Why a passport that was there was not read."""

    NOT_A_PASSPORT = "notAPassport"  # it has no application for travel documents
    NO_BAC = "noBac"  # it gives no challenge: perhaps it knows PACE only
    WRONG_MRZ = "wrongMrz"  # the printed lines given are not its own
    NOT_AUTHENTIC = "notAuthentic"  # an answer was not made, or was altered, by who knows the keys
    NOT_READABLE = "notReadable"  # a file is missing, refused, or not of the form it must have


def authenticate(
    transmit: Transmit,
    information: MrzInformation,
    random: Callable[[int], bytes] = os.urandom,
) -> SecureMessaging | CardTrouble | PassportTrouble:
    """Mutual authentication; the session that follows. The passport's application must have
    been selected. ``random`` gives as many unguessable bytes as it is asked for.
    """
    challenge = transmit(GET_CHALLENGE)
    if isinstance(challenge, CardTrouble):
        return challenge
    if not challenge.ok or len(challenge.data) != _NONCE:
        return PassportTrouble.NO_BAC
    nonce, key_half = random(_NONCE), random(_KEY)
    encryption, mac = document_keys(information)
    secret = tdes.encrypt(encryption, nonce + challenge.data + key_half)
    token = secret + tdes.retail_mac(mac, secret)
    answer = transmit(Command(0x00, 0x82, data=token, expected=_TOKEN))
    if isinstance(answer, CardTrouble):
        return answer
    if not answer.ok:
        return PassportTrouble.WRONG_MRZ
    told = _open(encryption, mac, answer.data)
    if told is None or told[: 2 * _NONCE] != challenge.data + nonce:
        return PassportTrouble.NOT_AUTHENTIC
    return SecureMessaging(
        session_keys(key_half, told[2 * _NONCE :], challenge.data[4:] + nonce[4:])
    )


def document_keys(information: MrzInformation) -> tuple[bytes, bytes]:
    """The document basic access keys, for encryption and for the MAC."""
    digest = hashlib.sha1(information.encode(), usedforsecurity=False).digest()
    return tdes.derive_key(digest[:_KEY], 1), tdes.derive_key(digest[:_KEY], 2)


def session_keys(ours: bytes, theirs: bytes, counter: bytes) -> SessionKeys:
    """The keys of a session from both sides' halves."""
    seed = bytes(a ^ b for a, b in zip(ours, theirs, strict=True))
    return SessionKeys(tdes.derive_key(seed, 1), tdes.derive_key(seed, 2), counter)


def _open(encryption: bytes, mac: bytes, token: bytes) -> bytes | None:
    """What the passport's token holds; None when its MAC is wrong."""
    secret = token[:_CIPHERTEXT]
    if len(token) != _TOKEN:
        return None
    if not hmac.compare_digest(tdes.retail_mac(mac, secret), token[_CIPHERTEXT:]):
        return None
    return tdes.decrypt(encryption, secret)
