"""What the screens are made of: text that never clips, icons, buttons, tables."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from ui import pictures, theme
from ui.layout import Box, Column, Fit, Row, changed, put, take

SMALLER = 0.94


@lru_cache(maxsize=1024)
def text_extent(text: str, size: float, width: float | None, **font: Any) -> tuple[float, float]:
    """Pixels that ``text`` takes at font size ``size`` when wrapped at ``width``.

    Measures are kept: ``forget_texts`` when a visitor goes.
    """
    label = CoreLabel(text=text, font_size=size, text_size=(width, None), **font)
    extent: tuple[float, float] = label.render()
    return extent


def forget_texts() -> None:
    """Keep no text that was measured."""
    text_extent.cache_clear()


def widest_word(text: str, size: float, **font: Any) -> float:
    """Pixels of the word that needs the most width."""
    words = sorted(text.split(), key=len)[-3:]  # the longest is not always the widest
    return max((text_extent(word, size, None, **font)[0] for word in words), default=0)


def fits(text: str, size: float, box: tuple[float, float], **font: Any) -> bool:
    """Whether ``text`` stays within ``box`` at font size ``size``, no word cut in two."""
    if widest_word(text, size, **font) > box[0]:
        return False
    return text_extent(text, size, box[0], **font)[1] <= box[1]


def largest_good(good: Callable[[float], bool], largest: float, smallest: float) -> float:
    """The largest size that is ``good``, in steps of six parts in a hundred, at least
    ``smallest``. What is good at one size is good at all smaller ones.
    """
    if largest <= smallest or good(largest):
        return max(largest, smallest)
    bad, steps = 0, math.ceil(math.log(smallest / largest, SMALLER))
    while steps - bad > 1:
        middle = (bad + steps) // 2
        if good(max(smallest, float(int(largest * SMALLER**middle)))):
            steps = middle
        else:
            bad = middle
    return max(smallest, float(int(largest * SMALLER**steps)))


def em(largest_mm: float, factor: float = 1.0) -> float:
    """Whole pixels of type that is ``largest_mm`` at most: in few sizes, each is kept open."""
    return float(max(math.ceil(theme.floor()), int(theme.text(largest_mm) * factor)))


class Text(Widget):
    """Plain text, never markup, in the largest size of font that fits its box.

    At most ``largest_mm`` (of the em, at normal size of text), at least what can be read. With
    ``grow`` its height follows from its width instead. ``lines``: it has room for so many
    whatever stands in it, so that the page does not move while something is typed.
    ``countdown``: its number becomes less each second; a voice tells it now and then.
    """

    text = StringProperty("")
    color = ColorProperty()
    largest_mm = NumericProperty(5.0)
    smallest_mm = NumericProperty(2.8)
    factor = NumericProperty(1.0)
    stretch = NumericProperty(0)
    lines = NumericProperty(0)
    bold = BooleanProperty(False)
    mono = BooleanProperty(False)
    halign = OptionProperty("left", options=["left", "center", "right"])
    valign = OptionProperty("middle", options=["top", "middle", "bottom"])
    grow = BooleanProperty(False)
    caret = BooleanProperty(False)
    countdown = BooleanProperty(False)
    texture = ObjectProperty(None, allownone=True)
    texture_size = ListProperty([0, 0])
    drawn_size = NumericProperty(0)
    """Pixels of the em that it is drawn with."""

    def __init__(self, **kwargs: Any) -> None:
        self._redraw = Clock.create_trigger(self._render, -1)
        super().__init__(**kwargs)
        for name in ("text", "size", "color", "largest_mm", "factor", "bold", "halign"):
            self.fbind(name, self._redraw)
        for name in ("text", "largest_mm", "bold"):
            self.fbind(name, self._tell)
        self._redraw()

    def _tell(self, *_: object) -> None:
        if not self.lines:
            changed(self)

    @property
    def font(self) -> dict[str, Any]:
        """Which typeface, for measuring."""
        return {"font_name": theme.MONO if self.mono else theme.FONT, "bold": self.bold}

    def size_at(self, width: float, factor: float) -> float:
        """Pixels of the em at ``width``: smaller where a word would be cut."""
        size = em(self.largest_mm, factor)
        widest = widest_word(self.text, size, **self.font)
        if widest > width:
            size = max(math.ceil(theme.floor()), int(size * width / widest) - 1)
        return size

    def need(self, width: float, fit: Fit) -> float:
        """The height of its lines."""
        size = self.size_at(width, fit.factor)
        if self.lines:
            return text_extent("Ag", size, None, **self.font)[1] * float(self.lines)
        if not self.text and not self.caret:
            return 0
        shown = self.text + "|" if self.caret else self.text
        return text_extent(shown, size, width, **self.font)[1] + 1

    def holds(self, width: float, fit: Fit) -> bool:
        """Whether no word is cut at ``width``."""
        return widest_word(self.text, self.size_at(width, fit.factor), **self.font) <= width

    def put(self, box: Box, fit: Fit) -> None:
        """Take the place and the size of type."""
        self.factor = fit.factor
        take(self, box)

    def _render(self, *_: object) -> None:
        if not self.text and not self.caret:
            self.texture, self.texture_size = None, [0, 0]
            if self.grow:
                self.height = 0
            return
        shown = self.text + "|" if self.caret else self.text
        self.drawn_size = self._size_for(shown)
        label = CoreLabel(
            text=shown,
            font_size=self.drawn_size,
            text_size=(max(1, self.width), None),
            color=self.color,
            halign=self.halign,
            **self.font,
        )
        label.refresh()
        self.texture, self.texture_size = label.texture, list(label.texture.size)
        if self.grow:
            self.height = label.texture.height

    def _size_for(self, text: str) -> float:
        box = (self.width, float("inf") if self.grow else self.height)

        def good(size: float) -> bool:
            return fits(text, size, box, **self.font)

        return largest_good(good, em(self.largest_mm, self.factor), math.ceil(theme.floor()))


class Icon(Widget):
    """One of our drawings in one colour, as large as its box allows."""

    name = StringProperty("letter")
    color = ColorProperty()
    side_mm = NumericProperty(0)
    stretch = NumericProperty(0)
    texture: Texture | None = ObjectProperty(None, allownone=True)
    side = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("name", self._draw)
        self.fbind("size", self._draw)
        self._draw()

    def own_width(self, fit: Fit) -> float:
        """Of its square, in a row."""
        return _icon_side(self.side_mm, fit.factor) if self.side_mm else float(self.width)

    def need(self, _width: float, fit: Fit) -> float:
        """The height of its square."""
        if self.side_mm:
            return _icon_side(self.side_mm, fit.factor)
        return float(self.height) if self.size_hint_y is None else 0.0

    def _draw(self, *_: object) -> None:
        self.side = int(min(self.size))
        self.texture = pictures.icon(self.name, self.side) if self.side > 1 else None


def _icon_side(side_mm: float, factor: float) -> int:
    return theme.mm(side_mm * factor * (1 + theme.text_scale()) / 2)


class ClothColumn(Column):
    """A column on a ground of batik."""

    ground = ColorProperty()
    color = ColorProperty()
    cell_mm = NumericProperty(52)
    texture: Texture | None = ObjectProperty(None, allownone=True)
    tex_coords = ListProperty([0, 0, 1, 0, 1, 1, 0, 1])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.texture = pictures.cloth()
        self.fbind("size", self._weave)

    def _weave(self, *_: object) -> None:
        across, up = pictures.CLOTH_CELLS
        cell = theme.mm(self.cell_mm)
        right, top = self.width / (across * cell), self.height / (up * cell)
        self.tex_coords = [0, 0, right, 0, right, top, 0, top]


class Panel(Column):
    """A sheet of paper with round corners. ``whole``: it is never cut in two."""

    face = ColorProperty()
    edge = ColorProperty()
    radius_mm = NumericProperty(3.0)
    whole = BooleanProperty(False)


class Card(Row):
    """A sheet of paper whose parts stand side by side."""

    face = ColorProperty()
    edge = ColorProperty()
    radius_mm = NumericProperty(3.0)
    whole = BooleanProperty(True)


class Touchable(ButtonBehavior, Column):
    """Anything to be touched. ``target_id`` is its name for the inspector. ``told``: what the
    voice calls it, where that is more than what stands on it.

    ``on_tap``: a touch that began and ended here; keys (``eager``) answer as it begins.
    """

    target_id = StringProperty("")
    told = StringProperty("")
    look = StringProperty("plain")
    eager = BooleanProperty(False)
    face = ColorProperty()
    edge = ColorProperty()
    ink = ColorProperty()
    radius_mm = NumericProperty(2.6)
    lip = NumericProperty(0)
    whole = BooleanProperty(True)
    __events__ = ("on_tap",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("look", "state", "disabled"):
            self.fbind(name, self._paint)
        self._paint()

    def _paint(self, *_: object) -> None:
        look = theme.look(self.look, self.disabled)
        down = self.state == "down" and not self.disabled
        self.face = look.pressed if down else look.face
        self.edge, self.ink = look.edge, look.ink
        self.lip = 0 if down or self.disabled else theme.mm(0.6)

    def need(self, width: float, fit: Fit) -> float:
        """What stands on it, at least what a finger needs."""
        return max(theme.touch(), super().need(width, fit))

    @property
    def spoken(self) -> str:
        """What stands on it, for the inspector."""
        return " ".join(child.text for child in self.walk(restrict=True) if isinstance(child, Text))

    def on_press(self) -> None:
        """Keys answer at once: a finger that trembles may leave before it lifts."""
        if self.eager:
            self.dispatch("on_tap")

    def on_release(self) -> None:
        """Other buttons can be left without harm by sliding off."""
        if not self.eager:
            self.dispatch("on_tap")

    def on_tap(self) -> None:
        """The event's default: nothing."""


class TouchButton(Touchable):
    """A button with a word, an icon, or both. ``icon_side``: left, right or top."""

    text = StringProperty("")
    icon = StringProperty("")
    icon_side = OptionProperty("left", options=["left", "right", "top"])
    icon_mm = NumericProperty(6.0)
    least_mm = NumericProperty(0)
    """Of its own width, in a row."""
    largest_mm = NumericProperty(5.4)
    bold = BooleanProperty(True)
    halign = OptionProperty("center", options=["left", "center", "right"])

    factor = NumericProperty(1.0)

    def __init__(self, **kwargs: Any) -> None:
        self._label: Text | None = None
        self._icon: Icon | None = None
        self._lay = Clock.create_trigger(self._arrange, -1)
        super().__init__(**kwargs)
        self._fill()
        for name in ("text", "icon"):
            self.fbind(name, self._fill)
        for name in ("ink", "largest_mm", "bold", "halign"):
            self.fbind(name, self._dress)
        for name in ("icon_mm", "icon_side", "size", "pos", "factor", "text", "bold"):
            self.fbind(name, self._lay)

    def _fill(self, *_: object) -> None:
        if bool(self.text) != bool(self._label) or bool(self.icon) != bool(self._icon):
            self.clear_widgets()
            self._label = Text() if self.text else None
            self._icon = Icon() if self.icon else None
            for part in (self._icon, self._label):
                if part is not None:
                    self.add_widget(part)
        self._dress()
        changed(self)

    def _dress(self, *_: object) -> None:
        if self._label is not None:
            label = self._label
            label.text, label.color, label.bold = self.text, self.ink, self.bold
            label.largest_mm, label.halign = self.largest_mm, self.halign
        if self._icon is not None:
            self._icon.name, self._icon.color = self.icon, self.ink

    def choose(self, is_chosen: bool) -> None:
        """A chosen one has a check, not only another colour."""
        self.look = "chosen" if is_chosen else "plain"
        self.icon = "success" if is_chosen else ""

    def _measures(self, width: float, factor: float) -> tuple[float, float, float]:
        """Padding, side of the icon with its gap, and the width for the word."""
        pad = theme.air(3) if self.text else theme.mm(1)
        icon = _icon_side(self.icon_mm, factor) + theme.air(2) if self.icon else 0
        beside = icon if self.icon_side != "top" else 0
        return pad, icon, max(1.0, width - 2 * pad - beside)

    def need(self, width: float, fit: Fit) -> float:
        """What stands on it, at least what a finger needs."""
        _, icon, room = self._measures(width, fit.factor)
        word = self._label.need(room, fit) if self._label is not None else 0
        inner = icon + word if self.icon_side == "top" else max(icon, word)
        return max(theme.touch(), inner + 2 * theme.mm(0.8))

    def own_width(self, fit: Fit) -> float:
        """What its word and icon need, in a row."""
        if not self.text and not self.icon:
            return 0.0
        pad, icon, _ = self._measures(0, fit.factor)
        word = 0.0
        if self._label is not None:
            size = em(self.largest_mm, fit.factor)
            word = text_extent(self.text, size, None, **self._label.font)[0] + 2
        return max(theme.touch(), theme.mm(self.least_mm), word + icon + 2 * pad)

    def holds(self, width: float, fit: Fit) -> bool:
        """Whether no word is cut at ``width``."""
        room = self._measures(width, fit.factor)[2]
        return self._label is None or self._label.holds(room, fit)

    def put(self, box: Box, fit: Fit) -> None:
        """Take the place; what stands on it follows."""
        self.factor = fit.factor
        take(self, box)

    def _arrange(self, *_: object) -> None:
        """Bring icon and word together in the middle, or to the left."""
        pad, beside, room = self._measures(self.width, self.factor)
        icon, label = self._icon, self._label
        side = min(_icon_side(self.icon_mm, self.factor), self.height)
        if label is None or icon is None:
            if label is not None:
                put(label, Box(self.x + pad, self.y, room, self.height), Fit(self.factor))
            if icon is not None:
                icon.size = side, side
                icon.center = self.center
            return
        fit = Fit(self.factor)
        if self.icon_side == "top":
            word = min(label.need(room, fit), max(1, self.height - beside))
            low = self.y + (self.height - beside - word) / 2
            icon.size = side, side
            icon.pos = int(self.center_x - side / 2), int(low + word + theme.air(2))
            put(label, Box(self.x + pad, low, room, word), fit)
            return
        size = label.size_at(room, self.factor)
        word = min(room, text_extent(self.text, size, None, **label.font)[0] + 2)
        left = self.x + pad + (int((room - word) / 2) if self.halign == "center" else 0)
        icon.size = side, side
        on_left = self.icon_side == "left"
        icon.pos = (
            int(left if on_left else left + word + theme.air(2)),
            int(self.center_y - side / 2),
        )
        put(label, Box(left + (beside if on_left else 0), self.y, word, self.height), fit)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
