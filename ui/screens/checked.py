"""A signed letter that the regency knows by its code."""

from __future__ import annotations

from kivy.properties import ListProperty, StringProperty

from firmware.core.view import CheckedLetter
from ui import dates
from ui.page import Page, load_kv, rows_of
from ui.texts import tr


class CheckedPage(Page):
    """What must stand on the paper in the visitor's hand."""

    title = StringProperty("")
    rows = ListProperty([])

    def show(self, screen: CheckedLetter) -> None:
        """Draw it."""
        self.title = tr(screen.title)
        self.rows = [(label, dates.in_words(v) or v) for label, v in rows_of(screen.facts)]


load_kv(__file__)
