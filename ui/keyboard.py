"""Our own keyboard, and the pad of digits."""

from __future__ import annotations

import math
import random
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from firmware.core.view import KeyOrder
from ui import theme, typewriter
from ui.layout import Box, Column, Fit, Row, changed, put, take
from ui.texts import tr
from ui.typewriter import ERASE, OTHER, SHIFT
from ui.widgets import Panel, Text, TouchButton

REPEAT_AFTER, REPEAT_EVERY = 0.5, 0.12
"""Seconds for which "erase" must be held, and between two characters that it then takes."""
_PREVIEW = 2.0
"""How much larger than the key its preview is."""


def beside_keys() -> float:
    """Beside the keyboard: less where a row of ten keys would not fit otherwise."""
    spare = (Window.width - 10 * theme.touch() - 9 * theme.gap(0)) // 2
    return float(min(theme.air(7), spare) if spare >= 0 else theme.air(3))


class Preview(Panel):
    """What a finger hides: the letter, large, above it."""

    letter = StringProperty("")

    def __init__(self, key: TouchButton, **kwargs: Any) -> None:
        super().__init__(radius_mm=4, size_hint=(None, None), **kwargs)
        self.edge = theme.GREEN
        text = Text(text=key.text, bold=True, halign="center", largest_mm=15)
        self.add_widget(text)
        side = _PREVIEW * max(key.height, min(key.width, key.height * 1.2))
        x, y = key.to_window(key.center_x, key.top)
        left = min(max(0, x - side / 2), Window.width - side)
        low = min(y + theme.mm(1), Window.height - side)
        put(self, Box(left, low, side, side), Fit())
        put(text, Box(left, low, side, side), Fit())


class Key(TouchButton):
    """A key that types; while it is held its preview stands above the finger."""

    def __init__(self, **kwargs: Any) -> None:
        self._preview: Preview | None = None
        super().__init__(look="key", eager=True, bold=False, **kwargs)
        self.fbind("state", self._show)

    def _show(self, *_: object) -> None:
        if self._preview is not None:
            Window.remove_widget(self._preview)
            self._preview = None
        if self.state == "down" and len(self.text) == 1:
            self._preview = Preview(self)
            Window.add_widget(self._preview)


class EraseKey(TouchButton):
    """Takes one character; held, one after another."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(icon="backspace", look="tool", eager=True, **kwargs)
        self._again: Any = None
        self.fbind("state", self._hold)

    def _hold(self, *_: object) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if self.state == "down":
            self._again = Clock.schedule_once(self._repeat, REPEAT_AFTER)

    def _repeat(self, *_: object) -> None:
        self.dispatch("on_tap")
        self._again = Clock.schedule_once(self._repeat, REPEAT_EVERY)


class Keyboard(Column):
    """Edits ``value`` and says so with ``on_typed``. Capitals come by themselves where a sentence
    or, for names, a word begins. Its keys are as many in a row as fingers can meet.
    """

    value = StringProperty("")
    shifted = BooleanProperty(True)
    order = OptionProperty("qwerty", options=["qwerty", "abc"])
    capitals = OptionProperty("sentence", options=["sentence", "words"])
    layer = NumericProperty(0)
    __events__ = ("on_typed",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(spacing=theme.gap(0), **kwargs)
        self._letters: list[tuple[str, Key]] = []
        self._shift: TouchButton | None = None
        self._drawn: tuple[KeyOrder, int, int] | None = None
        self.fbind("shifted", self._name_keys)
        self.fbind("layer", lambda *_: changed(self))
        self.fbind("order", lambda *_: changed(self))

    # ------------------------------------------------------------ typing

    def start(self, value: str) -> None:
        """Begin with ``value``."""
        self.value = value
        self._shift_by_itself()

    def type(self, char: str) -> None:
        """Add ``char``; a single shift is used up."""
        self._change(typewriter.typed(self.value, char))

    def erase(self) -> None:
        """Take the last character away."""
        self._change(typewriter.erased(self.value))

    def _change(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self._shift_by_itself()
            self.dispatch("on_typed")

    def _shift_by_itself(self) -> None:
        self.shifted = typewriter.begins_word(self.value, self.capitals)

    def on_typed(self) -> None:
        """The event's default: nothing."""

    # ------------------------------------------------------------ keys

    def need(self, width: float, fit: Fit) -> float:
        """Rows of keys for fingers."""
        rows = len(self._layers(width)[0])
        return rows * theme.touch() + (rows - 1) * float(self.spacing)

    def put(self, box: Box, fit: Fit) -> None:
        """Make the keys that this width asks for, and place them."""
        layers = self._layers(box.width)
        drawn = (self.order, self._columns(box.width), int(self.layer) % len(layers))
        if drawn != self._drawn:
            self._drawn = drawn
            self._make(layers[drawn[2]])
        take(self, box)
        rows, gap = self.parts, float(self.spacing)
        height = math.floor((box.height - gap * (len(rows) - 1)) / len(rows))
        for number, row in enumerate(rows):
            low = box.y + box.height - (number + 1) * height - number * gap
            put(row, Box(box.x, low, box.width, height), fit)

    def _columns(self, width: float) -> int:
        return int((width + self.spacing + 1) // (theme.touch() + self.spacing))

    def _layers(self, width: float) -> tuple[typewriter.Rows, ...]:
        return typewriter.layers(self.order, self._columns(width))

    def _make(self, rows: typewriter.Rows) -> None:
        self.clear_widgets()
        self._letters, self._shift = [], None
        for chars in rows:
            row = Row(spacing=self.spacing, stretch=1)
            for char in chars:
                row.add_widget(self._any_key(char))
            self.add_widget(row)

    def _any_key(self, char: str) -> TouchButton:
        if char == SHIFT:
            return self._shift_key()
        if char == OTHER:
            return self._layer_key()
        if char == ERASE:
            erase = EraseKey(icon_mm=8, target_id="key-backspace")
            erase.size_hint_x = 2 if self._drawn and self._drawn[1] >= 12 else 1
            erase.bind(on_tap=lambda *_: self.erase())
            return erase
        key = Key(largest_mm=7)
        key.bind(on_tap=lambda key: self.type(key.text))
        self._letters.append((char, key))
        self._name_key(char, key)
        return key

    def _shift_key(self) -> TouchButton:
        shift = TouchButton(
            icon="shift-on" if self.shifted else "shift",
            icon_mm=7,
            look="tool",
            eager=True,
            target_id="key-shift",
        )
        shift.bind(on_tap=lambda *_: self._toggle())
        self._shift = shift
        return shift

    def _layer_key(self) -> TouchButton:
        text = tr("123") if not self.layer else tr("abc")
        key = TouchButton(text=text, look="tool", largest_mm=4.4, target_id="key-layer")
        key.bind(on_tap=lambda *_: setattr(self, "layer", 1 - int(self.layer)))
        return key

    def _toggle(self) -> None:
        self.shifted = not self.shifted

    def _name_keys(self, *_: object) -> None:
        for char, key in self._letters:
            self._name_key(char, key)
        if self._shift is not None:
            self._shift.icon = "shift-on" if self.shifted else "shift"

    def _name_key(self, char: str, key: TouchButton) -> None:
        key.text = char.upper() if self.shifted else char
        key.target_id = f"key-{key.text}"


class NumberPad(GridLayout):
    """Ten digits, large. ``on_digit(digit)``, ``on_erase()``; ``prefix`` begins the targets. With
    ``has_noughts`` there is a key for three noughts at once: ``on_noughts()``.
    """

    prefix = StringProperty("digit-")
    erase_id = StringProperty("erase")
    enabled = BooleanProperty(True)
    stretch = NumericProperty(0)
    has_noughts = BooleanProperty(False)
    __events__ = ("on_digit", "on_erase", "on_noughts")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(cols=3, spacing=theme.gap(0), **kwargs)
        self._keys = [self._key() for _ in range(10)]
        for key in self._keys[:9]:
            self.add_widget(key)
        self._corner = BoxLayout()
        self.add_widget(self._corner)
        self.add_widget(self._keys[9])
        self._digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
        self.fbind("prefix", self._name_keys)
        self._name_keys()
        erase = EraseKey(icon_mm=9)
        erase.target_id = self.erase_id
        self.fbind("erase_id", lambda _, name: setattr(erase, "target_id", name))
        erase.bind(on_tap=lambda *_: self.dispatch("on_erase"))
        self.fbind("enabled", lambda _, on: setattr(erase, "disabled", not on))
        self.add_widget(erase)
        self.fbind("has_noughts", self._offer_noughts)
        self._offer_noughts()

    def own_width(self, _fit: Fit) -> float:
        """As wide as there is space for, in a row."""
        return theme.touch() * 3 + 2 * float(self.spacing[0]) + 3 * theme.air(13)

    def need(self, _width: float, _fit: Fit) -> float:
        """Four rows of keys for fingers."""
        return 4 * theme.touch() + 3 * float(self.spacing[1])

    def _offer_noughts(self, *_: object) -> None:
        self._corner.clear_widgets()
        if self.has_noughts:
            key = TouchButton(
                text="000", look="key", eager=True, largest_mm=8, target_id=f"{self.prefix}000"
            )
            key.bind(on_tap=lambda *_: self.dispatch("on_noughts"))
            self._corner.add_widget(key)

    def shuffle(self) -> None:
        """The digits stand in another order from now on: who looks on learns less."""
        random.SystemRandom().shuffle(self._digits)
        self._name_keys()

    def _key(self) -> TouchButton:
        key = TouchButton(look="key", eager=True, largest_mm=10)
        key.bind(on_tap=lambda key: self.dispatch("on_digit", int(key.text)))
        self.fbind("enabled", lambda _, on: setattr(key, "disabled", not on))
        return key

    def _name_keys(self, *_: object) -> None:
        for key, digit in zip(self._keys, self._digits, strict=True):
            key.text, key.target_id = str(digit), f"{self.prefix}{digit}"

    def on_digit(self, digit: int) -> None:
        """The event's default: nothing."""

    def on_erase(self) -> None:
        """The event's default: nothing."""

    def on_noughts(self) -> None:
        """The event's default: nothing."""
