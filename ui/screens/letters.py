"""Choose a letter by what one wants, not by its name."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty

from firmware.core.view import ChooseLetter, LetterItem, LetterList
from ui.page import Page, Send, load_kv
from ui.widgets import Touchable


class LetterCard(Touchable):
    """One letter type."""

    icon = StringProperty("letter")
    need_words = StringProperty("")
    title = StringProperty("")

    def __init__(self, item: LetterItem, send: Send, **kwargs: Any) -> None:
        super().__init__(target_id=f"letter-{item.id}", look="plain", **kwargs)
        self.icon, self.need_words, self.title = item.icon, item.need, item.title
        self.bind(on_tap=lambda *_: send(ChooseLetter(item.id)))


class LettersPage(Page):
    """Large cards."""

    def show(self, screen: LetterList) -> None:
        """Draw the catalogue."""
        cards = self.ids.cards
        cards.clear_widgets()
        cards.most = 2 if len(screen.items) <= 4 else 3
        for item in screen.items:
            cards.add_widget(LetterCard(item, self.send))


load_kv(__file__)
