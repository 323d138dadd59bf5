"""From the edges of a few lines to reports. Pure: it is told the time, and never waits.

Contacts bounce: a level counts once it has stood for ``bounce_seconds``. Edges carry the time
at which they came, so that a thread that is late makes no long press of a short one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hw.protocols import (
    DoorClosed,
    DoorOpened,
    HeadphoneIn,
    HeadphoneOut,
    InputReport,
    PowerBack,
    PowerLost,
    ServicePressed,
)

DOOR, SERVICE, UPS, HEADPHONE = "door", "service", "ups", "headphone"


@dataclass
class Contact:
    """One line: ``stable`` is the level that counts, ``raw`` the one of the last edge."""

    stable: bool
    raw: bool = field(init=False)
    since: float = 0.0

    def __post_init__(self) -> None:
        self.raw = self.stable

    def edge(self, at: float, level: bool) -> None:
        if level != self.raw:
            self.raw, self.since = level, at

    def settle(self, at: float, bounce_seconds: float) -> bool:
        """Whether another level counts from now on."""
        if self.raw == self.stable or at - self.since < bounce_seconds:
            return False
        self.stable = self.raw
        return True

    def settles_at(self, bounce_seconds: float) -> float:
        """When the last edge will count; never when it counts already."""
        return float("inf") if self.raw == self.stable else self.since + bounce_seconds


class Lines:
    """The lines that are wired, with their levels at the start: True is open, pressed, lost or
    plugged in.

    A button that is down from the start (it is stuck, or its wire lies on ground) is no press
    before it has been let go once.
    """

    def __init__(self, levels: dict[str, bool], bounce_seconds: float, hold_seconds: float) -> None:
        self._contacts = {line: Contact(level) for line, level in levels.items()}
        self._bounce = bounce_seconds
        self._hold = hold_seconds
        self._pressed_at: float | None = None

    def standing(self) -> Iterator[InputReport]:
        """How door, mains and jack are now."""
        for line in (DOOR, UPS, HEADPHONE):
            if line in self._contacts:
                yield _level_report(line, self._contacts[line].stable)

    def edge(self, at: float, line: str, level: bool) -> Iterator[InputReport]:
        """A line changed at that time, in seconds. Edges come in order, so that everything is
        known of all lines up to now: one that chatters without end keeps no other back.
        """
        yield from self.pass_time(at)
        self._contacts[line].edge(at, level)

    def pass_time(self, now: float) -> Iterator[InputReport]:
        """What is true by now, with no further edge until now."""
        for line in self._contacts:
            yield from self._settle(line, now)
        if now >= self._long_at():
            self._pressed_at = None
            yield ServicePressed(long=True)

    def next_at(self) -> float:
        """When ``pass_time`` will have something to say if no edge comes; may be never."""
        settling = [one.settles_at(self._bounce) for one in self._contacts.values()]
        return min(*settling, self._long_at())

    def _long_at(self) -> float:
        """When the press becomes a long one, if the finger stays; never without one."""
        button = self._contacts.get(SERVICE)
        if button is None or not button.raw or self._pressed_at is None:
            return float("inf")
        return self._pressed_at + self._hold

    def _settle(self, line: str, at: float) -> Iterator[InputReport]:
        contact = self._contacts[line]
        if not contact.settle(at, self._bounce):
            return
        if line != SERVICE:
            yield _level_report(line, contact.stable)
        elif contact.stable:
            self._pressed_at = contact.since
        else:
            yield from self._let_go(contact.since)

    def _let_go(self, at: float) -> Iterator[InputReport]:
        """The button came up; a press whose hold was reported already is over in silence."""
        pressed_at, self._pressed_at = self._pressed_at, None
        if pressed_at is not None:
            yield ServicePressed(long=at - pressed_at >= self._hold)


def _level_report(line: str, level: bool) -> InputReport:
    if line == DOOR:
        return DoorOpened() if level else DoorClosed()
    if line == HEADPHONE:
        return HeadphoneIn() if level else HeadphoneOut()
    return PowerLost() if level else PowerBack()
