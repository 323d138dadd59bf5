"""What the lamps mean: the table of patterns, in colour, rhythm and place.

Nobody needs to see colours: every pattern has a rhythm of its own, and whoever has lamps at
three places sees the place as well. An even rhythm says that all is well. Counted flashes,
then a pause, say that something is not: the count is what a village tells the technician by
telephone. It begins at two: one flash and a pause would be an even rhythm. Flash rates are
those of CEN XFS4IoT's lights; none is faster than two a second, since from three on flashes can
harm people with epilepsy (WCAG 2.2, 2.3.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from hw.protocols import Pattern

BEAT_SECONDS = 0.25
"""A rhythm is written in beats of so many seconds, each lit or dark."""
_PAUSE = (False,) * 6


class FlashRate(StrEnum):
    """XFS4IoT's words: slow is a flash every two seconds, medium one a second, quick two."""

    OFF = "off"
    SLOW = "slow"
    MEDIUM = "medium"
    QUICK = "quick"
    CONTINUOUS = "continuous"


class Colour(Enum):
    """XFS4IoT's colours; red, green and blue, each on or off."""

    RED = (1, 0, 0)
    GREEN = (0, 1, 0)
    BLUE = (0, 0, 1)
    YELLOW = (1, 1, 0)
    MAGENTA = (1, 0, 1)
    WHITE = (1, 1, 1)

    @property
    def word(self) -> str:
        return self.name.lower()


class Place(StrEnum):
    """Where a lamp sits: at the card reader (XFS4IoT: contactless), at the paper's exit
    (receiptPrinter), or at the top, for the kiosk itself (statusIndicator).
    """

    CARD = "card"
    PAPER = "paper"
    SERVICE = "service"


COLOURS = ("red", "green", "blue")
FORMS: dict[str, tuple[str, ...]] = {
    "rgb": COLOURS,
    "lamps": tuple(place.value for place in Place),
}
"""The form of the lamps -> what their pins are called."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A flash rate that goes on evenly; or, with ``count``, so many flashes and a pause."""

    rate: FlashRate
    count: int = 0

    @property
    def beats(self) -> tuple[bool, ...]:
        """One round of the rhythm, lit or dark, a beat each."""
        if self.count:
            return (True, False) * self.count + _PAUSE
        return _EVEN[self.rate]

    @property
    def words(self) -> str:
        """How a person would say it."""
        return f"{self.rate.value} × {self.count}, pause" if self.count else self.rate.value


_EVEN = {
    FlashRate.OFF: (False,),
    FlashRate.SLOW: (True,) * 4 + (False,) * 4,
    FlashRate.MEDIUM: (True,) * 2 + (False,) * 2,
    FlashRate.QUICK: (True, False),
    FlashRate.CONTINUOUS: (True,),
}
OFF = Rhythm(FlashRate.OFF)
STEADY = Rhythm(FlashRate.CONTINUOUS)


def counted(flashes: int) -> Rhythm:
    """So many quick flashes, then a pause."""
    return Rhythm(FlashRate.QUICK, flashes)


@dataclass(frozen=True, slots=True)
class Look:
    """How a pattern looks. ``alone``: the lamp of the kiosk itself does not burn beside it."""

    colour: Colour
    rhythm: Rhythm
    place: Place
    alone: bool = False

    def at(self, place: Place) -> Rhythm:
        """What the lamp at this place does, where there are three. The kiosk's own lamp burns
        for as long as somebody can be served.
        """
        if place is self.place:
            return self.rhythm
        return STEADY if place is Place.SERVICE and not self.alone else OFF


LOOKS: dict[Pattern, Look] = {
    Pattern.IN_SERVICE: Look(Colour.GREEN, STEADY, Place.SERVICE),
    Pattern.CARD_PLEASE: Look(Colour.BLUE, Rhythm(FlashRate.SLOW), Place.CARD),
    Pattern.BUSY: Look(Colour.BLUE, Rhythm(FlashRate.MEDIUM), Place.CARD),
    Pattern.TAKE_PAPER: Look(Colour.GREEN, Rhythm(FlashRate.QUICK), Place.PAPER),
    Pattern.ATTENTION: Look(Colour.YELLOW, counted(2), Place.CARD),
    Pattern.OUT_OF_PAPER: Look(Colour.MAGENTA, counted(3), Place.PAPER),
    Pattern.TECHNICIAN_EXPECTED: Look(Colour.WHITE, counted(4), Place.SERVICE),
    Pattern.OUT_OF_SERVICE: Look(Colour.RED, counted(5), Place.SERVICE),
}
"""Pattern -> look. docs/lamps.md is made from it."""
