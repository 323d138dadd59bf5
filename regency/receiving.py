"""What all messages from kiosks have in common: opened, refused, known again, buried. Inside a
transaction of the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from sqlalchemy import Connection, insert, select

from firmware.core import seal, wire
from firmware.core.errors import SealError
from regency import tables as t
from regency.journal import now_text, raise_alarm
from regency.retention import let_dead_go
from regency.trouble import Trouble

ID_TOO_LONG = Trouble(f"an id of more than {t.ID_CHARACTERS} characters")


class Named(Protocol):
    """What is sealed tells again who says it."""

    @property
    def id(self) -> str: ...

    @property
    def kiosk(self) -> str: ...


Sealed = TypeVar("Sealed", bound=Named)


class Outside(Protocol):
    """A message up with a sealed body."""

    @property
    def id(self) -> str: ...

    @property
    def sealed(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """How a sort of sealed message is opened; ``what`` and ``opened`` name it in a reason."""

    context: Callable[[str], str]
    what: str = "it"
    opened: str = "what was opened"


def open_sealed(
    key: MLKEM768X25519PrivateKey,
    kiosk: str,
    message: Outside,
    kind: type[Sealed],
    opening: Opening,
) -> Sealed | Trouble:
    """What is inside a message from this kiosk; or why it cannot be used."""
    try:
        raw = seal.unseal_with(key, message.sealed, opening.context(message.id))
        said = msgspec.json.decode(raw, type=kind)
    except SealError:
        return Trouble(f"{opening.what} does not open with the regency's key", is_alarm=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Trouble(f"{opening.opened} is not readable")
    if (said.id, said.kiosk) != (message.id, kiosk):
        return Trouble("inside and outside name different ids or kiosks", is_alarm=True)
    return said if len(said.id) <= t.ID_CHARACTERS else ID_TOO_LONG


def hold_kiosk(db: Connection, kiosk: str) -> None:
    """Until the transaction ends no other worker counts for this kiosk: what is limited by its
    number is then limited.
    """
    k = t.kiosks.c
    db.execute(select(k.id).where(k.id == kiosk).with_for_update(key_share=True))


def committed(message_id: str) -> wire.Receipt:
    """The message is durable here."""
    return wire.Receipt(message_id, "committed")


def refuse(
    db: Connection, kiosk: str, kind: str, message_id: str, trouble: Trouble
) -> wire.Receipt:
    """Keep why the message, which came on ``kind``, cannot be used, and say so."""
    bury(db, f"k1/{kiosk}/{kind}", 0, trouble.reason)
    if trouble.is_alarm:
        raise_alarm(db, kiosk, f"{trouble.reason} ({message_id[:36]})")
    return wire.Receipt(message_id, "rejected", trouble.reason)


def again(db: Connection, kiosk: str, kind: str, message_id: str, same: bool) -> wire.Receipt:
    """A message whose id is known: the same one is receipted again, another is an alarm."""
    if same:
        return committed(message_id)
    trouble = Trouble("the same id came with another body", is_alarm=True)
    return refuse(db, kiosk, kind, message_id, trouble)


def bury(db: Connection, topic: str, size: int, reason: str) -> None:
    """Keep that a message could not be used, and why; never its content."""
    row = insert(t.dead_letters).values(
        at=now_text(), topic=topic[:100], bytes=size, reason=reason[:300]
    )
    let_dead_go(db, db.execute(row.returning(t.dead_letters.c.id)).scalar_one())
