"""A card that this kiosk does not know is asked for at the regency, while its holder waits.

The answer is kept in memory for the visit, never on the disk. A kiosk asks so seldom that it is
never in the way; what keeps a stolen one from asking for ever is the regency's own limit. Once the
visitor's PIN was right, it also asks for their letters and for what is on its way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from firmware.core import seal, wire
from firmware.core.cards import PapersAsked
from firmware.core.errors import WireError
from firmware.journal import Journal
from firmware.post import check_entry
from firmware.vault import OpenVault
from firmware.visits import Visits

ASKS_AN_HOUR = 15
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Sealer:
    """Who asks, and the regency's public key."""

    kiosk: str
    regency_key: bytes

    def papers_asked(self, message_id: str, opened: OpenVault) -> bytes:
        """The proof that this profile was opened here, sealed to the regency."""
        asked = PapersAsked(message_id, self.kiosk, opened.tag, opened.tokens)
        context = seal.ask_context(message_id)
        return seal.seal(self.regency_key, wire.encode(asked), context)


class Asking:
    """``publish`` sends on up/ask; ``is_online`` says whether that leads anywhere."""

    def __init__(
        self,
        journal: Journal,
        visits: Visits,
        fresh_id: Callable[[], str],
        publish: Callable[[bytes], None],
        is_online: Callable[[], bool],
        clock: Callable[[], float],
        sealer: Sealer,
    ) -> None:
        self._journal = journal
        self._visits = visits
        self._fresh_id = fresh_id
        self._publish = publish
        self._is_online = is_online
        self._clock = clock
        self._sealer = sealer
        self._asked: deque[float] = deque()
        self._waits: tuple[str, bytes, int] | None = None
        self._papers: tuple[str, bytes, int] | None = None

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

    def ask_papers(self, opened: OpenVault) -> None:
        """Ask for the letters of a visitor from elsewhere whose PIN was right. Without a line, or a
        proof, the page stays without them.
        """
        if not self._is_online() or not opened.tokens:
            return
        message_id = self._fresh_id()
        self._papers = (message_id, opened.tag, opened.visit)
        sealed = self._sealer.papers_asked(message_id, opened)
        self._publish(wire.encode(wire.AskUp(message_id, opened.tag, sealed)))
        self._journal.write("letters.asked")

    def stop(self) -> None:
        """The visit is over: an answer comes too late."""
        self._waits = self._papers = None

    def answered(self, answer: wire.AskDown) -> None:
        """The regency's answer; raises WireError for what cannot be used."""
        if self._papers is not None and answer.id == self._papers[0]:
            self._papers_came(answer, *self._papers[1:])
            return
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

    def _papers_came(self, answer: wire.AskDown, tag: bytes, visit: int) -> None:
        match answer.outcome:
            case "papers":
                self._visits.guest_papers(visit, answer.id, answer.sealed)
            case "letter" if answer.letter is not None:
                if answer.letter.tag != tag:
                    raise WireError("a letter came for another card than was asked for")
                self._visits.guest_letter(visit, answer.letter)
            case _:
                self._papers = None
        self._journal.write("letters.answered", outcome=answer.outcome)
