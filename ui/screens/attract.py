"""Nobody is here: lay the card on the reader."""

from __future__ import annotations

from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from firmware.core.view import Attract
from ui import pictures, theme
from ui.layout import Fit
from ui.page import Page, load_kv
from ui.widgets import Text, em


class HandWithCard(Widget):
    """The picture that says it without words."""

    texture = ObjectProperty(None, allownone=True)
    stretch = NumericProperty(1)

    def need(self, _width: float, _fit: Fit) -> float:
        """Enough to be seen."""
        return theme.air(44)

    def on_size(self, *_: object) -> None:
        """Draw it in the size that there is."""
        side = int(min(self.size))
        self.texture = pictures.hand_with_card(side, theme.CREAM) if side > 8 else None


class Number(Text):
    """In a disc."""

    def own_width(self, fit: Fit) -> float:
        """As wide as high."""
        return self.need(0, fit)

    def need(self, _width: float, fit: Fit) -> float:
        """Twice as high as its digit."""
        return 1.9 * em(self.largest_mm, fit.factor)


class AttractPage(Page):
    """The invitation."""

    def show(self, screen: Attract) -> None:
        """The same for everybody."""


load_kv(__file__)
