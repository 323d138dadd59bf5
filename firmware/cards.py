"""A new PIN for a card, at the kiosk: the key is made in the vault's thread, and what was sealed
to the old one is sealed to it in one transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec

from firmware.card_books import NewKey, Sealed
from firmware.core import commands, events, seal, wire
from firmware.core.cards import TOKEN_BYTES, PinChange, pack_profile
from firmware.core.errors import AnjunganError
from firmware.journal import Journal
from firmware.stamps import stamp
from firmware.store import Store
from firmware.vault import KeyOrder, MadeKey, OpenVault, seal_anew
from firmware.visits import Visits
from firmware.worker import Worker


class Cards:
    """Changes the PIN of the visitor's card. ``tell`` passes an event to the session."""

    def __init__(
        self,
        kiosk: str,
        regency_key: bytes,
        store: Store,
        journal: Journal,
        worker: Worker,
        visits: Visits,
        tell: Callable[[events.Event], None],
    ) -> None:
        self._kiosk = kiosk
        self._regency_key = regency_key
        self._store = store
        self._journal = journal
        self._worker = worker
        self._visits = visits
        self._tell = tell
        self._ordered: int | None = None

    def change_pin(self, command: commands.ChangePin) -> None:
        """Have the new key made. A vault that is not open, or a profile without a token (the
        regency could not tell a forged change from this one), changes nothing; nor does a card that
        is known here for this visit alone, or one that was taken out of use in mid-visit.
        """
        opened = self._visits.opened(command.visit)
        entry = self._store.entry(opened.tag) if opened is not None else None
        if opened is None or not opened.tokens or entry is None or entry.revoked:
            self._journal.write("pin.change", outcome="impossible")
            self._tell(events.PinNotChanged(command.visit))
            return
        self._ordered = command.visit
        self._worker.make_key(KeyOrder(command.visit, command.identity.uid, command.pin))

    def key_made(self, visit: int, key: MadeKey, at: datetime) -> None:
        """The vault's thread has made the key: it takes the old one's place, if the visitor is
        still there.
        """
        if self._ordered != visit:
            return
        opened, self._ordered = self._visits.opened(visit), None
        if opened is None:
            self._journal.write("pin.change", outcome="left")
            return
        try:
            changed = self._replace(opened, key, at)
        except (AnjunganError, OSError, self._store.errors) as error:
            self._journal.write("pin.change", outcome="failed", error=type(error).__name__)
            self._tell(events.PinNotChanged(visit))
            return
        self._visits.reopen(changed)
        self._journal.write("pin.change", outcome="stored")
        self._tell(events.PinChanged(visit))

    def _replace(self, opened: OpenVault, key: MadeKey, at: datetime) -> OpenVault:
        message_id, when = stamp(at)
        token = secrets.token_bytes(TOKEN_BYTES)
        tokens = (*opened.tokens, token)
        change = PinChange(
            message_id,
            self._kiosk,
            opened.tag,
            key.salt,
            key.cost,
            key.public_key,
            opened.tokens,
            token,
        )

        def make(seq: int, sealed: Sealed) -> NewKey:
            body = seal.seal(
                self._regency_key, msgspec.json.encode(change), seal.card_context(message_id)
            )
            profile = pack_profile(opened.profile, tokens)
            return NewKey(
                key.salt,
                key.cost,
                key.public_key,
                seal.seal(key.public_key, profile, seal.profile_context(opened.tag)),
                wire.encode(wire.PinChangedUp(message_id, seq, when, body, self._store.boot_id)),
                seal_anew(sealed, opened.seed, key.public_key),
            )

        self._store.cards.change_key(opened.tag, message_id, when, make)
        return replace(opened, public_key=key.public_key, seed=key.seed, tokens=tokens)
