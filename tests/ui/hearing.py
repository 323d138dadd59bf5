"""What a test hears of a screen, and the four keys under its fingers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kivy.clock import Clock

from tests.ui.looking import breathe
from ui.ears import Ears
from ui.keys import CODES, HOLD_SECONDS, PadKey
from ui.offscreen import Studio
from ui.page import Send
from ui.voice.transcript import Transcript

_CODE = {
    PadKey.PREVIOUS: CODES["left"],
    PadKey.NEXT: CODES["right"],
    PadKey.PICK: CODES["enter"],
    PadKey.REPEAT: CODES["home"],
}


class Listener:
    """A visitor with a voice and a pad before a stage; never looks at it."""

    def __init__(self, path: Path, send: Send | None = None) -> None:
        self._path = path
        self._read = 0
        self.studio = Studio(ears=Ears(Transcript(path)), send=send)
        self.entries: list[dict[str, Any]] = []

    def breathe(self) -> None:
        """Let the screen come to rest; nothing is drawn, since nobody looks."""
        breathe()

    def begin_anew(self) -> None:
        """Another visitor: no page, no keys used yet, nothing said."""
        self.studio.stage.prepare()
        self.studio.stage.dispatch("on_finger")
        self.studio.intents.clear()
        self.news()

    def press(self, key: PadKey) -> None:
        self.studio.guide.keys.press(_CODE[key], frozenset())
        self.studio.guide.keys.release(_CODE[key])
        self.breathe()

    def hold_repeat(self) -> None:
        self.studio.guide.keys.press(_CODE[PadKey.REPEAT], frozenset())
        end = Clock.get_time() + HOLD_SECONDS
        while Clock.get_time() <= end + 0.2:
            self.breathe()
        self.studio.guide.keys.release(_CODE[PadKey.REPEAT])
        self.breathe()

    def type(self, text: str) -> None:
        """On a full keyboard."""
        for char in text:
            code = CODES["backspace"] if char == "\b" else ord(char.lower())
            shift = frozenset({"shift"} if char.isupper() else ())
            self.studio.guide.keys.press(code, shift)
            self.studio.guide.keys.release(code)
        self.breathe()

    def news(self) -> list[dict[str, Any]]:
        """Everything since it was last asked."""
        self.breathe()
        if not self._path.exists():
            return []
        lines = self._path.read_text().splitlines()
        fresh = [json.loads(line) for line in lines[self._read :]]
        self._read = len(lines)
        self.entries += fresh
        return fresh

    def words(self) -> str:
        """The words since it was last asked."""
        return " ".join(" ".join(entry.get("words", ())) for entry in self.news())

    def close(self) -> None:
        self.studio.close()
