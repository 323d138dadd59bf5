"""Secure messaging of travel documents, pure. Source: ICAO Doc 9303-11, section 9.8;
ISO/IEC 7816-4, section 10 (data objects 87, 97, 99 and 8E).
"""

from __future__ import annotations

import dataclasses
import hmac
from dataclasses import dataclass

from hw.card import tdes
from hw.card.apdu import Command, Response
from hw.card.data_objects import split
from hw.card.tlv import encode

MOST_DATA = 223
"""Bytes of a file that fit into one short protected answer."""

_CIPHERTEXT, _LE, _STATUS, _MAC = 0x87, 0x97, 0x99, 0x8E
_PADDED = b"\x01"
_SECURED = 0x0C  # CLA: secure messaging, the header is authenticated


@dataclass(frozen=True, slots=True, repr=False)
class SessionKeys:
    """What both sides agreed on: two keys, and the send sequence counter to begin with."""

    encryption: bytes
    mac: bytes
    counter: bytes


class SecureMessaging:
    """One session. Each command is protected, and each answer unprotected, exactly once and in
    turn: both count.
    """

    def __init__(self, keys: SessionKeys) -> None:
        self._keys = keys
        self._counter = int.from_bytes(keys.counter, "big")

    def protect(self, command: Command) -> Command:
        """``command`` with its data enciphered and all of it under a MAC."""
        secured = dataclasses.replace(command, cla=command.cla | _SECURED)
        header = bytes((secured.cla, secured.ins, secured.p1, secured.p2))
        objects = b""
        if command.data:
            ciphertext = tdes.encrypt(self._keys.encryption, tdes.pad(command.data))
            objects += encode(_CIPHERTEXT, _PADDED + ciphertext)
        if command.expected is not None:
            objects += encode(_LE, bytes((command.expected & 0xFF,)))
        # Without data objects the padded header is whole blocks already and is not padded twice.
        covered = tdes.pad(header) + objects if objects else header
        body = objects + encode(_MAC, self._next_mac(covered))
        return dataclasses.replace(secured, data=body, expected=256)

    def unprotect(self, response: Response) -> Response | None:
        """The answer inside; None when its MAC is wrong, or it is no protected answer at all."""
        objects = _split(response.data)
        if objects is None:
            return None
        status, mac = objects[-2][1], objects[-1][1]
        if not hmac.compare_digest(self._next_mac(response.data[: -2 - tdes.BLOCK]), mac):
            return None
        data = self._data_of(objects[:-2])
        return None if data is None else Response(data, int.from_bytes(status, "big"))

    def _data_of(self, objects: list[tuple[int, bytes]]) -> bytes | None:
        if not objects:
            return b""
        tag, value = objects[0]
        wrong = tag != _CIPHERTEXT or len(objects) > 1 or value[:1] != _PADDED
        if wrong or len(value) < 1 + tdes.BLOCK or (len(value) - 1) % tdes.BLOCK:
            return None
        return tdes.unpad(tdes.decrypt(self._keys.encryption, value[1:]))

    def _next_mac(self, covered: bytes) -> bytes:
        self._counter = (self._counter + 1) % 2**64
        counter = self._counter.to_bytes(tdes.BLOCK, "big")
        return tdes.retail_mac(self._keys.mac, counter + covered)


def _split(data: bytes) -> list[tuple[int, bytes]] | None:
    """The data objects of an answer; None unless status and MAC, at its end, are of their size."""
    found = split(data) or []
    ends = [(tag, len(value)) for tag, value in found[-2:]]
    return found if ends == [(_STATUS, 2), (_MAC, tdes.BLOCK)] else None
