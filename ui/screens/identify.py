"""Somebody looks for this kiosk: which it is, large enough for the other end of the room."""

from __future__ import annotations

from kivy.properties import StringProperty

from firmware.core.view import Identify
from ui.page import Page, load_kv
from ui.texts import tr


class IdentifyPage(Page):
    """Nothing can be pressed."""

    kiosk = StringProperty("")
    meaning = StringProperty("")
    next_step = StringProperty("")

    def show(self, screen: Identify) -> None:
        """The kiosk's id, and whether a card may be laid on the reader."""
        self.kiosk = screen.kiosk
        self.meaning = tr(screen.meaning)
        self.next_step = tr(screen.next_step)


load_kv(__file__)
