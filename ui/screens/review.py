"""Everything once more before it is sent."""

from __future__ import annotations

from kivy.properties import ListProperty, StringProperty

from firmware.core.view import Review
from ui import dates
from ui.page import Page, load_kv, rows_of


class ReviewPage(Page):
    """The answers large, what was known beside them."""

    title = StringProperty("")
    answers = ListProperty([])
    known = ListProperty([])

    def show(self, screen: Review) -> None:
        """Days are read in words."""
        self.title = screen.title
        self.answers = [(label, dates.in_words(v) or v) for label, v in rows_of(screen.answers)]
        self.known = rows_of(screen.known)


load_kv(__file__)
