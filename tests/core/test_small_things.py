"""Claim codes, ids, jitter, lock-out, sealing, the wire: small pure things."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import lockout, seal, wire
from firmware.core.claim import ALPHABET, make_claim_code, read_claim_code, show_claim_code
from firmware.core.errors import SealError, WireError
from firmware.core.ids import uuid7
from firmware.core.retry import full_jitter, resend_after

codes = st.integers(0, (1 << 45) - 1).map(make_claim_code)


@given(codes)
def test_a_claim_code_is_read_as_printed_and_as_people_type_it(code: str) -> None:
    assert read_claim_code(show_claim_code(code)) == code
    assert read_claim_code(f" {code.lower().replace('0', 'o').replace('1', 'l')} ") == code


@given(codes, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code: str, place: int, char: str) -> None:
    wrong = code[:place] + char + code[place + 1 :]
    assert (read_claim_code(wrong) == wrong) == (wrong == code)


@given(st.text(max_size=30))
def test_nonsense_is_no_claim_code(text: str) -> None:
    assert read_claim_code(text) is None or len(read_claim_code(text) or "") == 10


def test_ids_sort_by_time_and_say_their_version() -> None:
    first, second = uuid7(1_700_000_000_000, (1 << 74) - 1), uuid7(1_700_000_000_001, 0)
    assert first < second
    assert first[14] == "7"
    assert first[19] in "89ab"


@given(st.integers(1, 1000), st.floats(0, 1))
def test_waits_stay_within_their_bounds(attempt: int, random: float) -> None:
    assert 0 <= full_jitter(attempt, random, 2, 120) <= 120
    assert 1 <= resend_after(attempt, random, 2, 120) <= 120


def test_five_wrong_pins_cost_time_and_fifteen_an_officer() -> None:
    assert [lockout.wait_seconds(n) for n in (0, 4, 5, 6, 7)] == [0, 0, 15, 30, 60]
    assert not lockout.needs_officer(14)
    assert lockout.needs_officer(15)
    assert lockout.tries_left(4) == 11


def test_what_is_sealed_opens_with_its_own_key_and_context_only() -> None:
    seed = os.urandom(seal.SEED_BYTES)
    sealed = seal.seal(seal.public_key_of(seed), b"isi", "letter/1")
    assert seal.unseal(seed, sealed, "letter/1") == b"isi"
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong in [
        (os.urandom(seal.SEED_BYTES), sealed, "letter/1"),
        (seed, sealed, "letter/2"),
        (seed, altered, "letter/1"),
        (seed, b"", "letter/1"),
        (seed[:-1], sealed, "letter/1"),
    ]:
        with pytest.raises(SealError):
            seal.unseal(*wrong)


def test_sealing_to_something_that_is_no_key() -> None:
    for nonsense in (b"", b"\xff" * seal.PUBLIC_KEY_BYTES):
        with pytest.raises(SealError):
            seal.seal(nonsense, b"isi", "letter/1")


def test_a_resident_key_depends_on_card_pin_and_salt() -> None:
    cost = wire.KdfCost(1, 64, 1)
    base = (b"\x04\x01\x02\x03", "123456", b"s" * 16)
    seed = seal.resident_seed(*base, cost)
    assert seed == seal.resident_seed(*base, cost)
    others = [
        (b"\x04\x01\x02\x04", "123456", b"s" * 16),
        (b"\x04\x01\x02\x03", "123457", b"s" * 16),
        (b"\x04\x01\x02\x03", "123456", b"t" * 16),
        (b"\x04\x01\x02", "\x03123456", b"s" * 16),
    ]
    assert all(seal.resident_seed(*other, cost) != seed for other in others)


MESSAGES: list[tuple[wire.msgspec.Struct, object]] = [
    (wire.RequestUp("r", 1, "2026", b"\x00\xff"), wire.RequestUp),
    (wire.CollectedUp("e", 2, "2026", "r", "page", True, 1), wire.EventUp),
    (wire.OrderDone("e", 2, "2026", "o", 7, "done", "baik"), wire.EventUp),
    (wire.Signed(b"{}", b"s"), wire.Signed),
    (wire.Order("3510192001-1", 1, "o", 2, 3, "identify", {"seconds": 9}), wire.Order),
    (wire.ReceiptUp(3, "bad"), wire.ReceiptUp),
    (wire.StateUp(True, 1, 2, 3, "0.1"), wire.StateUp),
    (wire.Receipt("r", "committed"), wire.Receipt),
    (wire.LetterDown(4, "r", b"t", b"s"), wire.ResidentDown),
    (wire.StateDown(5, "r", "ready"), wire.ResidentDown),
]


@pytest.mark.parametrize(("message", "kind"), MESSAGES)
def test_messages_come_out_as_they_went_in(message: wire.msgspec.Struct, kind: type) -> None:
    assert wire.decode(wire.encode(message), kind) == message


def test_an_unknown_field_is_ignored_and_a_foreign_version_is_not() -> None:
    assert wire.decode(b'{"id":"r","outcome":"committed","new":1,"v":1}', wire.Receipt)
    with pytest.raises(WireError, match="version 2"):
        wire.decode(b'{"id":"r","outcome":"committed","v":2}', wire.Receipt)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_wire_error(raw: bytes) -> None:
    for kind in (wire.Receipt, wire.RequestUp, wire.ReceiptUp):
        try:
            wire.decode(raw, kind)
        except WireError as error:
            assert len(str(error)) < 300


def test_a_wire_error_repeats_nothing_of_the_content() -> None:
    with pytest.raises(WireError) as caught:
        wire.decode(b'{"type":"3510190101900001"}', wire.ResidentDown)  # type: ignore[arg-type]
    assert "3510190101900001" not in str(caught.value)


@pytest.mark.parametrize(
    ("topic", "parts"),
    [
        ("k1/3510192001-1/up/req", ("3510192001-1", "up/req")),
        ("k1/3510192001-1/st", ("3510192001-1", "st")),
        ("k1/3510192001-0/up/req", None),
        ("k2/3510192001-1/up/req", None),
        ("k1/../up/req", None),
        ("k1/3510192001-1", None),
        ("", None),
    ],
)
def test_topics(topic: str, parts: tuple[str, str] | None) -> None:
    assert wire.split_topic(topic) == parts
