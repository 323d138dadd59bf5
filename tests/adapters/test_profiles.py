"""Which profile reads a card: chosen by what the card answers, in the configured order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.card.apdu import Command, Response, parse_response
from hw.card.atr import historical_bytes, is_storage_card
from hw.card.profiles import PROFILES, Slots, make_profiles, read_card
from hw.protocols import CardIdentity, CardTrouble
from hw.virtual.ektp import VirtualEktp, VirtualSam
from hw.virtual.passport import VirtualPassport
from hw.virtual.sides import STORAGE_ATR, Side, Sticker, Tag

UID = bytes.fromhex("04A1B2C3D4E5F6")
ORDER = ["ektp_sam", "emrtd", "uid_tag"]


def on_reader(card: Side, sam: Side | None = None) -> Slots:
    def transmit_to(side: Side) -> Any:
        def transmit(command: Command) -> Response | CardTrouble:
            return parse_response(side.answer(command.encode())) or CardTrouble.PULLED

        return transmit

    return Slots(transmit_to(card), None if sam is None else transmit_to(sam), card.atr)


@pytest.mark.parametrize(
    ("card", "answer"),
    [
        (VirtualEktp(UID), CardIdentity("ektp_sam", UID)),
        (VirtualPassport(), CardTrouble.NEEDS_MRZ),
        (Tag(UID), CardIdentity("uid_tag", UID)),
        (Tag(b"\x08\x01\x02\x03"), CardTrouble.RANDOM_UID),
        (Sticker(UID), CardIdentity("uid_tag", UID)),
        (Tag(b""), CardTrouble.UNKNOWN_KIND),
    ],
)
def test_each_card_is_read_as_what_it_is(card: Side, answer: object) -> None:
    assert read_card(ORDER, on_reader(card)) == answer


def test_of_two_profiles_that_know_a_card_the_first_has_it() -> None:
    ektp = VirtualEktp(UID)
    assert read_card(ORDER, on_reader(ektp)) == CardIdentity("ektp_sam", UID)
    assert read_card(ORDER[::-1], on_reader(ektp)) == CardIdentity("uid_tag", UID)
    passport = VirtualPassport()
    assert read_card(["uid_tag", "emrtd"], on_reader(passport)) is CardTrouble.RANDOM_UID


def test_a_profile_that_is_not_configured_reads_nothing() -> None:
    assert read_card(["ektp_sam", "emrtd"], on_reader(Tag(UID))) is CardTrouble.UNKNOWN_KIND


def test_trouble_with_a_card_is_not_put_to_the_next_profile() -> None:
    asked: list[Command] = []

    def pulled(command: Command) -> CardTrouble:
        asked.append(command)
        return CardTrouble.PULLED

    assert read_card(ORDER, Slots(pulled)) is CardTrouble.PULLED
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("atr", "historical"),
    [
        (STORAGE_ATR.hex(), "804F0CA00000030603000100000000"),
        ("3B80800101", ""),
        ("3B8380015341 4D5D", "53414D"),
        ("3B6500002063CB6800", "2063CB6800"),
        ("3F", ""),
        ("3BFF", ""),
        ("", ""),
        ("00" * 20, ""),
    ],
)
def test_what_an_atr_tells(atr: str, historical: str) -> None:
    told = historical_bytes(bytes.fromhex(atr))
    assert told == bytes.fromhex(historical)
    assert is_storage_card(bytes.fromhex(atr)) == (b"\xa0\x00\x00\x03\x06" in told)


@given(st.binary(max_size=40))
def test_whatever_an_atr_is_it_ends(atr: bytes) -> None:
    assert len(historical_bytes(atr)) <= 15


def test_each_profile_has_a_table_of_its_own() -> None:
    section: dict[str, Any] = {
        "ektp_sam": {"authenticate": True},
        "uid_tag": {"lengths": [7, 10]},
    }
    profiles = make_profiles(["ektp_sam", "emrtd"], section)
    genuine = on_reader(VirtualEktp(UID), VirtualSam())
    copied = on_reader(VirtualEktp(UID, forged=True), VirtualSam())
    assert read_card(profiles, genuine) == CardIdentity("ektp_sam", UID)
    assert read_card(profiles, copied) is CardTrouble.NOT_GENUINE
    profiles = make_profiles(["emrtd", "uid_tag"], section)
    assert read_card(profiles, on_reader(Tag(UID))) == CardIdentity("uid_tag", UID)
    assert read_card(profiles, on_reader(Tag(UID[:4]))) is CardTrouble.UNKNOWN_KIND


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"ektp_sam": True}, r"table of its own, \[card.ektp_sam\]"),
        ({"ektp_sam": {"authentiacte": True}}, "did you mean 'authenticate'"),
        ({"ektp_sam": {"authenticate": "yes"}}, "must be true or false"),
        ({"emrtd": {"mrz": "X"}}, "has no key 'mrz'"),
        ({"uid_tag": {"lengths": [5]}}, "out of 4, 7 and 10"),
        ({"uid_tag": {"lengths": []}}, "out of 4, 7 and 10"),
    ],
)
def test_a_wrong_table_is_one_sentence(section: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_profiles(["uid_tag"], section)


@pytest.mark.parametrize("order", [ORDER, ORDER[::-1], ["uid_tag", "ektp_sam"]])
def test_a_copied_uid_has_no_way_round_the_proof(order: list[str]) -> None:
    """A blank tag with an e-KTP's UID must not be that e-KTP where e-KTPs prove themselves."""
    section: dict[str, Any] = {"ektp_sam": {"authenticate": True}}
    with pytest.raises(ValueError, match="copied UID"):
        make_profiles(order, section)
    profiles = make_profiles([name for name in order if name != "uid_tag"], section)
    for copy in (Tag(UID), Sticker(UID)):
        assert read_card(profiles, on_reader(copy, VirtualSam())) is CardTrouble.UNKNOWN_KIND


def test_every_profile_can_be_configured() -> None:
    assert len(make_profiles(list(PROFILES), {})) == len(PROFILES)
