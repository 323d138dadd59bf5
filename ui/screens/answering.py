"""What the bodies of a form are made of."""

from __future__ import annotations

from typing import Any

from kivy.core.window import Window
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from firmware.core.view import Answered, Question, Say
from ui import dates, theme
from ui.layout import (
    AWAY,
    NARROW_MM,
    SMALLER,
    SMALLEST,
    Box,
    Column,
    Fit,
    Footer,
    Row,
    Tiles,
    largest_of,
    put,
    take,
)
from ui.texts import tr
from ui.widgets import Panel, Touchable, TouchButton


def is_narrow() -> bool:
    """Whether the panel is, for the size of text."""
    return float(Window.width) < theme.mm(NARROW_MM) * theme.text_scale()


class Verdict(Row):
    """What to mend, or that it is good; the hint while nothing stands there yet."""

    text = StringProperty("")
    icon = StringProperty("info")
    ink = ColorProperty()
    largest_mm = NumericProperty(4.4)
    lines = NumericProperty(0)

    def judge(self, question: Question, value: str, settled: bool, good: str = "") -> None:
        """Say what the controller found, unless it has not seen ``value`` yet.

        ``good``: what to say of a good answer.
        """
        if not value:
            self.text, self.icon, self.ink = question.hint, "info", theme.MUTED
        elif not settled:
            return
        elif question.problem is not None:
            self.text, self.icon, self.ink = tr(question.problem), "warning", theme.RED
        else:
            self.text, self.icon, self.ink = good or tr("Sudah benar"), "success", theme.GREEN


class Aside(Panel):
    """Shown only where there is space to spare."""

    def need(self, _width: float, _fit: Fit) -> float:
        """It asks for none."""
        return 0

    def put(self, box: Box, fit: Fit) -> None:
        """In the largest type that fits, or not at all."""
        factor = largest_of(super().need, box, (fit.factor, *SMALLER))
        self.opacity = 1 if factor is not None else 0
        super().put(box, Fit(factor or SMALLEST))


class KnownAside(Aside):
    """What is known already, where there is space for it."""

    rows = ListProperty([])


class RowCard(Touchable):
    """A question and its answer, small: to be touched. ``is_open``: it is the one at hand."""

    label = StringProperty("")
    value = StringProperty("")
    icon = StringProperty("pencil")
    icon_ink = ColorProperty()
    value_ink = ColorProperty()

    def __init__(self, target_id: str, **kwargs: Any) -> None:
        super().__init__(target_id=target_id, **kwargs)
        self.icon_ink, self.value_ink = theme.GREEN, theme.INK

    def tell(self, row: Answered, is_open: bool = False, most: int = 0) -> None:
        """Show ``row``; what is to be mended is said in its place while nothing stands there.
        Of a longer value than ``most`` letters only the beginning is shown; 0: all of it.
        """
        is_bad = row.problem is not None
        value = read(row.value) or (tr(row.problem) if row.problem else "–")
        self.label = row.label
        self.value = f"{value[: most - 1].rstrip()}…" if 0 < most < len(value) else value
        self.look = "chosen" if is_open else "plain"
        self.icon = "pencil" if is_open else "warning" if is_bad else "success"
        self.icon_ink = theme.RED if is_bad and not is_open else theme.GREEN
        self.value_ink = theme.RED if is_bad else theme.INK


def read(value: Say | str) -> str:
    """An answer as it is read: a day in words."""
    return tr(value) if isinstance(value, Say) else dates.in_words(value) or value


_SHORT = 32


class RowStrip(Tiles):
    """All questions of a form on one page. ``on_open(name)``: one of them was touched."""

    __events__ = ("on_open",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._cards: dict[str, RowCard] = {}

    def tell(self, rows: tuple[Answered, ...], opened: str) -> None:
        """Show ``rows``; ``opened`` is the one at hand."""
        if list(self._cards) != [row.name for row in rows]:
            self.clear_widgets()
            self._cards = {row.name: self._card(row.name) for row in rows}
        for row in rows:
            self._cards[row.name].tell(row, row.name == opened, _SHORT)

    def _card(self, name: str) -> RowCard:
        card = RowCard(f"row-{name}")
        card.bind(on_tap=lambda *_: self.dispatch("on_open", name))
        self.add_widget(card)
        return card

    def on_open(self, name: str) -> None:
        """The event's default: nothing."""


class Suggestions(Tiles):
    """What a text may become, as tiles; as many as the place has rows for. ``on_choose(text)``."""

    __events__ = ("on_choose",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=2, narrowest_mm=24, **kwargs)
        self.texts: tuple[str, ...] = ()

    def tell(self, texts: tuple[str, ...]) -> None:
        """Offer ``texts``."""
        if texts == self.texts:
            return
        self.texts = texts
        self.clear_widgets()
        for number, text in enumerate(texts):
            tile = TouchButton(
                target_id=f"suggest-{number}", text=text.strip(), bold=False, largest_mm=4.6
            )
            tile.bind(on_tap=lambda _, text=text: self.dispatch("on_choose", text))
            self.add_widget(tile)

    def put(self, box: Box, _fit: Fit) -> None:
        """From the top; what there is no row for is left out."""
        take(self, box)
        gap, key = float(self.spacing), theme.touch()
        rows = int((box.height + gap) // (key + gap))
        columns = 2 if box.width > 2 * theme.mm(30) * theme.text_scale() else 1
        width = (box.width - gap * (columns - 1)) / columns
        for number, tile in enumerate(self.parts):
            row, column = divmod(number, columns)
            left = box.x + column * (width + gap) + (AWAY if row >= rows else 0)
            low = box.y + box.height - (row + 1) * key - row * gap
            put(tile, Box(left, low, width, key), Fit(0.8))

    def on_choose(self, text: str) -> None:
        """The event's default: nothing."""


class Unneeded(Column):
    """Left out where type would get too small with it."""

    _SMALLEST = 0.75

    def need(self, width: float, fit: Fit) -> float:
        """What it needs, or nothing."""
        return super().need(width, fit) if fit.factor >= self._SMALLEST and not fit.turned else 0

    def put(self, box: Box, fit: Fit) -> None:
        """In its place, or out of sight."""
        is_shown = fit.factor >= self._SMALLEST and not fit.turned
        show(self, is_shown)
        super().put(box if is_shown else Box(box.x + AWAY, *box[1:]), fit)


class Either(Row):
    """A place beside what is typed for the first of its parts that has something to show and
    fits. It asks for no height: keys must not move under a finger. On an upright panel it stands
    below, and keeps a row once there was anything to choose.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._is_kept = False

    def need(self, _width: float, _fit: Fit) -> float:
        """A row of tiles at most."""
        self._is_kept = self._is_kept or any(
            isinstance(p, Suggestions) and p.texts for p in self.parts
        )
        return theme.touch() + 2 * theme.gap(0) if self._is_kept and theme.is_upright() else 0

    def put(self, box: Box, fit: Fit) -> None:
        """Show one, hide the others."""
        take(self, box)
        inset = max(0, theme.gap(0) - theme.air(2))  # what is touched keeps its distance
        box = Box(box.x, box.y + inset, box.width, max(1.0, box.height - 2 * inset))
        is_taken = False
        for part in self.parts:
            is_shown = not is_taken and _has_place(part, box)
            is_taken = is_taken or is_shown
            show(part, is_shown)
            put(part, box if is_shown else Box(box.x + AWAY, *box[1:]), _fit_for(part, box, fit))


def _fit_for(part: Widget, box: Box, fit: Fit) -> Fit:
    """Questions on one page are as large as their place lets them be."""
    if not isinstance(part, RowStrip):
        return fit
    sizes = (factor for factor in (fit.factor, *SMALLER) if factor <= fit.factor)
    return Fit(largest_of(part.need, box, sizes) or SMALLEST)


def _has_place(part: Widget, box: Box) -> bool:
    if isinstance(part, Suggestions):
        return bool(part.texts) and box.height >= theme.touch()
    if isinstance(part, RowStrip):
        return bool(part.children) and part.need(box.width, Fit(SMALLEST)) <= box.height
    return True  # it looks for itself


def show(widget: Widget, is_shown: bool) -> None:
    """What is not shown cannot be touched either."""
    widget.opacity = 1 if is_shown else 0
    for each in widget.walk(restrict=True):
        if isinstance(each, Touchable):
            each.disabled = not is_shown


class ArrangeButton(TouchButton):
    """All questions on one page, or one a page."""

    one_page = BooleanProperty(False)


class FormFooter(Footer):
    """Back and on; on only when the answer is good."""

    can_go_on = BooleanProperty(False)
    one_page = BooleanProperty(False)
    __events__ = ("on_next", "on_back", "on_arrange")

    def on_kv_post(self, _base: object) -> None:
        """Where buttons would need more than a row, there is one less."""
        if is_narrow() and not self.one_page:
            self.remove_widget(self.ids.arrange.__self__)

    def on_next(self) -> None:
        """The event's default: nothing."""

    def on_back(self) -> None:
        """The event's default: nothing."""

    def on_arrange(self) -> None:
        """The event's default: nothing."""
