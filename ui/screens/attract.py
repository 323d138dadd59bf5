"""Nobody is here: lay the card on the reader."""

from __future__ import annotations

from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from firmware.core.view import Attract
from ui import pictures, theme
from ui.page import Page, load_kv


class HandWithCard(Widget):
    """The picture that says it without words."""

    texture = ObjectProperty(None, allownone=True)

    def on_size(self, *_: object) -> None:
        """Draw it in the size that there is."""
        side = int(min(self.size))
        self.texture = pictures.hand_with_card(side, theme.CREAM) if side > 8 else None


class AttractPage(Page):
    """The invitation."""

    def show(self, screen: Attract) -> None:
        """The same for everybody."""


load_kv(__file__)
