"""Where a visitor with keys stands on the page, and the ring that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.graphics import Color, InstructionGroup, Line
from kivy.uix.widget import Widget

from ui import theme
from ui.voice.outline import Spot
from ui.voice.reading import pressable, rows, spot_of
from ui.widgets import Touchable

RING_MM = 1.0
"""Of each of the ring's two bands."""
INNER: theme.Colour = (0xF5 / 255, 0xD7 / 255, 0x8A / 255, 1.0)
OUTER: theme.Colour = (0x14 / 255, 0x24 / 255, 0x1E / 255, 1.0)
"""Gold and near black, the same in every theme: against any colour at all one of the two has a
contrast of at least 3:1 (WCAG 2.2, 1.4.11 and 2.4.13).
"""


class Focus:
    """A place among the stops of a page, or nowhere while no key was pressed. ``roots``: the page,
    and then what else can be walked to. On a page without a stop only a key leads to the others.

    ``waits``: keys are in use, and the page has nothing to stand at.

    A large keyboard is walked in two steps: a row, then a key in it; after the key the row is
    stood at again. In a row the stop after the last key is the row itself: the way out.
    """

    def __init__(self) -> None:
        self._stops: list[list[Touchable]] = []
        self._on_page = 0
        self._secret = False
        self._at: int | None = None
        self._key: int | None = None
        self.waits = False

    def arrive(self, roots: Sequence[Widget], secret: bool, by_key: bool = False) -> None:
        """Another page: stand at the first key to type with, else at the first thing."""
        self._take(roots, secret)
        self._key = None
        eager = [at for at, stop in enumerate(self._stops) if stop[0].eager]
        anything = self._stops if by_key else self._stops[: self._on_page]
        self._at = (eager[0] if eager else 0) if anything else None
        self.waits = self._at is None

    def stay(self, roots: Sequence[Widget], secret: bool) -> None:
        """The page was drawn anew: stand where the same thing is, else where it was."""
        held = self.held
        before, at, key = [one.target_id for one in held], self._at, self._key
        self._take(roots, secret)
        found = _find(self._stops, held, before)
        if at is None or (found is None and not self._on_page):
            self.arrive(roots, secret)
            return
        self._at = found if found is not None else min(at, self._on_page - 1)
        if len(self._stops[self._at]) == 1 or found is None:
            self._key = None
        elif key is not None:
            self._key = min(key, len(self._stops[self._at]))

    def leave(self) -> None:
        """A finger is used, or nobody is there."""
        self._at = self._key = None
        self.waits = False

    @property
    def is_somewhere(self) -> bool:
        """Whether keys are in use."""
        return self._at is not None

    @property
    def held(self) -> list[Touchable]:
        """What is stood at: one thing, or the keys of a row."""
        if self._at is None or self._at >= len(self._stops):
            return []
        stop = self._stops[self._at]
        if self._key is None or self._key >= len(stop):
            return stop
        return [stop[self._key]]

    @property
    def spot(self) -> Spot | None:
        """The same in words."""
        held = self.held
        return spot_of(held, self._secret) if held else None

    def move(self, step: int) -> None:
        """To the next stop (1) or the one before (-1); after the last comes the first."""
        if self._at is None or not self._stops:
            return
        if self._key is not None:
            self._key = (self._key + step) % (len(self._stops[self._at]) + 1)
        else:
            self._at = (self._at + step) % len(self._stops)

    def pick(self) -> Touchable | None:
        """What is pressed, if it can be; a row is entered or left instead."""
        if self._at is None or not self._stops:
            return None
        stop = self._stops[self._at]
        if len(stop) > 1 and self._key is None:
            self._key = 0
            return None
        if self._key is not None and self._key >= len(stop):
            self._key = None
            return None
        (chosen,) = self.held
        self._key = None
        return None if chosen.disabled else chosen

    def home(self) -> None:
        """Back to the first key: digits that nobody hears are found by counting from there."""
        eager = [at for at, stop in enumerate(self._stops) if stop[0].eager]
        if eager and self._at is not None and self._stops[self._at][0].eager:
            self._at = eager[0]

    def _take(self, roots: Sequence[Widget], secret: bool) -> None:
        page, *others = (rows(list(pressable(root))) for root in roots)
        self._stops, self._on_page = sum(others, page), len(page)
        self._secret = secret


def _find(stops: list[list[Touchable]], held: list[Touchable], ids: list[str]) -> int | None:
    for at, stop in enumerate(stops):
        if any(one is other for one in held for other in stop):
            return at
    for at, stop in enumerate(stops):
        if any(one.target_id in ids for one in stop):
            return at
    return None


class Ring:
    """Two bands around what is stood at: one is told from any page, the other from any face."""

    def __init__(self, over: Widget) -> None:
        self._group = InstructionGroup()
        over.canvas.after.add(self._group)
        self._shown: tuple[float, ...] = ()

    def show(self, held: list[Touchable]) -> None:
        """Around ``held``, or nowhere."""
        box = _around(held) if held else ()
        if box == self._shown:
            return
        self._shown = box
        self._group.clear()
        if box:
            for colour, distance in ((INNER, 0.5), (OUTER, 1.5)):
                self._group.add(Color(*colour))
                self._group.add(_band(box, distance * RING_MM))

    @property
    def box(self) -> tuple[float, ...]:
        """Left, bottom, right and top of what it is around, in pixels; empty while unseen."""
        return self._shown


def _around(held: list[Touchable]) -> tuple[float, float, float, float]:
    corners = [(*one.to_window(one.x, one.y), one.width, one.height) for one in held]
    return (
        min(x for x, _, _, _ in corners),
        min(y for _, y, _, _ in corners),
        max(x + width for x, _, width, _ in corners),
        max(y + height for _, y, _, height in corners),
    )


def _band(box: tuple[float, ...], distance_mm: float) -> Line:
    scale = theme.pixels_per_mm()
    off, (left, bottom, right, top) = distance_mm * scale, box
    size = (right - left + 2 * off, top - bottom + 2 * off)
    return Line(
        rounded_rectangle=(left - off, bottom - off, *size, (2.6 + distance_mm) * scale),
        width=RING_MM * scale / 2,
        joint="round",
    )
