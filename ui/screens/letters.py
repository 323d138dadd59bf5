"""Choose a letter by what one wants, not by its name."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from firmware.core.view import ChooseLetter, LetterItem, LetterList, Say
from ui.page import Page, Send, load_kv
from ui.paging import Pages
from ui.texts import tr
from ui.widgets import Touchable

_CARDS = 6


class LetterCard(Touchable):
    """One letter type."""

    icon = StringProperty("letter")
    need = StringProperty("")
    title = StringProperty("")

    def __init__(self, item: LetterItem, send: Send, **kwargs: Any) -> None:
        super().__init__(target_id=f"letter-{item.id}", look="plain", **kwargs)
        self.icon, self.need, self.title = item.icon, item.need, item.title
        self.bind(on_tap=lambda *_: send(ChooseLetter(item.id)))


class LettersPage(Page):
    """Large cards, six at a time at most."""

    more = StringProperty("")

    def __init__(self, send: Send, **kwargs: Any) -> None:
        self._pages: Pages[LetterItem] = Pages(_CARDS)
        super().__init__(send, **kwargs)

    def show(self, screen: LetterList) -> None:
        """Draw the page at hand of the catalogue."""
        self._pages.fill(screen.items)
        self._draw()

    def turn(self) -> None:
        """Show the next letters."""
        self._pages.turn()
        self._draw()

    def _draw(self) -> None:
        cards, pages = self.ids.cards, self._pages
        cards.clear_widgets()
        cards.cols = 2 if len(pages.shown) <= 4 and pages.count == 1 else 3
        for item in pages.shown:
            cards.add_widget(LetterCard(item, self.send))
        if pages.count > 1:
            for _ in range(_CARDS - len(pages.shown)):
                cards.add_widget(Widget())
        place = {"page": str(pages.number), "pages": str(pages.count)}
        self.more = tr(Say("Surat lain ({page}/{pages})", place)) if pages.count > 1 else ""
        self.offer("more", pages.count > 1)


load_kv(__file__)
