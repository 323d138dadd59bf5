"""What must reach the regency: sent, sent again with jitter, let go on a receipt only.

Durability is the store's; this keeps the window and the times, which may be lost with the
process, since everything unconfirmed is then simply sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firmware.core.retry import resend_after
from firmware.store import Outgoing, Store

WINDOW = 20
SLOW_AFTER = 5
RESEND_BASE_SECONDS = 10.0
RESEND_CAP_SECONDS = 300.0


@dataclass(slots=True)
class _Flight:
    attempt: int
    again_at: float


class Outbox:
    """A window of messages over the store's queue. ``random`` gives numbers from 0 to 1."""

    def __init__(self, store: Store, random: Callable[[], float]) -> None:
        self._store = store
        self._random = random
        self._flights: dict[str, _Flight] = {}

    def due(self, now: float) -> list[Outgoing]:
        """What should be published now: new messages while the window has room, and those
        whose receipt is overdue. Each is taken as sent at ``now`` (monotonic seconds). Those
        that were sent in vain many times take no room from the others.
        """
        due = []
        unanswered = sum(flight.attempt >= SLOW_AFTER for flight in self._flights.values())
        for message in self._store.outgoing(WINDOW + unanswered):
            flight = self._flights.get(message.id)
            if flight is None or now >= flight.again_at:
                self._note(message.id, flight, now)
                due.append(message)
        return due

    def _note(self, message_id: str, flight: _Flight | None, now: float) -> None:
        attempt = flight.attempt + 1 if flight else 1
        wait = resend_after(attempt, self._random(), RESEND_BASE_SECONDS, RESEND_CAP_SECONDS)
        self._flights[message_id] = _Flight(attempt, now + wait)

    def confirm(self, message_id: str) -> str | None:
        """A receipt came: the request's id, or None for one that was known already."""
        self._flights.pop(message_id, None)
        return self._store.confirm(message_id)

    def bury(self, message_id: str, reason: str) -> None:
        """The regency refused the message."""
        self._flights.pop(message_id, None)
        self._store.bury(message_id, reason)

    def forget_flights(self) -> None:
        """The link was lost: everything unconfirmed is due again once it is back."""
        self._flights.clear()
