"""A letter's sentences, what the citizen gave standing out in them."""

from __future__ import annotations

import math
from typing import Any

from kivy.core.text.markup import MarkupLabel
from kivy.core.window import Window
from kivy.properties import ListProperty
from kivy.utils import escape_markup

from ui import theme
from ui.layout import Box, Fit
from ui.widgets import Text, em, largest_good, widest_word

_MOST = 0.45
"""Of the panel's height."""


class LetterWords(Text):
    """Text whose given ``pieces`` are bold and underlined: told by more than a colour. Nothing
    that anybody typed is taken for markup.
    """

    pieces = ListProperty([])

    def __init__(self, **kwargs: Any) -> None:
        self._is_too_high = False
        super().__init__(**kwargs)
        self.fbind("pieces", self._spell)

    def _spell(self, *_: object) -> None:
        self.text = "".join(piece.text for piece in self.pieces)
        self._redraw()

    def _label(self, size: float, width: float) -> MarkupLabel:
        marked = (
            f"[b][u]{escape_markup(piece.text)}[/u][/b]"
            if piece.is_given
            else escape_markup(piece.text)
            for piece in self.pieces
        )
        return MarkupLabel(
            text="".join(marked),
            font_size=size,
            text_size=(max(1, width), None),
            color=self.color,
            halign=self.halign,
            **self.font,
        )

    def need(self, width: float, fit: Fit) -> float:
        """The height of its lines. It is left out where a leaf could not hold it: the answers
        stand there for themselves.
        """
        if not self.text:
            return 0
        height = self._height(self._good_size(width, fit.factor), width) + 1
        self._is_too_high = fit.turned and height > Window.height * _MOST
        return 0 if self._is_too_high else height

    def put(self, box: Box, fit: Fit) -> None:
        """In its place, or out of sight."""
        self.opacity = 0 if self._is_too_high else 1
        super().put(box, fit)

    def _good_size(self, width: float, factor: float) -> float:
        """No word may be cut, bold ones included."""
        size, floor = em(self.largest_mm, factor), math.ceil(theme.floor())
        font = {**self.font, "bold": True}
        return largest_good(lambda em: widest_word(self.text, em, **font) <= width, size, floor)

    def _height(self, size: float, width: float) -> float:
        label = self._label(size, width)
        label.refresh()
        return float(label.texture.height) if label.texture is not None else 0.0

    def _render(self, *_: object) -> None:
        if not self.text or self.width < 2:
            self.texture, self.texture_size = None, [0, 0]
            return
        floor = math.ceil(theme.floor())
        size = largest_good(
            lambda em: self._height(em, self.width) <= self.height,
            self._good_size(self.width, self.factor),
            floor,
        )
        self.drawn_size = size
        label = self._label(size, self.width)
        label.refresh()
        self.texture, self.texture_size = label.texture, list(label.texture.size)
