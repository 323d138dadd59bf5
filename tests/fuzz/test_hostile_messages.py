"""Messages of any content, on both ends: answered or buried, and nothing is lost by them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import messages
from tests.fuzz.effort import TRIED, examples
from tests.fuzz.odd import VALUES, spoilt

pytestmark = pytest.mark.timeout(900)
FEW = examples(60)
SEALED = (
    ("up/req", messages.good_request(messages.NAME, 10), messages.sealed_request),
    ("up/evt", messages.CHANGE, messages.sealed_change),
    ("up/evt", messages.ENROLMENT, messages.sealed_enrolment),
    ("up/ask", messages.QUESTION, messages.sealed_question),
)


def table(message: msgspec.Struct) -> dict[str, Any]:
    return dict(json.loads(msgspec.json.encode(message)))


def bad(data: st.DataObject, good: dict[str, Any]) -> bytes:
    """As JSON, sometimes not quite."""
    raw = json.dumps(data.draw(spoilt(good, VALUES))).encode()
    if data.draw(st.integers(0, 9)) == 0:
        cut = data.draw(st.integers(0, len(raw)))
        return raw[:cut] + data.draw(st.binary(max_size=3)) + raw[cut:]
    return raw


@FEW
@given(data=st.data())
def test_every_kind_is_read_or_refused(data: st.DataObject) -> None:
    TRIED["messages, read"] += 1
    known = [*messages.DOWN.values(), *messages.UP.values()]
    good = data.draw(st.sampled_from([table(one) for kind in known for one in kind]))
    messages.feed_wire(bad(data, good))


@FEW
@given(data=st.data())
def test_the_kiosks_post(data: st.DataObject) -> None:
    TRIED["messages, kiosk"] += 1
    kind = data.draw(st.sampled_from(list(messages.DOWN)))
    good = table(data.draw(st.sampled_from(messages.DOWN[kind])))
    messages.ends().post.hear(kind, bad(data, good))


@FEW
@given(data=st.data())
def test_orders_under_the_regencys_own_signature(data: st.DataObject) -> None:
    TRIED["orders, signed"] += 1
    kind, order = data.draw(st.sampled_from(messages.ORDERS))
    odd = data.draw(spoilt(order, VALUES))
    if data.draw(st.booleans()) and "number" in odd:
        odd["number"] = data.draw(st.integers(1, 2**53 - 1))
    messages.ends().post.hear(kind, messages.signed(kind, odd))


@FEW
@given(data=st.data())
def test_the_regencys_exchange(data: st.DataObject) -> None:
    TRIED["messages, regency"] += 1
    kind = data.draw(st.sampled_from(list(messages.UP)))
    good = table(data.draw(st.sampled_from(messages.UP[kind])))
    messages.ends().regency.hear(kind, bad(data, good))


@FEW
@given(data=st.data())
def test_what_a_stolen_kiosk_has_sealed(data: st.DataObject) -> None:
    TRIED["messages, sealed"] += 1
    kind, inside, seal = data.draw(st.sampled_from(SEALED))
    odd = data.draw(spoilt(inside, VALUES))
    seq = data.draw(st.sampled_from([0, 1, 7, 2**53 - 1]))
    messages.ends().regency.hear(kind, seal(messages.NAME, odd, seq))


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+00:00", "9999-12-31T00:00:00+00:00", "", "?"])
def test_a_request_from_the_edge_of_the_calendar(at: str) -> None:
    inside = {**messages.good_request(messages.NAME, 10), "created_at": at}
    messages.ends().regency.hear("up/req", messages.sealed_request(messages.NAME, inside, 7))
