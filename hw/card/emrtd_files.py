"""What the files of a travel document hold, pure. Source: ICAO Doc 9303-10, section 4
(EF.COM, DG1, DG2); ISO/IEC 19794-5:2005, section 5 (face image records); ISO/IEC 39794-5:2019,
annex A (their successor, in passports of the coming years).

Everything here comes from a card, so it is hostile until shown otherwise: a parser answers
None to whatever is not of its form.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum

from hw.card.data_objects import inside, split
from hw.card.mrz import Mrz, parse_mrz

_COM, _TAG_LIST = 0x60, 0x5C
_DG1, _MRZ = 0x61, 0x5F1F
_DG2, _GROUP, _TEMPLATE = 0x75, 0x7F61, 0x7F60
_FACES = (0x5F2E, 0x7F2E)
_FACE_39794 = (0xA1, 0x65, 0xA1, 0x30, 0xA1, 0xA0, 0xA0, 0x80)
"""FaceImageDataBlock, its first representation, its image's base, 2D block and data."""


_RECORD = struct.Struct(">4s4sIH")  # "FAC", version, length, number of faces
_FACE = struct.Struct(">IH14x")  # length of this face's block, number of feature points
_POINT_BYTES = 8
_IMAGE_BYTES = 12  # kind, data type, width, height, colour space, source, device, quality

_MAGIC = {
    b"\xff\xd8\xff": "jpeg",
    bytes.fromhex("0000000C6A5020200D0A870A"): "jp2",
    bytes.fromhex("FF4FFF51"): "j2k",
}


class PhotoKind(StrEnum):
    """How a photo is coded; the name is a file's usual ending."""

    JPEG = "jpeg"
    JP2 = "jp2"  # JPEG 2000 in its container
    J2K = "j2k"  # JPEG 2000, the bare codestream


@dataclass(frozen=True, slots=True, repr=False)
class Photo:
    """A face, as the card keeps it. ``repr`` hides it."""

    data: bytes
    kind: PhotoKind


def parse_com(file: bytes) -> frozenset[int] | None:
    """The tags of the data groups that there are: 0x61 is DG1, 0x75 is DG2."""
    listed = inside(file, _COM, _TAG_LIST)
    return None if listed is None else frozenset(listed)


def parse_dg1(file: bytes) -> Mrz | None:
    """The machine-readable zone as the chip keeps it."""
    zone = inside(file, _DG1, _MRZ)
    return parse_mrz(zone.decode("ascii")) if zone is not None and zone.isascii() else None


def parse_dg2(file: bytes) -> Photo | None:
    """The first photo of the holder's face."""
    template = inside(file, _DG2, _GROUP, _TEMPLATE)
    for tag, value in (split(template) if template is not None else None) or []:
        if tag in _FACES:
            image = inside(value, *_FACE_39794)
            return _face_image(value) if image is None else recognise_photo(image)
    return None


def _face_image(record: bytes) -> Photo | None:
    if len(record) < _RECORD.size + _FACE.size:
        return None
    form, _version, length, faces = _RECORD.unpack_from(record)
    block, points = _FACE.unpack_from(record, _RECORD.size)
    start = _RECORD.size + _FACE.size + points * _POINT_BYTES + _IMAGE_BYTES
    end = _RECORD.size + block
    if form != b"FAC\0" or not faces or length > len(record) or not start < end <= len(record):
        return None
    return recognise_photo(record[start:end])


def recognise_photo(data: bytes) -> Photo | None:
    """A photo by how it begins; None when it is neither JPEG nor JPEG 2000."""
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    return None if kind is None else Photo(data, PhotoKind(kind))
