"""Something is not as hoped."""

from __future__ import annotations

from kivy.properties import StringProperty

from firmware.core.view import Notice
from ui.page import Page, load_kv
from ui.texts import tr


class NoticePage(Page):
    """What happened, what it means, what to do next."""

    title = StringProperty("")
    meaning = StringProperty("")
    next_step = StringProperty("")

    def show(self, screen: Notice) -> None:
        """Retry is offered only where it may help."""
        self.title = tr(screen.title)
        self.meaning = tr(screen.meaning)
        self.next_step = tr(screen.next_step)
        self.offer("retry", screen.retry)


load_kv(__file__)
