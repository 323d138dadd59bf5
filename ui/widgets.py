"""What the screens are made of: text that never clips, icons, buttons, tables."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

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
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from ui import pictures, theme
from ui.voice.outline import Line

_STEP = 0.94


def text_extent(text: str, size: float, width: float | None, **font: Any) -> tuple[float, float]:
    """Pixels that ``text`` takes at font size ``size`` when wrapped at ``width``."""
    label = CoreLabel(text=text, font_size=size, text_size=(width, None), **font)
    extent: tuple[float, float] = label.render()
    return extent


def fits(text: str, size: float, box: tuple[float, float], **font: Any) -> bool:
    """Whether ``text`` stays within ``box`` at font size ``size``, no word cut in two."""
    longest = max(text.split(), key=len, default="")
    if text_extent(longest, size, None, **font)[0] > box[0]:
        return False
    return text_extent(text, size, box[0], **font)[1] <= box[1]


def largest_good(good: Callable[[float], bool], largest: float, smallest: float) -> float:
    """The largest size that is ``good``, in steps of six parts in a hundred, at least
    ``smallest``. What is good at one size is good at all smaller ones.
    """
    if largest <= smallest or good(largest):
        return largest
    bad, steps = 0, math.ceil(math.log(smallest / largest, _STEP))
    while steps - bad > 1:
        middle = (bad + steps) // 2
        if good(largest * _STEP**middle):
            steps = middle
        else:
            bad = middle
    return max(smallest, largest * _STEP**steps)


class Text(Widget):
    """Plain text, never markup, in the largest size of font that fits its box.

    Between ``largest_mm`` and ``smallest_mm`` (the size of the em). With ``grow`` its height
    follows from its width instead.
    """

    text = StringProperty("")
    color = ColorProperty()
    largest_mm = NumericProperty(5.0)
    smallest_mm = NumericProperty(2.8)
    bold = BooleanProperty(False)
    mono = BooleanProperty(False)
    halign = OptionProperty("left", options=["left", "center", "right"])
    valign = OptionProperty("middle", options=["top", "middle", "bottom"])
    grow = BooleanProperty(False)
    caret = BooleanProperty(False)
    texture = ObjectProperty(None, allownone=True)
    texture_size = ListProperty([0, 0])

    def __init__(self, **kwargs: Any) -> None:
        self._redraw = Clock.create_trigger(self._render, -1)
        super().__init__(**kwargs)
        for name in ("text", "size", "color", "largest_mm", "smallest_mm", "bold", "halign"):
            self.fbind(name, self._redraw)
        self._redraw()

    def _font(self) -> dict[str, Any]:
        return {
            "font_name": theme.MONO if self.mono else theme.FONT,
            "bold": self.bold,
            "halign": self.halign,
        }

    def _render(self, *_: object) -> None:
        if not self.text and not self.caret:
            self.texture, self.texture_size = None, [0, 0]
            if self.grow:
                self.height = 0
            return
        shown = self.text + "|" if self.caret else self.text
        label = CoreLabel(
            text=shown,
            font_size=self._size_for(shown),
            text_size=(max(1, self.width), None),
            color=self.color,
            **self._font(),
        )
        label.refresh()
        self.texture, self.texture_size = label.texture, list(label.texture.size)
        if self.grow:
            self.height = label.texture.height

    def _size_for(self, text: str) -> float:
        box = (self.width, float("inf") if self.grow else self.height)
        scale, font = theme.pixels_per_mm(), self._font()

        def good(size_mm: float) -> bool:
            return fits(text, size_mm * scale, box, **font)

        largest = self.largest_mm * theme.text_scale()
        return largest_good(good, largest, self.smallest_mm) * scale


class Icon(Widget):
    """One of our drawings in one colour, as large as its box allows."""

    name = StringProperty("letter")
    color = ColorProperty()
    texture: Texture | None = ObjectProperty(None, allownone=True)
    side = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("name", self._draw)
        self.fbind("size", self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        self.side = int(min(self.size))
        self.texture = pictures.icon(self.name, self.side) if self.side > 1 else None


class Cloth(Widget):
    """Batik as a ground, in one colour."""

    color = ColorProperty()
    cell_mm = NumericProperty(40)
    texture: Texture | None = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("size", Clock.create_trigger(self._draw, -1))

    def _draw(self, *_: object) -> None:
        width, height = int(self.width), int(self.height)
        if width > 1 and height > 1:
            self.texture = pictures.cloth(width, height, theme.mm(self.cell_mm))


class Panel(BoxLayout):
    """A sheet of paper with round corners."""

    face = ColorProperty()
    edge = ColorProperty()
    radius_mm = NumericProperty(3.0)


class Touchable(ButtonBehavior, BoxLayout):
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
    largest_mm = NumericProperty(5.4)
    bold = BooleanProperty(True)
    halign = OptionProperty("center", options=["left", "center", "right"])

    def __init__(self, **kwargs: Any) -> None:
        self._label: Text | None = None
        self._icon: Icon | None = None
        super().__init__(**kwargs)
        self._fill()
        for name in ("text", "icon", "icon_side"):
            self.fbind(name, self._fill)
        for name in ("ink", "largest_mm", "bold", "halign", "icon_mm", "size"):
            self.fbind(name, self._dress)

    def _fill(self, *_: object) -> None:
        self.clear_widgets()
        self.orientation = "vertical" if self.icon_side == "top" else "horizontal"
        self._label = Text() if self.text else None
        self._icon = Icon() if self.icon else None
        parts = [part for part in (self._icon, self._label) if part is not None]
        for part in reversed(parts) if self.icon_side == "right" else parts:
            self.add_widget(part)
        self._dress()

    def _dress(self, *_: object) -> None:
        if self._label is not None:
            label = self._label
            label.text, label.color, label.bold = self.text, self.ink, self.bold
            label.largest_mm, label.halign = self.largest_mm, self.halign
        if self._icon is not None:
            self._icon.name, self._icon.color = self.icon, self.ink
            self._size_icon(self._icon)

        self._gather()

    def _gather(self) -> None:
        """Bring icon and word together in the middle where there is room to spare."""
        side, end = theme.mm(3), theme.mm(1)
        if self._icon is not None and self._label is not None and self.halign == "center":
            icon = theme.mm(self.icon_mm) + theme.mm(2)
            if self.icon_side == "top":
                end = max(end, int((self.height - icon - self._word(self.width - 2 * side)[1]) / 2))
            else:
                side = max(side, int((self.width - icon - self._word(None)[0]) / 2) - 2)
        self.padding = (side, end, side, end) if self.text else end

    def _word(self, width: float | None) -> tuple[float, float]:
        size = self.largest_mm * theme.pixels_per_mm()
        return text_extent(self.text, size, width, font_name=theme.FONT, bold=self.bold)

    def _size_icon(self, icon: Icon) -> None:
        side = theme.mm(self.icon_mm)
        if self._label is None:
            icon.size_hint, icon.size = (1, None), (side, side)
            icon.pos_hint = {"center_y": 0.5}
        elif self.icon_side == "top":
            icon.size_hint, icon.height = (1, None), side
        else:
            icon.size_hint, icon.width = (None, 1), side


class KnownTable(Widget):
    """Labels and values in two columns, in the largest type with which all rows fit.

    Two short rows that follow one another (RT and RW) share a line.
    """

    rows = ListProperty([])
    largest_mm = NumericProperty(4.4)
    smallest_mm = NumericProperty(2.4)

    def __init__(self, **kwargs: Any) -> None:
        self._lay = Clock.create_trigger(self._arrange, -1)
        super().__init__(**kwargs)
        for name in ("rows", "size", "pos", "largest_mm"):
            self.fbind(name, self._lay)
        self._lay()

    def told_lines(self) -> list[Line]:
        """A row in one breath."""
        return [Line(f"{label}: {value}") for label, value in self.rows]

    def _arrange(self, *_: object) -> None:
        self.clear_widgets()
        if not self.rows or self.width < 2 or self.height < 2:
            return
        lines = _lines_of([(str(label), str(value)) for label, value in self.rows])
        measure = self._choose(lines)
        top = self.top
        for line in lines:
            height = measure.height(line)
            top -= height
            for cell in measure.cells(line):
                self._place(cell, measure.size_mm, top, height)
            top -= measure.gap

    def _choose(self, lines: list[_Line]) -> _Measure:
        def good(size_mm: float) -> bool:
            measure = _Measure(size_mm, self.width, lines)
            total = sum(map(measure.height, lines)) + measure.gap * (len(lines) - 1)
            return total <= self.height and all(map(measure.keeps_words, lines))

        size = largest_good(good, self.largest_mm, self.smallest_mm)
        return _Measure(size, self.width, lines)

    def _place(self, cell: _Cell, size_mm: float, y: float, height: float) -> None:
        self.add_widget(
            Text(
                text=cell.text,
                bold=cell.bold,
                color=theme.INK if cell.bold else theme.MUTED,
                largest_mm=size_mm,
                smallest_mm=min(size_mm, 2.0),
                valign="top",
                size_hint=(None, None),
                pos=(self.x + cell.x, y),
                size=(cell.width, height),
            )
        )


_Line = list[tuple[str, str]]
_SHORT = 5


def _lines_of(rows: list[tuple[str, str]]) -> list[_Line]:
    lines: list[_Line] = []
    for row in rows:
        short = max(map(len, row)) <= _SHORT
        before = lines[-1] if lines else []
        if short and len(before) == 1 and max(map(len, before[0])) <= _SHORT:
            before.append(row)
        else:
            lines.append([row])
    return lines


class _Cell(NamedTuple):
    text: str
    bold: bool
    x: float
    width: float


class _Measure:
    """A table's measures in pixels at a size of type."""

    def __init__(self, size_mm: float, width: float, lines: list[_Line]) -> None:
        self.size_mm = size_mm
        self.gap = theme.mm(size_mm * 0.42)
        self._size = size_mm * theme.pixels_per_mm()
        self._width = width
        longest = max(self._extent(line[0][0], None, False)[0] for line in lines)
        self._left = min(longest + 2 * self.gap, width * 0.45)

    def _extent(self, text: str, width: float | None, bold: bool) -> tuple[float, float]:
        return text_extent(text, self._size, width, font_name=theme.FONT, bold=bold)

    def cells(self, line: _Line) -> list[_Cell]:
        """Where labels (thin) and values (bold) of a line stand."""
        (label, value), room = line[0], self._width - self._left
        cells = [_Cell(label, False, 0, self._left - self.gap)]
        if len(line) == 1:
            return [*cells, _Cell(value, True, self._left, room)]
        (other, last), third = line[1], room / 3
        return [
            *cells,
            _Cell(value, True, self._left, third),
            _Cell(other, False, self._left + third, third),
            _Cell(last, True, self._left + 2 * third, third),
        ]

    def keeps_words(self, line: _Line) -> bool:
        """Whether no word is cut in two."""
        return all(
            self._extent(word, None, cell.bold)[0] <= cell.width
            for cell in self.cells(line)
            for word in cell.text.split()
        )

    def height(self, line: _Line) -> float:
        """Of the tallest cell."""
        return 1 + max(self._extent(c.text, c.width, c.bold)[1] for c in self.cells(line))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
