"""The cabinet's door, service button and mains: journal, events, health and the battery's end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firmware.core.events import (
    DoorChanged,
    Event,
    HeadphoneChanged,
    PowerChanged,
    PowerEnding,
    ServiceAsked,
)
from firmware.journal import Journal
from hw.protocols import (
    DeviceState,
    DoorClosed,
    DoorOpened,
    HeadphoneIn,
    HeadphoneOut,
    InputReport,
    InputsOffline,
    InputsOnline,
    PowerBack,
    PowerLost,
    ServicePressed,
)

WARNING_SECONDS = 30.0
"""So long before the battery is over a visitor is told."""
NOT_WIRED = DeviceState.NO_DEVICE.value


@dataclass(frozen=True, slots=True)
class InputReadings:
    """For the heartbeat. ``door``: closed, open; ``power``: mains, battery; or noDevice."""

    state: DeviceState = DeviceState.NO_DEVICE
    door: str = NOT_WIRED
    power: str = NOT_WIRED


class Inputs:
    """What the inputs reported so far. Used by the controller's thread alone.

    ``tell`` passes an event to the session; ``count`` adds one to a durable counter, ``doors`` or
    ``power_cuts``. The kiosk may run on its battery for ``ups_seconds``; 0 is for ever.
    """

    def __init__(
        self,
        journal: Journal,
        tell: Callable[[Event], None],
        count: Callable[[str], None],
        ups_seconds: float,
    ) -> None:
        self._journal = journal
        self._tell = tell
        self._count = count
        self._ups_seconds = ups_seconds
        self._state = DeviceState.NO_DEVICE
        self._open: bool | None = None
        self._on_mains: bool | None = None
        self._plugged = False
        self._has_warned = False
        self._lost_at: float | None = None  # as last seen: kept while the lines cannot be read

    @property
    def readings(self) -> InputReadings:
        """How things are. What cannot be read any more is not told as if it were known."""
        if self._state is not DeviceState.ONLINE:
            return InputReadings(self._state)
        door = {None: NOT_WIRED, True: "open", False: "closed"}[self._open]
        power = {None: NOT_WIRED, True: "mains", False: "battery"}[self._on_mains]
        return InputReadings(self._state, door, power)

    def take(self, report: InputReport, now: float) -> None:
        """One report, at ``now`` in seconds of a clock that never goes back."""
        match report:
            case InputsOnline():
                self._state = DeviceState.ONLINE
                self._journal.write("inputs.changed", online=True, detail="")
            case InputsOffline(reason):
                self._offline(reason)
            case DoorOpened() | DoorClosed():
                self._door(isinstance(report, DoorOpened))
            case PowerLost() | PowerBack():
                self._power(isinstance(report, PowerBack), now)
            case HeadphoneIn() | HeadphoneOut():
                self._headphone(isinstance(report, HeadphoneIn))
            case ServicePressed(long):
                self._journal.write("service.pressed", long=long)
                self._tell(ServiceAsked(long))

    def battery_is_over(self, now: float) -> bool:
        """Whether the mains has been gone for so long that the kiosk must stop. Never while that
        cannot be seen: whoever is switched off though the mains is back is not switched on by it
        again, and a battery that ends unseen is a power cut like any other.
        """
        if self._on_mains is not False or self._lost_at is None or not self._ups_seconds:
            return False
        return now - self._lost_at >= self._ups_seconds

    def warn_if_due(self, now: float) -> None:
        """Say once when the battery will be over soon."""
        soon = min(WARNING_SECONDS, self._ups_seconds / 2)
        if not self._has_warned and self.battery_is_over(now + soon):
            self._has_warned = True
            self._tell(PowerEnding())

    def _offline(self, reason: str) -> None:
        """Nothing is known any more. The kiosk then serves as one without these lines would, and
        the technician's screen and the heartbeat say that they are not there. Should they come back
        and still tell of no mains, it is the same cut, and its time has gone on.
        """
        self._state = DeviceState.OFFLINE
        self._journal.write("inputs.changed", online=False, detail=reason)
        if self._on_mains is False:
            self._journal.write("power.unseen")
        if self._open:
            self._tell(DoorChanged(open=False, seen=False))
        if self._on_mains is False:
            self._tell(PowerChanged(on_mains=True))
        self._headphone(False)
        self._open = self._on_mains = None
        self._has_warned = False

    def _door(self, is_open: bool) -> None:
        if is_open == self._open:
            return
        if is_open or self._open is not None:  # closed at the start is no news
            self._journal.write("door.changed", open=is_open)
        self._open = is_open
        if is_open:
            self._count("doors")
        self._tell(DoorChanged(is_open))

    def _headphone(self, plugged: bool) -> None:
        """Nothing of it is written down: it says who was there."""
        if plugged != self._plugged:
            self._plugged = plugged
            self._tell(HeadphoneChanged(plugged))

    def _power(self, on_mains: bool, now: float) -> None:
        if on_mains == self._on_mains:
            return
        is_news = self._on_mains is not None or on_mains is not (self._lost_at is None)
        if is_news:
            self._journal.write("power.changed", on_mains=on_mains)
        self._on_mains = on_mains
        if on_mains:
            self._lost_at = None
            self._has_warned = False
        elif self._lost_at is None:
            self._lost_at = now
            self._count("power_cuts")
        self._tell(PowerChanged(on_mains))
