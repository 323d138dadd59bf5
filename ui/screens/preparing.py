"""There is no controller to ask: the kiosk is being prepared. The UI's own screen."""

from __future__ import annotations

from ui.page import Page, load_kv


class PreparingPage(Page):
    """Shown until the controller answers."""

    def show(self, screen: None = None) -> None:
        """Always the same."""


load_kv(__file__)
