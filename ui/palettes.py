"""Colours: those of the place, its batik's indigo and soga brown, deep green and warm cream; the
same by night; and the strongest contrast for who sees little.

Every pair of ``PAIRS`` has a contrast of at least 7:1 in every palette (WCAG 2.2, 1.4.6).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Colour = tuple[float, float, float, float]
NONE: Colour = (0.0, 0.0, 0.0, 0.0)


class Palette(NamedTuple):
    """Inks, and grounds for them. ``PAIRS`` says which may meet."""

    CREAM: Colour
    """The page."""
    PAPER: Colour
    """A sheet on it."""
    SAND: Colour
    LINE: Colour
    """Edges of sheets and keys."""
    INK: Colour
    MUTED: Colour
    GREEN: Colour
    GREEN_SOFT: Colour
    INDIGO: Colour
    INDIGO_SOFT: Colour
    SOGA: Colour
    SOGA_SOFT: Colour
    RED: Colour
    RED_SOFT: Colour
    FOREST: Colour
    """Large areas under WHITE and GOLD."""
    FOREST_DEEP: Colour
    FOREST_MIST: Colour
    """Batik on FOREST."""
    WHITE: Colour
    GOLD: Colour
    FIRST: Colour
    """The face of the button that most will press, and what stands on it."""
    FIRST_DOWN: Colour
    ON_FIRST: Colour
    SECOND: Colour
    SECOND_DOWN: Colour
    ON_SECOND: Colour
    DOWN: Colour
    """The face of any other button while it is pressed."""
    SCRIM: Colour
    """Over a page that waits."""


def _hex(text: str, alpha: float = 1.0) -> Colour:
    red, green, blue = (int(text[n : n + 2], 16) / 255 for n in (0, 2, 4))
    return (red, green, blue, alpha)


_NORMAL = Palette(
    CREAM=_hex("FAF4E4"),
    PAPER=_hex("FFFDF6"),
    SAND=_hex("EFE5CB"),
    LINE=_hex("D9CBA6"),
    INK=_hex("14241E"),
    MUTED=_hex("414C45"),
    GREEN=_hex("0E4A3B"),
    GREEN_SOFT=_hex("DDEBDD"),
    INDIGO=_hex("22356B"),
    INDIGO_SOFT=_hex("E1E6F4"),
    SOGA=_hex("6B3710"),
    SOGA_SOFT=_hex("F6E6CC"),
    RED=_hex("8A1616"),
    RED_SOFT=_hex("FAE3DC"),
    FOREST=_hex("0E4A3B"),
    FOREST_DEEP=_hex("08352A"),
    FOREST_MIST=_hex("124E40"),
    WHITE=_hex("FFFFFF"),
    GOLD=_hex("F7DFA0"),
    FIRST=_hex("0E4A3B"),
    FIRST_DOWN=_hex("08352A"),
    ON_FIRST=_hex("FFFFFF"),
    SECOND=_hex("22356B"),
    SECOND_DOWN=_hex("172650"),
    ON_SECOND=_hex("FFFFFF"),
    DOWN=_hex("DDEBDD"),
    SCRIM=_hex("0D1F1A", 0.82),
)

_DARK = Palette(
    CREAM=_hex("121A17"),
    PAPER=_hex("1B2622"),
    SAND=_hex("28342F"),
    LINE=_hex("5B6B62"),
    INK=_hex("F3EEDF"),
    MUTED=_hex("CBD0C4"),
    GREEN=_hex("A5DFBC"),
    GREEN_SOFT=_hex("17362B"),
    INDIGO=_hex("C2CFF8"),
    INDIGO_SOFT=_hex("202B4A"),
    SOGA=_hex("F3C999"),
    SOGA_SOFT=_hex("3B2917"),
    RED=_hex("FFC4BA"),
    RED_SOFT=_hex("4A1F1B"),
    FOREST=_hex("0C2B22"),
    FOREST_DEEP=_hex("081F18"),
    FOREST_MIST=_hex("12382D"),
    WHITE=_hex("F7F3E8"),
    GOLD=_hex("F5D78A"),
    FIRST=_hex("A5DFBC"),
    FIRST_DOWN=_hex("7FBE98"),
    ON_FIRST=_hex("0A2018"),
    SECOND=_hex("C2CFF8"),
    SECOND_DOWN=_hex("9DAEE6"),
    ON_SECOND=_hex("101A3C"),
    DOWN=_hex("17362B"),
    SCRIM=_hex("000000", 0.8),
)

_CONTRAST = Palette(
    CREAM=_hex("000000"),
    PAPER=_hex("000000"),
    SAND=_hex("1A1A1A"),
    LINE=_hex("FFFFFF"),
    INK=_hex("FFFFFF"),
    MUTED=_hex("FFFFFF"),
    GREEN=_hex("FFE04A"),
    GREEN_SOFT=_hex("262200"),
    INDIGO=_hex("FFFFFF"),
    INDIGO_SOFT=_hex("14141F"),
    SOGA=_hex("FFE04A"),
    SOGA_SOFT=_hex("1F1A0A"),
    RED=_hex("FFD2CA"),
    RED_SOFT=_hex("2E0505"),
    FOREST=_hex("000000"),
    FOREST_DEEP=_hex("000000"),
    FOREST_MIST=_hex("1C1C1C"),
    WHITE=_hex("FFFFFF"),
    GOLD=_hex("FFE04A"),
    FIRST=_hex("FFE04A"),
    FIRST_DOWN=_hex("FFFFFF"),
    ON_FIRST=_hex("000000"),
    SECOND=_hex("FFFFFF"),
    SECOND_DOWN=_hex("FFE04A"),
    ON_SECOND=_hex("000000"),
    DOWN=_hex("3D3600"),
    SCRIM=_hex("000000", 0.85),
)

PALETTES: dict[Literal["normal", "dark", "contrast"], Palette] = {
    "normal": _NORMAL,
    "dark": _DARK,
    "contrast": _CONTRAST,
}

_ON_ANY = ("CREAM", "PAPER", "SAND", "GREEN_SOFT", "INDIGO_SOFT", "SOGA_SOFT", "RED_SOFT", "DOWN")
PAIRS: tuple[tuple[str, str], ...] = (
    *(("INK", ground) for ground in _ON_ANY),
    *(("MUTED", ground) for ground in ("CREAM", "PAPER", "SAND", "INDIGO_SOFT")),
    *(("GREEN", ground) for ground in ("CREAM", "PAPER", "SAND", "GREEN_SOFT", "DOWN")),
    *(("INDIGO", ground) for ground in ("CREAM", "PAPER", "INDIGO_SOFT")),
    *(("SOGA", ground) for ground in ("CREAM", "PAPER", "SAND", "SOGA_SOFT")),
    *(("RED", ground) for ground in ("CREAM", "PAPER", "RED_SOFT")),
    *(("WHITE", ground) for ground in ("FOREST", "FOREST_DEEP", "FOREST_MIST")),
    *(("GOLD", ground) for ground in ("FOREST", "FOREST_DEEP", "FOREST_MIST")),
    ("FOREST_DEEP", "GOLD"),
    *(("ON_FIRST", ground) for ground in ("FIRST", "FIRST_DOWN")),
    *(("ON_SECOND", ground) for ground in ("SECOND", "SECOND_DOWN")),
)
"""(ink, ground): what may be written on what."""


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2, contrast ratio, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
