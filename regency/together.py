"""Messages that share a transaction: what many kiosks send at once, or one that has a backlog,
costs one commit. Receipts go out after it.

There are no savepoints. Trouble that is expected is answered and leaves nothing half done; what is
raised (another worker was quicker, a bug) undoes all, and each message is then taken by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Engine

from firmware.core import wire
from firmware.core.errors import WireError
from regency.database import transact
from regency.receiving import bury

MOST_TOGETHER = 64
"""Messages in one transaction, about: a parcel is never divided. Others wait for it."""

Errand = Callable[[Connection], wire.Receipt | None]
"""What a message wants of the database; the answer to it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message from the broker."""

    topic: str
    payload: bytes
    retained: bool = False

    @property
    def may_share(self) -> bool:
        """Births, heartbeats and questions are answered with more than a receipt: by themselves."""
        return self.topic.endswith(("/up/req", "/up/evt", "/up/many", "/up/rcp"))


class Batch:
    """Errands until ``commit``. ``receipt`` publishes an answer to a kiosk."""

    def __init__(self, engine: Engine, receipt: Callable[[str, wire.Receipt], None]) -> None:
        self._engine = engine
        self._receipt = receipt
        self._errands: list[tuple[str, Errand, int]] = []
        self._parcels = 0

    def open_parcel(self) -> int:
        """Messages that came together are answered together: their common number."""
        self._parcels += 1
        return self._parcels

    def add(self, kiosk: str, errand: Errand, parcel: int = 0) -> None:
        """One more; ``parcel`` is 0 when the message came by itself."""
        self._errands.append((kiosk, errand, parcel))

    def commit(self) -> None:
        """All of them, or none and it raises; then the receipts."""
        errands, self._errands = self._errands, []
        if not errands:
            return
        answers = transact(self._engine, lambda db: [errand(db) for _, errand, _ in errands])
        together: dict[tuple[str, int], list[str]] = {}
        for (kiosk, _, parcel), answer in zip(errands, answers, strict=True):
            if answer is not None and parcel and answer.outcome == "committed":
                together.setdefault((kiosk, parcel), []).append(answer.id)
            elif answer is not None:
                self._receipt(kiosk, answer)
        for (kiosk, _), (first, *rest) in together.items():
            self._receipt(kiosk, wire.Receipt(first, "committed", also=rest))


class _Named(msgspec.Struct):
    id: str


def burial(topic: str, payload: bytes, reason: str, is_answered: bool) -> Errand:
    """Keep that a message cannot be used, and say so when its id can be read, so that it is not
    sent for ever.
    """

    def take(db: Connection) -> wire.Receipt | None:
        bury(db, topic, len(payload), reason)
        name = _name_in(payload) if is_answered else ""
        return wire.Receipt(name[:64], "rejected", reason) if name else None

    return take


def _name_in(payload: bytes) -> str:
    try:
        return msgspec.json.decode(payload, type=_Named).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def unpack(payload: bytes) -> Iterable[tuple[str, bytes]]:
    """Kind and JSON of each message of an up/many; raises WireError."""
    many = wire.decode(payload, wire.ManyUp)
    if len(many.messages) > wire.MANY:
        raise WireError(f"{len(many.messages)} messages in one, more than {wire.MANY}")
    return [(f"up/{one.kind}", bytes(one.message)) for one in many.messages]
