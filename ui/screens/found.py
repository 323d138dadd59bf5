"""The request that a ticket's code belongs to."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from firmware.core.view import FoundRequest, PrintLetter
from ui.page import Page, load_kv
from ui.texts import tr


class FoundPage(Page):
    """Where it is now; to be printed when it is ready."""

    title = StringProperty("")
    number = StringProperty("")
    state_words = StringProperty("")
    ready = BooleanProperty(False)

    def show(self, screen: FoundRequest) -> None:
        """Draw it."""
        self._request_id = screen.request_id
        self.title = tr(screen.title)
        self.number = screen.number
        self.state_words = tr(screen.state)
        self.ready = screen.ready
        self.offer("print", screen.ready)

    def print_letter(self) -> None:
        """The visitor wants it now."""
        self.send(PrintLetter(self._request_id))


load_kv(__file__)
