"""How a page is laid out: by what its text needs, for every panel, language and size of text.

A page is a column of blocks. A block says how high it must be at a width (``need``) and is then
put in its place (``put``). The page looks for the largest type with which all of it fits; type
gets smaller together, never below what can be read. Where even that is too much, what stands in
the page's ``Sheet`` is turned over like leaves: the page then offers "Lanjut melihat".

In kv: ``Column`` and ``Row`` instead of BoxLayout, ``Sheet`` around what may be turned over,
``Footer`` with the buttons. Text takes no height: it knows what it needs. ``stretch`` is a share
of the height that is left over, ``size_hint_x`` a share of a row's width. A ``Row`` with
``turns`` becomes a column where the panel is narrow for the size of text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, VariableListProperty
from kivy.uix.stencilview import StencilView
from kivy.uix.widget import Widget

from ui import theme

SMALLEST = 0.62
_OUTSIDE = 0.8
"""For what stands outside of leaves that are turned over."""
SMALLER = (_OUTSIDE, 0.7, SMALLEST)
"""What is tried where type must give way."""
NARROW_MM = 118
"""A width that is little at normal size of text."""
AWAY = 100_000.0
"""Pixels: far beyond any panel."""


def _factors() -> list[float]:
    """How large type may be as a part of its largest. Larger sizes are turned over sooner, so
    that they are indeed larger.
    """
    smallest = SMALLEST if theme.text_scale() == 1 else _OUTSIDE
    return [1 - step * (1 - smallest) / 8 for step in range(9)]


class Fit(NamedTuple):
    """How large type is, as a part of its largest; and whether all rows that can are turned."""

    factor: float = 1.0
    turned: bool = False


class Box(NamedTuple):
    """Pixels; ``y`` is the lower edge."""

    x: float
    y: float
    width: float
    height: float


def largest_of(
    need: Callable[[float, Fit], float], box: Box, sizes: Iterable[float], turned: bool = False
) -> float | None:
    """The first of ``sizes`` (large ones first) with which ``need`` fits into ``box``."""
    fits = (f for f in sizes if need(box.width, Fit(f, turned)) <= box.height)
    return next(fits, None)


def need_of(widget: Widget, width: float, fit: Fit) -> float:
    """The height in pixels that ``widget`` must have at ``width``."""
    need = getattr(widget, "need", None)
    if need is not None:
        return float(math.ceil(need(width, fit)))
    return float(widget.height) if widget.size_hint_y is None else 0.0


def put(widget: Widget, box: Box, fit: Fit) -> None:
    """Give ``widget`` its place."""
    if hasattr(widget, "put"):
        widget.put(box, fit)
    else:
        take(widget, box)


def take(widget: Widget, box: Box) -> None:
    """Fill ``box``."""
    widget.size = box.width, box.height
    widget.pos = box.x, box.y


def changed(widget: Widget) -> None:
    """What ``widget`` needs is another than before: its page lays itself out anew."""
    above = widget.parent
    while above is not None and above is not above.parent:
        if isinstance(above, Root):
            above.arrange_soon()
            return
        above = above.parent


def _stretch(widget: Widget) -> float:
    return float(getattr(widget, "stretch", 0))


def _counts(widget: Widget, need: float) -> bool:
    """What is empty takes no space between either."""
    return need > 0 or _stretch(widget) > 0


class _Block(Widget):
    """Children in the order in which they were added, within a padding."""

    padding = VariableListProperty([0, 0, 0, 0])
    spacing = NumericProperty(0)
    stretch = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("children", lambda *_: changed(self))

    @property
    def parts(self) -> Sequence[Widget]:
        """The children, first one first."""
        return list(reversed(self.children))

    def _inner(self, width: float) -> float:
        return max(1.0, width - float(self.padding[0]) - float(self.padding[2]))

    def _room(self, box: Box) -> Box:
        left, top, _, bottom = self.padding
        height = max(0.0, box.height - top - bottom)
        return Box(box.x + left, box.y + bottom, self._inner(box.width), height)


class Column(_Block):
    """One below the other."""

    def need(self, width: float, fit: Fit) -> float:
        """All of them and the gaps."""
        return _column_need(self.parts, self._inner(width), self.spacing, fit) + _ends(self)

    def put(self, box: Box, fit: Fit) -> None:
        """From the top; what is left over goes to those that stretch."""
        take(self, box)
        _put_column(self.parts, self._room(box), self.spacing, fit)


class Row(_Block):
    """Side by side. ``turns``: below one another where there is little width."""

    turns = BooleanProperty(False)
    narrow_mm = NumericProperty(NARROW_MM)
    """Below this width, at normal size of text, it turns."""
    only_upright = BooleanProperty(False)
    """Turns on a panel that stands upright, and nowhere else."""
    last_on_top = BooleanProperty(False)
    """Where it is turned the last one comes first, for who reads and for who walks by keys."""

    _is_flipped = False

    def is_turned(self, width: float, fit: Fit) -> bool:
        """Whether it is a column at this width."""
        if self.only_upright:
            return theme.is_upright()
        narrow = width < theme.mm(self.narrow_mm) * theme.text_scale()
        return bool(self.turns and (fit.turned or narrow))

    def need(self, width: float, fit: Fit) -> float:
        """The highest of them."""
        inner = self._inner(width)
        if self.is_turned(width, fit):
            return _column_need(self.parts, inner, self.spacing, fit) + _ends(self)
        widths = self._widths(inner, fit)
        needs = [need_of(part, wide, fit) for part, wide in zip(self.parts, widths, strict=True)]
        return max(needs, default=0.0) + _ends(self)

    def put(self, box: Box, fit: Fit) -> None:
        """Each as high as the row."""
        take(self, box)
        room = self._room(box)
        turned = self.is_turned(box.width, fit)
        if self.last_on_top and turned != self._is_flipped:
            self._is_flipped = turned
            setattr(self, "children", list(self.parts))  # noqa: B010  (mypy knows no children)
        if turned:
            _put_column(self.parts, room, self.spacing, fit)
            return
        x = room.x
        for part, width in zip(self.parts, self._widths(room.width, fit), strict=True):
            put(part, Box(x, room.y, width, room.height), fit)
            x += width + (self.spacing if width else 0)

    def _widths(self, room: float, fit: Fit) -> list[float]:
        parts = self.parts
        fixed = {part: _own_width(part, fit) for part in parts if part.size_hint_x is None}
        shown = [part for part in parts if fixed.get(part, 1) > 0]
        left = room - sum(fixed.values()) - self.spacing * max(0, len(shown) - 1)
        shares = sum(float(part.size_hint_x) for part in parts if part not in fixed) or 1.0
        return [
            fixed[part]
            if part in fixed
            else float(math.floor(max(1.0, left * float(part.size_hint_x) / shares)))
            for part in parts
        ]


def _own_width(part: Widget, fit: Fit) -> float:
    own = getattr(part, "own_width", None)
    return float(own(fit)) if own is not None else float(part.width)


def _ends(block: _Block) -> float:
    return float(block.padding[1]) + float(block.padding[3])


def _column_need(parts: Sequence[Widget], width: float, spacing: float, fit: Fit) -> float:
    needs = [(part, need_of(part, width, fit)) for part in parts]
    shown = [need for part, need in needs if _counts(part, need)]
    return sum(shown) + float(spacing) * max(0, len(shown) - 1)


def _put_column(parts: Sequence[Widget], room: Box, spacing: float, fit: Fit) -> None:
    needs = [need_of(part, room.width, fit) for part in parts]
    counted = [need for part, need in zip(parts, needs, strict=True) if _counts(part, need)]
    spare = room.height - sum(counted) - spacing * max(0, len(counted) - 1)
    shares = sum(_stretch(part) for part in parts)
    top = room.y + room.height
    for part, need in zip(parts, needs, strict=True):
        more = math.floor(spare * _stretch(part) / shares) if spare > 0 and shares else 0
        top -= need + more
        put(part, Box(room.x, top, room.width, need + more), fit)
        top -= spacing if _counts(part, need) else 0


class Gap(Widget):
    """Takes what is left over."""

    stretch = NumericProperty(1)

    def need(self, _width: float, _fit: Fit) -> float:
        """Nothing."""
        return 0


class Tiles(_Block):
    """Equal boxes in as many columns as are wide enough: ``narrowest_mm`` at normal size."""

    narrowest_mm = NumericProperty(60)
    most = NumericProperty(3)

    def columns(self, width: float, fit: Fit) -> int:
        """How many stand side by side."""
        each = theme.mm(self.narrowest_mm) * max(1.0, theme.text_scale() * fit.factor)
        fitting = int((width + self.spacing) // (each + self.spacing))
        return max(1, min(fitting, int(self.most), len(self.children)))

    def _rows(self, width: float, fit: Fit) -> tuple[list[Sequence[Widget]], float]:
        columns = self.columns(width, fit)
        each = math.floor((width - self.spacing * (columns - 1)) / columns)
        parts = self.parts
        return [parts[at : at + columns] for at in range(0, len(parts), columns)], each

    def need(self, width: float, fit: Fit) -> float:
        """As high as the rows with their highest tile."""
        rows, each = self._rows(self._inner(width), fit)
        tallest = max((need_of(part, each, fit) for row in rows for part in row), default=0)
        return float(tallest * len(rows) + self.spacing * max(0, len(rows) - 1) + _ends(self))

    def put(self, box: Box, fit: Fit) -> None:
        """Rows of equal height, from the top."""
        take(self, box)
        room = self._room(box)
        rows, each = self._rows(room.width, fit)
        if not rows:
            return
        height = math.floor((room.height - self.spacing * (len(rows) - 1)) / len(rows))
        top = room.y + room.height
        for row in rows:
            top -= height
            for place, part in enumerate(row):
                put(part, Box(room.x + place * (each + self.spacing), top, each, height), fit)
            top -= self.spacing


class Footer(_Block):
    """Buttons, in as few rows as their words allow; all of a row are equally wide."""

    widest_mm = NumericProperty(76)

    @property
    def parts(self) -> Sequence[Widget]:
        """The buttons."""
        return [part for part in reversed(self.children) if not isinstance(part, Gap)]

    def need(self, width: float, fit: Fit) -> float:
        """As high as its rows."""
        rows = self._rows(self._inner(width), fit)
        heights = [self._height(row, self._inner(width), fit) for row in rows]
        return float(sum(heights) + self.spacing * max(0, len(rows) - 1) + _ends(self))

    def put(self, box: Box, fit: Fit) -> None:
        """The first at the left edge, the last at the right one."""
        take(self, box)
        room = self._room(box)
        top = room.y + room.height
        for row in self._rows(room.width, fit):
            height = self._height(row, room.width, fit)
            top -= height
            self._put_row(row, Box(room.x, top, room.width, height), fit)
            top -= self.spacing

    def _put_row(self, row: Sequence[Widget], box: Box, fit: Fit) -> None:
        x = box.x
        for place, (part, width) in enumerate(self._widths(row, box.width, fit)):
            if place and place == len(row) - 1:
                x = box.x + box.width - width
            put(part, Box(x, box.y, width, box.height), fit)
            x += width + self.spacing

    def _widths(self, row: Sequence[Widget], room: float, fit: Fit) -> list[tuple[Widget, float]]:
        """Equal where all words fit so, else as their words need."""
        room -= self.spacing * (len(row) - 1)
        equal = math.floor(room / len(row))
        own = [_own_width(part, fit) for part in row]
        if max(own) > equal and sum(own) <= room:
            more = math.floor((room - sum(own)) / len(row))
            return [(part, width + more) for part, width in zip(row, own, strict=True)]
        widest = max(*own, theme.mm(self.widest_mm * max(1.0, theme.text_scale())))
        return [(part, min(equal, widest)) for part in row]

    def _height(self, row: Sequence[Widget], room: float, fit: Fit) -> float:
        return max(need_of(part, width, fit) for part, width in self._widths(row, room, fit))

    def _rows(self, room: float, fit: Fit) -> list[Sequence[Widget]]:
        parts = self.parts
        choices = [_dealt(parts, rows) for rows in range(1, len(parts) + 1)]
        good = [
            rows for rows in choices if all(self._holds(row, room, fit) for row in rows)
        ] or choices[-1:]
        if not good:
            return []
        return min(good, key=lambda rows: sum(self._height(row, room, fit) for row in rows))

    def _holds(self, row: Sequence[Widget], room: float, fit: Fit) -> bool:
        return all(
            width >= theme.touch() and (not hasattr(part, "holds") or part.holds(width, fit))
            for part, width in self._widths(row, room, fit)
        )


def _dealt(parts: Sequence[Widget], rows: int) -> list[Sequence[Widget]]:
    each = math.ceil(len(parts) / rows)
    return [parts[at : at + each] for at in range(0, len(parts), each)]


class Sheet(Column, StencilView):
    """What may be turned over, leaf by leaf, where it does not fit: never through a line."""

    stretch = NumericProperty(1)
    leaf = NumericProperty(0)
    leaves = NumericProperty(1)
    least_mm = NumericProperty(18)

    def need(self, width: float, fit: Fit) -> float:
        """All of it; little where it is turned over."""
        whole = super().need(width, fit)
        return min(whole, theme.mm(self.least_mm) * theme.text_scale()) if fit.turned else whole

    def put(self, box: Box, fit: Fit) -> None:
        """Lay it out, and show the leaf at hand."""
        if not fit.turned:
            self.leaves, self.leaf = 1, 0
            super().put(box, fit)
            return
        take(self, box)
        self._put_leaves(box)

    def _put_leaves(self, box: Box) -> None:
        cuts = {factor: self._laid(box, factor) for factor in _factors()[::2]}
        if not any(_holds(each, box.height) for each in cuts.values()):
            cuts |= {factor: self._laid(box, factor) for factor in SMALLER[1:]}
        cuts = {f: each for f, each in cuts.items() if _holds(each, box.height)} or cuts
        fewest = min(map(len, cuts.values()))
        good = [factor for factor in cuts if len(cuts[factor]) == fewest]
        best = self._laid(box, max(good, key=lambda factor: _fullness(cuts[factor], box.height)))
        self.leaves = len(best)
        self.leaf = min(self.leaf, self.leaves - 1)
        self._show(best[int(self.leaf)], box)

    def _laid(self, box: Box, factor: float) -> list[tuple[float, float]]:
        """Lay all of it out below the upper edge; where each leaf begins and ends, downwards."""
        fit = Fit(factor, True)
        whole = Column.need(self, box.width, fit)
        height = max(whole, box.height)
        top = box.y + box.height
        _put_column(
            self.parts, self._room(Box(box.x, top - height, box.width, height)), self.spacing, fit
        )
        spans = sorted((top - atom.top, top - atom.y) for atom in _atoms(self))
        return list(_cuts(spans, box.height)) or [(0.0, box.height)]

    def _show(self, leaf: tuple[float, float], box: Box) -> None:
        begin, end = leaf
        top = box.y + box.height
        atoms = [(atom, top - atom.top, top - atom.y) for atom in _atoms(self)]
        for part in self.parts:
            _move(part, begin)
        for atom, high, low in atoms:
            if high < begin - 0.5 or low > end + 0.5:
                _move_away(atom)

    def turn(self) -> None:
        """The next leaf; after the last the first."""
        self.leaf = (self.leaf + 1) % self.leaves
        changed(self)

    def on_touch_down(self, touch: Any) -> bool:
        """Only what is seen can be touched."""
        return bool(self.collide_point(*touch.pos) and super().on_touch_down(touch))


def _move(widget: Widget, up: float) -> None:
    widget.y += up
    for child in widget.children:
        _move(child, up)


def _move_away(widget: Widget) -> None:
    for each in widget.walk(restrict=True):
        each.x += AWAY


def is_away(widget: Widget) -> bool:
    """Whether it stands on another leaf than the one at hand."""
    return bool(widget.x >= AWAY / 2)


def _atoms(widget: Widget) -> Iterator[Widget]:
    """What is not cut in two: lines of text, icons, buttons, cards."""
    for child in reversed(widget.children):
        if not isinstance(child, _Block) or getattr(child, "whole", False):
            if getattr(child, "rows_are_atoms", False):
                yield from _atoms(child)
            elif child.height > 0 and not isinstance(child, Gap):
                yield child
        else:
            yield from _atoms(child)


def _cuts(spans: list[tuple[float, float]], height: float) -> Iterator[tuple[float, float]]:
    """(begin, end) of each leaf: as many spans as fit, none of them cut."""
    rest = spans
    while rest:
        begin = rest[0][0]
        end = begin
        for _, low in sorted(rest, key=lambda span: span[1]):
            crossing = any(high < low - 0.5 < bottom - 0.5 for high, bottom in rest)
            if low - begin > height and end > begin:
                break
            if not crossing:
                end = low
        yield begin, end
        rest = [span for span in rest if span[0] >= end - 0.5]


def _holds(cuts: list[tuple[float, float]], height: float) -> bool:
    """Whether nothing that is not cut is higher than a leaf."""
    return all(end - begin <= height + 0.5 for begin, end in cuts)


def _fullness(cuts: list[tuple[float, float]], height: float) -> float:
    """Of all leaves but the last one, in tenths: of two that are equally full the larger type."""
    full = sum(end - begin for begin, end in cuts[:-1])
    return round(full / height / max(1, len(cuts) - 1), 1)


class Root(Column):
    """Lays itself out whenever anything in it changes. ``crowded``: there is not height enough for
    what must stand here.
    """

    crowded = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        self.arrange_soon = Clock.create_trigger(self._arrange, -1)
        super().__init__(**kwargs)
        for name in ("size", "pos", "children", "padding"):
            self.fbind(name, self.arrange_soon)
        self.arrange_soon()

    def sheets(self) -> list[Sheet]:
        """What can be turned over."""
        return [widget for widget in self.walk(restrict=True) if isinstance(widget, Sheet)]

    def offer_leaves(self, leaf: int, leaves: int) -> None:
        """Show that there is more and how to see it; or that this is all (``leaves`` 1)."""

    def _arrange(self, *_: object) -> None:
        if self.width < 2 or self.height < 2:
            return
        self._fit_in(Box(self.x, self.y, self.width, self.height))
        self.arrange_soon.cancel()  # what was moved here needs no other arrangement

    def _fit_in(self, box: Box) -> None:
        self.crowded = False
        self.offer_leaves(0, 1)
        sheets = self.sheets()
        sizes = _factors() if sheets else [*_factors(), *SMALLER[1:]]
        factor = largest_of(self.need, box, sizes)
        if factor is not None:
            self.put(box, Fit(factor))
            return
        if not sheets:
            self.crowded = True
            self.put(box, Fit(SMALLEST))
            return
        for _ in range(2):  # how many leaves there are is known when they are laid
            self.offer_leaves(int(sheets[0].leaf), max(2, int(sheets[0].leaves)))
            outside = largest_of(self.need, box, SMALLER, turned=True)
            self.put(box, Fit(outside or SMALLEST, True))
