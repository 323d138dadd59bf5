"""The one door through which every text for the citizen passes.

The Indonesian source string is the key; a catalogue for another language goes in here.
"""

from __future__ import annotations

from firmware.core.view import Say


def tr(say: Say | str) -> str:
    """``say`` in the visitor's language, its places filled in."""
    return str(say) if isinstance(say, Say) else say
