"""A visitor's finger before a real screen at a real controller: every touch goes through the
screen's own widgets, the bridge and the socket, as on a kiosk. Nothing is drawn: nobody looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tests.ui.conftest import set_panel  # it sets Kivy up before anything else imports it

# isort: split
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from kivy.uix.widget import Widget

from firmware.core import view
from firmware.core.view import Form, Pin, ViewState
from tests.journeys.joint import Joint
from tests.ui.looking import breathe
from ui import palettes, texts, theme
from ui.inspect import Target, targets_under
from ui.offscreen import Studio
from ui.voice.reading import read
from ui.widgets import Text

PATIENCE_SECONDS = 60.0
AnyScreen = TypeVar("AnyScreen")


class NotThereError(AssertionError):
    """The screen does not come to show what the visitor waits for."""


class Finger:
    """Before the screen whose controller listens at ``socket``."""

    def __init__(self, socket: Path) -> None:
        set_panel("10-inch-1280x800")
        self.joint = Joint(socket)
        self.studio = Studio(send=self.joint.send)
        self.joint.join(self.studio.stage)

    def close(self) -> None:
        """Go away."""
        self.joint.close()
        self.breathe()
        self.studio.close()

    # ------------------------------------------------------------ eyes

    def breathe(self) -> None:
        """Views come in, layouts come to rest."""
        breathe()

    @property
    def state(self) -> ViewState | None:
        """What is shown; None without a controller."""
        return self.studio.stage.view

    @property
    def screen(self) -> Any:
        """The screen that is shown; None without a controller."""
        return None if self.state is None else self.state.screen

    def targets(self) -> dict[str, Target]:
        """What can be touched now."""
        self.breathe()
        return {one.id: one for one in targets_under(self.studio.stage.look()[2])}

    def words(self) -> str:
        """All that stands anywhere on the screen, drawn or hidden."""
        return " ".join(_words_of(self.studio.stage))

    def heard(self) -> str:
        """All that a voice would find to say of the page."""
        outline = read(self.studio.stage.look()[2], self.studio.stage.is_secret)
        return " ".join([line.text for line in outline.lines] + [one.name for one in outline.items])

    def is_dressed_as(self, wish: view.Preferences) -> bool:
        """Whether words, colours and size are what is wished."""
        return (
            texts.in_use() == wish.language
            and theme.palette() == palettes.PALETTES[wish.theme]
            and theme.text_scale() == theme.TEXT_SCALES[wish.text_size]
        )

    def until(self, what: str, seen: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Look until ``seen``; raises NotThereError that tells what was there instead."""
        end = time.monotonic() + seconds
        while not seen():
            if time.monotonic() > end:
                raise NotThereError(
                    f"waited for {what}; the screen is {type(self.screen).__name__} with "
                    f"{sorted(self.targets())}: {self.words()[:600]}"
                )
            self.breathe()
            time.sleep(0.005)

    def sees(
        self, kind: type[AnyScreen], seen: Callable[[AnyScreen], bool] = lambda _: True
    ) -> AnyScreen:
        """Wait for a screen of this kind that is so."""

        def is_there() -> bool:
            return isinstance(self.screen, kind) and seen(self.screen)

        self.until(kind.__name__, is_there)
        found: AnyScreen = self.screen
        return found

    def reads(self, *words: str) -> None:
        """Wait until all of ``words`` stand on the screen."""
        self.until(repr(words), lambda: all(word in self.words() for word in words))

    # ------------------------------------------------------------ the finger

    def touch(self, target_id: str) -> None:
        """Touch the middle of something, once it can be touched."""
        self.until(target_id, lambda: target_id in self.targets())
        self.touch_at(self.targets()[target_id])

    def touch_at(self, target: Target) -> None:
        """Touch the middle of ``target``."""
        self.touch_point(target.x + target.width / 2, Window.height - target.y - target.height / 2)

    def touch_point(self, x: float, y: float) -> None:
        """Touch a point; Kivy's coordinates."""
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self.breathe()
        touch.touch_up()
        self.breathe()

    def opens_preferences(self) -> None:
        """By the strip's button."""
        self.breathe()
        (button,) = targets_under(self.studio.stage.strip)
        self.touch_at(button)
        self.until("the panel", lambda: self.state is not None and self.state.adjusting)

    def prefers(self, target_id: str, wanted: Callable[[view.Preferences], bool]) -> None:
        """Touch a tile of the panel, on whichever leaf it stands, and wait until it is so."""
        for _ in range(9):
            if target_id in self.targets():
                break
            self.touch("more")
        self.touch(target_id)
        self.until(target_id, lambda: self.state is not None and wanted(self.state.preferences))

    def type_pin(self, pin: str) -> None:
        """On the pad, once digits count."""
        self.sees(Pin, lambda screen: not screen.wait_seconds and not screen.dots)
        for digit in pin:
            self.touch(f"digit-{digit}")

    def type_digits(self, digits: str) -> None:
        """On a pad of digits."""
        for digit in digits:
            self.touch(f"digit-{digit}")

    def type_text(self, text: str) -> None:
        """On the keyboard, with its shift key where the text needs it."""
        for char in text:
            key = "key-space" if char == " " else f"key-{char}"
            if key not in self.targets():
                self.touch("key-shift")
            self.touch(key)

    def fill_in(self, text: str) -> None:
        """Answer all questions of a form: ``text`` where one is typed, else the first choice."""
        for _ in range(30):
            screen = self.screen
            if not isinstance(screen, Form):
                return
            self._answer_one(screen.question, text)
        raise NotThereError("the form has no end")

    def _answer_one(self, question: view.Question, text: str) -> None:
        if question.problem is not None or not question.value:
            self._answer(question, text)
        self.sees(Form, lambda now: now.question.problem is None)
        self.touch("next")
        self.until("the next question", lambda: _asks_other(self.screen, question.name))

    def _answer(self, question: view.Question, text: str) -> None:
        if question.kind == "choice":
            self.touch("choice-0" if "choice-0" in self.targets() else "choice-1")
        elif question.kind == "text":
            self.type_text(text)
        elif question.kind == "date":
            return
        else:
            self.type_digits("1")


def _asks_other(screen: object, name: str) -> bool:
    return not isinstance(screen, Form) or screen.question.name != name


def _words_of(root: Widget) -> Iterator[str]:
    for widget in root.walk(restrict=True):
        if isinstance(widget, Text):
            yield widget.text
        elif hasattr(widget, "told_lines"):
            yield from (line.text for line in widget.told_lines())
