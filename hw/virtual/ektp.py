"""An e-KTP and its security module without hardware, and the secret they share.

The application, the files and the photo are as on real cards, as far as these are known. How
card and SAM prove themselves is made up, like the table in ``hw.card.ektp_exchange`` that it
answers to; so are the holder and the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from hw.card.apdu import Command
from hw.virtual import sides
from hw.virtual.portrait import portrait

BIODATA = (
    '"3510195204900001","DUSUN KRAJAN","002","001","BANYUWANGI","SONGGON","SRAGI","BANYUWANGI",'
    '"PEREMPUAN","O","ISLAM","KAWIN","PETANI","SARI WULANDARI","12-04-1990","","","","","WNI",""'
)
"""EF 6FF1 of somebody who does not exist: 21 fields."""

SAM_ATR = bytes.fromhex("3B838001") + b"SAM" + bytes.fromhex("5D")

_MASTER = b"a secret that every virtual card and every virtual SAM knows"
_CHUNK = 112


def _prove(key: bytes, *parts: bytes) -> bytes:
    return hmac.digest(key, b"|".join(parts), "sha256")[:8]


def _card_key(uid: bytes) -> bytes:
    return hmac.digest(_MASTER, uid, "sha256")


class _Channel:
    """What both ends know once they have proven themselves."""

    def __init__(self, key: bytes, card_nonce: bytes, sam_nonce: bytes) -> None:
        self._key = hmac.digest(key, card_nonce + sam_nonce, "sha256")

    def ticket(self, place: bytes) -> bytes:
        """What lets the card read at ``place``, the bytes P1-P2."""
        return _prove(self._key, b"read", place)

    def seal(self, place: bytes, data: bytes) -> bytes:
        sealed = self._mix(place, data)
        return sealed + _prove(self._key, b"told", place, sealed)

    def open(self, place: bytes, sealed: bytes) -> bytes | None:
        body, mac = sealed[:-8], sealed[-8:]
        genuine = hmac.compare_digest(_prove(self._key, b"told", place, body), mac)
        return self._mix(place, body) if genuine else None

    def _mix(self, place: bytes, data: bytes) -> bytes:
        stream = hashlib.shake_256(self._key + place).digest(len(data))
        return bytes(a ^ b for a, b in zip(data, stream, strict=True))


def _with_length(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


class VirtualEktp:
    """One e-KTP. ``forged``: a copy of a UID, with no secret behind it."""

    atr = sides.ATR

    def __init__(self, uid: bytes, biodata: str = BIODATA, forged: bool = False) -> None:
        self._uid = uid
        self._key = _card_key(b"" if forged else uid)
        self.files = {
            0x6FF1: _with_length(biodata.encode()),
            0x6FF2: _with_length(portrait()),
        }
        self.reset()

    def reset(self) -> None:
        """Power was off."""
        self._selected = False
        self._file = 0
        self._challenge = b""
        self._channel: _Channel | None = None

    def answer(self, command: bytes) -> bytes:
        told = sides.answer_uid(self._uid, command)
        if told is not None:
            return told
        asked = Command.decode(command)
        if asked is None:
            return sides.WRONG_LENGTH
        header = sides.header_of(asked)
        match header:
            case b"\x00\xa4\x00\x00":
                return self._select(int.from_bytes(asked.data, "big"))
            case b"\x00\x84\x00\x00" if self._selected:
                self._challenge = os.urandom(8)
                return self._challenge + sides.GOOD
            case b"\x00\x82\x00\x00" if self._selected:
                return self._authenticate(asked.data)
        if header[:2] == b"\x0c\xb0":
            return self._read_sealed(header[2:], asked.data)
        return self._read(asked) if header[:2] == b"\x00\xb0" else sides.NO_INSTRUCTION

    def _select(self, file: int) -> bytes:
        if file == 0x7F0A:
            self._selected, self._file = True, 0
        elif self._selected and file in self.files:
            self._file = file
        else:
            return sides.NOT_FOUND
        return sides.GOOD

    def _authenticate(self, cryptogram: bytes) -> bytes:
        challenge, self._challenge = self._challenge, b""
        nonce, proof = cryptogram[:8], cryptogram[8:]
        if not challenge or proof != _prove(self._key, b"sam", challenge, nonce):
            return sides.SECURITY_STATUS
        self._channel = _Channel(self._key, challenge, nonce)
        return _prove(self._key, b"card", nonce, challenge) + sides.GOOD

    def _read(self, asked: Command) -> bytes:
        if self._file != 0x6FF2:
            return sides.SECURITY_STATUS
        return sides.read_binary(self.files[self._file], asked)

    def _read_sealed(self, place: bytes, ticket: bytes) -> bytes:
        if self._channel is None or ticket != self._channel.ticket(place):
            return sides.SECURITY_STATUS
        offset = int.from_bytes(place, "big")
        data = self.files.get(self._file, b"")[offset : offset + _CHUNK]
        return self._channel.seal(place, data) + sides.GOOD if data else sides.WRONG_OFFSET


class VirtualSam:
    """The security module in the reader's other slot. ``forged``: it knows no card's secret."""

    atr = SAM_ATR

    def __init__(self, forged: bool = False) -> None:
        self._forged = forged
        self.reset()

    def reset(self) -> None:
        """Power was off."""
        self._key = b""
        self._nonces = b"", b""
        self._channel: _Channel | None = None
        self._place = b""
        self._waiting = b""

    def answer(self, command: bytes) -> bytes:
        """As contact cards of the older protocol (T=0) do, it keeps its data until asked."""
        asked = Command.decode(command)
        if asked is None:
            return sides.WRONG_LENGTH
        if (asked.cla, asked.ins) == (0x00, 0xC0):
            waiting, self._waiting = self._waiting, b""
            return waiting + sides.GOOD if waiting else sides.NOT_IN_FORCE
        told = self._told(asked) if asked.cla == 0x80 else sides.NO_INSTRUCTION
        self._waiting, status = told[:-2], told[-2:]
        return bytes((0x61, len(self._waiting))) if self._waiting else status

    def _told(self, asked: Command) -> bytes:
        match asked.ins:
            case 0x50 if asked.data:
                self.reset()
                self._key = _card_key(b"no card's" if self._forged else asked.data)
                return sides.GOOD
            case 0x82 if self._key and len(asked.data) == 8:
                return self._challenge(asked.data)
            case 0x88 if self._nonces[0]:
                return self._verify(asked.data)
            case 0xC0 if self._channel is not None:
                self._place = bytes((asked.p1, asked.p2))
                return self._channel.ticket(self._place) + sides.GOOD
            case 0xC2 if self._channel is not None:
                data = self._channel.open(self._place, asked.data)
                return sides.SM_OBJECTS_WRONG if data is None else data + sides.GOOD
        return sides.NOT_IN_FORCE

    def _challenge(self, card_nonce: bytes) -> bytes:
        nonce = os.urandom(8)
        self._nonces = card_nonce, nonce
        return nonce + _prove(self._key, b"sam", card_nonce, nonce) + sides.GOOD

    def _verify(self, proof: bytes) -> bytes:
        card_nonce, nonce = self._nonces
        if proof != _prove(self._key, b"card", nonce, card_nonce):
            return sides.SECURITY_STATUS
        self._channel = _Channel(self._key, card_nonce, nonce)
        return sides.GOOD
