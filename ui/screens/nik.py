"""An officer types a citizen's NIK."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty

from firmware.core.view import Digit, Erase, NikEntry
from ui.page import Page, Send, load_kv
from ui.texts import tr

_GROUP = 4


class NikPage(Page):
    """Digits go to the controller one by one and come back in groups of four."""

    title = StringProperty("")
    value = StringProperty("")
    problem = StringProperty("")

    def __init__(self, send: Send, **kwargs: Any) -> None:
        super().__init__(send, **kwargs)
        pad = self.ids.pad
        pad.bind(on_digit=lambda _, digit: self.send(Digit(digit)))
        pad.bind(on_erase=lambda *_: self.send(Erase()))

    def show(self, screen: NikEntry) -> None:
        """Draw what was typed so far."""
        self.title = tr(screen.title)
        digits = screen.value
        self.value = " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))
        self.problem = tr(screen.problem) if screen.problem else ""


load_kv(__file__)
