"""A passport without a chip: the card's side of basic access control and secure messaging.

Source: ICAO Doc 9303-11, sections 4.3 and 9.8, read from the card's side. Nothing of the
reader's side is used here, so that a mistake there does not cancel itself out (only the form of
APDUs is shared). The holder is made up.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from hw.card.apdu import Command
from hw.virtual import sides
from hw.virtual.portrait import portrait

MRZ = "P<IDNWULANDARI<<SARI<<<<<<<<<<<<<<<<<<<<<<<<X0000001<4IDN9004126F3001019<<<<<<<<<<<<<<<0"
"""The printed lines, 44 characters each. X0000001 is no passport's number."""

KEY_FIELDS = slice(44, 54), slice(57, 64), slice(65, 72)
"""Number, birth and expiry with their check digits: what the keys are made of."""

_APPLICATION = bytes.fromhex("A0000002471001")
_SM = 0x0C


class VirtualPassport:
    """One passport. ``forged``: it does not know its own MAC key."""

    atr = sides.ATR

    def __init__(self, uid: bytes = b"", mrz: str = MRZ, forged: bool = False) -> None:
        self._uid = uid or b"\x08" + os.urandom(3)
        self._forged = forged
        digest = hashlib.sha1("".join(mrz[part] for part in KEY_FIELDS).encode()).digest()  # noqa: S324
        self._keys = _keys(digest[:16])
        self.files = {0x011E: _com(), 0x0101: _dg1(mrz), 0x0102: _dg2(portrait())}
        self.reset()

    def reset(self) -> None:
        """Power was off."""
        self._selected = False
        self._file: bytes | None = None
        self._challenge = b""
        self._session: _Session | None = None

    def answer(self, command: bytes) -> bytes:
        told = sides.answer_uid(self._uid, command)
        if told is not None:
            return told
        asked = Command.decode(command)
        if asked is None:
            return sides.WRONG_LENGTH
        if self._session is None or asked.cla & _SM != _SM:
            self._session = None  # a plain command ends the session
            return self._plain(asked)
        inner = self._session.open(asked)
        if inner is None:
            self._session = None
            return sides.SM_OBJECTS_WRONG
        return self._session.close(self._secured(inner), self._forged)

    def _plain(self, asked: Command) -> bytes:
        match sides.header_of(asked):
            case b"\x00\xa4\x04\x0c":
                self._selected = asked.data == _APPLICATION
                return sides.GOOD if self._selected else sides.NOT_FOUND
            case b"\x00\x84\x00\x00" if self._selected:
                self._challenge = os.urandom(8)
                return self._challenge + sides.GOOD
            case b"\x00\x82\x00\x00" if self._selected:
                return self._authenticate(asked.data)
            case b"\x00\xa4\x02\x0c":
                return sides.SECURITY_STATUS
        return sides.SECURITY_STATUS if asked.ins == 0xB0 else sides.NO_INSTRUCTION

    def _authenticate(self, token: bytes) -> bytes:
        challenge, self._challenge = self._challenge, b""
        encryption, mac = self._keys
        if not challenge or len(token) != 40 or _mac(mac, token[:32]) != token[32:]:
            return bytes.fromhex("6300")
        told = _chain(encryption, token[:32], forth=False)
        if told[8:16] != challenge:
            return bytes.fromhex("6300")
        half = os.urandom(16)
        secret = _chain(encryption, challenge + told[:8] + half, forth=True)
        seed = bytes(a ^ b for a, b in zip(told[16:], half, strict=True))
        self._session = _Session(*_keys(seed), challenge[4:] + told[4:8])
        return secret + _mac(bytes(16) if self._forged else mac, secret) + sides.GOOD

    def _secured(self, asked: Command) -> bytes:
        if asked.ins == 0xA4:
            self._file = self.files.get(int.from_bytes(asked.data, "big"))
            return sides.GOOD if self._file is not None else sides.NOT_FOUND
        if asked.ins != 0xB0:
            return sides.NO_INSTRUCTION
        return sides.NOT_IN_FORCE if self._file is None else sides.read_binary(self._file, asked)


class _Session:
    """Secure messaging, from the card's side."""

    def __init__(self, encryption: bytes, mac: bytes, counter: bytes) -> None:
        self._encryption, self._mac = encryption, mac
        self._counter = int.from_bytes(counter, "big")

    def open(self, asked: Command) -> Command | None:
        """The command inside; None when its MAC is wrong."""
        mark = asked.data.rfind(b"\x8e\x08", 0, len(asked.data) - 8)
        body, mac = asked.data[:mark], asked.data[mark + 2 :]
        header = sides.header_of(asked)
        covered = _padded(header) + body if body else header
        if mark < 0 or mac != _mac(self._mac, self._count() + covered):
            return None
        plain: bytes = b""
        expected: int | None = None
        while body:
            tag, length, value = body[0], body[1], body[2 : 2 + body[1]]
            body = body[2 + length :]
            if tag == 0x87:
                plain = _chain(self._encryption, value[1:], forth=False)
                plain = plain[: plain.rindex(b"\x80")]
            elif tag == 0x97:
                expected = value[0] or 256
        return dataclasses.replace(asked, data=plain, expected=expected)

    def close(self, answer: bytes, forged: bool) -> bytes:
        """``answer`` under this session's protection."""
        data, status = answer[:-2], answer[-2:]
        body = b""
        if data:
            value = b"\x01" + _chain(self._encryption, _padded(data), forth=True)
            length = bytes((len(value),)) if len(value) < 128 else bytes((0x81, len(value)))
            body = b"\x87" + length + value
        body += b"\x99\x02" + status
        mac = _mac(bytes(16) if forged else self._mac, self._count() + body)
        return body + b"\x8e\x08" + mac + sides.GOOD

    def _count(self) -> bytes:
        self._counter += 1
        return self._counter.to_bytes(8, "big")


# ---------------------------------------------------------------- files


def _tlv(tag: str, value: bytes) -> bytes:
    size = len(value)
    length = bytes((size,)) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes.fromhex(tag) + length + value


def _com() -> bytes:
    versions = _tlv("5F01", b"0107") + _tlv("5F36", b"040000")
    return _tlv("60", versions + _tlv("5C", b"\x61\x75"))


def _dg1(mrz: str) -> bytes:
    return _tlv("61", _tlv("5F1F", mrz.encode()))


def _dg2(jpeg: bytes) -> bytes:
    image = bytes(12) + jpeg
    face = (20 + len(image)).to_bytes(4, "big") + bytes(16) + image
    record = b"FAC\x00010\x00" + (14 + len(face)).to_bytes(4, "big") + b"\x00\x01" + face
    header = _tlv("A1", _tlv("87", b"\x01\x01") + _tlv("88", b"\x00\x08"))
    template = _tlv("7F60", header + _tlv("5F2E", record))
    return _tlv("75", _tlv("7F61", _tlv("02", b"\x01") + template))


# ---------------------------------------------------------------- secrets


def _keys(seed: bytes) -> tuple[bytes, bytes]:
    """Without odd parity: DES does not look at it."""
    first, second = (hashlib.sha1(seed + bytes((0, 0, 0, n))).digest()[:16] for n in (1, 2))  # noqa: S324
    return first, second


def _padded(data: bytes) -> bytes:
    data += b"\x80"
    while len(data) % 8:
        data += b"\x00"
    return data


def _block(key: bytes, block: bytes, forth: bool) -> bytes:
    """One block through single (8-byte key) or triple DES (16 bytes)."""
    whole = key * 3 if len(key) == 8 else key + key[:8]
    cipher = Cipher(TripleDES(whole), modes.ECB())  # noqa: S305 - chained below, as the standard has it
    return (cipher.encryptor() if forth else cipher.decryptor()).update(block)


def _chain(key: bytes, data: bytes, forth: bool) -> bytes:
    before, done = bytes(8), b""
    for start in range(0, len(data) - len(data) % 8, 8):
        block = data[start : start + 8]
        if forth:
            before = _block(key, _xor(block, before), forth)
            done += before
        else:
            done += _xor(_block(key, block, forth), before)
            before = block
    return done


def _mac(key: bytes, data: bytes) -> bytes:
    """ISO/IEC 9797-1, algorithm 3, step by step."""
    last = _chain(key[:8], _padded(data), forth=True)[-8:]
    return _block(key[:8], _block(key[8:], last, forth=False), forth=True)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
