"""Short sounds, reckoned here: 16-bit mono samples at RATE, as ``array('h')``."""

from __future__ import annotations

import math
from array import array
from functools import lru_cache

from ui.voice.protocols import Earcon

RATE = 22050
_LOUDEST = 0.55 * 32767
_EDGE_SECONDS = 0.006
_GAP_SECONDS = 0.02

_NOTES: dict[Earcon, tuple[tuple[float, float], ...]] = {
    "": (),
    "key": ((1319.0, 0.035),),
    "card": ((784.0, 0.09), (1175.0, 0.14)),
    "done": ((784.0, 0.09), (988.0, 0.09), (1175.0, 0.22)),
    "error": ((330.0, 0.16), (247.0, 0.26)),
}
"""Hertz and seconds of each tone: up for good news, down for bad. Old ears hear 200 to 2000 Hz
best, so none is higher.
"""


@lru_cache(maxsize=8)
def samples(earcon: Earcon) -> array[int]:
    """The sound at full volume; its edges rise and fall softly, so that nothing clicks."""
    sound = array("h")
    for hertz, seconds in _NOTES[earcon]:
        sound.extend(_tone(hertz, seconds))
        sound.extend([0] * round(_GAP_SECONDS * RATE))
    return sound


def _tone(hertz: float, seconds: float) -> list[int]:
    count, edge = round(seconds * RATE), _EDGE_SECONDS * RATE
    turn = 2 * math.pi * hertz / RATE
    return [
        round(
            _LOUDEST
            * min(1.0, at / edge, (count - at) / edge)
            * (0.8 * math.sin(turn * at) + 0.2 * math.sin(2 * turn * at))
        )
        for at in range(count)
    ]
