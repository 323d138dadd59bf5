"""What must reach the regency: sent, sent again with jitter, let go on a receipt only.

Durability is the store's; this keeps the window and the times, which may be lost with the
process, since everything unconfirmed is then simply sent again.

A request that was just made goes before a backlog, and a long backlog waits a random while
after an outage: a whole district comes back at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from firmware.core.retry import resend_after
from firmware.store import Outgoing, Store

WINDOW = 20
EXPRESS = 4
"""Places of the window that are kept for the newest messages."""
SLOW_AFTER = 5
RESEND_BASE_SECONDS = 10.0
RESEND_CAP_SECONDS = 300.0


MARKED_AFTER_SECONDS = 1.0
"""A message that is receipted sooner is never written down as sent: that spares a commit."""


@dataclass(slots=True)
class _Flight:
    attempt: int
    sent_at: float
    again_at: float
    is_marked: bool = False


class Outbox:
    """A window of messages over the store's queue. ``random`` gives numbers from 0 to 1. After an
    outage a backlog that is longer than the window waits up to ``backlog_seconds``.
    """

    def __init__(
        self, store: Store, random: Callable[[], float], backlog_seconds: float = 600.0
    ) -> None:
        self._store = store
        self._random = random
        self._backlog_seconds = backlog_seconds
        self._flights: dict[str, _Flight] = {}
        self._backlog_at = float("-inf")

    def due(self, now: float) -> list[Outgoing]:
        """What should be published now, the newest messages first: new ones while the window
        has room, and those whose receipt is overdue. Each is taken as sent at ``now`` (monotonic
        seconds). Those that were sent in vain many times take no room from the others.
        """
        self._mark_sent(now)
        due = []
        for message in self._offered(now):
            flight = self._flights.get(message.id)
            if flight is None or now >= flight.again_at:
                self._note(message.id, flight, now)
                due.append(message)
        return due

    def _offered(self, now: float) -> Iterable[Outgoing]:
        offered = {message.id: message for message in self._store.outgoing(EXPRESS, newest=True)}
        if now >= self._backlog_at:
            slow = sum(flight.attempt >= SLOW_AFTER for flight in self._flights.values())
            for message in self._store.outgoing(WINDOW - EXPRESS + slow):
                offered.setdefault(message.id, message)
        return offered.values()

    def _note(self, message_id: str, flight: _Flight | None, now: float) -> None:
        attempt = flight.attempt + 1 if flight else 1
        wait = resend_after(attempt, self._random(), RESEND_BASE_SECONDS, RESEND_CAP_SECONDS)
        marked = flight is not None and flight.is_marked
        self._flights[message_id] = _Flight(attempt, now, now + wait, marked)

    def _mark_sent(self, now: float) -> None:
        """What citizens read of those that are not receipted at once; no promise."""
        late = [
            message_id
            for message_id, flight in self._flights.items()
            if not flight.is_marked and now >= flight.sent_at + MARKED_AFTER_SECONDS
        ]
        if late:
            self._store.mark_sent(late)
        for message_id in late:
            self._flights[message_id].is_marked = True

    def confirm(self, message_ids: Sequence[str]) -> dict[str, str]:
        """Receipts came: which of them were not known already, and their requests."""
        for message_id in message_ids:
            self._flights.pop(message_id, None)
        return self._store.confirm(message_ids)

    def bury(self, message_id: str, reason: str) -> None:
        """The regency refused the message."""
        self._flights.pop(message_id, None)
        self._store.bury(message_id, reason)

    def link_up(self, now: float) -> None:
        """The link is back: everything unconfirmed is due again, a long backlog a while later."""
        self._flights.clear()
        length, _ = self._store.queue()
        wait = self._random() * self._backlog_seconds if length > WINDOW else 0.0
        self._backlog_at = now + wait

    def send_all_again(self) -> None:
        """The regency asks for what it had receipted."""
        self._flights.clear()
