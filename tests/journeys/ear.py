"""A visitor who sees nothing: a pad of four keys, and what is heard, at a real controller."""

from __future__ import annotations

import time
from pathlib import Path

from tests.journeys.joint import Joint
from tests.ui.conftest import set_panel
from tests.ui.hearing import Listener
from ui.keys import PadKey
from ui.voice.characters import spoken_character

PATIENCE_SECONDS = 60.0
_MOST_STEPS = 90


class BlindVisitor:
    """Acts by the transcript alone."""

    def __init__(self, transcript: Path, socket: Path) -> None:
        set_panel("10-inch-1280x800")
        self._joint = Joint(socket)
        self._listener = Listener(transcript, self._joint.send)
        self._since = ""
        self.everything = ""
        self._joint.join(self._listener.studio.stage)

    def close(self) -> None:
        self._joint.close()
        self._listener.close()

    # ------------------------------------------------------------ ears

    def hears(self, *words: str) -> str:
        """Wait until all of ``words`` were said; what was said until then."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not all(word in self._since for word in words):
            assert time.monotonic() < end, f"waited for {words}, heard: {self._since}"
            self._listen()
            time.sleep(0.01)
        heard, self._since = self._since, ""
        return heard

    def wakes_voice(self) -> None:
        """Press the key that repeats until the controller is there and the voice is on."""
        end = time.monotonic() + PATIENCE_SECONDS
        while "Suara menyala" not in self._since:
            assert time.monotonic() < end, "there is no voice"
            self._listener.press(PadKey.REPEAT)
            for _ in range(20):
                self._listen()
                time.sleep(0.01)

    def falls_silent(self) -> None:
        """Wait until the voice is switched off."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not (self._listener.entries and "hush" in self._listener.entries[-1]):
            assert time.monotonic() < end, "the voice goes on"
            self._listen()
            time.sleep(0.01)

    def _listen(self) -> str:
        heard = self._listener.words()
        if heard:
            self.everything += f" {heard}"
            self._since += f" {heard}"
        return heard

    # ------------------------------------------------------------ keys

    def presses(self, key: PadKey) -> str:
        """One key; what is heard at once."""
        self._listen()
        self._since = ""
        self._listener.press(key)
        return self._listen()

    def seeks(self, words: str) -> bool:
        """Go on until ``words`` are heard; whether they ever were."""
        return any(words in self.presses(PadKey.NEXT) for _ in range(_MOST_STEPS))

    def picks(self, words: str) -> None:
        """Find it and pick it, once it can be picked."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert self.seeks(words), f"nothing says {words!r}: {self.everything[-2000:]}"
            if "belum bisa dipakai" not in self._since:
                break
            assert time.monotonic() < end, f"{words!r} cannot be picked"
        self.presses(PadKey.PICK)

    def types_pin(self, pin: str) -> None:
        """By counting: nothing tells which digit is stood at. All but the last are counted back."""
        for at, digit in enumerate(pin, start=1):
            for _ in range((int(digit) - 1) % 10):
                self.presses(PadKey.NEXT)
            self.presses(PadKey.PICK)
            if at < len(pin):
                self.hears(f"bintang {at} dari {len(pin)} angka")

    @property
    def is_private(self) -> bool:
        """Whether nothing of this visit was said aloud."""
        said = [entry for entry in self._listener.entries if entry.get("words")]
        return bool(said) and all(entry["private"] for entry in said)

    def types_digits(self, digits: str) -> None:
        """On a pad that tells its digits."""
        for digit in digits:
            heard = self.presses(PadKey.NEXT)
            for _ in range(_MOST_STEPS):
                if heard.split()[-1:] == [digit]:
                    break
                heard = self.presses(PadKey.NEXT)
            self.presses(PadKey.PICK)

    def spells(self, text: str) -> None:
        """Row by row, key by key, by what they say."""
        for char in text:
            self._find_key(spoken_character(char))

    def _find_key(self, name: str) -> None:
        for _ in range(_MOST_STEPS):
            if "Baris" not in self.presses(PadKey.NEXT):
                continue
            heard = self.presses(PadKey.PICK)
            while "Baris" not in heard:
                if heard.strip() == name:
                    self.presses(PadKey.PICK)
                    return
                heard = self.presses(PadKey.NEXT)
            self.presses(PadKey.PICK)  # the way out
        raise AssertionError(f"no key says {name!r}")
