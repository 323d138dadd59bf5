"""Letters on paper: F4 pages as PDF/A-2b, and the same letter for the 72-mm roll.

Whatever a person wrote reaches Typst as JSON data, never as source: a name that looks like
code is printed as it stands. Only Typst's own fonts are used, so that a letter looks the same
on every machine; the same content gives the same bytes.
"""

from __future__ import annotations

import io
import json
import logging
import threading
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import segno
import typst
from PIL import Image

from firmware.core.answers import written
from firmware.core.calendar import long_date, parse_date
from firmware.core.letters import Field, LetterType
from firmware.core.request import Profile
from regency.letters import LETTERS_DIR
from regency.model import Village

ROLL_DOTS = 576
"""Printable width of 80-mm paper at 8 dots a millimetre."""
_ROLL_PPI = 203.2
_THRESHOLD = 128
_QR_DOTS = 6
_QR_WIDEST_DOTS = 400

_log = logging.getLogger(__name__)

Medium = Literal["page", "roll"]


@dataclass(frozen=True, slots=True, repr=False)
class LetterContent:
    """All that stands on one letter.

    ``answers`` are the citizen's, by field name; ``verify_url`` goes into the QR code;
    ``request_number`` is what people say aloud (firmware.core.request).
    """

    letter: LetterType
    number: str
    village: Village
    profile: Profile
    answers: Mapping[str, str]
    signed_on: date
    verify_url: str
    request_number: str

    def __repr__(self) -> str:
        return f"LetterContent(letter={self.letter.id!r}, number={self.number!r}, <hidden>)"


class Typesetter:
    """Makes pages and rolls. Keep one: the first letter costs about 150 ms, the next about 20.

    Safe to share between threads; one letter is made at a time. ``font_paths`` are folders of
    further fonts for scripts that Typst's own do not have. ``letters_dir`` holds common.typ
    and a folder for each letter.
    """

    def __init__(self, letters_dir: Path = LETTERS_DIR, font_paths: Sequence[Path] = ()) -> None:
        self._root = letters_dir
        self._lock = threading.Lock()
        self._compiler = typst.Compiler(
            root=str(letters_dir),
            font_paths=[str(path) for path in font_paths],
            ignore_system_fonts=True,
        )

    def pdf(self, content: LetterContent) -> bytes:
        """The letter as F4 pages (215 × 330 mm), unsigned.

        PDF/A-2b (ISO 19005-2), unless a sign in it is in none of the fonts: the standard
        forbids that, so such a letter is plain PDF 1.7 with a box in that place.
        """
        try:
            return self._page(content, "a-2b")
        except typst.TypstError as error:
            if not str(error).startswith("PDF/A-2b error"):
                raise
        _log.warning("letter %s has a sign that no font has: plain PDF", content.number)
        return self._page(content, "1.7")

    def roll(self, content: LetterContent) -> bytes:
        """The letter for the roll, as ``wire.SignedLetter.roll``: rows of 576 dots, 1 is
        black, packed from the left, zlib.
        """
        return zlib.compress(_pack(self.roll_picture(content)), 9)

    def roll_picture(self, content: LetterContent) -> bytes:
        """The letter for the roll as PNG, 576 dots wide, still with shades of grey."""
        with self._lock:
            png = self._compiler.compile(
                input=self._source(content),
                sys_inputs={"data": _data(content, "roll")},
                format="png",
                ppi=_ROLL_PPI,
            )
        assert isinstance(png, bytes)
        return png

    def _page(self, content: LetterContent, standard: Literal["a-2b", "1.7"]) -> bytes:
        midnight = datetime(*content.signed_on.timetuple()[:3], tzinfo=UTC)
        with self._lock:
            pdf = self._compiler.compile(
                input=self._source(content),
                sys_inputs={"data": _data(content, "page")},
                format="pdf",
                pdf_standards=standard,
                timestamp=int(midnight.timestamp()),
            )
        assert isinstance(pdf, bytes)
        return pdf

    def _source(self, content: LetterContent) -> str:
        return str(self._root / content.letter.id / "letter.typ")


def _data(content: LetterContent, medium: Medium) -> str:
    """The JSON that common.typ reads."""
    return json.dumps(
        {
            "medium": medium,
            "title": content.letter.title,
            "number": _clean(content.number),
            "village": _village(content.village),
            "head": _head(content.village),
            "person": _person(content.profile, content.village),
            "answers": {
                field.name: _shown(field, content.answers.get(field.name, ""))
                for field in content.letter.fields
            },
            "signed_on": long_date(content.signed_on),
            "signed_on_parts": {
                "year": content.signed_on.year,
                "month": content.signed_on.month,
                "day": content.signed_on.day,
            },
            "verify_url": _clean(content.verify_url),
            "request_number": _clean(content.request_number),
            "qr": _qr(content.verify_url),
        },
        ensure_ascii=False,
    )


def _village(village: Village) -> dict[str, str]:
    office = "Kantor Kepala Desa" if village.kind == "Desa" else "Kantor Kelurahan"
    return {
        "kind": village.kind,
        "name": _clean(village.name),
        "district": _clean(village.district).removeprefix("Kecamatan "),
        "regency": _regency(village.regency),
        "province": _clean(village.province).removeprefix("Provinsi "),
        "address": _clean(village.address).rstrip(".,"),
        "postcode": _clean(village.postcode),
        "office": office,
    }


def _head(village: Village) -> dict[str, str]:
    """The title without the village's name, which the letter adds itself."""
    usual = "Kepala Desa" if village.kind == "Desa" else "Lurah"
    title = _clean(village.head_title).removesuffix(_clean(village.name)).strip()
    return {"name": _clean(village.head_name), "title": title or usual}


def _person(profile: Profile, village: Village) -> dict[str, str]:
    born = parse_date(profile.tanggal_lahir)
    birthday = long_date(born) if born else _clean(profile.tanggal_lahir)
    same = profile.desa.casefold() == village.name.casefold()
    kind = village.kind if same else "Desa/Kelurahan"
    return {
        **{name: _clean(getattr(profile, name)) for name in profile.__struct_fields__},
        "lahir": f"{_clean(profile.tempat_lahir)}, {birthday}",
        "alamat_lengkap": (
            f"{_clean(profile.alamat)} RT\u00a0{_clean(profile.rt)} RW\u00a0{_clean(profile.rw)}, "
            f"{kind} {_clean(profile.desa)}, Kecamatan {_clean(profile.kecamatan)}, "
            f"{_regency(profile.kabupaten)}"
        ),
    }


def _regency(name: str) -> str:
    """With its kind: Kabupaten, unless it says Kota itself."""
    name = _clean(name)
    return name if name.casefold().startswith(("kabupaten ", "kota ")) else f"Kabupaten {name}"


def _shown(field: Field, answer: str) -> str:
    day = parse_date(answer) if field.kind == "date" else None
    return long_date(day) if day else _clean(written(field, answer)) or "–"


def _clean(text: str) -> str:
    """One line without control and direction signs: those could make a letter read
    differently from what was examined.
    """
    normal = unicodedata.normalize("NFC", text)
    kept = (" " if sign.isspace() else sign for sign in normal)
    return " ".join("".join(s for s in kept if not _invisible(s)).split())


def _invisible(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Cn"}


def _qr(url: str) -> dict[str, str | int]:
    code = segno.make_qr(url, error="m")
    modules = int(code.symbol_size(border=4)[0])
    out = io.BytesIO()
    code.save(out, kind="svg", border=4, xmldecl=False, nl=False)
    dots = max(2, min(_QR_DOTS, _QR_WIDEST_DOTS // modules))
    return {"svg": out.getvalue().decode(), "modules": modules, "roll_dots": dots}


def _pack(png: bytes) -> bytes:
    """A threshold, not a dither: grey edges of letters would become dust."""
    grey = Image.open(io.BytesIO(png)).convert("L")
    if grey.width != ROLL_DOTS:
        raise ValueError(f"the roll is {grey.width} dots wide, not {ROLL_DOTS}")
    ink = grey.point([255] * _THRESHOLD + [0] * (256 - _THRESHOLD))
    return ink.convert("1", dither=Image.Dither.NONE).tobytes()
