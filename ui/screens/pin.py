"""Type the PIN."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, SmoothEllipse
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from firmware.core.view import PIN_LENGTH, Back, Digit, Erase, Finish, Pin, PinAsked, Say
from ui import theme
from ui.layout import Fit
from ui.page import Page, Send, load_kv
from ui.texts import tr
from ui.voice.outline import Line

_ASKS: dict[PinAsked, tuple[Say, Say]] = {
    "pin": (
        Say("Masukkan PIN Anda"),
        Say("Enam angka. Tutupi dengan tangan supaya tidak terlihat orang lain."),
    ),
    "old": (
        Say("Masukkan PIN lama Anda"),
        Say("PIN yang Anda pakai sekarang. Tutupi dengan tangan supaya tidak terlihat orang lain."),
    ),
    "new": (
        Say("Pilih PIN baru"),
        Say("Enam angka yang mudah Anda ingat, tetapi sulit ditebak orang lain."),
    ),
    "again": (Say("Ketik PIN baru sekali lagi"), Say("Supaya yakin tidak salah ketik.")),
}


class Dots(Widget):
    """As many large dots as digits were typed; small ones for those to come."""

    filled = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("filled", "pos", "size"):
            self.fbind(name, self._draw)

    def need(self, _width: float, _fit: Fit) -> float:
        """A line of dots."""
        return theme.mm(12)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        step = min(theme.mm(11), self.width / PIN_LENGTH)
        with self.canvas:
            for place in range(PIN_LENGTH):
                typed = place < self.filled
                side = theme.mm(7.4) if typed else theme.mm(3.4)
                Color(rgba=theme.GREEN if typed else theme.MUTED)
                left, low = self.x + (place + 0.5) * step, self.center_y
                SmoothEllipse(pos=(left - side / 2, low - side / 2), size=(side, side))

    def told_lines(self) -> list[Line]:
        """How many; never which."""
        return [Line(str(int(self.filled)), "stars", PIN_LENGTH)]


class PinPage(Page):
    """Digits go to the controller one by one; the screen never holds the PIN."""

    secret = True
    title = StringProperty("")
    hint = StringProperty("")
    leave_id = StringProperty("finish")
    dots = NumericProperty(0)
    message = StringProperty("")
    waiting = StringProperty("")
    open = BooleanProperty(True)

    def __init__(self, send: Send, **kwargs: Any) -> None:
        super().__init__(send, **kwargs)
        self._is_dealt = False
        pad = self.ids.pad
        pad.bind(on_digit=lambda _, digit: self.send(Digit(digit)))
        pad.bind(on_erase=lambda *_: self.send(Erase()))

    def show(self, screen: Pin) -> None:
        """While there is a wait no digit can be pressed."""
        if screen.shuffled and not self._is_dealt:
            self._is_dealt = True
            self.ids.pad.shuffle()
        title, hint = _ASKS[screen.asks]
        self.title, self.hint = tr(title), tr(hint)
        self.leave_id = "finish" if screen.asks == "pin" else "back"
        self.dots = screen.dots
        self.message = tr(screen.message) if screen.message else ""
        seconds = screen.wait_seconds
        self.open = seconds == 0
        self.waiting = tr(Say("Tunggu {n} detik", {"n": str(seconds)})) if seconds else ""

    def leave(self) -> None:
        """The visit ends; or, where a PIN is being changed, nothing is changed."""
        self.send(Finish() if self.leave_id == "finish" else Back())


load_kv(__file__)
