"""Orders: whose word they are, that they never run twice, and by which time they end."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import orders
from firmware.core.errors import WireError
from firmware.core.orders import Close, Hold, Known, Memory, Run, judge
from firmware.core.trusted_clock import Foreign, Told, TooSlow, TrustedClock
from firmware.core.wire import Order, Signed, decode, encode

SEED = b"\x03" * orders.SEED_BYTES
PUBLIC = orders.public_key_of(SEED)
HERE, THERE = "3510192001-1", "3510192001-2"
NOW = 1_800_000_000
NONCE = "n" * 32


def an_order(number: int = 1, **changes: Any) -> Order:
    order = Order(HERE, number, "order-1", NOW, NOW + 3600, orders.IDENTIFY, {"seconds": 30})
    return msgspec.structs.replace(order, **changes)


def test_an_order_comes_out_as_it_was_signed() -> None:
    raw = orders.sign(SEED, "cmd", an_order())
    assert orders.open_order(PUBLIC, "cmd", HERE, raw) == an_order()


@pytest.mark.parametrize(
    ("public", "kind", "kiosk", "reason"),
    [
        (orders.public_key_of(b"\x04" * 32), "cmd", HERE, "signature"),
        (PUBLIC, "cfg", HERE, "signature"),
        (PUBLIC, "cmd", THERE, "another kiosk"),
    ],
)
def test_what_is_not_the_regencys_word_to_this_kiosk(
    public: bytes, kind: orders.Kind, kiosk: str, reason: str
) -> None:
    with pytest.raises(WireError, match=reason):
        orders.open_order(public, kind, kiosk, orders.sign(SEED, "cmd", an_order()))


@given(st.integers(min_value=0), st.integers(0, 7))
def test_no_bit_of_body_or_signature_may_be_turned(place: int, bit: int) -> None:
    signed = decode(orders.sign(SEED, "cmd", an_order()), Signed)
    whole = bytearray(signed.body + signed.signature)
    whole[place % len(whole)] ^= 1 << bit
    cut = len(signed.body)
    with pytest.raises(WireError):
        turned = encode(Signed(bytes(whole[:cut]), bytes(whole[cut:])))
        orders.open_order(PUBLIC, "cmd", HERE, turned)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_one_way(raw: bytes) -> None:
    for message in (raw, encode(Signed(raw, raw)), encode(Signed(b"{}", raw))):
        with pytest.raises(WireError):
            orders.open_order(PUBLIC, "cmd", HERE, message)


@pytest.mark.parametrize(
    ("kind", "name", "args", "reason"),
    [
        ("cmd", "format-disk", {}, "no order of that name"),
        ("cfg", "identify", {}, "comes on dn/cmd"),
        ("cmd", "identify", {"seconds": 1}, "arguments"),
        ("cmd", "identify", {"seconds": "30"}, "arguments"),
        ("cmd", "identify", {"run": "rm -rf /"}, "arguments"),
        ("cmd", "service-mode", {}, "arguments"),
        ("cfg", "config", {"values": {"visit.idle_seconds": [1]}}, "arguments"),
        ("cfg", "catalogue", {"catalogue": "no base64!"}, "arguments"),
    ],
)
def test_only_what_is_on_the_list(kind: str, name: str, args: dict[str, Any], reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        orders.read_args(kind, name, args)


def test_arguments_are_typed() -> None:
    assert orders.read_args("cmd", "identify", {}) == orders.IdentifyArgs(60)
    assert orders.read_args("cmd", "service-mode", {"on": True}) == orders.ServiceModeArgs(True)


def test_a_number_that_was_seen_never_runs() -> None:
    assert judge(an_order(5), Memory(4, False, 0), NOW) == Run()
    assert judge(an_order(5), Memory(5, True, 0), NOW) == Known()
    late = judge(an_order(5), Memory(6, False, 0), NOW)
    assert isinstance(late, Close) and late.outcome == "refused"


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0, NOW * 2), st.booleans())
def test_whatever_the_clock_says_a_number_runs_at_most_once(
    number: int, highest: int, now: float, is_answered: bool
) -> None:
    verdict = judge(an_order(number), Memory(highest, is_answered, 0), now)
    assert verdict != Run() or number > highest


def test_an_order_ends_by_trusted_time_only() -> None:
    order, memory = an_order(), Memory(0, False, 0)
    assert judge(order, memory, NOW + 3599.9) == Run()
    assert judge(order, memory, NOW + 3600) == Close("expired", "it came too late")
    assert judge(order, memory, None) == Hold()


def test_a_time_that_has_passed_for_certain_needs_no_clock() -> None:
    assert judge(an_order(), Memory(0, False, NOW + 3600), None) == Close(
        "expired", "it came too late"
    )


@pytest.mark.parametrize("life", [0, -1, orders.LONGEST_LIFE_SECONDS + 1])
def test_an_order_without_a_sound_end_is_refused(life: int) -> None:
    verdict = judge(an_order(expires_at=NOW + life), Memory(0, False, 0), NOW)
    assert isinstance(verdict, Close) and verdict.outcome == "refused"


# ---------------------------------------------------------------- the clock


def test_time_counts_on_from_the_question() -> None:
    clock = TrustedClock()
    assert clock.now(5.0) is None
    clock.ask(NONCE, 10.0)
    assert clock.hear(NONCE, NOW, 12.0) == Told()
    assert clock.now(12.0) == NOW + 2  # the answer may have been two seconds under way
    assert clock.now(100.0) == NOW + 90


def test_an_old_answer_sets_no_clock() -> None:
    clock = TrustedClock()
    assert clock.hear(NONCE, NOW, 1.0) == Foreign()
    clock.ask(NONCE, 10.0)
    clock.ask("m" * 32, 20.0)
    assert clock.hear(NONCE, NOW, 21.0) == Foreign()
    assert clock.now(21.0) is None
    assert clock.hear("m" * 32, NOW, 21.0) == Told()
    assert clock.hear("m" * 32, NOW - 86400, 22.0) == Foreign()  # replayed
    assert clock.now(22.0) == NOW + 2


def test_an_answer_held_back_sets_no_clock() -> None:
    clock = TrustedClock()
    clock.ask(NONCE, 10.0)
    assert clock.hear(NONCE, NOW, 131.0) == TooSlow()
    assert clock.now(131.0) is None


def test_a_clock_that_is_asked_for_again_stays_known_meanwhile() -> None:
    clock = TrustedClock()
    clock.ask(NONCE, 10.0)
    clock.hear(NONCE, NOW, 10.0)
    assert not clock.may_ask(69.0) and clock.may_ask(70.0)
    clock.ask("m" * 32, 70.0)
    assert clock.now(70.0) == NOW + 60


def test_the_wire_form_of_an_order_is_plain_json() -> None:
    message = json.loads(orders.sign(SEED, "cmd", an_order()))
    assert set(message) == {"body", "signature", "v"}
