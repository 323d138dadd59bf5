"""What all screens have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.uix.widget import Widget

from firmware.core.view import Intent, Known, Say
from ui.layout import Footer, Root
from ui.texts import shown, tr
from ui.widgets import TouchButton

Send = Callable[[Intent], None]


class Page(Root):
    """One kind of screen. It is made anew for every visit to it, so nothing is left over.

    ``secret``: what is typed here is not to be heard or seen by others.
    """

    secret = False

    def __init__(self, send: Send, **kwargs: Any) -> None:
        self.send = send
        self._kept: dict[str, Widget] = {}
        self._leaf_button: TouchButton | None = None
        super().__init__(**kwargs)

    def show(self, screen: Any) -> None:
        """Draw ``screen``, one of firmware.core.view's, of this page's kind."""
        raise NotImplementedError

    def offer(self, name: str, offered: bool) -> None:
        """Put the footer's button ``name`` at its end, or take it away."""
        footer = self.ids.footer
        # The ids are weak: what leaves the tree must be held here to come back.
        if name not in self._kept:
            self._kept[name] = self.ids[name].__self__
        button = self._kept[name]
        if offered and button.parent is None:
            footer.add_widget(button)
        elif not offered and button.parent is not None:
            footer.remove_widget(button)

    def offer_leaves(self, leaf: int, leaves: int) -> None:
        """Beside the last button of the footer: there is more to see."""
        if leaves < 2:
            if self._leaf_button is not None and self._leaf_button.parent is not None:
                self._leaf_button.parent.remove_widget(self._leaf_button)
            return
        if self._leaf_button is None:
            self._leaf_button = TouchButton(target_id="more", look="quiet", icon="list")
            self._leaf_button.bind(on_tap=lambda *_: self.turn())
        place = {"page": str(leaf + 1), "pages": str(leaves)}
        self._leaf_button.text = tr(Say("Lanjut melihat ({page}/{pages})", place))
        if self._leaf_button.parent is None:
            footer = self._footer()
            footer.add_widget(self._leaf_button, min(1, len(footer.children) - 1))

    def turn(self) -> None:
        """The next leaf."""
        for sheet in self.sheets():
            sheet.turn()

    def _footer(self) -> Footer:
        in_sheets = {part for sheet in self.sheets() for part in sheet.walk(restrict=True)}
        for widget in self.walk(restrict=True):
            if isinstance(widget, Footer) and widget not in in_sheets:
                return widget
        footer = Footer()
        self.add_widget(footer)
        return footer


def load_kv(python_file: str) -> None:
    """Load the .kv that lies beside a screen's .py."""
    Builder.load_file(str(Path(python_file).with_suffix(".kv")))


def rows_of(known: tuple[Known, ...]) -> list[tuple[str, str]]:
    """For a KnownTable."""
    return [(shown(item.label), shown(item.value)) for item in known]


load_kv(__file__)
