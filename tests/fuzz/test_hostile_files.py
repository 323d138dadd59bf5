"""Configuration, letters and catalogue of any content: used, or refused with one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import files
from tests.fuzz.effort import TRIED, examples
from tests.fuzz.odd import VALUES, spoilt, spoilt_toml

pytestmark = pytest.mark.timeout(900)
FEW = examples(80)


@FEW
@given(data=st.data())
def test_kiosk_toml(data: st.DataObject) -> None:
    TRIED["kiosk.toml"] += 1
    files.feed_kiosk(data.draw(spoilt_toml(files.good_kiosk())))


@FEW
@given(data=st.data())
def test_regency_toml(data: st.DataObject) -> None:
    TRIED["regency.toml"] += 1
    files.feed_regency(data.draw(spoilt_toml(files.good_regency())))


@FEW
@given(raw=spoilt_toml(files.GOOD_LETTER))
def test_letter_toml(raw: bytes) -> None:
    TRIED["letter.toml"] += 1
    files.feed_letter(raw)


GOOD: dict[str, Any] = json.loads(files.GOOD_CATALOGUE)


@FEW
@given(data=st.data())
def test_a_catalogue_with_odd_letters(data: st.DataObject) -> None:
    letter = data.draw(st.sampled_from(GOOD["letters"]))
    field = data.draw(st.sampled_from(letter["fields"]))
    if data.draw(st.booleans()):
        bad = data.draw(spoilt(field, VALUES))
        fields = [bad if one is field else one for one in letter["fields"]]
        letter = {**letter, "fields": fields}
    else:
        letter = data.draw(spoilt(letter, VALUES))
    catalogue = {**GOOD, "letters": [letter]}
    if data.draw(st.integers(0, 5)) == 0:
        catalogue = data.draw(spoilt(catalogue, VALUES))
    TRIED["catalogue"] += 1
    files.feed_catalogue(json.dumps(catalogue).encode())


def test_what_is_too_deep() -> None:
    for depth in (500, 5000, 100_000):
        files.feed_catalogue(b"[" * depth)
        files.feed_catalogue(b'{"version":1,"letters":' + b"[" * depth)
        for feed in (files.feed_kiosk, files.feed_regency, files.feed_letter):
            feed(b"a=" + b"[" * depth)
            feed(b"a=" + b"[" * depth + b"]" * depth)
            feed(b".".join([b"a"] * min(depth, 5000)) + b"=1")
            feed(b"a=" + b"9" * depth)


# ---------------------------------------------------------------- what was found once


@pytest.mark.parametrize("name", ["ca", "catalogue", "site_key", "regency_key"])
@pytest.mark.parametrize("path", ['"\\u0000"', '"a\\nb"', '"' + "a" * 300 + '"', '"."'])
def test_a_path_that_no_file_can_have(name: str, path: str) -> None:
    good = files.good_kiosk()
    line = next(line for line in good.splitlines() if line.startswith(f"{name} ="))
    files.feed_kiosk(good.replace(line, f"{name} = {path}").encode())


def test_a_path_of_the_regency_that_no_file_can_have() -> None:
    good = files.good_regency()
    for line in good.splitlines():
        if line.startswith(("ca =", "key =", "certificate =", "regency_seed =", "session_secret")):
            for path in ('"\\u0000"', '"' + "a" * 300 + '"'):
                files.feed_regency(good.replace(line, f"{line.split()[0]} = {path}").encode())


@pytest.mark.parametrize("value", ["99999999999999999999", "-1", "1e999", "40000", '"x"'])
@pytest.mark.parametrize("key", ["max_days_ahead", "min_length", "max_length", "default"])
def test_a_letter_with_numbers_out_of_the_world(key: str, value: str) -> None:
    files.feed_letter((files.GOOD_LETTER + f"\n{key} = {value}\n").encode())


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "date", "default": "today+99999999d"},
        {"kind": "date", "default": "today+\u0663d"},
        {"kind": "date", "max_days_ahead": 10**12},
        {"kind": "date", "max_days_ahead": -5},
    ],
)
def test_a_catalogue_with_dates_out_of_the_calendar(change: dict[str, Any]) -> None:
    letter = GOOD["letters"][0]
    fields = [{**letter["fields"][0], "choices": [], "other": False, **change}]
    files.feed_catalogue(json.dumps({**GOOD, "letters": [{**letter, "fields": fields}]}).encode())


def test_bytes_that_are_no_text() -> None:
    files.feed_catalogue(b'{"version": 1, "letters": [{"id": "\xff"}]}')
