"""What all screens have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from firmware.core.view import Intent, Known
from ui.texts import shown

Send = Callable[[Intent], None]


class Page(BoxLayout):
    """One kind of screen. It is made anew for every visit to it, so nothing is left over.

    ``secret``: what is typed here is not to be heard or seen by others.
    """

    secret = False

    def __init__(self, send: Send, **kwargs: Any) -> None:
        self.send = send
        self._kept: dict[str, Widget] = {}
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


def load_kv(python_file: str) -> None:
    """Load the .kv that lies beside a screen's .py."""
    Builder.load_file(str(Path(python_file).with_suffix(".kv")))


def rows_of(known: tuple[Known, ...]) -> list[tuple[str, str]]:
    """For a KnownTable."""
    return [(shown(item.label), shown(item.value)) for item in known]


load_kv(__file__)
