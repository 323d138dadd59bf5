"""Pictures as GS v 0 bands that clones survive.

Three habits of cheap printers shape this. A band whose height is a multiple of 48 comes out
broken on some. Bytes 10 04, 10 05 or 10 14 inside a picture run as real-time commands on
others. And a printer cut off in mid-band is freed by 8192 NULs only if the band is shorter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image

BAND_LINES = 100
BROKEN_MULTIPLE = 48
LONGEST_BAND_BYTES = 8192
REAL_TIME_PREFIX = b"\x10"
REAL_TIME_COMMAND = re.compile(rb"\x10[\x04\x05\x14]")
ONE_DOT = 0x02


def raster_commands(rows: bytes, width_dots: int) -> Iterator[bytes]:
    """GS v 0 commands that print ``rows`` (1 is black, ``width_dots`` a multiple of 8)."""
    row_bytes = width_dots // 8
    done = 0
    for lines in band_heights(len(rows) // row_bytes, row_bytes):
        band = rows[done * row_bytes : (done + lines) * row_bytes]
        done += lines
        size = row_bytes.to_bytes(2, "little") + lines.to_bytes(2, "little")
        yield b"\x1dv0\x00" + size + without_real_time_commands(band)


def band_heights(lines: int, row_bytes: int) -> Iterator[int]:
    """Heights that add up to ``lines``, none a multiple of 48, none above 100."""
    most = max(1, min(BAND_LINES, LONGEST_BAND_BYTES // row_bytes))
    while lines > 0:
        height = min(most, lines)
        if height % BROKEN_MULTIPLE == 0:
            height -= 1
        yield height
        lines -= height


def without_real_time_commands(band: bytes) -> bytes:
    """``band`` with one dot changed wherever it would read as DLE EOT, DLE ENQ or DLE DC4."""
    if REAL_TIME_PREFIX not in band:  # most bands of text: the search costs least
        return band
    return REAL_TIME_COMMAND.sub(_altered, band)


def _altered(command: re.Match[bytes]) -> bytes:
    prefix, code = command[0]
    return bytes((prefix, code ^ ONE_DOT))


def fitted(rows: bytes, width_dots: int, paper_dots: int) -> bytes:
    """``rows`` as rows of the paper's width: centred when narrower, made smaller when wider."""
    if width_dots == paper_dots:
        return rows
    height = len(rows) // (width_dots // 8)
    picture = Image.frombytes("1", (width_dots, height), rows)
    if width_dots > paper_dots:
        height = max(1, height * paper_dots // width_dots)
        grey = picture.convert("L").resize((paper_dots, height), Image.Resampling.BOX)
        return grey.point(lambda value: 255 * (value > 127)).convert("1").tobytes()
    paper = Image.new("1", (paper_dots, height), 0)
    paper.paste(picture, ((paper_dots - width_dots) // 2, 0))
    return paper.tobytes()
