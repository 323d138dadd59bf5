"""How this works, for who has never seen such a machine."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from firmware.core.view import Help
from ui.page import Page, load_kv


class HelpPage(Page):
    """Four steps, and where a person helps."""

    with_card = BooleanProperty(False)

    def show(self, screen: Help) -> None:
        """Draw it."""
        self.with_card = screen.with_card


load_kv(__file__)
