"""Something was done as wished."""

from __future__ import annotations

from kivy.properties import StringProperty

from firmware.core.view import Done
from ui.page import Page, load_kv
from ui.texts import tr


class DonePage(Page):
    """What was done, and what it means."""

    title = StringProperty("")
    meaning = StringProperty("")

    def show(self, screen: Done) -> None:
        """Draw it."""
        self.title = tr(screen.title)
        self.meaning = tr(screen.meaning)


load_kv(__file__)
