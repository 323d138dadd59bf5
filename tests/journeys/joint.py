"""Joins a screen that stands in this process to a real controller, as the screen's program does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kivy.clock import mainthread

from firmware.core.view import Intent, ViewState
from ui.bridge import Bridge

if TYPE_CHECKING:  # it makes a window, which the tests first have to set up
    from ui.app import Stage


class Joint:
    """To the controller at ``socket``. ``send`` is for the stage that is then given to ``join``;
    ``on_view``: called before each view is shown.
    """

    def __init__(self, socket: Path) -> None:
        self._bridge = Bridge(socket, self._on_view, self._on_lost)
        self.on_view: Callable[[ViewState], None] = lambda _: None
        self.sent = 0

    def join(self, stage: Stage) -> None:
        """From now on the stage shows what the controller says."""
        self._stage = stage
        self._bridge.start()

    def send(self, intent: Intent) -> None:
        """To the controller."""
        self.sent += 1
        self._bridge.send(intent)

    def close(self) -> None:
        """Part them."""
        self._bridge.close()

    @mainthread
    def _on_view(self, state: ViewState) -> None:
        self.on_view(state)
        self._stage.show(state)

    @mainthread
    def _on_lost(self) -> None:
        self._stage.prepare()
