"""An e-KTP and a security module of our own, and all that can go wrong between them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.card import biodata
from hw.card.apdu import Command, Response, parse_response
from hw.card.ektp import read_biodata, read_photo
from hw.card.ektp_exchange import EktpTrouble
from hw.card.emrtd_files import Photo
from hw.card.profiles import Slots, ektp_sam
from hw.card.slots import Transmit
from hw.protocols import CardIdentity, CardTrouble
from hw.virtual.ektp import BIODATA, VirtualEktp, VirtualSam
from hw.virtual.portrait import portrait
from hw.virtual.sides import Side, Tag

UID = bytes.fromhex("04A1B2C3D4E5F6")
STEPS = range(19)
"""Commands, to both slots, that it takes to read the biodata."""


class Desk:
    """A card on one slot and a SAM in the other; ``spoil`` changes one answer of them all."""

    def __init__(self, card: Side | None = None, sam: Side | None = None) -> None:
        self.count = 0
        self.slots_asked: list[str] = []
        self.at = -1
        self.spoil: Callable[[bytes], bytes | CardTrouble] = lambda answer: answer
        self.slots = Slots(
            self._to("picc", card or VirtualEktp(UID)), self._to("sam", sam or VirtualSam())
        )

    def _to(self, slot: str, side: Side) -> Transmit:
        def transmit(command: Command) -> Response | CardTrouble:
            answer: bytes | CardTrouble = side.answer(command.encode())
            if self.count == self.at:
                assert isinstance(answer, bytes)
                answer = self.spoil(answer)
            self.count += 1
            self.slots_asked.append(slot)
            if isinstance(answer, CardTrouble):
                return answer
            return parse_response(answer) or CardTrouble.PULLED

        return transmit

    def without_sam(self) -> Slots:
        return Slots(self.slots.picc)


def test_the_photo_is_for_everyone_to_see() -> None:
    desk = Desk()
    photo = read_photo(desk.without_sam())
    assert isinstance(photo, Photo)
    assert (photo.data, photo.kind) == (portrait(), "jpeg")


def test_biodata_are_opened_by_the_security_module() -> None:
    desk = Desk()
    assert read_biodata(desk.slots) == BIODATA.encode()
    assert biodata.parse(BIODATA.encode()).troubles == ()
    assert desk.count == len(STEPS)
    assert set(desk.slots_asked) == {"picc", "sam"}


def test_biodata_stay_closed_without_it() -> None:
    desk = Desk()
    assert read_biodata(desk.without_sam()) is EktpTrouble.NO_SAM
    desk.slots.picc(Command(0x00, 0xA4, data=b"\x6f\xf1"))
    assert desk.slots.picc(Command(0x00, 0xB0, expected=112)) == Response(b"", 0x6982)


def test_a_copied_uid_does_not_pass() -> None:
    copy = Desk(VirtualEktp(UID, forged=True))
    assert read_biodata(copy.slots) is EktpTrouble.NOT_GENUINE
    assert ektp_sam.read(copy.slots, authenticate=True) is CardTrouble.NOT_GENUINE


def test_a_security_module_of_somebody_else_proves_nobody() -> None:
    desk = Desk(sam=VirtualSam(forged=True))
    assert ektp_sam.read(desk.slots, authenticate=True) is CardTrouble.NOT_GENUINE


def test_the_identity_is_the_uid_with_and_without_a_security_module() -> None:
    identity = CardIdentity("ektp_sam", UID)
    assert ektp_sam.read(Desk().slots, authenticate=True) == identity
    assert ektp_sam.read(Desk().without_sam()) == identity


def test_a_proof_that_is_wanted_is_not_left_out() -> None:
    assert ektp_sam.read(Desk().without_sam(), authenticate=True) is CardTrouble.NO_SAM


def test_another_card_is_no_ektp() -> None:
    desk = Desk(Tag(UID))
    assert ektp_sam.read(desk.slots) is None
    assert read_biodata(desk.slots) is EktpTrouble.NOT_AN_EKTP
    assert read_photo(desk.slots) is EktpTrouble.NOT_AN_EKTP


@pytest.mark.parametrize("step", STEPS)
def test_who_is_taken_away_at_any_step_is_told_apart(step: int) -> None:
    desk = Desk()
    desk.at, desk.spoil = step, lambda _answer: CardTrouble.PULLED
    answer = read_biodata(desk.slots)
    pulled_card = desk.slots_asked[step] == "picc"
    assert answer is (CardTrouble.PULLED if pulled_card else EktpTrouble.NO_SAM)
    assert desk.count == step + 1


@pytest.mark.parametrize("step", range(63))
def test_a_card_taken_away_while_its_photo_is_read(step: int) -> None:
    desk = Desk()
    desk.at, desk.spoil = step, lambda _answer: CardTrouble.PULLED
    assert read_photo(desk.slots) is CardTrouble.PULLED


@pytest.mark.parametrize("step", [5, 6, 10, 11, 16])
def test_an_altered_secret_is_noticed(step: int) -> None:
    desk = Desk()
    desk.at, desk.spoil = step, lambda answer: bytes((answer[0] ^ 1,)) + answer[1:]
    assert read_biodata(desk.slots) in (EktpTrouble.NOT_GENUINE, EktpTrouble.NOT_READABLE)


def test_a_file_that_never_ends_is_given_up() -> None:
    card = VirtualEktp(UID)
    card.files[0x6FF2] = b"\xff\xff" + bytes(0x10000)
    assert read_photo(Desk(card).slots) is EktpTrouble.NOT_READABLE


@pytest.mark.parametrize("file", [b"", b"\x00", b"\x00\x00", b"\x00\x05abc", b"\x00\x03abc"])
def test_a_photo_that_is_none_is_not_readable(file: bytes) -> None:
    card = VirtualEktp(UID)
    card.files[0x6FF2] = file
    assert read_photo(Desk(card).slots) is EktpTrouble.NOT_READABLE


@given(st.integers(0, len(STEPS) - 1), st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_either_answers_the_reading_ends_in_an_answer(step: int, noise: bytes) -> None:
    desk = Desk()
    desk.at, desk.spoil = step, lambda _answer: noise
    assert isinstance(read_biodata(desk.slots), bytes | CardTrouble | EktpTrouble)


def test_a_card_that_says_well_and_gives_nothing_does_not_hold_up_the_kiosk() -> None:
    answers = Slots(lambda _command: Response(b"", 0x9000), lambda _command: Response(b"", 0x9000))
    assert read_photo(answers) is EktpTrouble.NOT_READABLE
    assert read_biodata(answers) is EktpTrouble.NOT_READABLE
