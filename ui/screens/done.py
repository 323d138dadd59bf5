"""Something was done as wished."""

from __future__ import annotations

from kivy.properties import ColorProperty, StringProperty

from firmware.core.view import Done
from ui import theme
from ui.page import Page, load_kv
from ui.texts import tr

_COLOURS = {
    "success": (theme.GREEN, theme.GREEN_SOFT),
    "clock": (theme.INDIGO, theme.INDIGO_SOFT),
    "warning": (theme.SOGA, theme.SOGA_SOFT),
}


class DonePage(Page):
    """What was done, and what it means."""

    title = StringProperty("")
    meaning = StringProperty("")
    look = StringProperty("success")
    ink = ColorProperty(theme.GREEN)
    face = ColorProperty(theme.GREEN_SOFT)

    def show(self, screen: Done) -> None:
        """Draw it."""
        self.title = tr(screen.title)
        self.meaning = tr(screen.meaning)
        self.look = screen.look
        self.ink, self.face = _COLOURS[screen.look]


load_kv(__file__)
