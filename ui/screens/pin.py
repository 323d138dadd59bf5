"""Type the PIN."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from firmware.core.view import PIN_LENGTH, Digit, Erase, Pin, Say
from ui.page import Page, Send, load_kv
from ui.texts import tr


class Dots(Widget):
    """As many filled dots as digits were typed."""

    filled = NumericProperty(0)
    total = NumericProperty(PIN_LENGTH)


class PinPage(Page):
    """Digits go to the controller one by one; the screen never holds the PIN."""

    dots = NumericProperty(0)
    message = StringProperty("")
    waiting = StringProperty("")
    open = BooleanProperty(True)

    def __init__(self, send: Send, **kwargs: Any) -> None:
        super().__init__(send, **kwargs)
        pad = self.ids.pad
        pad.bind(on_digit=lambda _, digit: self.send(Digit(digit)))
        pad.bind(on_erase=lambda *_: self.send(Erase()))

    def show(self, screen: Pin) -> None:
        """While there is a wait no digit can be pressed."""
        self.dots = screen.dots
        self.message = tr(screen.message) if screen.message else ""
        seconds = screen.wait_seconds
        self.open = seconds == 0
        self.waiting = tr(Say("Tunggu {n} detik", {"n": str(seconds)})) if seconds else ""


load_kv(__file__)
