"""A screen without a monitor: Xvfb, and a finger on it (xdotool)."""

from __future__ import annotations

import os
import subprocess

from provisioning.processes import Children


class Display:
    """An X server of its own that listens on no network."""

    def __init__(self, children: Children, size: tuple[int, int]) -> None:
        self._children = children
        self._size = size
        self._number = ""

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to draw here. Software rendering: there may be no GPU."""
        return {
            "DISPLAY": f":{self._number}",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "SDL_VIDEODRIVER": "x11",
        }

    def start(self) -> None:
        """Start the X server; it chooses a free number itself."""
        width, height = self._size
        server = self._children.start(
            "xvfb",
            # Xvfb writes the number that it took to file descriptor 1.
            [
                "Xvfb",
                "-displayfd",
                "1",
                "-screen",
                "0",
                f"{width}x{height}x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ],
        )
        self._number = server.first_line().strip()

    def touch(self, x: float, y: float) -> None:
        """Put a finger on the screen and lift it."""
        place = (str(round(x)), str(round(y)))
        self._xdotool("mousemove", *place, "mousedown", "1", "sleep", "0.04", "mouseup", "1")

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 (our own command)
            ["xdotool", *arguments],  # noqa: S607
            env={**os.environ, **self.environment},
            check=True,
            timeout=20,
        )
