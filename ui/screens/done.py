"""Something was done as wished."""

from __future__ import annotations

from kivy.properties import ColorProperty, StringProperty

from firmware.core.view import Done
from ui import theme
from ui.page import Page, load_kv
from ui.texts import tr


def _colours(look: str) -> tuple[theme.Colour, theme.Colour]:
    if look == "success":
        return theme.GREEN, theme.GREEN_SOFT
    if look == "clock":
        return theme.INDIGO, theme.INDIGO_SOFT
    return theme.SOGA, theme.SOGA_SOFT


class DonePage(Page):
    """What was done, and what it means."""

    title = StringProperty("")
    meaning = StringProperty("")
    look = StringProperty("success")
    ink = ColorProperty()
    face = ColorProperty()

    def show(self, screen: Done) -> None:
        """Draw it."""
        self.title = tr(screen.title)
        self.meaning = tr(screen.meaning)
        self.look = screen.look
        self.ink, self.face = _colours(screen.look)


load_kv(__file__)
