"""Plays samples by aplay (ALSA), which can be silenced at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from array import array

from ui.sounds import RATE

PROGRAM = "aplay"
_UNTIL_ENDED = 5.0


class CannotPlayError(Exception):
    """There is no sound card, or it does not play; the text is what aplay said."""


class Playing:
    """One stretch of sound on ALSA's ``device``. Raises CannotPlayError when it cannot begin."""

    def __init__(self, device: str, program: str = PROGRAM) -> None:
        command = [program, "-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1"]
        try:
            self._process = subprocess.Popen(  # noqa: S603 (the device is from our own options)
                [*command, "-r", str(RATE), "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise CannotPlayError(f"{program}: {error.strerror or error}") from None
        self._lock = threading.Lock()
        self._stopped = False

    def feed(self, samples: array[int]) -> bool:
        """More of it; waits while the card still has enough. False: nobody plays any more."""
        if sys.byteorder == "big":
            samples = array("h", samples)
            samples.byteswap()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(samples.tobytes())
            self._process.stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def end(self) -> None:
        """Wait until all is heard. Raises CannotPlayError when it was not, unless it was
        stopped.
        """
        said = b""
        try:
            _, said = self._process.communicate()
        except (OSError, ValueError):  # the pipe broke: aplay had gone before
            self._process.wait(_UNTIL_ENDED)
        if self._process.returncode != 0 and not self._stopped:
            lines = said.decode(errors="replace").strip().splitlines()
            raise CannotPlayError(lines[-1] if lines else "aplay failed")

    def stop(self) -> None:
        """Silence, now. From any thread."""
        with self._lock:
            self._stopped = True
            self._process.kill()


def at_volume(samples: array[int], volume: int) -> array[int]:
    """``volume`` 1 to 5: each step is half as loud again."""
    share = 1.5 ** (min(max(volume, 1), 5) - 5)
    return array("h", [int(sample * share) for sample in samples]) if share < 1 else samples
