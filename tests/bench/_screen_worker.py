"""A screen to be measured: ``python -m tests.bench._screen_worker bare|ours|touches FOLDER``.

``bare`` is a Kivy app with one label in the same window, ``ours`` is ``python -m ui``; both print
the clock at their first frame. ``touches`` is ours too, before somebody who touches, and prints
how long the frames took as one line of JSON.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from firmware.closed_memory import close_memory
from ui import environment

SIZE, DPI = (1280, 800), 149.0
ROUNDS = 100
_APART_SECONDS = 0.11  # not a multiple of a frame: touches come at any moment of it
_SETTLED_SECONDS = 1.0
_PAGES = ("home", "pin", "review", "letters", "form-text", "attract")
_PATIENCE_SECONDS = 30.0


def main() -> int:
    """Show the screen that the command names until it is ended."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    if kind != "bare":
        close_memory()  # as ``python -m ui`` does first: it may start the process anew
    environment.prepare(*SIZE, DPI)
    from kivy.core.window import Window

    def first(*_: object) -> None:
        Window.unbind(on_flip=first)
        print(json.dumps({"first": time.monotonic()}), flush=True)

    Window.bind(on_flip=first)
    if kind == "bare":
        return _bare()
    from ui.__main__ import main as ui_main

    if kind == "touches":
        threading.Thread(target=_until_done, args=(folder,), daemon=True).start()
    return ui_main(["--socket", str(folder / "ui.sock")])


def _bare() -> int:
    from kivy.app import App
    from kivy.uix.label import Label

    class Bare(App):
        """One label."""

        def build(self) -> Label:
            """The label."""
            return Label(text="Anjungan")

    Bare().run()
    return 0


class Frames:
    """When something began and when the next frame after it had been shown."""

    def __init__(self) -> None:
        from kivy.core.window import Window

        self._began: float | None = None
        self._done: queue.SimpleQueue[float] = queue.SimpleQueue()
        Window.bind(on_flip=self._flipped)

    def follow(self, began: float) -> None:
        """What began then has been taken in: the next frame shows it."""
        self._began = began

    def seconds(self) -> float:
        """How long the one that was followed took; queue.Empty when no frame came."""
        return self._done.get(timeout=_PATIENCE_SECONDS)

    def _flipped(self, *_: object) -> None:
        if self._began is not None:
            began, self._began = self._began, None
            self._done.put(time.monotonic() - began)


def _until_done(folder: Path) -> None:
    """Whatever comes of it: whoever reads the numbers does not wait for ever."""
    try:
        _somebody(folder)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


def _somebody(folder: Path) -> None:
    """In a thread of its own: a controller, and a finger as a panel's driver gives it."""
    from tests.ui.test_bridge import Controller

    controller = Controller(folder / "ui.sock")
    controller.accept()
    frames = Frames()
    found = {
        "switch": _switches(controller, frames),
        "keyboard": _touches(controller, frames, "form-text", "key-"),
        "pin": _touches(controller, frames, "pin", "digit-"),
    }
    print(json.dumps(found), flush=True)


def _switches(controller: Any, frames: Frames) -> list[float]:
    """From the controller's line to the first frame of another page."""
    from kivy.app import App

    stage: Any = App.get_running_app().root
    sent: list[float] = []

    def drawn(*_: object) -> None:
        if sent:
            frames.follow(sent.pop())

    stage.bind(on_drawn=drawn)
    seconds = []
    for page in _PAGES * (ROUNDS // len(_PAGES)):
        time.sleep(_APART_SECONDS)
        sent.append(time.monotonic())
        controller.show(page)
        seconds.append(frames.seconds())
    stage.unbind(on_drawn=drawn)
    return seconds


def _touches(controller: Any, frames: Frames, page: str, keys: str) -> list[float]:
    """From a finger's coming or going at some of the page's keys to the next frame."""
    from kivy.base import EventLoop

    controller.show(page)
    time.sleep(_SETTLED_SECONDS)
    places = _places(keys)
    panel = _panel(frames)
    EventLoop.add_input_provider(panel)
    seconds = []
    for number in range(ROUNDS):
        place = places[number * 7 % len(places)]
        for how in ("begin", "end"):
            time.sleep(_APART_SECONDS)
            panel.events.put((time.monotonic(), how, place))
            seconds.append(frames.seconds())
    EventLoop.remove_input_provider(panel)
    return seconds


def _places(keys: str) -> list[tuple[float, float]]:
    """The middle of each key, as parts of the window."""
    from kivy.app import App

    from ui.inspect import targets_under

    stage: Any = App.get_running_app().root
    targets = [one for one in targets_under(stage.look()[2]) if one.id.startswith(keys)]
    width, height = SIZE
    return [
        ((one.x + one.width / 2) / width, 1 - (one.y + one.height / 2) / height)
        for one in targets
        if len(one.id) == len(keys) + 1
    ]


def _panel(frames: Frames) -> Any:
    """An input provider like Kivy's own: events wait until the loop asks for them."""
    from kivy.input.motionevent import MotionEvent
    from kivy.input.provider import MotionEventProvider

    class Touch(MotionEvent):  # type: ignore[misc]
        """One finger."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.update(is_touch=True, type_id="touch")
            super().__init__(*args, **kwargs)
            self.profile = ["pos"]

        def depack(self, args: Any) -> None:
            """Where it is, as parts of the window."""
            self.sx, self.sy = args
            super().depack(args)

    class TouchPanel(MotionEventProvider):  # type: ignore[misc]
        """Where the fingers wait."""

        def __init__(self) -> None:
            super().__init__("bench", "")
            self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
            self._touch: Any = None

        def update(self, dispatch_fn: Any) -> None:
            """Kivy asks, once a turn of its loop."""
            while not self.events.empty():
                began, how, place = self.events.get()
                if how == "begin":
                    self._touch = Touch("bench", 1, place)
                frames.follow(began)
                dispatch_fn(how, self._touch)

    return TouchPanel()


if __name__ == "__main__":
    sys.exit(main())
