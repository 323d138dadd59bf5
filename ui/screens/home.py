"""The visitor's own page: what is ready, what is on its way, and a new letter."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from firmware.core.view import Home, PendingItem, PrintLetter, ReadyItem, Say
from ui import theme
from ui.page import Page, Send, load_kv
from ui.paging import Pages
from ui.texts import shown, tr
from ui.widgets import Panel, Text

_ROWS = 3
_NOTHING_YET = Say(
    "Anda belum punya permohonan di anjungan ini. Tekan Buat surat baru untuk memulai."
)


class ReadyCard(Panel):
    """A letter that can be printed now."""

    title = StringProperty("")
    detail = StringProperty("")
    label = StringProperty("")
    target_id = StringProperty("")

    def __init__(self, item: ReadyItem, send: Send, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title = item.title
        copies = tr(Say("sudah dicetak {n} kali", {"n": str(item.copies)}))
        self.detail = f"{item.number}\n{copies}" if item.copies else item.number
        self.label = tr("Cetak lagi") if item.copies else tr("Cetak")
        self.target_id = f"print-{item.request_id}"
        self.ids.print.bind(on_tap=lambda *_: send(PrintLetter(item.request_id)))


class PendingCard(Panel):
    """A request that somebody is working on."""

    title = StringProperty("")
    detail = StringProperty("")
    state = StringProperty("")

    def __init__(self, item: PendingItem, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title = shown(item.title)
        self.detail = item.number
        self.state = tr(item.state)


class HomePage(Page):
    """Ready letters come first."""

    name = StringProperty("")
    welcome = StringProperty("")
    heading = StringProperty("")
    more = StringProperty("")

    def __init__(self, send: Send, **kwargs: Any) -> None:
        self._pages: Pages[ReadyItem | PendingItem] = Pages(_ROWS)
        super().__init__(send, **kwargs)

    def show(self, screen: Home) -> None:
        """Draw the page at hand of the visitor's requests."""
        self.name = screen.name
        helped = Say("Dibantu petugas {name}", {"name": screen.helper})
        self.welcome = tr(helped if screen.helper else "Selamat datang")
        self._pages.fill((*screen.ready, *screen.pending))
        if screen.ready:
            self.heading = tr(Say("{n} surat siap dicetak", {"n": str(len(screen.ready))}))
        else:
            self.heading = tr("Permohonan Anda")
        self._draw()

    def turn(self) -> None:
        """Show the next requests."""
        self._pages.turn()
        self._draw()

    def _draw(self) -> None:
        cards = self.ids.cards
        cards.clear_widgets()
        for item in self._pages.shown:
            if isinstance(item, ReadyItem):
                cards.add_widget(ReadyCard(item, self.send))
            else:
                cards.add_widget(PendingCard(item))
        if not self._pages.shown:
            cards.add_widget(Text(text=tr(_NOTHING_YET), largest_mm=6, color=theme.MUTED))
        cards.add_widget(BoxLayout())
        pages = self._pages
        place = {"page": str(pages.number), "pages": str(pages.count)}
        self.more = tr(Say("Lihat yang lain ({page}/{pages})", place)) if pages.count > 1 else ""
        self.offer("more", pages.count > 1)


load_kv(__file__)
