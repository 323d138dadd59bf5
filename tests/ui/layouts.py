"""What is wrong with a screen as it is laid out, in sentences. Nothing is drawn for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from tests.ui.looking import Box, all_visible, box_of, texts
from ui import theme
from ui.adjusting import Cover
from ui.app import IdleWarning
from ui.inspect import Target, targets_under
from ui.layout import Sheet
from ui.offscreen import Studio
from ui.widgets import Text, fits

_MOST_LEAVES = 12


def come_to_rest() -> None:
    """Let layouts settle, without a picture."""
    for _ in range(4):
        Clock.tick()
        Clock.tick_draw()


def faults(studio: Studio, dimmed: bool = False) -> list[str]:
    """Of the view that is shown, on all its leaves. ``dimmed``: only what lies over the page."""
    found: list[str] = []
    seen: set[str] = set()
    for number in range(_MOST_LEAVES):
        come_to_rest()
        root = over(studio) if dimmed else studio.stage
        found += [f"leaf {number + 1}: {fault}" for fault in _faults_of_leaf(root)]
        seen |= {text.text for text in texts(root)}
        sheet = _turned(studio)
        if sheet is None or dimmed:
            break
        if sheet.leaf == sheet.leaves - 1:
            found += _never_seen(sheet, seen)
            break
        sheet.turn()
    return found


def over(studio: Studio) -> Widget:
    """What lies over the page."""
    covers = [part for part in studio.stage.children if isinstance(part, Cover | IdleWarning)]
    return covers[0]


def _turned(studio: Studio) -> Sheet | None:
    sheets = [part for part in studio.stage.walk() if isinstance(part, Sheet) and part.leaves > 1]
    return sheets[0] if sheets else None


def _never_seen(sheet: Sheet, seen: set[str]) -> Iterator[str]:
    for part in sheet.walk(restrict=True):
        if not isinstance(part, Text) or not part.text or part.text in seen:
            continue
        if all_visible(part):
            yield f"{part.text!r} is on no leaf"


def _faults_of_leaf(root: Widget) -> Iterator[str]:
    written = texts(root)
    if not written:
        yield "nothing is written"
    for text in written:
        yield from _faults_of_text(text)
    boxes = [(text.text, inked(text)) for text in written]
    for (one, box), (other, over) in combinations(boxes, 2):
        if _apart(box, over) < -2:
            yield f"{one!r} lies on {other!r}"
    yield from _faults_of_targets(targets_under(root))


def _faults_of_text(text: Text) -> Iterator[str]:
    name = repr(text.text)
    left, top, right, bottom = box_of(text)
    if text.texture_size[0] > right - left + 1 or text.texture_size[1] > bottom - top + 1:
        yield f"{name} is cut off: {text.texture_size} in {right - left} x {bottom - top}"
    room = (text.width + 1, float("inf"))
    if not all(fits(word, text.drawn_size, room, **text.font) for word in text.text.split()):
        yield f"a word of {name} is cut in two"
    if text.drawn_size < theme.floor():
        yield f"{name} is too small: {text.drawn_size} of {theme.floor()}"
    ink = inked(text)
    width, height = Window.size
    if min(ink[0], ink[1]) < -1 or ink[2] > width + 1 or ink[3] > height + 1:
        yield f"{name} leaves the screen: {ink}"
    within = box_of(text.parent)
    if (
        ink[0] < within[0] - 1
        or ink[1] < within[1] - 1
        or ink[2] > within[2] + 1
        or ink[3] > within[3] + 1
    ):
        yield f"{name} leaves what it stands in: {ink} of {within}"


def inked(text: Text) -> Box:
    """Where its letters are, within its box."""
    left, top, right, bottom = box_of(text)
    height = text.texture_size[1]
    if text.valign == "top":
        return (left, top, right, top + height)
    if text.valign == "bottom":
        return (left, bottom - height, right, bottom)
    middle = (top + bottom) / 2
    return (left, middle - height / 2, right, middle + height / 2)


def _apart(one: Box, other: Box) -> float:
    across = max(one[0], other[0]) - min(one[2], other[2])
    along = max(one[1], other[1]) - min(one[3], other[3])
    return max(across, along)


def _faults_of_targets(found: tuple[Target, ...]) -> Iterator[str]:
    millimetre = theme.pixels_per_mm()
    width, height = Window.size
    for target in found:
        if min(target.width, target.height) / millimetre < theme.TARGET_MM:
            yield f"{target.id} is too small: {target.width} x {target.height}"
        right, low = target.x + target.width, target.y + target.height
        if min(target.x, target.y) < -1 or right > width + 1 or low > height + 1:
            yield f"{target.id} leaves the screen"
    for one, other in combinations(found, 2):
        gap = _apart(_sides(one), _sides(other)) / millimetre
        if gap < 2.4:
            yield f"{one.id} and {other.id} are {gap:.1f} mm apart"


def _sides(target: Target) -> Box:
    return (target.x, target.y, target.x + target.width, target.y + target.height)
