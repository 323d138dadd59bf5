"""What a visit asks of the kiosk: find the card, try the PIN, file the request, read letters.

Answers are events. Argon2id is worked off in the vault's own thread; all else is done by the
controller's thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import msgspec

from firmware import vault as vaults
from firmware.core import commands, events, lockout, seal, wire
from firmware.core.calendar import long_date
from firmware.core.cards import Papers
from firmware.core.claim import RANDOM_BITS, make_claim_code
from firmware.core.errors import AnjunganError, SealError, WireError
from firmware.core.letters import LetterType
from firmware.core.request import LetterRequest
from firmware.core.ticket import Ticket
from firmware.core.view import EnrolmentItem, PendingItem, ReadyItem
from firmware.journal import Journal
from firmware.stamps import stamp
from firmware.store import Entry, Filing, SealedLetter, SealedRequest, Store
from firmware.vault import Attempt, Damaged, OpenVault, RequestSummary
from firmware.worker import Worker
from hw.protocols import CardIdentity


class Asker(Protocol):
    """How the regency is asked while somebody waits."""

    def ask(self, visit: int, tag: bytes) -> wire.AskedOutcome | None:
        """For a card that is not known here; why that was not done, or None when it was."""

    def ask_papers(self, opened: OpenVault) -> None:
        """For letters and states of a visitor from elsewhere, whose PIN was right."""


class Visits:
    """The vault's side of a visit. ``tell`` passes an event to the visit's session."""

    def __init__(
        self,
        kiosk: str,
        keys: tuple[bytes, bytes],
        store: Store,
        journal: Journal,
        worker: Worker,
        tell: Callable[[events.Event], None],
    ) -> None:
        self._kiosk = kiosk
        self._site_key, self._regency_key = keys
        self._store = store
        self._journal = journal
        self._worker = worker
        self._tell = tell
        self._open: OpenVault | None = None
        self._expected: int | None = None
        self._checking: int | None = None
        self._enrolments: Callable[[OpenVault], tuple[EnrolmentItem, ...]] = lambda _opened: ()
        self._guest: Entry | None = None
        self._guest_letters: dict[str, SealedLetter] = {}
        self._guest_pending: tuple[PendingItem, ...] = ()
        self._asker: Asker | None = None
        self._may_try_at: dict[bytes, float] = {}

    # ------------------------------------------------------------ card and PIN

    def look_up(self, command: commands.LookUp, now: float) -> None:
        """Find the card's entry. A wait that a restart forgot begins anew."""
        tag, entry = self._entry(command.identity)
        if entry is None:
            self._ask_for(command.visit, tag)
        elif entry.revoked:
            self._tell(events.CardUnknown(command.visit, revoked=True))
        else:
            self._known(command.visit, tag, now)

    def _known(self, visit: int, tag: bytes, now: float) -> None:
        tries = self._store.wrong_pins(tag)
        if lockout.needs_officer(tries):
            self._journal.write("pin.locked")
            self._tell(events.CardLocked(visit))
            return
        until = self._may_try_at.setdefault(tag, now + lockout.wait_seconds(tries))
        self._tell(events.CardKnown(visit, max(0.0, until - now)))

    def _ask_for(self, visit: int, tag: bytes) -> None:
        why_not = self._asker.ask(visit, tag) if self._asker else "offline"
        if why_not is None:
            self._tell(events.CardAsked(visit))
        else:
            self._tell(events.CardUnknown(visit, revoked=False, asked=why_not))

    def guest_known(self, visit: int, entry: wire.DirectoryEntry, now: float) -> None:
        """The regency knows the card: its entry is kept until the visit is over."""
        self._guest = Entry(
            entry.tag, entry.salt, entry.kdf, entry.public_key, entry.sealed_profile, False
        )
        self._known(visit, entry.tag, now)

    def stays_unknown(self, visit: int, outcome: wire.AskedOutcome) -> None:
        """The regency does not know the card either, or does not say."""
        self._tell(events.CardUnknown(visit, revoked=False, asked=outcome))

    def check(self, command: commands.CheckPin, now: float) -> None:
        """Try the PIN of the open vault once more, at the same price as the first time."""
        self._checking = command.visit
        self.open(command, now)

    def open(self, command: commands.OpenVault | commands.CheckPin, now: float) -> None:
        """Try the PIN. It is counted as wrong before it is tried."""
        tag, entry = self._entry(command.identity)
        if entry is None or entry.revoked:
            self._tell(events.CardUnknown(command.visit, revoked=entry is not None))
            return
        tries = self._store.count_pin_try(tag)
        self._may_try_at[tag] = now + lockout.wait_seconds(tries)
        self._expected = command.visit
        sealed = self._sealed(tag) if isinstance(command, commands.OpenVault) else ((), ())
        attempt = Attempt(command.visit, entry, command.identity.uid, command.pin, *sealed)
        self._worker.try_pin(attempt)

    def pin_tried(
        self, visit: int, tag: bytes, opened: OpenVault | Damaged | None, now: float
    ) -> None:
        """The vault's thread has an answer."""
        if opened is None:
            self._refuse(visit, tag, now)
            return
        self._store.forgive_pins(tag)
        self._may_try_at.pop(tag, None)
        if isinstance(opened, Damaged):
            self._journal.write("profile.unreadable")
            self._tell(events.VaultDamaged(visit))
            return
        if self._expected != visit:
            return  # the visitor has left meanwhile: nothing is kept open
        if self._checking == visit:
            self._checking = None
            self._tell(events.PinChecked(visit))
            return
        self._keep(opened)
        if opened.role:
            self._tell(events.OfficerOpened(visit, opened.profile.nama, self._enrolments(opened)))
            return
        self._tell(events.VaultOpened(visit, opened.profile, *self._papers(opened)))
        if self._guest is not None and self._asker is not None:
            self._asker.ask_papers(opened)

    def officers_see(self, enrolments: Callable[[OpenVault], tuple[EnrolmentItem, ...]]) -> None:
        """How an officer's own page learns what was enrolled here."""
        self._enrolments = enrolments

    def ask_with(self, asker: Asker) -> None:
        """How the regency is asked."""
        self._asker = asker

    def forgive(self, tag: bytes) -> None:
        """An officer unlocked the card: no try counts and no wait is left."""
        self._store.forgive_pins(tag)
        self._may_try_at.pop(tag, None)

    def _refuse(self, visit: int, tag: bytes, now: float) -> None:
        tries = self._store.wrong_pins(tag)
        self._journal.write("pin.refused", tries=tries)
        if lockout.needs_officer(tries):
            self._tell(events.CardLocked(visit))
            return
        wait = max(0.0, self._may_try_at.get(tag, now) - now)
        self._tell(events.PinRefused(visit, lockout.tries_left(tries), wait))

    def _keep(self, opened: OpenVault) -> None:
        self._open = opened
        for request_id in opened.unreadable:
            self._journal.write("letter.unreadable", request_id=request_id)

    def close(self) -> None:
        """Forget everything that was opened."""
        self._open = None
        self._guest = None
        self._guest_letters.clear()
        self._guest_pending = ()
        self._expected = None
        self._checking = None

    def opened(self, visit: int) -> OpenVault | None:
        """What that visit's PIN opened, while the visitor is there."""
        return self._open if self._open is not None and self._open.visit == visit else None

    def reopen(self, changed: OpenVault) -> None:
        """The visitor's vault has another key now."""
        self._keep(vaults.reread(changed, *self._sealed(changed.tag)))

    def _tag(self, identity: CardIdentity) -> bytes:
        return seal.card_tag(self._site_key, identity.uid)

    def _entry(self, identity: CardIdentity) -> tuple[bytes, Entry | None]:
        tag = self._tag(identity)
        entry = self._store.entry(tag)
        if entry is None and self._guest is not None and self._guest.tag == tag:
            entry = self._guest
        return tag, entry

    def _sealed(self, tag: bytes) -> tuple[tuple[SealedLetter, ...], tuple[SealedRequest, ...]]:
        letters = tuple(self._store.letters_of(tag))
        return (*letters, *self._letters_from_home()), tuple(self._store.requests_of(tag))

    def _letters_from_home(self) -> tuple[SealedLetter, ...]:
        copies = self._store.prints.copies
        return tuple(
            replace(one, copies=copies(one.request_id)) for one in self._guest_letters.values()
        )

    def _papers(self, opened: OpenVault) -> tuple[tuple[ReadyItem, ...], tuple[PendingItem, ...]]:
        """What can be printed and what is on its way; a visitor's from elsewhere after our own."""
        letters, requests = self._sealed(opened.tag)
        own = vaults.pending_items(opened, requests)
        known = {item.request_id for item in own} | set(opened.letters)
        away = [item for item in self._guest_pending if item.request_id not in known]
        return vaults.ready_items(opened, letters), (*own, *away)

    # ------------------------------------------------------------ a visitor from elsewhere

    def guest_papers(self, visit: int, ask_id: str, sealed: bytes) -> None:
        """What the regency says is on its way for the visitor. Raises WireError when it does not
        open.
        """
        opened = self.opened(visit)
        if opened is None:
            return
        try:
            raw = seal.unseal(opened.seed, sealed, seal.papers_context(ask_id))
            papers = msgspec.json.decode(raw, type=Papers).papers
            self._guest_pending = tuple(vaults.paper_item(paper) for paper in papers)
        except (SealError, msgspec.DecodeError, ValueError):
            raise WireError("the papers of a visitor are not readable") from None
        self.refresh(visit)

    def guest_letter(self, visit: int, letter: wire.LetterDown) -> None:
        """A letter of the visitor's that is ready: kept until the visit is over."""
        if self.opened(visit) is None or self._guest is None:
            return
        self._guest_letters[letter.request_id] = SealedLetter(letter.request_id, letter.sealed, 0)
        self.refresh(visit)

    # ------------------------------------------------------------ letters and requests

    def refresh(self, visit: int) -> None:
        """Read the visitor's letters and requests again."""
        opened = self.opened(visit)
        if opened is None or opened.role:
            return
        letters, requests = self._sealed(opened.tag)
        opened = vaults.reread(opened, letters, requests)
        self._keep(opened)
        self._tell(events.LettersChanged(visit, *self._papers(opened)))

    def letter(self, visit: int, request_id: str) -> wire.SignedLetter | None:
        """A letter of the visitor's."""
        opened = self.opened(visit)
        return opened.letters.get(request_id) if opened else None

    def summary(self, request_id: str) -> RequestSummary | None:
        """What the visitor's own request says."""
        if self._open is None:
            return None
        return self._open.summaries.get(request_id)

    def visitor(self) -> tuple[int, bytes] | None:
        """The open visit and its tag."""
        return (self._open.visit, self._open.tag) if self._open else None

    def submit(self, command: commands.Submit, letter: LetterType, at: datetime) -> None:
        """File a request: sealed to the regency, durable, and only then accepted."""
        opened = self.opened(command.visit)
        if opened is None:
            self._tell(events.RequestNotStored(command.visit))
            return
        request_id, when = stamp(at)
        try:
            filing = self._store.file_request(
                request_id,
                opened.tag,
                when,
                lambda seq: self._filing(command, letter, opened, request_id, when, seq),
            )
        except (AnjunganError, OSError, self._store.errors) as error:
            self._journal.write("request.failed", error=type(error).__name__)
            self._tell(events.RequestNotStored(command.visit))
            return
        self._journal.write("request.stored", request_id=request_id)
        self.refresh_quietly(opened)
        self._tell(
            events.RequestStored(command.visit, request_id, filing.number, filing.claim_code)
        )

    def refresh_quietly(self, opened: OpenVault) -> None:
        """Open the summary just filed, so that its ticket can be printed."""
        self._keep(vaults.reread(opened, *self._sealed(opened.tag)))

    def _filing(
        self,
        command: commands.Submit,
        letter: LetterType,
        opened: OpenVault,
        request_id: str,
        when: str,
        seq: int,
    ) -> Filing:
        number = f"{self._kiosk}-{seq:05d}"
        claim_code = make_claim_code(int.from_bytes(os.urandom(6), "big") >> 48 - RANDOM_BITS)
        request = LetterRequest(
            id=request_id,
            kiosk=self._kiosk,
            number=number,
            nik=command.profile.nik,
            letter_type=letter.id,
            answers=command.answers,
            claim_code=claim_code,
            created_at=when,
            helper=self._tag(command.helper) if command.helper else b"",
        )
        summary = RequestSummary(letter.title, number, claim_code, when)
        context = seal.request_context(request_id)
        sealed = seal.seal(self._regency_key, msgspec.json.encode(request), context)
        return Filing(
            number,
            claim_code,
            seal.seal(
                opened.public_key,
                msgspec.json.encode(summary),
                seal.summary_context(request_id),
            ),
            wire.encode(wire.RequestUp(request_id, seq, when, sealed, self._store.boot_id)),
        )


def ticket_of(summary: RequestSummary, place: str, track_url: str) -> Ticket:
    """The ticket of a request, from what its resident's vault holds."""
    accepted = datetime.fromisoformat(summary.accepted_at)
    when = f"{long_date(accepted)}, pukul {accepted:%H.%M}"
    address = f"{track_url}/lacak/{summary.claim_code}" if track_url else summary.claim_code
    return Ticket(place, summary.title, summary.number, summary.claim_code, when, address)
