"""Joins keys, focus and voice to the stage: what a key does, and what is looked at for the voice.

A key reaches nothing that a finger could not touch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from kivy.clock import Clock, mainthread
from kivy.core.window import Window

from firmware.core.view import Prefer, Preferences, SoundFailed, StillHere
from ui.ears import Ears
from ui.focus import Focus, Ring
from ui.keys import Keys, PadKey
from ui.page import Send
from ui.voice.announcer import Announcer, Sight
from ui.voice.outline import Outline, Spot
from ui.voice.protocols import CannotSpeak, Health
from ui.voice.reading import pressable, read
from ui.widgets import Touchable

STILL_HERE_SECONDS = 5.0
"""Who walks with keys is there, though the controller sees no touch: it is told so often."""
_FRAMES_TO_LAY_OUT = 3


class Guide:
    """Follows ``stage`` (a ui.app.Stage); the voice says what is drawn where it is wished."""

    def __init__(self, stage: Any, send: Send, ears: Ears) -> None:
        self._stage, self._send, self._voice = stage, send, ears.voice
        self._focus, self._ring = Focus(), Ring(stage)
        self._announcer = Announcer(ears.voice, ears.sounds)
        self._turn = -1
        self._heard_at = float("-inf")
        self._look = Clock.create_trigger(lambda _: self._refresh(), 0)
        self._follow = Clock.create_trigger(lambda _: self._follow_layout(), 0)
        self._frames = 0
        self.keys = Keys(ears.pad, _later, self._on_pad, self._on_help, self._on_text)
        stage.bind(on_drawn=lambda *_: self._look(), on_finger=lambda *_: self._on_finger())
        self._trouble = self._told_trouble = ""
        ears.voice.watch(self._on_health)
        self._look()

    def listen(self) -> None:
        """Take the window's keys. No other part of the screen hears one."""
        Window.bind(on_key_down=self._on_key_down, on_key_up=self._on_key_up)
        Window.bind(on_keyboard=lambda *_: True)

    def close(self) -> None:
        """Fall silent."""
        self._look.cancel()
        self._follow.cancel()
        self._voice.close()

    @property
    def spot(self) -> Spot | None:
        """Where the keys stand."""
        return self._focus.spot

    @property
    def ring(self) -> Ring:
        """What shows it."""
        return self._ring

    # ------------------------------------------------------------ keys

    def _on_key_down(
        self, _window: object, code: int, _scan: int, _char: str | None, modifiers: list[str]
    ) -> bool:
        self.keys.press(code, frozenset(modifiers))
        return True

    def _on_key_up(self, _window: object, code: int, *_: object) -> bool:
        self.keys.release(code)
        return True

    def _on_pad(self, key: PadKey) -> None:
        self._say_here()
        self._catch_up()
        if key is PadKey.REPEAT:
            self._repeat()
            return
        if not self._focus.is_somewhere:
            self._focus.arrive(self._stage.reach(), self._stage.is_secret, by_key=True)
        elif key is PadKey.PICK:
            self._pick()
        else:
            self._focus.move(1 if key is PadKey.NEXT else -1)
        self._refresh(by_key=True, moved=key is not PadKey.PICK)

    def _pick(self) -> None:
        chosen = self._focus.pick()
        if chosen is None or not self._stage.settled:
            return
        if self._stage.is_secret and chosen.eager:
            self._focus.home()
        chosen.dispatch("on_tap")

    def _repeat(self) -> None:
        """Who wants to hear what was not said wants the voice."""
        if self._wishes.voice:
            self._announcer.repeat()
        elif self._stage.view is not None:
            self._send(Prefer(msgspec.structs.replace(self._wishes, voice=True)))

    def _on_help(self) -> None:
        self._say_here()
        if self._wishes.voice:
            self._announcer.help()
        else:
            self._repeat()

    def _on_text(self, char: str) -> None:
        """A full keyboard types what could be touched."""
        key = self._key_for(char)
        if key is not None and self._stage.settled:
            self._say_here()
            key.dispatch("on_tap")
            self._refresh(by_key=True)

    def _key_for(self, char: str) -> Touchable | None:
        name = {" ": "space", "\b": "backspace"}.get(char, char)
        here = self._eager()
        for target in (f"key-{name}", f"digit-{name}", "erase" if char == "\b" else ""):
            if target in here:
                return here[target]
        if f"key-{char.swapcase()}" not in here or "key-shift" not in here:
            return None
        here["key-shift"].dispatch("on_tap")
        return self._eager().get(f"key-{char}")

    def _eager(self) -> dict[str, Touchable]:
        here = pressable(self._stage.look()[2])
        return {one.target_id: one for one in here if one.eager and not one.disabled}

    def _say_here(self) -> None:
        """Not while the visitor is asked that: the answer is given by picking it."""
        now, view = Clock.get_time(), self._stage.view
        if view is None or view.idle_seconds is not None:
            return
        if now - self._heard_at >= STILL_HERE_SECONDS:
            self._heard_at = now
            self._send(StillHere())

    # ------------------------------------------------------------ what is wrong

    @mainthread
    def _on_health(self, health: Health) -> None:
        self._trouble = health.reason if isinstance(health, CannotSpeak) else ""
        self._tell_trouble()

    def _tell_trouble(self) -> None:
        """The controller knows of no trouble when it starts."""
        if self._stage.view is None:
            self._told_trouble = ""
        elif self._trouble != self._told_trouble:
            self._told_trouble = self._trouble
            self._send(SoundFailed(self._trouble))

    # ------------------------------------------------------------ what is seen

    @property
    def _wishes(self) -> Preferences:
        view = self._stage.view
        return view.preferences if view is not None else Preferences()

    def _on_finger(self) -> None:
        """Who touches needs no ring."""
        self._focus.leave()
        self._look()

    def _catch_up(self) -> None:
        """Keys go on where they were; on another page they begin anew."""
        roots, secret = self._stage.reach(), self._stage.is_secret
        is_new = self._stage.turn != self._turn
        self._turn = self._stage.turn
        if self._stage.view is None:
            self._heard_at = float("-inf")
        if not self._focus.is_somewhere and not self._focus.waits:
            return
        if is_new:
            self._focus.arrive(roots, secret)
        else:
            self._focus.stay(roots, secret)

    def _refresh(self, by_key: bool = False, moved: bool = False) -> None:
        self._catch_up()
        self._tell_trouble()
        self._announcer.see(self._sight(), by_key, moved)
        self._show_ring()
        self._frames = _FRAMES_TO_LAY_OUT
        self._follow()

    def _show_ring(self) -> None:
        """Over a darkened screen it would tell where a PIN's digits are."""
        self._ring.show([] if self._wishes.hidden else self._focus.held)

    def _follow_layout(self) -> None:
        """Sizes settle over a few frames."""
        self._show_ring()
        self._frames -= 1
        if self._frames > 0:
            self._follow()

    def _sight(self) -> Sight:
        stage, view = self._stage, self._stage.view
        return Sight(
            turn=stage.turn,
            screen=view.screen if view is not None else None,
            strip=read(stage.strip, False),
            page=self._page(),
            spot=self._focus.spot,
            wishes=self._wishes,
            private=view is not None and view.headphone,
        )

    def _page(self) -> Outline:
        """What stands on the page, and all that keys can walk to from it."""
        page, *others = (read(root, self._stage.is_secret) for root in self._stage.reach())
        more = (item for other in others for item in other.items)
        return Outline(page.lines, (*page.items, *more))


def _later(act: Callable[[], None], seconds: float) -> Callable[[], None]:
    event = Clock.schedule_once(lambda _: act(), seconds)
    return lambda: event.cancel()
