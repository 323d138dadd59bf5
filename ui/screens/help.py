"""How this works, for who has never seen such a machine."""

from __future__ import annotations

from firmware.core.view import Help
from ui.page import Page, load_kv


class HelpPage(Page):
    """Four steps, and where a person helps."""

    def show(self, screen: Help) -> None:
        """The same with a card and without one."""


load_kv(__file__)
