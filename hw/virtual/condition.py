"""How a virtual printer is, and the bytes in which it says so. Pure.

Source: Epson, ESC/POS Command Reference: DLE EOT, GS a (ASB), GS r.
"""

from __future__ import annotations

from dataclasses import dataclass

from hw.protocols import Paper

ALL_ANSWERS = ("processId", "sensor", "none")
UNIT = ((65, "1.00"), (66, "ANJUNGAN"), (67, "VIRTUAL-80"), (68, "V0001"))
UNIT_KEYS = {"firmware": 65, "maker": 66, "model": 67, "serial": 68}


@dataclass
class Condition:
    """What a person at the bench can change, and what follows from it.

    ``paper_left_dots`` None is a roll without end. ``answers`` says how far the printer can
    confirm a job: by process id, only by the sensor behind the data, or not at all.
    ``is_jammed`` is the blade held fast, ``jams_at_cut`` one that will be at the next cut.
    ``unit`` is what it calls itself, by the n of GS I.
    ``cutter_error`` outlasts the jam: it ends by DLE ENQ, by the cover or by the power. Heat
    ends by itself; what ``is_broken`` no power cycle mends.
    """

    paper: Paper = Paper.FULL
    paper_left_dots: int | None = None
    cover_open: bool = False
    is_jammed: bool = False
    jams_at_cut: bool = False
    cutter_error: bool = False
    is_hot: bool = False
    hot_after_dots: int | None = None
    is_broken: bool = False
    online: bool = True
    mute: bool = False
    answers: str = "processId"
    unit: tuple[tuple[int, str], ...] = UNIT

    @property
    def can_print(self) -> bool:
        """Whether nothing is in the way of the paper."""
        return self.online and not (self.cover_open or self.has_error or self._is_out)

    @property
    def has_error(self) -> bool:
        """Whether the error lamp is lit."""
        return self.cutter_error or self.is_hot or self.is_broken

    def recover(self) -> None:
        """The blade tries to go home: DLE ENQ, a closed cover and the power make it."""
        self.cutter_error = self.is_jammed

    # ------------------------------------------------------------ its words

    def query_answer(self, which: int) -> int:
        """The byte that answers DLE EOT ``which`` (1 to 4)."""
        words = (self._printer_word, self._cause_word, self._error_word, self._paper_word)
        return 0x12 | words[which - 1]()

    def automatic_status(self) -> bytes:
        """The four bytes of ASB."""
        printer = 0x10 | self._printer_word() | (0x20 if self.cover_open else 0)
        return bytes((printer, self._error_word(), self.sensor(), 0))

    def unit_answer(self, which: int) -> bytes:
        """The block that answers GS I ``which``; nothing when it has no such word."""
        word = dict(self.unit).get(which)
        return b"" if word is None else b"\x5f" + word.encode("latin-1", "replace") + b"\x00"

    def sensor(self) -> int:
        """The paper sensors as GS r 1 and the third byte of ASB tell them."""
        return {Paper.OUT: 0x0F, Paper.LOW: 0x03}.get(self.paper, 0)

    @property
    def _is_out(self) -> bool:
        return self.paper is Paper.OUT

    def _printer_word(self) -> int:
        return 0 if self.can_print else 0x08

    def _cause_word(self) -> int:
        cover = 0x04 if self.cover_open else 0
        return cover | (0x20 if self._is_out else 0) | (0x40 if self.has_error else 0)

    def _error_word(self) -> int:
        cutter = 0x08 if self.cutter_error else 0
        return cutter | (0x20 if self.is_broken else 0) | (0x40 if self.is_hot else 0)

    def _paper_word(self) -> int:
        return {Paper.OUT: 0x6C, Paper.LOW: 0x0C}.get(self.paper, 0)
