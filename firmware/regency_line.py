"""The kiosk's line to the regency: births, what the outbox holds, heartbeats. Used by the
controller's thread alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from firmware.core import wire
from firmware.outbox import Outbox
from firmware.parts import Parts

OUTBOX_SECONDS = 2.0
BEAT_AT_MOST_EVERY_SECONDS = 10.0


class RegencyLine:
    """``nonce`` makes a birth's nonce; ``health`` makes a heartbeat."""

    def __init__(
        self,
        parts: Parts,
        outbox: Outbox,
        nonce: Callable[[], str],
        health: Callable[[], wire.Heartbeat],
    ) -> None:
        self._parts = parts
        self._outbox = outbox
        self._nonce = nonce
        self._health = health
        self._outbox_at = 0.0
        self._beat_at = 0.0
        self._beaten_at = float("-inf")
        self.is_online = False

    def up(self) -> None:
        """Connected and subscribed: the birth goes first."""
        self.is_online = True
        self._outbox.link_up(time.monotonic())
        self.be_born()
        self.hurry()
        self.beat_soon()

    def down(self) -> None:
        """The regency cannot be reached."""
        self.is_online = False

    def be_born(self) -> None:
        """Say that this kiosk is there and what it knows, and ask what time it is."""
        self._publish_standing(online=True, nonce=self._nonce())

    def farewell(self) -> None:
        """The controller ends in good order."""
        if self.is_online:
            self._publish_standing(online=False)

    def _publish_standing(self, online: bool, nonce: str = "") -> None:
        store = self._parts.store
        standing = wire.StateUp(
            online,
            store.counter("boot"),
            store.counter("seq"),
            store.counter("srv_seq"),
            self._parts.version,
            store.settled_seq(),
            boot_id=store.boot_id,
            nonce=nonce,
            last_order=store.orders.highest(),
        )
        self._parts.link.publish_state(wire.encode(standing))

    def answer(self, receipt: wire.ReceiptUp) -> None:
        """A message from the regency is durable here, or cannot be used."""
        self._parts.link.publish("rcp", wire.encode(receipt))

    def hurry(self) -> None:
        """There is something new in the outbox, or room for it under way."""
        self._outbox_at = 0.0

    def send_due(self, now: float) -> None:
        """Now and then: what waits in the outbox."""
        if not self.is_online or now < self._outbox_at:
            return
        for kind, payload in self._outbox.parcels(now):
            self._parts.link.publish(kind, payload)
        self._outbox_at = now + OUTBOX_SECONDS

    def beat_if_due(self, now: float) -> None:
        """Now and then: how this kiosk is."""
        if not self.is_online or now < self._beat_at:
            return
        self._parts.link.publish("hb", wire.encode(self._health()))
        self._beaten_at = now
        self._beat_at = now + self._parts.tuning.sections.link.heartbeat_seconds

    def beat_soon(self) -> None:
        """Something about a device changed: do not wait for the next regular heartbeat."""
        soonest = self._beaten_at + BEAT_AT_MOST_EVERY_SECONDS
        self._beat_at = min(self._beat_at, soonest)
