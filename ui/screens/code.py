"""A code of a ticket, or of a letter, is typed."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from firmware.core.view import CodeEntry, Say, TypeCode
from ui.keyboard import beside_keys
from ui.page import Page, Send, load_kv
from ui.texts import tr

_HEADINGS = {
    "collect": Say("Ketik kode di tiket Anda"),
    "check": Say("Ketik kode di kaki surat"),
}
_HINTS = {
    "collect": Say("Sepuluh huruf dan angka. Huruf besar dan kecil sama saja."),
    "check": Say("Sepuluh huruf dan angka di ujung alamat pada surat."),
}


class CodePage(Page):
    """The controller keeps what was typed; the keyboard edits it."""

    side = NumericProperty(0)
    heading = StringProperty("")
    hint = StringProperty("")
    value = StringProperty("")
    is_problem = BooleanProperty(False)

    def __init__(self, send: Send, **kwargs: Any) -> None:
        self.side = beside_keys()
        super().__init__(send, **kwargs)
        self._has_begun = False
        keyboard = self.ids.keyboard
        keyboard.bind(on_typed=lambda *_: self.send(TypeCode(keyboard.value)))

    def show(self, screen: CodeEntry) -> None:
        """Draw what was typed so far."""
        if not self._has_begun:
            self._has_begun = True
            self.ids.keyboard.start(screen.value.replace("-", ""))
        self.heading = tr(_HEADINGS[screen.purpose])
        self.is_problem = screen.problem is not None
        self.hint = tr(screen.problem or _HINTS[screen.purpose])
        self.value = screen.value


load_kv(__file__)
