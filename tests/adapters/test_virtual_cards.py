"""Virtual cards, asked by somebody who wishes them ill, or who has lost power in between."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.card.apdu import Command, Response, parse_response
from hw.card.bac import authenticate
from hw.card.ektp import read_biodata
from hw.card.emrtd import SELECT_APPLICATION
from hw.card.mrz import MrzInformation
from hw.card.secure_messaging import SecureMessaging
from hw.card.slots import Slots
from hw.protocols import CardTrouble
from hw.virtual.ektp import VirtualEktp, VirtualSam
from hw.virtual.kinds import Kind, make_side
from hw.virtual.passport import VirtualPassport
from hw.virtual.sides import Manner, Side

UID = bytes.fromhex("04A1B2C3D4E5F6")
HOLDER = MrzInformation("X0000001", "900412", "300101")
HEADS = st.sampled_from(
    [
        "00A4040C", "00A4020C", "00A40000", "00840000", "00820000", "00B00000", "00B07FFF",
        "0CB00000", "0CA4020C", "80500000", "80820000", "80880000", "80C00000", "80C20000",
        "00C00000", "FFCA0000",
    ]
)  # fmt: skip
BODIES = st.one_of(
    st.sampled_from(["", "07A0000002471001", "027F0A", "026FF2", "02011E", "08", "00"]).map(
        bytes.fromhex
    ),
    st.binary(max_size=60).map(lambda data: bytes((len(data),)) + data),
    st.binary(max_size=20),
)
COMMANDS = st.builds(lambda head, body: bytes.fromhex(head) + body, HEADS, BODIES)


def talk_to(side: Side) -> Slots:
    def transmit(command: Command) -> Response | CardTrouble:
        return parse_response(side.answer(command.encode())) or CardTrouble.PULLED

    return Slots(transmit, atr=side.atr)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.STICKER])
@given(st.lists(st.one_of(COMMANDS, st.binary(max_size=12)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_command_is_answered(kind: Kind, commands: list[bytes]) -> None:
    card = make_side(kind, UID)
    for command in commands:
        assert parse_response(card.answer(command)) is not None


@pytest.mark.parametrize("kind", Kind)
def test_a_forged_card_is_refused_where_there_is_nothing_to_forge(kind: Kind) -> None:
    if kind in (Kind.TAG, Kind.STICKER):
        with pytest.raises(ValueError, match="cannot be forged"):
            make_side(kind, UID, Manner.FORGED)
    else:
        assert make_side(kind, UID, Manner.FORGED).atr


def opened(passport: VirtualPassport) -> SecureMessaging:
    slots = talk_to(passport)
    slots.picc(SELECT_APPLICATION)
    session = authenticate(slots.picc, HOLDER)
    assert isinstance(session, SecureMessaging)
    return session


def select_com(passport: VirtualPassport, session: SecureMessaging) -> Response | None:
    command = session.protect(Command(0x00, 0xA4, 0x02, 0x0C, b"\x01\x1e"))
    answer = parse_response(passport.answer(command.encode()))
    assert answer is not None
    return session.unprotect(answer)


def test_a_passport_forgets_its_session_without_power() -> None:
    passport = VirtualPassport()
    session = opened(passport)
    first = select_com(passport, session)
    assert first is not None and first.ok
    passport.reset()
    assert select_com(passport, session) is None


def test_a_plain_command_ends_a_session() -> None:
    passport = VirtualPassport()
    session = opened(passport)
    plain = Command(0x00, 0xA4, 0x02, 0x0C, b"\x01\x1e")
    assert passport.answer(plain.encode()) == b"\x69\x82"
    assert select_com(passport, session) is None


def test_a_command_replayed_ends_a_session() -> None:
    passport = VirtualPassport()
    session = opened(passport)
    command = session.protect(Command(0x00, 0xA4, 0x02, 0x0C, b"\x01\x1e")).encode()
    assert passport.answer(command)[-2:] == b"\x90\x00"
    assert passport.answer(command) == b"\x69\x88"


def test_card_and_module_forget_their_proof_without_power() -> None:
    card, sam = VirtualEktp(UID), VirtualSam()
    slots = Slots(talk_to(card).picc, talk_to(sam).picc)
    assert isinstance(read_biodata(slots), bytes)
    protected = Command(0x80, 0xC0, expected=8)
    assert sam.answer(protected.encode())[0] == 0x61
    sam.reset()
    assert sam.answer(protected.encode()) == b"\x69\x85"
    card.reset()
    assert card.answer(bytes.fromhex("00A40000026FF1")) == b"\x6a\x82"
