"""A stage without a person before it, driven frame by frame: for the gallery and for tests."""

from __future__ import annotations

from kivy.base import EventLoop, runTouchApp
from kivy.core.window import Window
from PIL import Image

from firmware.core.view import Intent
from ui import inspect, theme
from ui.app import Stage
from ui.ears import Ears
from ui.guide import Guide
from ui.page import Send
from ui.panels import Panel
from ui.voice.silence import NoVoice

_FRAMES_TO_SETTLE = 6


class Studio:
    """A stage in the window. ``intents`` gathers what was said, unless ``send`` takes it;
    ``ears``: for who hears, too.
    """

    def __init__(
        self, settle_seconds: float = 0, ears: Ears | None = None, send: Send | None = None
    ) -> None:
        self.intents: list[Intent] = []
        send = send or self.intents.append
        self.stage = Stage(send, settle_seconds=settle_seconds)
        self.guide = Guide(self.stage, send, ears or Ears(NoVoice()))
        if EventLoop.status == "started":
            Window.add_widget(self.stage)
        else:
            runTouchApp(self.stage, embedded=True)
        self.settle()

    @classmethod
    def on(cls, panel: Panel, settle_seconds: float = 0) -> Studio:
        """A stage in a window as large and as fine as ``panel``."""
        theme.configure(panel.dpi, panel.size)
        Window.size = panel.size
        return cls(settle_seconds)

    def settle(self) -> None:
        """Let layouts and textures come to rest."""
        for _ in range(_FRAMES_TO_SETTLE):
            EventLoop.idle()

    def picture(self) -> Image.Image:
        """The screen as it stands."""
        self.settle()
        frames: list[Image.Image] = []
        inspect.after_next_frame(lambda: frames.append(inspect.picture()))
        while not frames:
            EventLoop.idle()
        return frames[0]

    def close(self) -> None:
        """Take the stage out of the window."""
        self.guide.close()
        Window.remove_widget(self.stage)
