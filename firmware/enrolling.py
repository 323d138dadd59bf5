"""Enrolment and unlocking at the kiosk: two taps, a key made in the vault's thread, and a sealed
request to the regency. The card is served here only once the regency's entry has come.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from firmware.card_books import FiledEnrolment
from firmware.core import commands, events, lockout, seal, wire
from firmware.core.cards import OFFICER_ROLE, EnrolmentRequest
from firmware.core.errors import AnjunganError, SealError
from firmware.core.view import EnrolmentItem
from firmware.journal import Journal
from firmware.stamps import stamp
from firmware.store import Store
from firmware.vault import KeyOrder, MadeKey, OpenVault
from firmware.visits import Visits
from firmware.worker import Worker
from hw.card.enrolment import Agreed, Enrolment, Refused, hear
from hw.protocols import CardReport


class Enrolling:
    """What an officer does at the kiosk. ``tell`` passes an event to the session."""

    def __init__(
        self,
        kiosk: str,
        keys: tuple[bytes, bytes],
        store: Store,
        journal: Journal,
        worker: Worker,
        visits: Visits,
        tell: Callable[[events.Event], None],
    ) -> None:
        self._kiosk = kiosk
        self._site_key, self._regency_key = keys
        self._store = store
        self._journal = journal
        self._worker = worker
        self._visits = visits
        self._tell = tell
        self._taps: tuple[int, Enrolment] | None = None
        self._ordered: commands.Enrol | None = None

    def stop(self) -> None:
        """The visit is over."""
        self._taps = self._ordered = None

    # ------------------------------------------------------------ two taps

    def await_taps(self, visit: int) -> None:
        """From now on cards on the reader are for enrolment."""
        self._taps = (visit, Enrolment())
        self._tell(events.TapAwaited(visit, "firstTap"))

    def hear(self, report: CardReport) -> None:
        """What the reader reports, while a card is awaited."""
        if self._taps is None:
            return
        visit, before = self._taps
        after = hear(before, report)
        match after:
            case Enrolment() if after is not before:
                self._taps = (visit, after)
                self._tell(events.TapAwaited(visit, after.awaits.value))
            case Agreed(identity):
                self._taps = None
                if self._is_officers(identity.uid):
                    self._tell(events.CardNotAgreed(visit, "officerCard"))
                else:
                    self._tell(events.CardAgreed(visit, identity))
            case Refused(why):
                self._taps = None
                self._tell(events.CardNotAgreed(visit, why.value))

    def _is_officers(self, uid: bytes) -> bool:
        entry = self._store.entry(seal.card_tag(self._site_key, uid))
        return entry is not None and entry.role == OFFICER_ROLE

    # ------------------------------------------------------------ the request

    def enrol(self, command: commands.Enrol) -> None:
        """Have the key of card and PIN made."""
        opened = self._officer(command.visit)
        if opened is None or not opened.tokens:
            self._tell(events.EnrolmentNotStored(command.visit))
            return
        self._ordered = command
        self._worker.make_key(KeyOrder(command.visit, command.identity.uid, command.pin))

    def key_made(self, visit: int, key: MadeKey, at: datetime) -> bool:
        """File the enrolment with this key; False when the key is not for one."""
        ordered, self._ordered = self._ordered, None
        opened = self._officer(visit)
        if ordered is None or ordered.visit != visit or opened is None:
            return False
        try:
            message_id = self._file(ordered, opened, key, at)
        except (AnjunganError, OSError, self._store.errors) as error:
            self._journal.write("card.enrolment", outcome="failed", error=type(error).__name__)
            self._tell(events.EnrolmentNotStored(visit))
            return True
        self._journal.write("card.enrolment", outcome="stored")
        self._tell(events.EnrolmentStored(visit, message_id))
        self.see()
        return True

    def _file(self, ordered: commands.Enrol, opened: OpenVault, key: MadeKey, at: datetime) -> str:
        message_id, when = stamp(at)
        tag = seal.card_tag(self._site_key, ordered.identity.uid)
        request = EnrolmentRequest(
            message_id,
            self._kiosk,
            ordered.nik,
            tag,
            key.salt,
            key.cost,
            key.public_key,
            opened.tag,
            opened.tokens[-1],
            self._store.cards.revocation(tag),
            opened.tokens[:-1],
        )
        context = seal.card_context(message_id)
        body = seal.seal(self._regency_key, msgspec.json.encode(request), context)
        note = seal.seal(opened.public_key, ordered.nik.encode(), context)
        filed = FiledEnrolment(message_id, tag, key.public_key, note, when)
        self._store.cards.file_enrolment(
            filed,
            lambda seq: wire.encode(wire.EnrolUp(message_id, seq, when, body, self._store.boot_id)),
        )
        return message_id

    # ------------------------------------------------------------ what became of them

    def see(self) -> None:
        """Tell the officer who is there of the newest enrolments, if one is there."""
        visitor = self._visits.visitor()
        opened = self._officer(visitor[0]) if visitor else None
        if opened is not None:
            self._tell(events.EnrolmentsSeen(opened.visit, self.newest(opened)))

    def newest(self, opened: OpenVault) -> tuple[EnrolmentItem, ...]:
        """The newest enrolments made here; the NIK of those that this officer made."""
        return tuple(
            EnrolmentItem(one.id, _note(opened, one.id, one.sealed_note), one.state, one.reason)
            for one in self._store.cards.enrolments()
        )

    def unlock(self, command: commands.UnlockCard) -> None:
        """Wrong PINs of this card are forgotten, if an officer asks."""
        tag = seal.card_tag(self._site_key, command.identity.uid)
        if self._officer(command.visit) is None or self._store.entry(tag) is None:
            self._tell(events.CardUnlocked(command.visit, "unknown"))
            return
        locked = lockout.wait_seconds(self._store.wrong_pins(tag)) > 0
        if locked:
            self._visits.forgive(tag)
            self._journal.write("card.unlocked")
        self._tell(events.CardUnlocked(command.visit, "unlocked" if locked else "notLocked"))

    def _officer(self, visit: int) -> OpenVault | None:
        opened = self._visits.opened(visit)
        return opened if opened is not None and opened.role == OFFICER_ROLE else None


def _note(opened: OpenVault, message_id: str, sealed: bytes) -> str:
    try:
        return seal.unseal(opened.seed, sealed, seal.card_context(message_id)).decode()
    except (SealError, UnicodeDecodeError):
        return ""
