"""Passports: the examples that ICAO published, one that behaves, and all that can go wrong.

The passport here is hw.virtual.passport, whose secrets are computed by other code than ours.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.card import tdes
from hw.card.apdu import Command, Response, parse_response
from hw.card.bac import PassportTrouble, authenticate, document_keys
from hw.card.emrtd import Passport, read_passport
from hw.card.emrtd_files import parse_com, parse_dg1, parse_dg2, recognise_photo
from hw.card.mrz import MrzInformation, parse_mrz
from hw.card.secure_messaging import SecureMessaging, SessionKeys
from hw.card.slots import Slots
from hw.card.tlv import encode
from hw.protocols import CardTrouble
from hw.virtual.passport import MRZ, VirtualPassport
from hw.virtual.portrait import portrait

H = bytes.fromhex
HOLDER = MrzInformation("X0000001", "900412", "300101")
EXAMPLE = MrzInformation("L898902C", "690806", "940623")
STEPS = range(42)
"""Commands that it takes to read the whole of the virtual passport."""


class Wire:
    """What lies between reader and passport; ``spoil`` changes the answer to one command."""

    def __init__(self, passport: VirtualPassport | None = None) -> None:
        self.passport = passport or VirtualPassport()
        self.count = 0
        self.at = -1
        self.spoil: Callable[[bytes], bytes | CardTrouble] = lambda answer: answer

    def __call__(self, command: Command) -> Response | CardTrouble:
        answer: bytes | CardTrouble = self.passport.answer(command.encode())
        if self.count == self.at:
            assert isinstance(answer, bytes)
            answer = self.spoil(answer)
        self.count += 1
        if isinstance(answer, CardTrouble):
            return answer
        return parse_response(answer) or CardTrouble.PULLED

    def read(self, information: MrzInformation = HOLDER) -> object:
        return read_passport(Slots(self), information)


# ---------------------------------------------------------------- Doc 9303-11, appendix D


def test_keys_are_those_of_the_worked_example() -> None:
    assert document_keys(EXAMPLE) == (
        H("AB94FDECF2674FDFB9B391F85D7F76F2"),
        H("7962D9ECE03D1ACD4C76089DCE131543"),
    )


def test_mutual_authentication_is_that_of_the_worked_example() -> None:
    sent: list[bytes] = []
    answers = [
        H("4608F91988702212"),
        H("46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"),
    ]
    ours = iter([H("781723860C06C226"), H("0B795240CB7049B01C19B33E32804F0B")])

    def transmit(command: Command) -> Response:
        sent.append(command.encode())
        return Response(answers[len(sent) - 1], 0x9000)

    session = authenticate(transmit, EXAMPLE, lambda _count: next(ours))
    assert sent == [
        H("0084000008"),
        H(
            "0082000028"
            "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2"
            "5F1448EEA8AD90A728"
        ),
    ]
    assert isinstance(session, SecureMessaging)
    _read_ef_com_of_the_worked_example(session)


def test_secure_messaging_is_that_of_the_worked_example() -> None:
    keys = SessionKeys(
        H("979EC13B1CBFE9DCD01AB0FED307EAE5"),
        H("F1CB1F1FB5ADF208806B89DC579DC1F8"),
        H("887022120C06C226"),
    )
    _read_ef_com_of_the_worked_example(SecureMessaging(keys))


def _read_ef_com_of_the_worked_example(session: SecureMessaging) -> None:
    def told(answer: str) -> bytes:
        inside = session.unprotect(Response(H(answer), 0x9000))
        assert inside is not None and inside.ok
        return inside.data

    select = session.protect(Command(0x00, 0xA4, 0x02, 0x0C, H("011E")))
    assert select.encode() == H("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800")
    assert told("990290008E08FA855A5D4C50A8ED") == b""
    head = session.protect(Command(0x00, 0xB0, 0, 0, expected=4))
    assert head.encode() == H("0CB000000D9701048E08ED6705417E96BA5500")
    com = told("8709019FF0EC34F9922651990290008E08AD55CC17140B2DED")
    rest = session.protect(Command(0x00, 0xB0, 0, 4, expected=18))
    assert rest.encode() == H("0CB000040D9701128E082EA28A70F3C7B53500")
    com += told(
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D74"
    )
    assert com == H("60145F0104303130365F36063034303030305C026175")
    assert parse_com(com) == {0x61, 0x75}


# ---------------------------------------------------------------- a passport and its troubles


def test_a_passport_tells_its_holder_and_shows_the_photo() -> None:
    wire = Wire()
    passport = wire.read()
    assert isinstance(passport, Passport) and passport.photo is not None
    assert passport.mrz == parse_mrz(MRZ)
    assert (passport.mrz.surname, passport.mrz.nationality) == ("WULANDARI", "IDN")
    assert (passport.photo.data, passport.photo.kind) == (portrait(), "jpeg")
    assert wire.count == len(STEPS)
    assert "WULANDARI" not in repr(passport)


def test_the_lines_of_another_passport_open_nothing() -> None:
    assert Wire().read(EXAMPLE) is PassportTrouble.WRONG_MRZ


def test_a_passport_that_does_not_know_the_keys_is_found_out() -> None:
    assert Wire(VirtualPassport(forged=True)).read() is PassportTrouble.NOT_AUTHENTIC


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("trouble", [CardTrouble.PULLED, CardTrouble.MUTE])
def test_a_passport_taken_away_at_any_step_is_an_answer(step: int, trouble: CardTrouble) -> None:
    wire = Wire()
    wire.at, wire.spoil = step, lambda _answer: trouble
    assert wire.read() is trouble
    assert wire.count == step + 1  # nothing more was asked of a card that had gone


@pytest.mark.parametrize("step", STEPS[2:])
def test_an_answer_altered_on_the_way_is_noticed(step: int) -> None:
    wire = Wire()
    wire.at, wire.spoil = step, lambda answer: bytes((answer[0], answer[1] ^ 1)) + answer[2:]
    altered_first = wire.read()
    wire = Wire()
    wire.at, wire.spoil = step, lambda answer: answer[:-3] + bytes((answer[-3] ^ 1,)) + answer[-2:]
    assert (altered_first, wire.read()) == (PassportTrouble.NOT_AUTHENTIC,) * 2


@pytest.mark.parametrize("step", STEPS[3:])
def test_an_answer_without_protection_is_not_believed(step: int) -> None:
    wire = Wire()
    wire.at, wire.spoil = step, lambda _answer: H("60145F01049000")
    assert wire.read() is PassportTrouble.NOT_AUTHENTIC


def test_an_old_answer_is_not_taken_for_a_new_one() -> None:
    wire, kept = Wire(), list[bytes]()
    answer_well = wire.passport.answer

    def answer_late(command: bytes) -> bytes:
        kept.append(answer_well(command))
        return kept[-2] if len(kept) == 10 else kept[-1]

    wire.passport.answer = answer_late  # type: ignore[method-assign]
    assert wire.read() is PassportTrouble.NOT_AUTHENTIC


def test_a_card_without_the_application_is_no_passport() -> None:
    wire = Wire()
    wire.at, wire.spoil = 0, lambda _answer: H("6A82")
    assert wire.read() is PassportTrouble.NOT_A_PASSPORT


def test_a_passport_that_gives_no_challenge_knows_no_bac() -> None:
    wire = Wire()
    wire.at, wire.spoil = 1, lambda _answer: H("6D00")
    assert wire.read() is PassportTrouble.NO_BAC


@given(st.integers(0, len(STEPS) - 1), st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
def test_whatever_a_passport_answers_the_reading_ends_in_an_answer(step: int, noise: bytes) -> None:
    wire = Wire()
    wire.at, wire.spoil = step, lambda _answer: noise
    assert isinstance(wire.read(), Passport | CardTrouble | PassportTrouble)


# ---------------------------------------------------------------- files


class Honest:
    """A card whose answers are all genuine, whatever its files hold."""

    def __init__(self, **files: bytes) -> None:
        self.passport = VirtualPassport()
        self.passport.files.update({int(name[1:], 16): data for name, data in files.items()})

    def read(self) -> object:
        return Wire(self.passport).read()


@pytest.mark.parametrize(
    "files",
    [
        {"_011E": b""},
        {"_011E": H("60840000000A")},
        {"_0101": H("6183FFFFFF")},
        {"_0101": H("61035F1F00")},
        {"_0101": H("6100")},
        {"_0102": H("7582000401")},
        {"_0102": H("75827FFF") + bytes(100)},
    ],
)
def test_a_file_that_lies_about_itself_is_not_readable(files: dict[str, bytes]) -> None:
    assert Honest(**files).read() is PassportTrouble.NOT_READABLE


def test_a_passport_without_a_photo_is_read_all_the_same() -> None:
    passport = Honest(_011E=H("60035C0161")).read()
    assert isinstance(passport, Passport) and passport.photo is None


def test_photos_are_known_by_how_they_begin() -> None:
    jp2 = recognise_photo(H("0000000C6A5020200D0A870A") + b"...")
    bare = recognise_photo(H("FF4FFF51") + b"...")
    assert jp2 is not None and bare is not None
    assert (jp2.kind, bare.kind) == ("jp2", "j2k")
    assert recognise_photo(b"GIF89a") is None


def test_feature_points_before_the_photo_are_stepped_over() -> None:
    image = b"\xff\xd8\xffpicture"
    face = (20 + 2 * 8 + 12 + len(image)).to_bytes(4, "big") + b"\x00\x02" + bytes(14 + 16 + 12)
    record = b"FAC\x00010\x00" + (14 + len(face + image)).to_bytes(4, "big") + b"\x00\x01"
    value = record + face + image
    template = H("7F60") + bytes((3 + len(value),)) + H("7F2E") + bytes((len(value),)) + value
    template = template[:2] + bytes((3 + len(value),)) + template[3:]
    file = H("75") + bytes((3 + len(template),)) + H("7F61") + bytes((len(template),)) + template
    photo = parse_dg2(file)
    assert photo is not None and photo.data == image


def test_a_photo_in_the_form_of_the_coming_years_is_found() -> None:
    image = b"\xff\xd8\xffpicture"
    file = encode(0x80, image) + encode(0xA1, b"")  # the photo, then what is known of it
    for tag in (0xA0, 0xA0, 0xA1):
        file = encode(tag, file)
    file = encode(0x30, encode(0x80, b"\x00") + file)
    file = encode(0xA0, b"") + encode(0xA1, file)
    for tag in (0x65, 0xA1, 0x7F2E):
        file = encode(tag, file)
    file = encode(0x7F61, b"\x02\x01\x01" + encode(0x7F60, b"\xa1\x00" + file))
    photo = parse_dg2(encode(0x75, file))
    assert photo is not None and photo.data == image


@pytest.mark.parametrize(("size", "is_read"), [(0x8000, True), (0x8001, False)])
def test_a_photo_is_read_as_far_as_an_offset_can_tell(size: int, is_read: bool) -> None:
    image = portrait().ljust(size - 160, b"\x00")
    face = b"FAC\x00010\x00" + (14 + 20 + 12 + len(image)).to_bytes(4, "big") + b"\x00\x01"
    face += (20 + 12 + len(image)).to_bytes(4, "big") + bytes(16) + bytes(12) + image
    group = encode(0x7F61, encode(0x7F60, encode(0x5F2E, face)))
    file = encode(0x75, group + encode(0x53, bytes(size - len(group) - 6)))
    assert len(file) == size
    passport = Honest(_0102=file).read()
    if is_read:
        assert isinstance(passport, Passport) and passport.photo is not None
        assert passport.photo.data == image
    else:
        assert passport is PassportTrouble.NOT_READABLE


@given(st.binary(max_size=200))
def test_noise_is_no_file(noise: bytes) -> None:
    assert parse_com(noise) is None or noise[0] == 0x60
    assert (parse_dg1(noise), parse_dg2(noise)) == (None, None)


@given(st.integers(0, 2**32), st.integers(1, 6))
@settings(max_examples=100)
def test_a_damaged_photo_file_gives_a_photo_or_none(seed: int, hits: int) -> None:
    file = bytearray(VirtualPassport().files[0x0102][:400])
    chance = random.Random(seed)
    for _ in range(hits):
        file[chance.randrange(80)] = chance.randrange(256)
    photo = parse_dg2(bytes(file))
    assert photo is None or recognise_photo(photo.data) is not None


@given(st.binary(max_size=64))
def test_padding_comes_off_as_it_went_on(data: bytes) -> None:
    padded = tdes.pad(data)
    assert len(padded) % 8 == 0 and tdes.unpad(padded) == data
