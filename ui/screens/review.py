"""Everything once more before it is sent."""

from __future__ import annotations

from kivy.properties import ListProperty, StringProperty

from firmware.core.view import Review, Say
from ui import dates
from ui.page import Page, load_kv, rows_of
from ui.texts import tr


def read(value: Say | str) -> str:
    """An answer as it is read: a day in words."""
    return tr(value) if isinstance(value, Say) else dates.in_words(value) or value


class ReviewPage(Page):
    """The answers large, what was known beside them."""

    title = StringProperty("")
    answers = ListProperty([])
    known = ListProperty([])

    def show(self, screen: Review) -> None:
        """Days are read in words."""
        self.title = screen.title
        rows = screen.answers
        self.answers = [(row.label, read(row.value)) for row in rows]
        self.known = rows_of(screen.known)


load_kv(__file__)
