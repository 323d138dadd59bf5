"""A visitor's eyes and hands: what the screen offers, and touching it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provisioning.display import Display
from provisioning.tell import tell

PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.05


class NotSeenError(Exception):
    """The screen did not come to show what the visitor waits for."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be touched; pixels, origin top left."""

    id: str
    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sight:
    """What the screen shows now. ``screen`` is the name of a kind of screen."""

    serial: int
    screen: str
    targets: tuple[Target, ...]

    def get(self, target: str) -> Target | None:
        """The target of that id, when it can be touched now."""
        return next((one for one in self.targets if one.id == target), None)


class Hands:
    """A visitor in front of one screen."""

    def __init__(self, inspector: Path, display: Display) -> None:
        self._inspector = inspector
        self._display = display

    def look(self) -> Sight:
        """What is there now."""
        told = tell(self._inspector, {"ask": "targets"})
        if "targets" not in told:
            raise NotSeenError(f"the screen tells nothing: {told}")
        targets = tuple(
            Target(one["id"], one["text"], one["x"], one["y"], one["width"], one["height"])
            for one in told["targets"]
        )
        return Sight(int(told["serial"]), str(told["screen"]), targets)

    def picture(self, path: Path) -> None:
        """Write what the screen shows as PNG."""
        answer = tell(self._inspector, {"ask": "picture", "path": str(path)})
        if not answer.get("ok"):
            raise NotSeenError(f"no picture of the screen: {answer}")

    def wait(
        self, what: str, seen: Callable[[Sight], bool], seconds: float = PATIENCE_SECONDS
    ) -> Sight:
        """Look until ``seen``; raises NotSeenError that tells what was there instead."""
        deadline = time.monotonic() + seconds
        sight = self.look()
        while not seen(sight):
            if time.monotonic() > deadline:
                offered = ", ".join(target.id for target in sight.targets)
                raise NotSeenError(
                    f"waited for {what}; the screen is {sight.screen!r} with {offered}"
                )
            time.sleep(_LOOK_SECONDS)
            sight = self.look()
        return sight

    def wait_screen(self, *screens: str, seconds: float = PATIENCE_SECONDS) -> Sight:
        """Look until the screen is one of these."""
        return self.wait(" or ".join(screens), lambda sight: sight.screen in screens, seconds)

    def touch(self, target: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Touch something, once it is there."""
        sight = self.wait(target, lambda sight: sight.get(target) is not None, seconds)
        self._touch(sight, target)

    def type_pin(self, pin: str) -> None:
        """Type a PIN on the pad."""
        for digit in pin:
            self.touch(f"digit-{digit}")

    def type_text(self, text: str) -> None:
        """Type on the screen's own keyboard, with its shift key where the text needs it.

        The keys stand still while capitals come and go, so they are looked for only then.
        """
        sight = self.wait("the keyboard", lambda sight: sight.get("key-space") is not None)
        for char in text:
            key = "key-space" if char == " " else f"key-{char}"
            if sight.get(key) is None:
                sight = self._find_key(key)
            self._touch(sight, key)

    def _find_key(self, key: str) -> Sight:
        sight = self.look()  # after a capital the small letters come back by themselves
        if sight.get(key) is None:
            self._touch(sight, "key-shift")
        return self.wait(key, lambda sight: sight.get(key) is not None)

    def _touch(self, sight: Sight, target: str) -> None:
        found = sight.get(target)
        assert found is not None
        self._display.touch(found.x + found.width / 2, found.y + found.height / 2)
