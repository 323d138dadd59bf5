"""The kiosk cannot serve now."""

from __future__ import annotations

from kivy.properties import StringProperty

from firmware.core.view import OutOfService
from ui.page import Page, load_kv
from ui.texts import tr


class OutOfServicePage(Page):
    """What that means, and where to go instead."""

    meaning = StringProperty("")
    next_step = StringProperty("")

    def show(self, screen: OutOfService) -> None:
        """Nothing can be pressed."""
        self.meaning = tr(screen.meaning)
        self.next_step = tr(screen.next_step)


load_kv(__file__)
