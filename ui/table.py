"""Labels and values in two columns, for every width and size of text."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from kivy.clock import Clock
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.widget import Widget

from ui import theme
from ui.layout import Box, Fit, changed, put, take
from ui.voice.outline import Line
from ui.widgets import SMALLER, Text, em, text_extent, widest_word


class KnownTable(Widget):
    """Labels and values in two columns, in the largest type with which all rows fit.

    Two short rows that follow one another (RT and RW) share a line.
    """

    rows = ListProperty([])
    largest_mm = NumericProperty(4.4)
    stretch = NumericProperty(0)
    rows_are_atoms = True

    def __init__(self, **kwargs: Any) -> None:
        self._is_laid = False
        self._lay = Clock.create_trigger(self._fill_box, -1)
        super().__init__(**kwargs)
        self.fbind("rows", lambda *_: changed(self))
        for name in ("rows", "size", "pos"):
            self.fbind(name, self._lay)

    def told_lines(self) -> list[Line]:
        """A row in one breath."""
        return [Line(f"{label}: {value}") for label, value in self.rows]

    def need(self, width: float, fit: Fit) -> float:
        """The height of all lines."""
        return self._measure(width, fit.factor).total() if self.rows else 0.0

    def put(self, box: Box, fit: Fit) -> None:
        """Write the lines."""
        take(self, box)
        self._write(self._measure(box.width, fit.factor) if self.rows else None)
        self._is_laid = True

    def _measure(self, width: float, factor: float) -> _Measure:
        lines = _lines_of([(str(label), str(value)) for label, value in self.rows])
        size, smallest = em(self.largest_mm, factor), math.ceil(theme.floor())
        measure = _Measure(size, width, lines)
        while not measure.keeps_words() and size > smallest:
            size = max(smallest, int(size * SMALLER))
            measure = _Measure(size, width, lines)
        return measure if measure.keeps_words() else _Measure(size, width, lines, stacked=True)

    def _fill_box(self, *_: object) -> None:
        """Where no page lays it out: in the largest type that fits."""
        if self._is_laid:
            return
        if not self.rows or self.width < 2 or self.height < 2:
            self._write(None)
            return
        for step in range(12):
            measure = self._measure(self.width, SMALLER**step)
            if measure.total() <= self.height:
                break
        self._write(measure)

    def _write(self, measure: _Measure | None) -> None:
        self.clear_widgets()
        top = self.top
        for line in measure.lines if measure is not None else ():
            assert measure is not None
            height = measure.height(line)
            top -= height
            for cell in measure.cells(line):
                self._place(cell, measure.size, top, height)
            top -= measure.gap

    def _place(self, cell: _Cell, size: float, y: float, height: float) -> None:
        box = Box(self.x + cell.x, y + height - cell.top - cell.height, cell.width, cell.height)
        text = Text(
            text=cell.text,
            bold=cell.bold,
            color=theme.INK if cell.bold else theme.MUTED,
            largest_mm=(size + 0.5) / theme.text(1),
            valign="top",
        )
        put(text, box, Fit())
        self.add_widget(text)


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
    top: float
    width: float
    height: float


class _Measure:
    """A table's measures in pixels at a size of type. ``stacked``: values stand below labels."""

    def __init__(self, size: float, width: float, lines: list[_Line], stacked: bool = False):
        self.size = size
        self.lines = lines if not stacked else [[row] for line in lines for row in line]
        self.gap = size * (0.42 if not stacked else 0.6)
        self._width = width
        self._stacked = stacked
        longest = max(self._extent(line[0][0], None, False)[0] for line in lines)
        self._left = min(longest + 2 * self.gap, width * 0.45)

    def _extent(self, text: str, width: float | None, bold: bool) -> tuple[float, float]:
        return text_extent(text, self.size, width, font_name=theme.FONT, bold=bold)

    def _cell(self, text: str, bold: bool, x: float, width: float, top: float = 0) -> _Cell:
        return _Cell(text, bold, x, top, width, self._extent(text, width, bold)[1] + 1)

    def cells(self, line: _Line) -> list[_Cell]:
        """Where labels (thin) and values (bold) of a line stand."""
        (label, value), room = line[0], self._width - self._left
        if self._stacked:
            head = self._cell(label, False, 0, self._width)
            return [head, self._cell(value, True, 0, self._width, head.height)]
        cells = [self._cell(label, False, 0, self._left - self.gap)]
        if len(line) == 1:
            return [*cells, self._cell(value, True, self._left, room)]
        (other, last), third = line[1], room / 3
        return [
            *cells,
            self._cell(value, True, self._left, third),
            self._cell(other, False, self._left + third, third),
            self._cell(last, True, self._left + 2 * third, third),
        ]

    def keeps_words(self) -> bool:
        """Whether no word is cut in two."""
        return all(
            widest_word(cell.text, self.size, font_name=theme.FONT, bold=cell.bold) <= cell.width
            for line in self.lines
            for cell in self.cells(line)
        )

    def height(self, line: _Line) -> float:
        """To the lowest end of a cell."""
        return max(cell.top + cell.height for cell in self.cells(line))

    def total(self) -> float:
        """Of all lines."""
        return sum(map(self.height, self.lines)) + self.gap * (len(self.lines) - 1)
