"""The visit is over."""

from __future__ import annotations

from firmware.core.view import Goodbye
from ui.page import Page, load_kv


class GoodbyePage(Page):
    """Thanks, and do not forget the card."""

    def show(self, screen: Goodbye) -> None:
        """The same for everybody."""


load_kv(__file__)
