"""Reading an electronic passport whose printed lines are known.

Source: ICAO Doc 9303-10, section 3 (application, files), 9303-11, section 4.3 (BAC).
The files are read, not vouched for: the issuing state's signature over them (EF.SOD, passive
authentication) is not checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hw.card.apdu import Command, Response, exchange
from hw.card.atr import is_storage_card
from hw.card.bac import PassportTrouble, authenticate
from hw.card.emrtd_files import Photo, parse_com, parse_dg1, parse_dg2
from hw.card.mrz import Mrz, MrzInformation
from hw.card.secure_messaging import MOST_DATA, SecureMessaging
from hw.card.slots import Slots, Transmit
from hw.card.tlv import Header, read_header
from hw.protocols import CardTrouble

APPLICATION = bytes.fromhex("A0000002471001")
SELECT_APPLICATION = Command(0x00, 0xA4, 0x04, 0x0C, APPLICATION)
EF_COM, EF_DG1, EF_DG2 = 0x011E, 0x0101, 0x0102
DG2_TAG = 0x75

LARGEST_FILE = 0x8000
"""READ BINARY has 15 bits for the offset; a file that is longer is refused."""

_HEAD = 4
Trouble = CardTrouble | PassportTrouble
Secure = Callable[[Command], Response | Trouble]


@dataclass(frozen=True, slots=True, repr=False)
class Passport:
    """What was read. ``photo`` is None when the passport has none. ``repr`` hides it all."""

    mrz: Mrz
    photo: Photo | None


def is_passport(slots: Slots) -> bool | CardTrouble:
    """Whether the card has the application for travel documents, which is then selected."""
    if is_storage_card(slots.atr):
        return False
    answer = exchange(slots.picc, SELECT_APPLICATION)
    return answer if isinstance(answer, CardTrouble) else answer.ok


def read_passport(slots: Slots, information: MrzInformation) -> Passport | Trouble:
    """The holder and the photo, from a passport that lies on the contactless slot."""
    found = is_passport(slots)
    if isinstance(found, CardTrouble):
        return found
    if not found:
        return PassportTrouble.NOT_A_PASSPORT
    session = authenticate(slots.picc, information)
    if not isinstance(session, SecureMessaging):
        return session
    return _read_files(_secured(slots.picc, session))


def _secured(transmit: Transmit, session: SecureMessaging) -> Secure:
    def secure(command: Command) -> Response | Trouble:
        answer = transmit(session.protect(command))
        if isinstance(answer, CardTrouble):
            return answer
        return session.unprotect(answer) or PassportTrouble.NOT_AUTHENTIC

    return secure


def _read_files(secure: Secure) -> Passport | Trouble:
    listing = _read_file(secure, EF_COM)
    if not isinstance(listing, bytes):
        return listing
    groups = parse_com(listing)
    zone = _read_file(secure, EF_DG1)
    if not isinstance(zone, bytes):
        return zone
    mrz = parse_dg1(zone)
    if groups is None or mrz is None:
        return PassportTrouble.NOT_READABLE
    if DG2_TAG not in groups:
        return Passport(mrz, None)
    face = _read_file(secure, EF_DG2)
    if not isinstance(face, bytes):
        return face
    photo = parse_dg2(face)
    return PassportTrouble.NOT_READABLE if photo is None else Passport(mrz, photo)


def _read_file(secure: Secure, file: int) -> bytes | Trouble:
    """A whole file: its first bytes tell its length."""
    selected = secure(Command(0x00, 0xA4, 0x02, 0x0C, file.to_bytes(2, "big")))
    if not isinstance(selected, Response):
        return selected
    head = _read_part(secure, 0, _HEAD) if selected.ok else PassportTrouble.NOT_READABLE
    if not isinstance(head, bytes):
        return head
    told = read_header(head + bytes(_HEAD))
    length = told.whole if isinstance(told, Header) else 0
    if not 0 < length <= LARGEST_FILE:
        return PassportTrouble.NOT_READABLE
    return _read_rest(secure, head[:length], length)


def _read_rest(secure: Secure, data: bytes, length: int) -> bytes | Trouble:
    while len(data) < length:
        part = _read_part(secure, len(data), min(MOST_DATA, length - len(data)))
        if not isinstance(part, bytes):
            return part
        data += part
    return data


def _read_part(secure: Secure, offset: int, count: int) -> bytes | Trouble:
    """From 1 to ``count`` bytes: a card that gives nothing, or too much, would never end."""
    answer = secure(Command(0x00, 0xB0, offset >> 8, offset & 0xFF, expected=count))
    if not isinstance(answer, Response):
        return answer
    if not answer.ok or not 1 <= len(answer.data) <= count:
        return PassportTrouble.NOT_READABLE
    return answer.data
