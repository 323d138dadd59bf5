"""A card that this kiosk does not know is asked for at the regency, while its holder waits.

The answer is kept in memory for the visit, never on the disk. A kiosk asks so seldom that it is
never in the way; what keeps a stolen one from asking for ever is the regency's own limit.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from firmware.core import wire
from firmware.journal import Journal
from firmware.post import check_entry
from firmware.visits import Visits

ASKS_AN_HOUR = 15
_HOUR = 3600.0


class Asking:
    """``publish`` sends on up/ask; ``is_online`` says whether that leads anywhere."""

    def __init__(
        self,
        journal: Journal,
        visits: Visits,
        fresh_id: Callable[[], str],
        publish: Callable[[bytes], None],
        is_online: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._visits = visits
        self._fresh_id = fresh_id
        self._publish = publish
        self._is_online = is_online
        self._clock = clock
        self._asked: deque[float] = deque()
        self._waits: tuple[str, bytes, int] | None = None

    def ask(self, visit: int, tag: bytes) -> wire.AskedOutcome | None:
        """Ask for the card of this visit; why that was not done, or None when it was."""
        if not self._is_online():
            return "offline"
        now = self._clock()
        while self._asked and now - self._asked[0] > _HOUR:
            self._asked.popleft()
        if len(self._asked) >= ASKS_AN_HOUR:
            return "limited"
        self._asked.append(now)
        message_id = self._fresh_id()
        self._waits = (message_id, tag, visit)
        self._publish(wire.encode(wire.AskUp(message_id, tag)))
        self._journal.write("card.asked")
        return None

    def stop(self) -> None:
        """The visit is over: an answer comes too late."""
        self._waits = None

    def answered(self, answer: wire.AskDown) -> None:
        """The regency's answer; raises WireError for an entry that cannot be used."""
        if self._waits is None or answer.id != self._waits[0]:
            return
        (_, tag, visit), self._waits = self._waits, None
        entry = answer.entry
        if entry is not None:
            check_entry(entry)
        self._journal.write("card.answered", outcome=answer.outcome)
        if entry is None or entry.tag != tag or entry.role or entry.revoked:
            self._visits.stays_unknown(visit, answer.outcome)
        else:
            self._visits.guest_known(visit, entry, self._clock())
