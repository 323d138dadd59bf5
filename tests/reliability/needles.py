"""Finding what should not be there: personal data in any spelling in any bytes.

A ``Needle`` is a secret of a fictional person and what it is. It is looked for as it is, in
capitals and small letters, as UTF-8 and both UTF-16, as hex and as base64 at each of the three
alignments, and in everything that a zlib stream holds.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from firmware.core.calendar import long_date
from firmware.core.claim import show_claim_code
from firmware.core.request import Profile

SHORTEST_BYTES = 6
"""Shorter secrets would be found everywhere by chance."""
_ZLIB_HEADS = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_DEEPEST = 3


@dataclass(frozen=True, slots=True, repr=False)
class Needle:
    """``what`` it is, for the report, and the bytes of one way to write it.

    ``alone``: only where no digit or hex digit stands beside it. Six digits in a row are in many
    a UUID and number, and those are no PIN.
    """

    what: str
    raw: bytes
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A needle was found at ``place``; the needle itself is not told again."""

    what: str
    place: str
    spelling: str
    offset: int


def text_needles(what: str, *texts: str, alone: bool = False) -> list[Needle]:
    """A text as it is, in capitals and in small letters."""
    ways = {way for text in texts for way in (text, text.upper(), text.lower(), text.title())}
    return [Needle(what, way.encode(), alone) for way in sorted(ways)]


def person_needles(profile: Profile, whose: str) -> list[Needle]:
    """What a profile tells of a person and no other text at a kiosk does."""
    day, month, year = profile.tanggal_lahir.split("-")
    born = date(int(year), int(month), int(day))
    days = (profile.tanggal_lahir, born.isoformat(), long_date(born), f"{born:%d/%m/%Y}")
    return [
        *text_needles(f"NIK of {whose}", profile.nik),
        *text_needles(f"name of {whose}", profile.nama),
        *text_needles(f"birth date of {whose}", *days),
        *text_needles(f"address of {whose}", profile.alamat),
    ]


def pin_needles(pin: str, whose: str) -> list[Needle]:
    """A PIN."""
    return text_needles(f"PIN of {whose}", pin, alone=True)


def claim_needles(code: str, whose: str) -> list[Needle]:
    """A claim code as it is kept and as it is printed."""
    return text_needles(f"claim code of {whose}", code, show_claim_code(code))


def uid_needles(uid: bytes, whose: str) -> list[Needle]:
    """A card's UID in both byte orders: raw, hex with all usual separators, and decimal."""
    what = f"UID of {whose}"
    found = []
    for order in (uid, uid[::-1]):
        pairs = [f"{byte:02x}" for byte in order]
        found.append(Needle(what, order))
        found += text_needles(what, *(sep.join(pairs) for sep in ("", ":", "-", " ")))
        found += text_needles(what, str(int.from_bytes(order, "big")))
    return found


class Searcher:
    """Looks for needles in bytes. ``everywhere`` also in spellings and inside zlib streams."""

    def __init__(self, needles: Iterable[Needle], everywhere: bool = True) -> None:
        self._ways: dict[bytes, tuple[str, str, bool]] = {}
        for needle in needles:
            if len(needle.raw) < SHORTEST_BYTES:
                raise ValueError(f"the {needle.what} is too short to be looked for")
            ways = spellings(needle.raw) if everywhere else {"plain": needle.raw}
            for name, way in ways.items():
                alone = needle.alone and name == "plain"
                self._ways.setdefault(way, (needle.what, name, alone))
        self._everywhere = everywhere

    def look(self, haystack: bytes, place: str, depth: int = 0) -> Iterator[Found]:
        """Every needle that is there, once each spelling."""
        for way, (what, name, alone) in self._ways.items():
            offset = _alone(haystack, way) if alone else haystack.find(way)
            if offset >= 0:
                yield Found(what, place, name, offset)
        if self._everywhere and depth < _DEEPEST:
            for offset, inside in inflated(haystack):
                yield from self.look(inside, f"{place} > zlib at {offset}", depth + 1)


def spellings(raw: bytes) -> dict[str, bytes]:
    """The same bytes as somebody might have written them, by the name of the spelling."""
    ways = {"plain": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    for shift in range(3):
        for name, variant in (("base64", b"+/"), ("base64url", b"-_")):
            ways[f"{name} at {shift}"] = _base64_at(raw, shift, variant)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return ways
    ways["UTF-16LE"], ways["UTF-16BE"] = text.encode("utf-16-le"), text.encode("utf-16-be")
    ways["UTF-32LE"] = text.encode("utf-32-le")  # how Python keeps some strings
    return ways


def _base64_at(raw: bytes, shift: int, variant: bytes) -> bytes:
    """What base64 of anything with ``raw`` in it, ``shift`` bytes after a multiple of three, must
    contain: characters that hold bits of the neighbours are left off.
    """
    whole = base64.b64encode(b"\0" * shift + raw + b"\0" * 3, variant)
    first = -(-shift * 8 // 6)
    last = (shift + len(raw)) * 8 // 6
    return whole[first:last]


def _alone(haystack: bytes, way: bytes) -> int:
    found = re.search(rb"(?<![0-9a-fA-F])" + re.escape(way) + rb"(?![0-9a-fA-F])", haystack)
    return found.start() if found else -1


def inflated(haystack: bytes) -> Iterator[tuple[int, bytes]]:
    """What zlib streams in it hold, with where they begin."""
    for head in _ZLIB_HEADS.finditer(haystack):
        stream = zlib.decompressobj()
        try:
            inside = stream.decompress(haystack[head.start() :], 1 << 24)
        except zlib.error:
            continue
        if len(inside) >= SHORTEST_BYTES:
            yield head.start(), inside
