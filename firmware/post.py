"""The kiosk's post office: messages from the regency into the store, receipts back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import msgspec

from firmware.core import wire
from firmware.core.cards import OFFICER_ROLE
from firmware.core.errors import WireError
from firmware.core.events import Delivered, Event
from firmware.core.orders import Kind
from firmware.core.request import RequestState
from firmware.core.seal import TAG_BYTES, is_usable
from firmware.journal import Journal
from firmware.outbox import Outbox
from firmware.store import Store

_NUMBER_LIKE_A_NIK = re.compile(r"\d{13,}")  # longer than any part of a UUID


class _Numbered(msgspec.Struct):
    srv_seq: int


class Post:
    """Sorts incoming messages. ``answer`` publishes a receipt; ``changed`` is told the tag of
    a resident for whom something arrived, or None when that cannot be said. ``orders`` takes
    what is ordered.
    """

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        journal: Journal,
        now: Callable[[], str],
        answer: Callable[[wire.ReceiptUp], None],
        tell: Callable[[Event], None],
        changed: Callable[[], None],
        orders: Callable[[Kind, bytes], None] | None = None,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._journal = journal
        self._now = now
        self._answer = answer
        self._tell = tell
        self._changed = changed
        self._orders = orders
        self._answered: Callable[[wire.AskDown], None] = lambda _answer: None
        self._found: Callable[[wire.FindDown], None] = lambda _answer: None

    def on_answer(self, answered: Callable[[wire.AskDown], None]) -> None:
        """Who hears what the regency says of a card that was asked for."""
        self._answered = answered

    def on_found(self, found: Callable[[wire.FindDown], None]) -> None:
        """Who hears what the regency says of a code."""
        self._found = found

    def take(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Messages by topic, in the order they came. What cannot be used is buried with its
        reason and harms nothing else. Receipts that came together are one transaction.
        """
        committed: list[str] = []
        for topic, payload in messages:
            try:
                self._sort(topic, payload, committed)
            except WireError as error:
                self._bury(topic, payload, str(error))
        self._let_go(committed)
        self._changed()

    def _sort(self, topic: str, payload: bytes, committed: list[str]) -> None:
        split = wire.split_topic(topic)
        kind = split[1] if split else ""
        if kind == "dn/rcp":
            receipt = wire.decode(payload, wire.Receipt)
            self._outbox.takes_many(receipt.many)
            if receipt.outcome == "committed":
                committed += [receipt.id, *receipt.also]
            else:
                self._refused(receipt)
        elif kind == "dn/res":
            self._resident(_decode_resident(payload))
        elif kind == "dn/ask":
            self._answered(wire.decode(payload, wire.AskDown))
        elif kind == "dn/find":
            self._found(wire.decode(payload, wire.FindDown))
        elif kind == "dn/cmd" and self._orders is not None:
            self._orders("cmd", payload)
        elif kind == "dn/cfg" and self._orders is not None:
            self._orders("cfg", payload)
        else:
            raise WireError("this kiosk knows no such topic")

    def _bury(self, topic: str, payload: bytes, reason: str) -> None:
        place = _tame(topic[:100])
        self._store.bury_message(self._now(), place, len(payload), reason)
        self._journal.write("message.dead", topic=place, reason=reason)
        number = _number_of(payload)
        if number is not None:
            self._answer(wire.ReceiptUp(number, rejected=reason))

    def _refused(self, receipt: wire.Receipt) -> None:
        if receipt.outcome != "rejected":
            raise WireError("a receipt says neither committed nor rejected")
        reason = _tame(receipt.reason[:200])
        self._outbox.bury(receipt.id, reason or "no reason given")
        self._journal.write("request.refused", id=_tame(receipt.id[:64]), reason=reason)

    def _let_go(self, committed: list[str]) -> None:
        if not committed:
            return
        for message_id, request_id in self._outbox.confirm(committed).items():
            self._journal.write("request.delivered", id=message_id)
            self._tell(Delivered(request_id))

    def _resident(self, message: wire.ResidentDown) -> None:
        match message:
            case wire.DirectoryEntry():
                check_entry(message)
                if not self._store.take_entry(message):
                    return  # unanswered, so that it comes again
                self._journal.write("directory.updated", revoked=message.revoked)
            case wire.LetterDown():
                self._store.take_letter(message)
                self._journal.write(
                    "letter.arrived", request_id=message.request_id, bytes=len(message.sealed)
                )
            case wire.StateDown():
                state = _known_state(message.state)
                self._store.take_state(message.request_id, state, message.srv_seq)
                self._journal.write(
                    "request.state", request_id=message.request_id, state=state.value
                )
            case wire.SendAgain():
                count = self._store.send_again(message.after, message.srv_seq)
                self._outbox.send_all_again()
                self._journal.write("outbox.reopened", after=message.after, count=count)
            case wire.RaiseSeq():
                self._store.raise_seq(message.seq, message.srv_seq)
                self._journal.write("numbers.raised", seq=message.seq)
        self._answer(wire.ReceiptUp(message.srv_seq))


def _tame(text: str) -> str:
    """What another end wrote, for the books: no number as long as a NIK stands in it, since this
    card may be read by anybody. Names cannot be told from words: docs/protocol.md asks for reasons
    that repeat nothing of a message.
    """
    return _NUMBER_LIKE_A_NIK.sub("…", text)


def _decode_resident(payload: bytes) -> wire.ResidentDown:
    # msgspec reads a union at run time; its type cannot be written as type[...].
    return wire.decode(payload, wire.ResidentDown)  # type: ignore[arg-type]


def _known_state(text: str) -> RequestState:
    try:
        return RequestState(text)
    except ValueError:
        raise WireError("a request is in a state that this kiosk does not know") from None


def check_entry(entry: wire.DirectoryEntry) -> None:
    """What a PIN would be tried against must be usable; raises WireError."""
    if not is_usable(entry.kdf, entry.salt, entry.public_key) or len(entry.tag) != TAG_BYTES:
        raise WireError("a directory entry has a key, salt, tag or costs out of range")
    if entry.role not in ("", OFFICER_ROLE):
        raise WireError("a directory entry has a role that this kiosk does not know")


def _number_of(payload: bytes) -> int | None:
    """The message's number, when that much can be read."""
    try:
        return msgspec.json.decode(payload, type=_Numbered).srv_seq
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
