"""Reads ESC/POS as a printer's firmware does: bytes in, what the mechanism has to do out.

Pure. Source: Epson, ESC/POS Command Reference. Commands that this printer lacks are skipped
with their arguments where their length is known, as real firmware does.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import segno
from PIL import Image, ImageOps

from hw.virtual.paper import FONT_A, FONT_B, Style, blank, glyph, placed, text_line

LINE_SPACING = 30
TAB_COLUMNS = 8
OFFSETS = {0: 0.0, 1: 0.5, 2: 1.0}
CODE_PAGES = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252",
    17: "cp866", 18: "cp852", 19: "cp858",
}  # fmt: skip
QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Feed the paper by the strip's height and burn its dots."""

    strip: Image.Image


@dataclass(frozen=True, slots=True)
class CutPaper:
    """Cut at the blade; ``feed_first`` moves what was printed past it before that."""

    feed_first: bool
    extra_dots: int = 0


@dataclass(frozen=True, slots=True)
class TellProcessId:
    """GS ( H function 48: answer with the id when all before is on paper."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class TellSensor:
    """GS r n: answer with a sensor when all before was worked through."""

    which: int


@dataclass(frozen=True, slots=True)
class TellUnit:
    """GS I n: answer with a part of the unit's name."""

    which: int


@dataclass(frozen=True, slots=True)
class SetStatusBack:
    """GS a n: which changes are told unasked; 0 is none."""

    mask: int


Deed = Rows | CutPaper | TellProcessId | TellSensor | TellUnit | SetStatusBack
Reading = Generator[int, bytes, None]


@dataclass
class _Code:
    dots: int = 3
    level: int = 48
    data: bytes = b""


class Interpreter:
    """One printer's command language. ``feed`` may be given bytes cut anywhere."""

    def __init__(self, width_dots: int = 576) -> None:
        self.width_dots = width_dots
        self._buffer = bytearray()
        self._deeds: list[Deed] = []
        self._initialise()
        self._code = _Code()
        self._wanted = 1
        self._restart()

    def feed(self, data: bytes) -> list[Deed]:
        """Take the next bytes; return what has to be done, in order."""
        self._buffer += data
        while len(self._buffer) >= self._wanted:
            piece = bytes(self._buffer[: self._wanted])
            del self._buffer[: self._wanted]
            self._wanted = self._reading.send(piece)
        deeds, self._deeds = self._deeds, []
        return deeds

    def clear(self) -> None:
        """Forget everything that was taken and not yet done."""
        self._buffer.clear()
        self._deeds.clear()
        self._initialise()
        self._restart()

    def _restart(self) -> None:
        self._reading: Reading = self._read()
        self._wanted = next(self._reading)

    def _initialise(self) -> None:
        self._cells: list[Image.Image] = []
        self._style = Style()
        self._align = 0
        self._spacing = LINE_SPACING
        self._page = "cp437"

    def _read(self) -> Reading:
        while True:
            byte = (yield 1)[0]
            if byte in SINGLE:
                SINGLE[byte](self)
            elif byte in PREFIXES:
                yield from PREFIXES[byte](self)
            elif byte >= 0x20 and byte != 0x7F:
                self._letter(bytes((byte,)).decode(self._page, "replace"))

    # ------------------------------------------------------------ text

    def _letter(self, char: str) -> None:
        cell = glyph(char, self._style)
        if sum(each.width for each in self._cells) + cell.width > self.width_dots:
            self._line_feed()
        self._cells.append(cell)

    def _line_feed(self) -> None:
        offset = OFFSETS.get(self._align, 0.0)
        self._deeds.append(Rows(text_line(self._cells, self.width_dots, offset, self._spacing)))
        self._cells = []

    def _tab(self) -> None:
        cell = self._style.font.width * self._style.wide
        column = sum(each.width for each in self._cells) // cell
        for _ in range(TAB_COLUMNS - column % TAB_COLUMNS):
            self._letter(" ")

    def _finish_line(self) -> None:
        if self._cells:
            self._line_feed()

    def _feed_dots(self, dots: int) -> None:
        self._finish_line()
        if dots:
            self._deeds.append(Rows(blank(self.width_dots, dots)))

    # ------------------------------------------------------------ ESC

    def _escape(self) -> Reading:
        command = yield 1
        if command == b"@":
            self._initialise()
            self._deeds.append(SetStatusBack(0))
        elif command == b"2":
            self._spacing = LINE_SPACING
        elif command in (b"i", b"m"):
            self._deeds.append(CutPaper(feed_first=False))
        elif command in b"!EG-atM3JdR {=":
            self._escape_with(command + (yield 1))
        elif command in (b"c", b"$", b"\\"):
            yield 2
        elif command == b"p":
            yield 3

    def _escape_with(self, command: bytes) -> None:
        value = command[1]
        match command[:1]:
            case b"!":
                self._print_mode(value)
            case b"E" | b"G":
                self._style = replace(self._style, bold=bool(value & 1))
            case b"-":
                self._style = replace(self._style, underline=value not in (0, 48))
            case b"a":
                self._align = value % 48
            case b"t":
                self._page = CODE_PAGES.get(value, "cp437")
            case b"M":
                self._style = replace(self._style, font=FONT_B if value in (1, 49) else FONT_A)
            case b"3":
                self._spacing = value
            case b"J":
                self._feed_dots(value)
            case b"d":
                self._feed_dots(value * self._spacing)

    def _print_mode(self, value: int) -> None:
        self._style = replace(
            self._style,
            font=FONT_B if value & 0x01 else FONT_A,
            bold=bool(value & 0x08),
            high=2 if value & 0x10 else 1,
            wide=2 if value & 0x20 else 1,
            underline=bool(value & 0x80),
        )

    # ------------------------------------------------------------ GS

    def _group(self) -> Reading:
        command = yield 1
        if command == b"v":
            yield from self._raster()
        elif command == b"V":
            yield from self._cut()
        elif command == b"(":
            yield from self._extended()
        elif command in b"!aBrbhwfHIT":
            self._group_with(command + (yield 1))
        elif command in (b"L", b"W", b"P", b"$", b"\\"):
            yield 2

    def _group_with(self, command: bytes) -> None:
        value = command[1]
        match command[:1]:
            case b"!":
                wide, high = (value >> 4 & 7) + 1, (value & 7) + 1
                self._style = replace(self._style, wide=wide, high=high)
            case b"B":
                self._style = replace(self._style, inverse=bool(value & 1))
            case b"a":
                self._deeds.append(SetStatusBack(value))
            case b"r":
                self._deeds.append(TellSensor(value))
            case b"I":
                self._deeds.append(TellUnit(value))

    def _raster(self) -> Reading:
        head = yield 6
        row_bytes = int.from_bytes(head[2:4], "little")
        lines = int.from_bytes(head[4:6], "little")
        if not row_bytes or not lines:
            return
        data = yield row_bytes * lines
        inked = Image.frombytes("1", (row_bytes * 8, lines), data).convert("L")
        self._picture(ImageOps.invert(inked), head[1] & 1, head[1] >> 1 & 1)

    def _picture(self, picture: Image.Image, double_wide: int, double_high: int) -> None:
        self._finish_line()
        if double_wide or double_high:
            size = (picture.width << double_wide, picture.height << double_high)
            picture = picture.resize(size, Image.Resampling.NEAREST)
        offset = OFFSETS.get(self._align, 0.0)
        self._deeds.append(Rows(placed(picture, self.width_dots, offset)))

    def _cut(self) -> Reading:
        mode = (yield 1)[0]
        self._finish_line()
        if mode in (65, 66, 97, 98, 103, 104):
            self._deeds.append(CutPaper(feed_first=True, extra_dots=(yield 1)[0]))
        else:
            self._deeds.append(CutPaper(feed_first=False))

    def _extended(self) -> Reading:
        head = yield 3
        length = int.from_bytes(head[1:3], "little")
        body = (yield length) if length else b""
        if head[:1] == b"k" and body[:1] == b"1":
            self._two_dimensional(body)
        elif head[:1] == b"H" and body[:2] == b"00" and len(body) == 6:
            self._deeds.append(TellProcessId(body[2:]))

    def _two_dimensional(self, body: bytes) -> None:
        function = body[1] if len(body) > 1 else 0
        if function == 67 and len(body) > 2:
            self._code.dots = min(max(body[2], 1), 16)
        elif function == 69 and len(body) > 2:
            self._code.level = body[2]
        elif function == 80:
            self._code.data = body[3:]
        elif function == 81 and self._code.data:
            self._draw_code()

    def _draw_code(self) -> None:
        level = QR_LEVELS.get(self._code.level, "L")
        try:
            code = segno.make_qr(self._code.data, error=level, boost_error=False)
        except segno.DataOverflowError:
            return  # as printers do: nothing comes out
        width, height = code.symbol_size(border=0)
        dots = bytes(BLACK_OR_WHITE[module] for row in code.matrix for module in row)
        small = Image.frombytes("L", (int(width), int(height)), dots)
        size = (int(width) * self._code.dots, int(height) * self._code.dots)
        if size[0] <= self.width_dots:
            self._picture(small.resize(size, Image.Resampling.NEAREST), 0, 0)

    # ------------------------------------------------------------ DLE, FS

    def _data_link(self) -> Reading:
        """Real-time commands were obeyed on arrival; here they are only passed over."""
        command = yield 1
        if command in (b"\x04", b"\x05"):
            yield 1
        elif command == b"\x14":
            yield 8 if (yield 1) == b"\x08" else 2

    def _field(self) -> Reading:
        command = yield 1
        if command in b"!-C":
            yield 1


BLACK_OR_WHITE = (255, 0)
SINGLE: dict[int, Callable[[Interpreter], None]] = {
    0x0A: Interpreter._line_feed,
    0x09: Interpreter._tab,
}
PREFIXES: dict[int, Callable[[Interpreter], Reading]] = {
    0x10: Interpreter._data_link,
    0x1B: Interpreter._escape,
    0x1C: Interpreter._field,
    0x1D: Interpreter._group,
}
