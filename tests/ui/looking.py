"""What a test sees on the screen."""

from __future__ import annotations

from collections import Counter

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.lang import Builder
from kivy.tests.common import UnitTestTouch
from kivy.uix.widget import Widget
from PIL import Image

from ui.inspect import Target, targets_under
from ui.layout import is_away
from ui.offscreen import Studio
from ui.widgets import Text

Box = tuple[float, float, float, float]


_FRAMES = 3


def breathe() -> None:
    """Views come in and layouts come to rest; nothing is drawn, since nobody looks."""
    for _ in range(_FRAMES):
        Clock.tick()
        Builder.sync()
        Clock.tick_draw()
        Builder.sync()


def texts(root: Widget) -> list[Text]:
    """All texts that are drawn."""
    return [
        widget
        for widget in root.walk(restrict=True)
        if isinstance(widget, Text) and widget.text and all_visible(widget) and not is_away(widget)
    ]


def all_visible(widget: Widget) -> bool:
    """Whether neither it nor what holds it is see-through."""
    while widget is not None and widget is not widget.parent:
        if widget.opacity == 0:
            return False
        if not isinstance(widget.parent, Widget):
            return True
        widget = widget.parent
    return True


def box_of(text: Text) -> Box:
    """Where its letters are, in pixels from the top left."""
    left, bottom = text.to_window(text.x, text.y)
    top = Window.height - bottom - text.height
    return (left, top, left + text.width, top + text.height)


def targets(studio: Studio) -> dict[str, Target]:
    """What can be touched now."""
    studio.settle()
    return {target.id: target for target in targets_under(studio.stage.look()[2])}


def tap(studio: Studio, target_id: str) -> None:
    """Touch the middle of a target."""
    target = targets(studio)[target_id]
    touch = UnitTestTouch(target.x + target.width / 2, Window.height - target.y - target.height / 2)
    touch.touch_down()
    studio.settle()
    touch.touch_up()
    studio.settle()


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    linear = [
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in colour
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ground(picture: Image.Image, box: Box) -> tuple[int, int, int]:
    """The colour most seen in ``box``."""
    crop = picture.crop(tuple(round(side) for side in box))
    counted: Counter[tuple[int, int, int]] = Counter(zip(*[iter(crop.tobytes())] * 3, strict=True))
    return counted.most_common(1)[0][0]
