"""What is fed with hostile bytes, and what must hold whatever they are.

A target takes bytes and raises nothing: an exception of any kind is a find. Each has seeds:
well-formed input that is mutated.
"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass

from firmware.core import wire
from hw.card import biodata, ektp, tlv
from hw.card.apdu import Command, Response, exchange, parse_response
from hw.card.emrtd import read_passport
from hw.card.emrtd_files import parse_com, parse_dg1, parse_dg2, recognise_photo
from hw.card.mrz import parse_information, parse_mrz
from hw.card.opensid import DETECT, bring_over
from hw.card.profiles import PROFILES, Slots, read_card, report_of
from hw.card.secure_messaging import SecureMessaging, SessionKeys
from hw.card.tag_numbers import ByteOrder, Habit, learn, read_tag
from hw.printer.status import (
    ASB_BYTES,
    AutomaticStatus,
    RealTimeQuery,
    StatusParser,
    is_process_id,
    status_of_automatic,
    status_of_queries,
    unit_word,
)
from hw.protocols import CardTrouble
from hw.virtual.ektp import BIODATA
from hw.virtual.passport import MRZ
from tests.fuzz import files, messages


@dataclass(frozen=True)
class Target:
    """``feed`` takes one input, of ``longest`` bytes at most where a long run makes them.
    ``share`` is its part of a long run, of all targets' shares.
    """

    feed: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    share: float
    longest: int


def feed_status(data: bytes) -> None:
    """A printer's answers are the same however the stream is cut."""
    cut = data[0] if data else 0
    whole = StatusParser().feed(data)
    pieces = StatusParser()
    assert pieces.feed(data[:cut]) + pieces.feed(data[cut:]) == whole
    for answer in whole:
        is_process_id(answer, b"0001")
        unit_word(answer)
        if isinstance(answer, AutomaticStatus):
            assert status_of_automatic(answer) is not None
    queries = dict(zip(RealTimeQuery, data, strict=False))
    assert status_of_queries(queries) is not None
    assert len(whole) <= max(len(data), len(data) // ASB_BYTES)


def feed_biodata(data: bytes) -> None:
    """What is read can be shown, and nothing is both sound and empty."""
    reading = biodata.parse(data)
    person = reading.biodata
    texts = (person.nik, person.nama, person.alamat, person.rt, person.kewarganegaraan)
    assert all(text.isprintable() and len(text) <= biodata.LONGEST_FIELD for text in texts)
    assert not reading.sound or (person.nik and person.nama and person.tanggal_lahir)
    assert repr(person) == "Biodata(<hidden>)"


def feed_tlv(data: bytes) -> None:
    """What is read is read again as the same when it is written."""
    tlv.read_header(data)
    found = tlv.decode(data)
    if isinstance(found, tuple):
        assert tlv.decode(b"".join(one.encode() for one in found)) == found
        tlv.find(found, 0x6F, 0xA5, 0x88)
        assert repr(found)


def feed_apdu(data: bytes) -> None:
    """Commands and responses come back as they were; a card's answers come to an end."""
    command = Command.decode(data)
    assert command is None or command.encode() == data
    response = parse_response(data)
    if response is not None:
        assert response.encode() == data
        assert response.meaning and response.kind
    answer = exchange(_hostile(data), Command(0x00, 0xB0, expected=256))
    assert isinstance(answer, Response) or answer is CardTrouble.PULLED


def _hostile(data: bytes) -> Callable[[Command], Response | CardTrouble]:
    """A card that answers with ``data``, piece by piece: length, body, SW1-SW2. Then it is gone."""
    place = 0

    def transmit(command: Command) -> Response | CardTrouble:
        nonlocal place
        command.encode()
        length = data[place] if place < len(data) else 0
        end = place + 1 + length + (length & 1) + 2  # an odd length is one byte more: up to 256
        piece, place = data[place + 1 : end], end
        return parse_response(piece) or CardTrouble.PULLED

    return transmit


MRZ_KEY = parse_information("L898902C3 740812 120415")


def feed_card(data: bytes) -> None:
    """A whole card, of any profile, is read or is trouble; so is a SAM that was tampered with."""
    for name in PROFILES:
        card = _hostile(data[1:])
        sam = card if data[:1] > b"\x7f" else _hostile(data[: len(data) // 2])
        report_of(read_card([name], Slots(card, sam)))
    ektp.read_photo(Slots(_hostile(data)))
    ektp.read_biodata(Slots(_hostile(data), _hostile(data[len(data) // 2 :])))
    card = _hostile(data)
    ektp.read_biodata(Slots(card, card))
    if MRZ_KEY is not None:
        read_passport(Slots(_hostile(data)), MRZ_KEY)


def feed_passport(data: bytes) -> None:
    """A passport's files, and its answers under keys that it does not know."""
    parse_com(data)
    parse_dg1(data)
    parse_dg2(data)
    recognise_photo(data)
    text = data.decode("latin-1")
    parse_mrz(text)
    parse_information(text)
    session = SecureMessaging(SessionKeys(b"k" * 16, b"m" * 16, bytes(8)))
    assert session.unprotect(Response(data, 0x9000)) is None


def feed_opensid(data: bytes) -> None:
    """Somebody's CSV file, and numbers that are none."""
    text = data.decode(errors="replace")
    for order in ByteOrder:
        read_tag(text, Habit(order))
    learn(text, bytes.fromhex("04A1B2C3D4E5F6"))
    common = {"tag_column": "tag_id_card", "id_column": "nik"}
    bring_over(text, Namespace(order="big", sample_uid=[], **common))
    bring_over(text, Namespace(order=DETECT, sample_uid=[b"\xa1\xb2\xc3\xd4"], **common))


def _answers(*answers: bytes) -> bytes:
    """What ``_hostile`` cuts into these answers, each with 9000, which are of even length."""
    return b"".join(bytes((len(data),)) + data + b"\x90\x00" for data in answers)


_ANSWER = bytes.fromhex("040102030490000261026C02029000")
_PROOF = (b"", b"\xa1\xb2\xc3\xd4", b"", bytes(8), bytes(16), bytes(8), b"")
_EKTP = _answers(*_PROOF, b"", bytes(8), bytes(200), b"\x00\x0aABCDEFGHIJ")
_TOO_MUCH = _answers(b"") + b"\xff" + bytes(256) + b"\x90\x00"  # more than a command passes on
_PASSPORT = _answers(b"", bytes(8), bytes(40), bytes(30))

_WIRE = {**messages.DOWN, **messages.UP}
SLOW = 0.2
"""Of what writes to a disk each time."""

TARGETS: dict[str, Target] = {
    "status": Target(
        feed_status,
        (
            bytes.fromhex("3722303030310016121E1A"),
            bytes.fromhex("14000000371C000000"),
            b"\x5fEPSON\x00\x5fTM-T82\x00\x0c",
        ),
        share=5,
        longest=160,
    ),
    "biodata": Target(
        feed_biodata,
        (BIODATA.encode(), b'"","","', b'"A ""B""","C, D"\r\n\x00\x00'),
        share=5,
        longest=400,
    ),
    "tlv": Target(
        feed_tlv,
        (
            bytes.fromhex("6F1A840E315041592E5359532E4444463031A5088801025F2D02656E"),
            bytes.fromhex("60145F0104303130375F36063034303030305C026175"),
            bytes.fromhex("3030303030040100"),
        ),
        share=5,
        longest=300,
    ),
    "apdu": Target(
        feed_apdu,
        (
            bytes.fromhex("00A4000C023F00"),
            bytes.fromhex("00CB3FFF0000025C000000"),
            _ANSWER,
            bytes.fromhex("00610000610000610000"),
        ),
        share=5,
        longest=400,
    ),
    "card": Target(
        feed_card, (_ANSWER, _EKTP, b"\xff" + _EKTP, _TOO_MUCH, _PASSPORT), share=2, longest=600
    ),
    "passport": Target(
        feed_passport,
        (
            MRZ.encode(),
            bytes.fromhex("615B5F1F58") + MRZ.encode(),
            bytes.fromhex("60145F0104303130375F36063034303030305C026175"),
            b"L898902C3 740812 120415",
        ),
        share=2,
        longest=400,
    ),
    "opensid": Target(
        feed_opensid,
        (
            b"nik,tag_id_card\n3510195204900001,2712847316\n",
            b'nik;tag_id_card\n"x";"1303689068602870"\ny;0012345678\n',
            b"1.30375E+15",
        ),
        share=2,
        longest=300,
    ),
    "wire": Target(
        messages.feed_wire,
        tuple(wire.encode(one) for kind in _WIRE.values() for one in kind),
        share=3,
        longest=4000,
    ),
    "post": Target(
        messages.feed_post,
        tuple(
            bytes((place,)) + wire.encode(one)
            for place, kind in enumerate(messages.DOWN)
            for one in messages.DOWN[kind]
        ),
        share=SLOW,
        longest=4000,
    ),
    "exchange": Target(
        messages.feed_exchange,
        tuple(
            bytes((place,)) + wire.encode(one)
            for place, kind in enumerate(messages.UP)
            for one in messages.UP[kind]
        ),
        share=SLOW,
        longest=4000,
    ),
    "request": Target(
        messages.feed_request,
        (json.dumps(messages.good_request(messages.NAME, 10)).encode(),),
        share=SLOW,
        longest=2000,
    ),
    "catalogue": Target(files.feed_catalogue, (files.GOOD_CATALOGUE,), share=2, longest=8000),
    "letter": Target(files.feed_letter, (files.GOOD_LETTER.encode(),), share=SLOW, longest=4000),
    "kiosk": Target(files.feed_kiosk, (files.good_kiosk().encode(),), share=SLOW, longest=3000),
    "regency": Target(
        files.feed_regency, (files.good_regency().encode(),), share=SLOW, longest=2000
    ),
}
