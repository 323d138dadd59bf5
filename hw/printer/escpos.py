"""A slip as ESC/POS bytes.

python-escpos writes text, code pages and native QR codes by its printer profiles; it never
sees a device. Pictures go by ``hw.printer.raster``: the library's own path dithers text and
splits into bands that some printers break on. Source: Epson, ESC/POS Command Reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import qrcode  # type: ignore[import-untyped]

from hw.printer.escpos_library import CAPABILITIES, Dummy, Encoder, MagicEncode
from hw.printer.raster import fitted, raster_commands
from hw.printer.text import printable, wrapped
from hw.protocols import DOTS_PER_MM, Align, Cut, Feed, Line, Qr, Raster, Rule, Slip, SlipPart

INITIALISE = b"\x1b@"
STATUS_UNASKED = b"\x1da\xff"
FEED_AND_CUT = b"\x1dVB\x18"  # to the blade and 24 dots more
CODE_PAGES = ("CP437", "CP850", "CP858")
FONT_A_DOTS = 12
LONGEST_FEED = 255
RULE_DOTS = 2
QR_MOST_BYTES = 2331  # QR version 40 at level M


def profile_names() -> list[str]:
    """The capability profiles that python-escpos knows."""
    return sorted(CAPABILITIES["profiles"])


class EscposEncoder:
    """Encodes slips for one model of printer.

    ``profile`` is a name of python-escpos's capability profiles; ``width_dots`` is the
    printable width, a multiple of 8. An unknown profile raises ValueError.
    """

    def __init__(self, profile: str = "default", width_dots: int = 576) -> None:
        if profile not in CAPABILITIES["profiles"]:
            raise ValueError(f"python-escpos has no printer profile {profile!r}")
        self._profile = profile
        self.width_dots = width_dots

    def encode(self, slip: Slip) -> bytes:
        """All bytes of one job. It begins with ESC @ and asks for automatic status back
        (which ESC @ turns off), so that trouble in mid-job is told unasked.
        """
        job = _Job(self._profile, self.width_dots)
        for part in slip:
            job.add(part)
        return INITIALISE + STATUS_UNASKED + job.output


class _Job:
    def __init__(self, profile: str, width_dots: int) -> None:
        self._dummy: Any = Dummy(profile=profile)
        self._encoder = Encoder(_code_pages(self._dummy.profile))
        self._dummy.magic = MagicEncode(self._dummy, encoder=self._encoder)
        self._width_dots = width_dots

    @property
    def output(self) -> bytes:
        output: bytes = self._dummy.output
        return output

    def add(self, part: SlipPart) -> None:
        match part:
            case Line():
                self._line(part)
            case Qr():
                self._qr(part)
            case Raster():
                self._picture(fitted(part.rows, part.width_dots, self._width_dots))
            case Feed():
                self._feed(part.mm * DOTS_PER_MM)
            case Rule():
                self._rule()
            case Cut():
                self._cut()

    def _line(self, line: Line) -> None:
        scale = min(max(line.scale, 1), 8)
        text = printable(line.text, self._is_known)
        self._dummy.set(
            align=line.align.value, bold=line.bold, custom_size=True, width=scale, height=scale
        )
        for piece in wrapped(text, self._width_dots // (FONT_A_DOTS * scale)):
            self._dummy.text(piece + "\n")

    def _is_known(self, char: str) -> bool:
        return any(self._encoder.can_encode(page, char) for page in self._encoder.codepages)

    def _qr(self, code: Qr) -> None:
        data = _without_controls(code.data)
        if not data:
            return
        matrix = _qr_matrix(data)
        dots = min(max(code.module_dots, 1), 16)
        while dots > 1 and (len(matrix) + 8) * dots > self._width_dots:
            dots -= 1
        if self._dummy.profile.supports("qrCode"):
            self._dummy.set(align=Align.CENTER.value)
            self._dummy.qr(data, ec=1, size=dots, native=True)
            return
        self._picture(_drawn(matrix, dots, self._width_dots))

    def _picture(self, rows: bytes) -> None:
        self._dummy.set(align=Align.LEFT.value)
        self._raw_all(raster_commands(rows, self._width_dots))

    def _feed(self, dots: int) -> None:
        while dots > 0:
            step = min(dots, LONGEST_FEED)
            self._raw_all((b"\x1bJ" + bytes((step,)),))
            dots -= step

    def _rule(self) -> None:
        self._feed(DOTS_PER_MM)
        self._picture(b"\xff" * (self._width_dots // 8) * RULE_DOTS)
        self._feed(DOTS_PER_MM)

    def _cut(self) -> None:
        if self._dummy.profile.supports("paperPartCut") or self._dummy.profile.supports(
            "paperFullCut"
        ):
            self._raw_all((FEED_AND_CUT,))
        else:
            self._feed(20 * DOTS_PER_MM)  # to the tear bar

    def _raw_all(self, commands: Iterable[bytes]) -> None:
        for command in commands:
            self._dummy._raw(command)


def _code_pages(profile: Any) -> dict[str, int]:
    """The Latin code pages that the profile has, with the numbers it gives them."""
    there: dict[str, int] = profile.get_code_pages()
    found = {page: int(there[page]) for page in CODE_PAGES if page in there}
    return found or {CODE_PAGES[0]: 0}  # every page has ASCII in its lower half


def _without_controls(data: str) -> str:
    clean = "".join(char for char in data if char >= " " and char != "\x7f")
    return clean.encode(errors="ignore")[:QR_MOST_BYTES].decode(errors="ignore")


def _qr_matrix(data: str) -> list[list[bool]]:
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(data.encode())
    code.make(fit=True)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _drawn(matrix: list[list[bool]], dots: int, width_dots: int) -> bytes:
    """The code as rows of the paper's width, centred, with four modules of silence around."""
    left = (width_dots - len(matrix) * dots) // 2
    rows = bytearray()
    for line in matrix:
        bits = 0
        for module in line:
            bits = (bits << dots) | (((1 << dots) - 1) if module else 0)
        bits <<= width_dots - left - len(matrix) * dots
        rows += bits.to_bytes(width_dots // 8, "big") * dots
    silence = bytes(width_dots // 8 * 4 * dots)
    return silence + bytes(rows) + silence
