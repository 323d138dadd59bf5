"""What must reach the regency: sent, sent again with jitter, let go on a receipt only.

Durability is the store's; this keeps the window and the times, which may be lost with the
process, since everything unconfirmed is then simply sent again.

A request that was just made goes before a backlog, and a long backlog waits a random while
after an outage: a whole district comes back at once. A backlog goes in parcels to a regency that
takes them. The window is as wide as the line is quick, so that never more than some seconds' worth
of it is ahead of what comes next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from firmware.core import wire
from firmware.core.retry import resend_after
from firmware.outbox_rows import Outgoing
from firmware.store import Store

WINDOW = 20
WIDEST = 400
"""For a regency that takes parcels, while its receipts are quick."""
QUICK_SECONDS, SLOW_SECONDS = 0.5, 2.0
"""A receipt within the first widens the window, one after the second halves what it has grown."""
EXPRESS = 4
"""Places of the window that are kept for the newest messages."""
SLOW_AFTER = 5
RESEND_BASE_SECONDS = 10.0
RESEND_CAP_SECONDS = 300.0
PARCEL_BYTES = 256 * 1024
"""A parcel of several is no longer: half of what a message may be."""


MARKED_AFTER_SECONDS = 1.0
"""A message that is receipted sooner is never written down as sent: that spares a commit."""


@dataclass(slots=True)
class _Flight:
    attempt: int
    sent_at: float
    again_at: float
    is_express: bool
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
        self._upto = 0
        """Every message that waits with a number up to this one is under way."""
        self._many = 0
        self._window = WINDOW
        self._oldest_answered: float | None = None
        self._answered = 0
        self._backlog_at = float("-inf")

    # ------------------------------------------------------------ out

    def parcels(self, now: float) -> list[tuple[str, bytes]]:
        """What should be published now: kind and payload. What was sent in vain before goes by
        itself: a parcel may have met a regency that takes none, or hold what spoils it.
        """
        due = self.due(now)
        if self._many < 2:
            return [(one.kind, one.payload) for one in due]
        fresh, alone = list[Outgoing](), list[Outgoing]()
        for message in due:
            again = self._flights[message.id].attempt > 1
            (alone if again else fresh).append(message)
        return [*self._packed(fresh), *((one.kind, one.payload) for one in alone)]

    def _packed(self, messages: Sequence[Outgoing]) -> Iterator[tuple[str, bytes]]:
        express = sum(self._flights[one.id].is_express for one in messages)
        for some in (messages[:express], messages[express:]):
            begin = 0
            while chunk := some[begin : begin + _fitting(some[begin:], self._many)]:
                yield (chunk[0].kind, chunk[0].payload) if len(chunk) == 1 else _parcel(chunk)
                begin += len(chunk)

    def due(self, now: float) -> list[Outgoing]:
        """What should be published now, the newest messages first: new ones while the window
        has room, and those whose receipt is overdue. Each is taken as sent at ``now`` (monotonic
        seconds). Those that were sent in vain many times take no room from the others.
        """
        self._mark_sent(now)
        overdue = self._overdue(now)
        self._fit_window(now, bool(overdue))
        due = []
        for message in self._newest():
            self._note(message.id, now, is_express=True)
            due.append(message)
        for message in overdue:
            self._note(message.id, now)
            due.append(message)
        for message in self._backlog(now):
            self._note(message.id, now)
            due.append(message)
        return due

    def _newest(self) -> list[Outgoing]:
        newest = self._store.outgoing(EXPRESS, newest=True)
        return [message for message in newest if message.id not in self._flights]

    def _overdue(self, now: float) -> list[Outgoing]:
        late = [one for one, flight in self._flights.items() if now >= flight.again_at]
        late = late[:WINDOW]  # the others the next time
        waiting = self._store.waiting(late) if late else []
        for message_id in set(late).difference(message.id for message in waiting):
            del self._flights[message_id]
        return waiting

    def _backlog(self, now: float) -> list[Outgoing]:
        """The next of it. What is under way is not read from the disk again."""
        under_way = sum(
            not flight.is_express and flight.attempt < SLOW_AFTER
            for flight in self._flights.values()
        )
        room = self._window - EXPRESS - under_way
        if room <= 0 or now < self._backlog_at:
            return []
        following = self._store.outgoing(room, after=self._upto)
        if following:
            self._upto = following[-1].seq
        return [message for message in following if message.id not in self._flights]

    def _note(self, message_id: str, now: float, is_express: bool = False) -> None:
        last = self._flights.get(message_id)
        attempt = last.attempt + 1 if last else 1
        wait = resend_after(attempt, self._random(), RESEND_BASE_SECONDS, RESEND_CAP_SECONDS)
        self._flights[message_id] = _Flight(
            attempt,
            now,
            now + wait,
            last.is_express if last else is_express,
            last is not None and last.is_marked,
        )

    def _fit_window(self, now: float, is_late: bool) -> None:
        """As much under way as the line carries while a citizen would wait for it."""
        first, count = self._oldest_answered, self._answered
        self._oldest_answered, self._answered = None, 0
        if is_late or self._many < 2:
            self._window = WINDOW
        elif first is not None and now - first <= QUICK_SECONDS:
            self._window = min(WIDEST, self._window + count)
        elif first is not None and now - first > SLOW_SECONDS:
            self._window = max(WINDOW, self._window // 2)

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

    # ------------------------------------------------------------ what the regency says

    def takes_many(self, count: int) -> None:
        """The regency takes so many messages in one; 0 when it takes them one by one only."""
        self._many = min(count, wire.MANY)

    def confirm(self, message_ids: Sequence[str]) -> dict[str, str]:
        """Receipts came: which of them were not known already, and their requests. When the store
        fails they stay under way, and are sent again.
        """
        fresh = self._store.confirm(message_ids)
        for message_id in message_ids:
            flight = self._flights.pop(message_id, None)
            if flight is not None and flight.attempt == 1:
                self._answered += 1
                self._oldest_answered = min(flight.sent_at, self._oldest_answered or flight.sent_at)
        return fresh

    def bury(self, message_id: str, reason: str) -> None:
        """The regency refused the message."""
        self._store.bury(message_id, reason)
        self._flights.pop(message_id, None)

    def link_up(self, now: float) -> None:
        """The link is back: everything unconfirmed is due again, a long backlog a while later.
        Another regency may be there.
        """
        self.send_all_again()
        self._many = 0
        self._window = WINDOW
        length, _ = self._store.queue()
        wait = self._random() * self._backlog_seconds if length > WINDOW else 0.0
        self._backlog_at = now + wait

    def send_all_again(self) -> None:
        """The regency asks for what it had receipted."""
        self._flights.clear()
        self._upto = 0


def _fitting(messages: Sequence[Outgoing], most: int) -> int:
    """How many of the first messages make a parcel."""
    size = 0
    for number, message in enumerate(messages[:most]):
        size += len(message.payload)
        if number and size > PARCEL_BYTES:
            return number
    return min(most, len(messages))


def _parcel(messages: Sequence[Outgoing]) -> tuple[str, bytes]:
    enclosed = [
        wire.Enclosed("evt" if one.kind == "evt" else "req", msgspec.Raw(one.payload))
        for one in messages
    ]
    return "many", wire.encode(wire.ManyUp(enclosed))
