"""The kiosk is busy for a moment."""

from __future__ import annotations

from kivy.properties import StringProperty

from firmware.core.view import Wait
from ui.page import Page, load_kv
from ui.texts import tr


class WaitPage(Page):
    """Says with what."""

    message = StringProperty("")

    def show(self, screen: Wait) -> None:
        """Nothing can be pressed."""
        self.message = tr(screen.message)


load_kv(__file__)
