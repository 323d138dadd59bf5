"""Values that nobody expects, as JSON and TOML write them, put in the place of good ones."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

_LONG = "9" * 5000
TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\n",
    "a\nb\r\n\u2028c",
    "\ud800",
    "\u202eabc",
    "../" * 40,
    "/dev/null",
    "/",
    ".",
    "a" * 300,
    "é" * 70_000,
    "[" * 5000,
    "{{7*7}}",
    "%s%n",
    "today+99999999999d",
    "today+٣d",
    "0001-01-01T00:00:00+07:00",
    "9999-12-31T23:59:59-14:00",
    "31-12-9999",
)
NUMBERS = (0, -1, 1, 2**31, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30)
REALS = (0.5, -0.0, 1e308, 1e-320, float("inf"), float("-inf"), float("nan"))


def nested(depth: int, bottom: Any = 1) -> Any:
    """Lists in lists."""
    for _ in range(depth):
        bottom = [bottom]
    return bottom


VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.sampled_from(REALS),
    st.booleans(),
    st.sampled_from([[], [""], [{}], {}, {"": ""}, {"a": {"b": {}}}, nested(60)]),
    st.text(max_size=40),
    st.integers(),
)


@st.composite
def spoilt(draw: st.DrawFn, good: dict[str, Any], values: st.SearchStrategy[Any]) -> dict[str, Any]:
    """``good`` with some of its values replaced, at any depth, taken out, or joined by others."""
    bad: dict[str, Any] = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(1, 3))):
        table = bad
        while True:
            key = draw(st.sampled_from([*table, "unknown"]) if table else st.just("unknown"))
            inside = table.get(key)
            if not (isinstance(inside, dict) and inside and draw(st.booleans())):
                break
            table = inside
        if draw(st.integers(0, 4)) == 0:
            table.pop(key, None)
        else:
            table[key] = deepcopy(draw(values))
    return bad


# ---------------------------------------------------------------- TOML

_LITERALS = (
    "1979-05-27T07:32:00Z",
    "07:32:00",
    "9999-12-31",
    "inf",
    "-nan",
    "1e400",
    "0x" + "f" * 40,
    _LONG,
    "-" + _LONG,
    "1." + _LONG,
    "[" * 3000,
    "[" * 900 + "]" * 900,
    "{a=" * 900 + "1" + "}" * 900,
    '"\\u0000"',
    '"\\ud800"',
    '"a\\nb"',
    '"\ufeff"',
    "'''\na\nb'''",
    '""""""',
    "[1, 'a', {b = 2}]",
    "{}",
)
_KEYS = (_LONG, "a.b", '""', "x" * 400, "'a\x01b'", '"\\u0000"')
LITERALS = st.one_of(
    st.sampled_from(_LITERALS),
    st.sampled_from([json.dumps(text) for text in TEXTS if "\ud800" not in text]),
    st.sampled_from([str(number) for number in NUMBERS]),
    st.text(max_size=30),
)


@st.composite
def spoilt_toml(draw: st.DrawFn, good: str) -> bytes:
    """A good file with some values, keys or lines replaced; perhaps with odd bytes."""
    lines = good.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        key, equals, value = lines[place].partition("=")
        match draw(st.sampled_from(["value", "key", "line", "twice", "bytes"])):
            case "value" if equals:
                lines[place] = f"{key}= {draw(LITERALS)}"
            case "key" if equals:
                lines[place] = f"{draw(st.sampled_from(_KEYS))} ={value}"
            case "twice":
                lines.insert(place, lines[place])
            case "bytes":
                lines[place] += draw(st.sampled_from(["\x00", "\x1b[2J", "\r", "\ufffe"]))
            case _:
                lines[place] = draw(LITERALS)
    raw = "\n".join(lines).encode(errors="replace")
    cut = draw(st.integers(0, len(raw)))
    return raw[:cut] + draw(st.sampled_from([b"", b"", b"", b"\xff", b"\xef\xbb\xbf"])) + raw[cut:]
