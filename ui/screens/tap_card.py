"""An officer is asked for a citizen's card."""

from __future__ import annotations

from kivy.properties import StringProperty

from firmware.core.view import Say, TapCard
from ui.page import Page, load_kv
from ui.texts import tr


class TapCardPage(Page):
    """What to do with the card, and what became of it."""

    title = StringProperty("")
    meaning = StringProperty("")
    problem = StringProperty("")
    news = StringProperty("")

    def show(self, screen: TapCard) -> None:
        """Draw it."""
        self.title = tr(screen.title)
        self.meaning = tr(screen.meaning)
        self.problem = _words(screen.problem)
        self.news = _words(screen.news)


def _words(say: Say | None) -> str:
    return tr(say) if say else ""


load_kv(__file__)
