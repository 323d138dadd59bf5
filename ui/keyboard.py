"""Our own keyboard: letters, digits and the punctuation of names and addresses on one layer."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from ui import theme
from ui.layout import Fit
from ui.widgets import TouchButton

_ROWS = ("1234567890", "qwertyuiop()", "asdfghjkl'-/", "^zxcvbnm,.&:")
LONGEST = 120


class Keyboard(BoxLayout):
    """Edits ``value`` and says so with ``on_typed``. The first letter is a capital by itself."""

    value = StringProperty("")
    shifted = BooleanProperty(True)
    __events__ = ("on_typed",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(orientation="vertical", spacing=theme.gap(0), **kwargs)
        self._letters: list[tuple[str, TouchButton]] = []
        self._shift: TouchButton | None = None
        for row in _ROWS:
            self.add_widget(self._row(row))
        self.fbind("shifted", self._name_keys)

    def need(self, _width: float, _fit: Fit) -> float:
        """Rows of keys for fingers."""
        rows = len(_ROWS)
        return rows * theme.touch() + (rows - 1) * theme.gap(0)

    def start(self, value: str) -> None:
        """Begin with ``value``; a capital comes first when it is empty."""
        self.value = value
        self.shifted = not value

    def type(self, char: str) -> None:
        """Add ``char``; a single shift is used up."""
        if len(self.value) < LONGEST:
            self.value += char
            self.shifted = False
            self.dispatch("on_typed")

    def erase(self) -> None:
        """Take the last character away."""
        if self.value:
            self.value = self.value[:-1]
            self.shifted = not self.value
            self.dispatch("on_typed")

    def on_typed(self) -> None:
        """The event's default: nothing."""

    def _row(self, chars: str) -> BoxLayout:
        row = BoxLayout(spacing=theme.gap(0))
        for char in chars:
            row.add_widget(self._shift_key() if char == "^" else self._key(char))
        if chars == _ROWS[0]:
            erase = TouchButton(
                icon="backspace",
                icon_mm=8,
                look="tool",
                eager=True,
                target_id="key-backspace",
                size_hint_x=2.2,
            )
            erase.bind(on_tap=lambda *_: self.erase())
            row.add_widget(erase)
        return row

    def _key(self, char: str) -> TouchButton:
        key = TouchButton(look="key", eager=True, largest_mm=7, bold=False)
        key.bind(on_tap=lambda key: self.type(key.text))
        self._letters.append((char, key))
        self._name_key(char, key)
        return key

    def _shift_key(self) -> TouchButton:
        shift = TouchButton(
            icon="shift-on", icon_mm=7, look="tool", eager=True, target_id="key-shift"
        )
        shift.bind(on_tap=lambda *_: self._toggle())
        self._shift = shift
        return shift

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
    """Ten digits, large. ``on_digit(digit)``, ``on_erase()``; ``prefix`` begins the targets."""

    prefix = StringProperty("digit-")
    erase_id = StringProperty("erase")
    enabled = BooleanProperty(True)
    stretch = NumericProperty(0)
    __events__ = ("on_digit", "on_erase")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(cols=3, spacing=theme.gap(0), **kwargs)
        for digit in (*range(1, 10), None, 0):
            self.add_widget(BoxLayout() if digit is None else self._key(digit))
        erase = TouchButton(icon="backspace", icon_mm=9, look="tool", eager=True)
        erase.target_id = self.erase_id
        self.fbind("erase_id", lambda _, name: setattr(erase, "target_id", name))
        erase.bind(on_tap=lambda *_: self.dispatch("on_erase"))
        self.fbind("enabled", lambda _, on: setattr(erase, "disabled", not on))
        self.add_widget(erase)

    def own_width(self, _fit: Fit) -> float:
        """As wide as there is space for, in a row."""
        return theme.touch() * 3 + 2 * float(self.spacing[0]) + 3 * theme.air(13)

    def need(self, _width: float, _fit: Fit) -> float:
        """Four rows of keys for fingers."""
        return 4 * theme.touch() + 3 * float(self.spacing[1])

    def _key(self, digit: int) -> TouchButton:
        key = TouchButton(text=str(digit), look="key", eager=True, largest_mm=10)
        key.target_id = f"{self.prefix}{digit}"
        key.bind(on_tap=lambda *_: self.dispatch("on_digit", digit))
        self.fbind("prefix", lambda _, prefix: setattr(key, "target_id", f"{prefix}{digit}"))
        self.fbind("enabled", lambda _, on: setattr(key, "disabled", not on))
        return key

    def on_digit(self, digit: int) -> None:
        """The event's default: nothing."""

    def on_erase(self) -> None:
        """The event's default: nothing."""
