"""A socket beside the screen: what can be touched and where, and a picture of it.

For the workbench, a technician far away, and journeys. It shows; it touches nothing. One JSON
object a line: ``{"ask": "targets"}``, ``{"ask": "picture", "path": "/x.png"}``. An answer is
given only when the screen is at rest, so that a target named here can be touched at once.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.uix.widget import Widget
from PIL import Image

from ui.bridge import lines_of
from ui.layout import is_away
from ui.widgets import Touchable

_log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 10.0
_LONGEST_QUESTION = 8192


class Question(msgspec.Struct, frozen=True):
    """What may be asked."""

    ask: Literal["targets", "picture"]
    path: str = ""


class Target(msgspec.Struct, frozen=True):
    """Something to touch: pixels, the origin at the top left."""

    id: str
    text: str
    x: float
    y: float
    width: float
    height: float


class Targets(msgspec.Struct, frozen=True):
    """All that can be touched now. ``serial`` of the view shown, -1 without a controller."""

    serial: int
    screen: str
    targets: tuple[Target, ...]


class Done(msgspec.Struct, frozen=True):
    """The picture is written, or why not."""

    ok: bool
    error: str = ""


def targets_under(root: Widget) -> tuple[Target, ...]:
    """Every target below ``root`` that is drawn and enabled."""
    return tuple(_target(widget) for widget in _touchables(root))


def _touchables(widget: Widget) -> Iterator[Touchable]:
    if widget.opacity == 0 or widget.disabled or is_away(widget):
        return
    if isinstance(widget, Touchable) and widget.target_id and widget.width > 0:
        yield widget
    for child in reversed(widget.children):
        yield from _touchables(child)


def _target(widget: Touchable) -> Target:
    left, bottom = widget.to_window(widget.x, widget.y)
    top = Window.height - bottom - widget.height
    return Target(widget.target_id, widget.spoken, left, top, widget.width, widget.height)


def picture() -> Image.Image:
    """The frame that is being drawn, as the visitor sees it; only while ``on_flip`` is
    dispatched.
    """
    width, height = Window.system_size
    pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
    frame = Image.frombytes("RGBA", (width, height), bytes(pixels)).convert("RGB")
    seen = frame.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return seen.rotate(-Window.rotation, expand=True) if Window.rotation else seen


def after_next_frame(act: Callable[[], None]) -> None:
    """Call ``act`` when the next frame is drawn and not yet given away."""

    def flip(*_: object) -> bool:
        Window.unbind(on_flip=flip)
        act()
        return False

    def ask(_: float) -> None:
        Window.bind(on_flip=flip)
        Window.canvas.ask_update()

    # Layouts settle over a few turns of the clock before a frame is worth looking at.
    Clock.schedule_once(lambda _: Clock.schedule_once(lambda _: Clock.schedule_once(ask)))


def write_picture(path: Path, frame: Image.Image) -> None:
    """Write ``frame`` as PNG; a reader never sees half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    frame.save(beside, format="PNG")
    beside.replace(path)


class Inspector:
    """Serves ``path``; raises OSError when it cannot listen there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen()

    def start(
        self,
        look: Callable[[], tuple[int, str, Widget]],
        at_rest: Callable[[Callable[[], None]], None],
    ) -> None:
        """Begin to answer. Both are called on the main thread: ``look`` gives the view's serial,
        the screen's name and where the targets are; ``at_rest`` calls back when touches count.
        """
        self._look, self._at_rest = look, at_rest
        threading.Thread(target=self._accept, name="inspect", daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with caller:
            try:
                for raw in lines_of(caller, _LONGEST_QUESTION):
                    caller.sendall(msgspec.json.encode(self._answer(raw)) + b"\n")
            except OSError as error:
                _log.info("an inspector went away: %s", error.strerror or error)

    def _answer(self, raw: bytes) -> Targets | Done:
        try:
            question = msgspec.json.decode(raw, type=Question)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Done(False, 'ask {"ask": "targets"} or {"ask": "picture", "path": "…"}')
        answered = threading.Event()
        answers: list[Targets | Done] = []

        def finish(answer: Targets | Done) -> None:
            answers.append(answer)
            answered.set()

        Clock.schedule_once(lambda _: self._at_rest(lambda: self._look_for(question, finish)))
        if not answered.wait(_PATIENCE_SECONDS):
            return Done(False, "the screen does not come to rest")
        return answers[0]

    def _look_for(self, question: Question, finish: Callable[[Any], None]) -> None:
        before = self._look()[:2]

        def act() -> None:
            if self._look()[:2] != before:  # the page turned while the frame was made
                self._at_rest(lambda: self._look_for(question, finish))
            else:
                finish(self._targets() if question.ask == "targets" else _save(question.path))

        after_next_frame(act)

    def _targets(self) -> Targets:
        serial, screen, root = self._look()
        return Targets(serial, screen, targets_under(root))


def _save(path: str) -> Done:
    try:
        write_picture(Path(path), picture())
    except (OSError, ValueError) as error:
        return Done(False, str(error))
    return Done(True)
