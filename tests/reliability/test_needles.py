"""The search itself: a leak that is planted is found, in whatever spelling; and what only looks
like a secret is none.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib

import pytest

from tests.core.samples import profile
from tests.reliability.needles import (
    Needle,
    Searcher,
    claim_needles,
    person_needles,
    pin_needles,
    text_needles,
    uid_needles,
)

UID = bytes.fromhex("04a1b2c3d4e5f6")
PERSON = profile(1)
NEEDLES = [
    *person_needles(PERSON, "Contoh"),
    *pin_needles("246810", "Contoh"),
    *uid_needles(UID, "Contoh"),
    *claim_needles("ABCDE12345", "Contoh"),
    *text_needles("answer", "Warung Rahasia"),
]
NOISE = bytes(range(256)) * 7


def found(haystack: bytes) -> set[str]:
    return {one.what.split(" of ")[0] for one in Searcher(NEEDLES).look(haystack, "here")}


@pytest.mark.parametrize(
    ("what", "leak"),
    [
        ("NIK", PERSON.nik.encode()),
        ("NIK", b"sidecar-" + PERSON.nik.encode() + b".json"),
        ("name", PERSON.nama.upper().encode()),
        ("name", PERSON.nama.encode("utf-16-le")),
        ("name", PERSON.nama.encode().hex().upper().encode()),
        ("address", json.dumps({"alamat": PERSON.alamat}).encode()),
        ("birth date", PERSON.tanggal_lahir.encode()),
        ("birth date", "-".join(reversed(PERSON.tanggal_lahir.split("-"))).encode()),
        ("PIN", b'{"pin": 246810}'),
        ("PIN", b"246810".hex().encode()),
        ("UID", UID),
        ("UID", UID[::-1]),
        ("UID", b"04:A1:B2:C3:D4:E5:F6"),
        ("UID", str(int.from_bytes(UID, "little")).encode()),
        ("claim code", b"kode ABCDE-12345"),
        ("answer", b"warung rahasia"),
    ],
)
def test_a_planted_leak_is_found(what: str, leak: bytes) -> None:
    assert found(NOISE + leak + NOISE) == {what}


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_found_wherever_it_begins(encode, before: int) -> None:
    assert found(encode(b"x" * before + PERSON.nik.encode() + b"??>>")) == {"NIK"}


def test_what_is_packed_is_unpacked() -> None:
    leak = json.dumps({"nama": PERSON.nama}).encode()
    assert found(b"header" + zlib.compress(zlib.compress(leak)) + b"trailer") == {"name"}


def test_six_digits_inside_a_longer_number_are_no_pin() -> None:
    assert found(b"1246810 2468107 a246810f 9246810-1") == set()


def test_nothing_is_found_where_nothing_is() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("noise", NOISE)
    assert found(NOISE + archive.getvalue()) == set()


def test_what_would_be_found_everywhere_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Searcher([Needle("name", b"Ani")])
