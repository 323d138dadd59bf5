"""The visitor's own page: what is ready, what is on its way, and a new letter."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty

from firmware.core.view import Home, PendingItem, PrintLetter, ReadyItem, Say
from ui import theme
from ui.page import Page, Send, load_kv
from ui.texts import shown, tr
from ui.widgets import Card, Text

_NOTHING_YET = Say(
    "Anda belum punya permohonan di anjungan ini. Tekan Buat surat baru untuk memulai."
)


class ReadyCard(Card):
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


class PendingCard(Card):
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

    def show(self, screen: Home) -> None:
        """Draw the visitor's requests."""
        self.name = screen.name
        helped = Say("Dibantu petugas {name}", {"name": screen.helper})
        self.welcome = tr(helped if screen.helper else "Selamat datang")
        if screen.ready:
            self.heading = tr(Say("{n} surat siap dicetak", {"n": str(len(screen.ready))}))
        else:
            self.heading = tr("Permohonan Anda")
        cards = self.ids.cards
        cards.clear_widgets()
        for item in screen.ready:
            cards.add_widget(ReadyCard(item, self.send))
        for pending in screen.pending:
            cards.add_widget(PendingCard(pending))
        if not cards.children:
            cards.add_widget(Text(text=tr(_NOTHING_YET), largest_mm=6, color=theme.MUTED))


load_kv(__file__)
