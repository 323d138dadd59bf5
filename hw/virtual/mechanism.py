"""The virtual printer's body: paper, cover, cutter, buffer and sensors. No sockets here.

Like a real one it obeys DLE commands the moment they arrive, also amid a picture's bytes; it
stops when paper ends, the cover opens or its head is hot, and goes on by itself when that is
mended. A blade that was held fast waits for DLE ENQ, for its cover or for its power.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from hw.protocols import Paper
from hw.virtual.condition import Condition
from hw.virtual.escpos import (
    CutPaper,
    Deed,
    Interpreter,
    Rows,
    SetStatusBack,
    TellProcessId,
    TellSensor,
    TellUnit,
)
from hw.virtual.paper import blank, is_blank, joined

DOTS_PER_MM = 8
HEAD_TO_BLADE = 96
MARGIN = 32  # 576 dots of 80-mm paper can be printed: 4 mm are left at each side
BUFFER_BYTES = 65536
BITE_BYTES = 512
ASK_STATUS = b"\x10\x04"  # DLE EOT n
RECOVER = b"\x10\x05"  # DLE ENQ n
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
BUFFERS_CLEARED = b"\x37\x25\x00"
GO_ON, START_ANEW = 1, 2  # DLE ENQ n


class Mechanism:
    """Takes bytes, draws paper, saves each slip as ``slip-NNN.png`` in ``out``."""

    def __init__(self, out: Path, width_dots: int = 576) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self._out = out
        self._width = width_dots
        self.condition = Condition()
        self.answer: Callable[[bytes], None] = _to_nobody
        self._pending = bytearray()
        self._tail = b""
        self._deeds: deque[Deed] = deque()
        self._interpreter = Interpreter(width_dots)
        self._strips: list[Image.Image] = [blank(width_dots, HEAD_TO_BLADE)]
        self._status_back = 0
        self.slips = len(list(out.glob("slip-*.png")))  # a printer started again goes on

    # ------------------------------------------------------------ data

    @property
    def is_full(self) -> bool:
        """Whether the receive buffer takes no more."""
        return len(self._pending) >= BUFFER_BYTES

    @property
    def can_step(self) -> bool:
        """Whether there is work and nothing is in the way."""
        return bool(self._deeds or self._pending) and self.condition.can_print

    def receive(self, data: bytes) -> None:
        """Bytes from the host. Real-time commands in them are obeyed at once."""
        self._pending += data
        watched = self._tail + data
        self._obey_real_time(watched)
        self._tail = watched[-(len(CLEAR_BUFFERS) - 1) :]

    def step(self) -> int:
        """Do the next thing; returns the rows of paper that moved."""
        if not self._deeds:
            bite = bytes(self._pending[:BITE_BYTES])
            del self._pending[:BITE_BYTES]
            self._deeds.extend(self._interpreter.feed(bite))
            return 0
        return self._do(self._deeds.popleft())

    def power_off(self) -> None:
        """All that was not on paper is lost."""
        self._forget()
        self._status_back = 0
        self._tail = b""
        self.condition.recover()

    def change(self, condition: Condition) -> None:
        """Put the printer into another condition and tell who wants to know."""
        had_no_paper = self.condition.paper is Paper.OUT
        if self.condition.cover_open and not condition.cover_open:
            condition.recover()
        self.condition = condition
        if had_no_paper and condition.paper is not Paper.OUT:
            self.tear_off()  # the end of the old roll falls out
        self._tell_status()

    def tear_off(self) -> None:
        """Take the paper at the tear bar, finished or not."""
        self._save(joined(self._strips, self._width))
        self._strips = [blank(self._width, HEAD_TO_BLADE)]

    # ------------------------------------------------------------ mechanics

    def _do(self, deed: Deed) -> int:
        match deed:
            case Rows(strip):
                return self._move(strip)
            case CutPaper():
                self._try_to_cut(deed)
            case TellProcessId(process_id):
                if self.condition.answers == "processId":
                    self._say(b"\x37\x22" + process_id + b"\x00")
            case TellSensor(which):
                if self.condition.answers != "none":
                    self._say(bytes((self.condition.sensor() if which in (1, 49) else 0,)))
            case TellUnit(which):
                if told := self.condition.unit_answer(which):
                    self._say(told)
            case SetStatusBack(mask):
                self._status_back = mask
                if mask:
                    self._tell_status()
        return 0

    def _move(self, strip: Image.Image) -> int:
        self._warm(strip.height)
        left = self.condition.paper_left_dots
        if left is None or strip.height < left:
            self._strips.append(strip)
            if left is not None:
                self.condition.paper_left_dots = left - strip.height
            return strip.height
        self._strips.append(strip.crop((0, 0, strip.width, left)))
        self._deeds.appendleft(Rows(strip.crop((0, left, strip.width, strip.height))))
        self.condition.paper_left_dots = None
        self.condition.paper = Paper.OUT
        self._tell_status()
        return left

    def _warm(self, rows: int) -> None:
        state = self.condition
        if state.hot_after_dots is None:
            return
        state.hot_after_dots -= rows
        if state.hot_after_dots <= 0:
            state.hot_after_dots, state.is_hot = None, True
            self._tell_status()

    def _try_to_cut(self, cut: CutPaper) -> None:
        """A jam is felt by the blade only when it moves."""
        if not self.condition.jams_at_cut:
            self._cut(cut)
            return
        self._deeds.appendleft(cut)
        state = self.condition
        state.jams_at_cut, state.is_jammed, state.cutter_error = False, True, True
        self._tell_status()

    def _cut(self, cut: CutPaper) -> None:
        if cut.feed_first:
            self._strips.append(blank(self._width, HEAD_TO_BLADE + cut.extra_dots))
        whole = joined(self._strips, self._width)
        at = max(0, whole.height - HEAD_TO_BLADE)
        self._save(whole.crop((0, 0, whole.width, at)))
        self._strips = [whole.crop((0, at, whole.width, whole.height))]

    def _save(self, slip: Image.Image) -> None:
        if slip.height == 0 or is_blank(slip):
            return
        self.slips += 1
        path = self._out / f"slip-{self.slips:03d}.png"
        unfinished = path.with_suffix(".part")
        paper = blank(slip.width + 2 * MARGIN, slip.height)
        paper.paste(slip, (MARGIN, 0))
        paper.convert("1").save(unfinished, format="PNG", dpi=(203.2, 203.2))
        unfinished.replace(path)

    def _forget(self) -> None:
        self._pending.clear()
        self._deeds.clear()
        self._interpreter.clear()

    # ------------------------------------------------------------ answers

    def _say(self, data: bytes) -> None:
        if not self.condition.mute:
            self.answer(data)

    def _obey_real_time(self, watched: bytes) -> None:
        if watched.find(CLEAR_BUFFERS) >= 0:
            self._forget()
            self._say(BUFFERS_CLEARED)
        seen = len(self._tail)
        for place in range(max(0, seen - 2), len(watched) - 2):
            command, is_new = watched[place : place + 2], place + 2 >= seen
            if command == ASK_STATUS and is_new and 1 <= watched[place + 2] <= 4:
                self._say(bytes((self.condition.query_answer(watched[place + 2]),)))
            elif command == RECOVER and is_new:
                self._recover(watched[place + 2])

    def _recover(self, how: int) -> None:
        """DLE ENQ: try the blade again; go on with the line at hand, or throw all away."""
        if how not in (GO_ON, START_ANEW) or not self.condition.cutter_error:
            return
        self.condition.recover()
        if how == START_ANEW:
            self._forget()
        if not self.condition.cutter_error:
            self._tell_status()

    def _tell_status(self) -> None:
        """ASB: four bytes of state, unasked, when GS a asked for that."""
        if self._status_back:
            self._say(self.condition.automatic_status())


def _to_nobody(_: bytes) -> None:
    """Where answers go while no host is connected."""
