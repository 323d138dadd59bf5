"""Makes an outline of what is drawn. Whatever stands on the page as text is in it.

A widget that draws without ``Text`` says what it shows by ``told_lines() -> Sequence[Line]``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kivy.uix.widget import Widget

from ui.layout import is_away
from ui.texts import tr
from ui.voice.outline import Item, ItemKind, Line, Outline, Row, Spot
from ui.widgets import Text, Touchable

_ROWS_FROM = 15
"""From so many keys on a page on they are walked row by row."""


def read(root: Widget, secret: bool) -> Outline:
    """The outline of everything below ``root``. ``secret``: its keys type a secret."""
    lines = tuple(_lines(root))
    return Outline(lines, tuple(item_of(widget, secret) for widget in pressable(root)))


def _lines(widget: Widget) -> Iterator[Line]:
    if widget.opacity == 0 or isinstance(widget, Touchable):
        return
    if hasattr(widget, "told_lines"):
        yield from widget.told_lines()
    elif isinstance(widget, Text):
        if widget.caret:
            yield Line(widget.text, "entry")
        elif widget.text.strip():
            yield Line(widget.text, countdown=widget.countdown)
    else:
        for child in reversed(widget.children):
            yield from _lines(child)


def pressable(widget: Widget) -> Iterator[Touchable]:
    """What can be pressed, in reading order; a button that cannot be pressed yet is named too,
    a key is not.
    """
    if widget.opacity == 0 or is_away(widget):
        return
    if isinstance(widget, Touchable):
        if widget.target_id and not (widget.disabled and widget.eager):
            yield widget
        return
    for child in reversed(widget.children):
        yield from pressable(child)


def rows(widgets: list[Touchable]) -> list[list[Touchable]]:
    """Where the focus stops: keys of a large keyboard row by row, all else one by one."""
    by_row = sum(widget.eager for widget in widgets) >= _ROWS_FROM
    stops: list[list[Touchable]] = []
    for widget in widgets:
        joins = by_row and widget.eager and stops and stops[-1][-1].eager
        if joins and stops[-1][-1].parent is widget.parent:
            stops[-1].append(widget)
        else:
            stops.append([widget])
    return stops


def spot_of(stop: list[Touchable], secret: bool) -> Spot:
    """A stop in words."""
    if len(stop) == 1:
        return item_of(stop[0], secret)
    return Row(tuple(item_of(key, secret) for key in stop))


def item_of(widget: Touchable, secret: bool) -> Item:
    """What is heard of something to be pressed."""
    siblings = _choices_beside(widget)
    is_choice = len(siblings) > 1 and not widget.eager
    return Item(
        id=widget.target_id,
        name=_name(widget),
        kind=_kind(widget, is_choice, secret),
        chosen=widget.look == "chosen",
        enabled=not widget.disabled,
        position=siblings.index(widget) + 1 if is_choice else 0,
        total=len(siblings) if is_choice else 0,
    )


def _kind(widget: Touchable, is_choice: bool, secret: bool) -> ItemKind:
    if widget.eager:
        is_digit = widget.target_id.rpartition("-")[2].isdigit()
        return "secret" if secret and is_digit else "key"
    return "choice" if is_choice else "button"


def _choices_beside(widget: Touchable) -> list[Touchable]:
    """Those of the same family: ``choice-0``, ``choice-1`` … stand in one box."""
    family, dash, _ = widget.target_id.partition("-")
    if not dash or widget.parent is None:
        return [widget]
    others = [one for one in reversed(widget.parent.children) if isinstance(one, Touchable)]
    families = Counter(one.target_id.partition("-")[0] for one in others)
    if families[family] < 2:
        return [widget]
    return [one for one in others if one.target_id.partition("-")[0] == family]


def _name(widget: Touchable) -> str:
    return widget.told or widget.spoken or _pictured().get(widget.target_id, widget.target_id)


def _pictured() -> dict[str, str]:
    """Keys on which only a picture stands."""
    return {
        "erase": tr("Hapus satu angka"),
        "key-backspace": tr("Hapus satu huruf"),
        "key-shift": tr("Huruf besar"),
    }
