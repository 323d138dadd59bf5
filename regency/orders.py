"""Orders to kiosks: given, signed, sent until they are answered, and what became of them.

An order is in the database before it is sent, and is sent again until the kiosk has told its end
or its time is over. See ``firmware.core.orders`` for what a kiosk does with it.
"""

from __future__ import annotations

import base64
import time
import uuid
import zlib
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, insert, select, update

from firmware.core import orders, wire
from firmware.core.afar import check_keys
from firmware.core.errors import ConfigurationError, OrderError, WireError
from regency import tables as t
from regency.database import put, reading, transact
from regency.journal import now_text, raise_alarm
from regency.receiving import committed
from regency.standing import note_number
from regency.store import Store

_LARGEST_LEAP = 1_000_000  # of numbers: beyond is no memory, but nonsense
_SETTINGS = (orders.CONFIG, orders.ROLLBACK)
_AGAIN_SECONDS = 30 * 86400
_LARGEST_MESSAGE = wire.MAX_MESSAGE_BYTES


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order and what became of it; ``outcome`` is empty while the kiosk has not told it, and
    ``lost`` when it was done on a card that is not in the kiosk any more. ``expires_at``: seconds
    since 1970.
    """

    kiosk: str
    number: int
    name: str
    args: dict[str, Any]
    given_by: str
    given_at: str
    expires_at: int
    outcome: str
    detail: str
    done_at: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A signed order that has no answer yet."""

    kiosk: str
    number: int
    kind: orders.Kind


class Orders:
    """``seed`` is the command key's; without one orders are heard of, and none are given."""

    def __init__(self, store: Store, seed: bytes | None) -> None:
        self._engine = store.engine
        self._seed = seed

    # ------------------------------------------------------------ giving

    def give(
        self, kiosk: str, name: str, args: dict[str, Any], life_seconds: int, actor: str
    ) -> int:
        """Give an order that ends after ``life_seconds``; its number. Raises OrderError for one
        that the kiosk would refuse, ConfigurationError when there is no command key.
        """
        seed = self._key()
        if not 0 < life_seconds <= orders.LONGEST_LIFE_SECONDS:
            days = orders.LONGEST_LIFE_SECONDS // 86400
            raise OrderError(f"an order may live from a second to {days} days")
        kind, plain = _checked(name, args)
        return transact(
            self._engine, lambda db: _give(db, seed, kiosk, kind, name, plain, life_seconds, actor)
        )

    def give_again(self, kiosk: str, last_order: int) -> None:
        """Another card is in the kiosk, which has seen orders up to ``last_order`` only: what later
        ones changed for good is gone, and is ordered anew. What was done once stays done.
        """
        if self._seed is None:
            return
        seed, values = self._seed, self.settings(kiosk)
        c = t.orders.c
        gone = (
            c.kiosk == kiosk,
            c.number > last_order,
            c.outcome == "done",
            c.name.in_((*_SETTINGS, orders.SERVICE_MODE, orders.CATALOGUE)),
        )

        def give(db: Connection) -> None:
            query = select(c.name, c.kind, c.message).where(*gone).order_by(c.number)
            newest = {_subject(row.name): row for row in db.execute(query)}
            db.execute(update(t.orders).where(*gone).values(outcome="lost"))
            for row in newest.values():
                args = _args_in(row.message)
                name = row.name
                if name in _SETTINGS:
                    name, args = orders.CONFIG, {"values": values}
                _give(db, seed, kiosk, row.kind, name, args, _AGAIN_SECONDS, "regency")

        with reading(self._engine).begin() as db:
            is_gone = db.execute(select(c.number).where(*gone).limit(1)).first() is not None
        if is_gone:
            transact(self._engine, give)

    def _key(self) -> bytes:
        if self._seed is None:
            raise ConfigurationError("[keys] names no command_seed: no order can be signed")
        return self._seed

    # ------------------------------------------------------------ sending

    def clock(self, kiosk: str, nonce: str) -> bytes | None:
        """The time for a kiosk whose birth had ``nonce``: a message for dn/cmd. None when it
        cannot be told.
        """
        if self._seed is None or not 16 <= len(nonce) <= 64:
            return None
        now = int(time.time())
        args = {"nonce": nonce, "time": now}
        order = wire.Order(kiosk, 0, str(uuid.uuid4()), now, now + 1, orders.CLOCK, args)
        return orders.sign(self._seed, "cmd", order)

    def waiting(self, kiosk: str | None = None) -> list[Waiting]:
        """Signed orders without an answer whose time is not over, oldest first: of one kiosk or
        of all; never of one that was revoked.
        """
        c = t.orders.c
        query = (
            select(c.kiosk, c.number, c.kind)
            .join(t.kiosks, t.kiosks.c.id == c.kiosk)
            .where(c.outcome == "", c.expires_at > int(time.time()), t.kiosks.c.revoked.is_(False))
            .order_by(c.kiosk, c.number)
        )
        if kiosk is not None:
            query = query.where(c.kiosk == kiosk)
        with reading(self._engine).begin() as db:
            return [Waiting(*row) for row in db.execute(query)]

    def message(self, waiting: Waiting) -> bytes:
        """What is sent for it on dn/``kind``."""
        c = t.orders.c
        query = select(c.message).where(c.kiosk == waiting.kiosk, c.number == waiting.number)
        with reading(self._engine).begin() as db:
            return bytes(db.execute(query).scalar_one())

    def follow(self, kiosk: str, last_order: int) -> None:
        """A kiosk has seen a higher number than was given here: an old backup runs. A number is
        never given twice, since the kiosk would take the second for an old one.
        """
        with reading(self._engine).begin() as db:
            given = _last_number(db, kiosk)
        if not given < last_order <= given + _LARGEST_LEAP:
            return

        def raise_to(db: Connection) -> None:
            what = f"the kiosk has seen order {last_order} of {given}: an old backup runs"
            raise_alarm(db, kiosk, what)
            _set_number(db, kiosk, max(last_order, _last_number(db, kiosk)))

        transact(self._engine, raise_to)

    # ------------------------------------------------------------ what became of them

    def take_done(self, kiosk: str, done: wire.OrderDone) -> wire.Receipt:
        """Commit an order's end, once."""

        def take(db: Connection) -> wire.Receipt:
            note_number(db, kiosk, done.seq, done.id, done.boot_id)
            c = t.orders.c
            here = (c.kiosk == kiosk, c.number == done.number, c.id == done.order)
            known = db.execute(select(c.outcome).where(*here)).scalar_one_or_none()
            if known is None:
                raise_alarm(db, kiosk, f"order {done.number} was answered, and was not given here")
                return wire.Receipt(done.id, "rejected", "this order was not given here")
            if known == "":
                end = {"outcome": done.outcome[:16], "detail": done.detail[: t.DETAIL_CHARACTERS]}
                db.execute(update(t.orders).where(*here).values(**end, done_at=now_text()))
            elif known != done.outcome[:16]:
                raise_alarm(db, kiosk, f"order {done.number} ended twice: an old card is in it")
            return committed(done.id)

        return transact(self._engine, take)

    def of(self, kiosk: str) -> list[OrderRow]:
        """All orders to a kiosk, newest first."""
        c = t.orders.c
        query: Select[Any] = select(t.orders).where(c.kiosk == kiosk).order_by(c.number.desc())
        with reading(self._engine).begin() as db:
            return [_row(row) for row in db.execute(query)]

    def settings(self, kiosk: str) -> dict[str, Any]:
        """What the kiosk's settings from afar are, once all that was given is done."""
        now: dict[str, Any] = {}
        former: dict[str, Any] = {}
        for row in reversed(self.of(kiosk)):
            if row.outcome not in ("", "done"):
                continue
            if row.name == orders.CONFIG:
                now, former = row.args["values"], now
            elif row.name == orders.ROLLBACK:
                now, former = former, now
        return now

    # ------------------------------------------------------------ kiosks

    def revoke(self, kiosk: str) -> bool:
        """A kiosk is heard no more and sent nothing more. Whether there is one of that id."""
        change = update(t.kiosks).where(t.kiosks.c.id == kiosk).values(revoked=True)
        return bool(transact(self._engine, lambda db: db.execute(change).rowcount))

    def kiosks(self) -> list[str]:
        """All kiosks that are not revoked."""
        query = select(t.kiosks.c.id).where(t.kiosks.c.revoked.is_(False)).order_by(t.kiosks.c.id)
        with reading(self._engine).begin() as db:
            return list(db.execute(query).scalars())


def _checked(name: str, args: dict[str, Any]) -> tuple[orders.Kind, dict[str, Any]]:
    """The topic and the plain arguments of an order, as the kiosk will check them."""
    if name not in orders.ALLOWED or name == orders.CLOCK:
        known = ", ".join(sorted(set(orders.ALLOWED) - {orders.CLOCK}))
        raise OrderError(f"there is no order {name!r}; there are {known}")
    kind = orders.ALLOWED[name][0]
    plain = {
        key: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for key, value in args.items()
    }
    try:
        checked = orders.read_args(kind, name, plain)
        if isinstance(checked, orders.ConfigArgs):
            check_keys(checked.values)
    except (WireError, ConfigurationError) as error:
        raise OrderError(str(error)) from error
    return kind, plain


def _give(
    db: Connection,
    seed: bytes,
    kiosk: str,
    kind: orders.Kind,
    name: str,
    args: dict[str, Any],
    life_seconds: int,
    actor: str,
) -> int:
    number, now = _next_number(db, kiosk), int(time.time())
    order = wire.Order(kiosk, number, str(uuid.uuid4()), now, now + life_seconds, name, args)
    message = orders.sign(seed, kind, order)
    if len(message) > _LARGEST_MESSAGE:
        raise OrderError(f"the order has {len(message)} bytes, more than a message may")
    _insert(db, kind, order, message, actor)
    return number


def _subject(name: str) -> str:
    """What an order changes: a rollback changes what a config does."""
    return orders.CONFIG if name in _SETTINGS else name


def _args_in(message: bytes) -> dict[str, Any]:
    """The arguments of an order of our own."""
    return wire.decode(wire.decode(message, wire.Signed).body, wire.Order).args


def _insert(
    db: Connection, kind: orders.Kind, order: wire.Order, message: bytes, actor: str
) -> None:
    told = {} if order.name == orders.CATALOGUE else order.args  # its bytes are in the message
    db.execute(
        insert(t.orders).values(
            kiosk=order.kiosk,
            number=order.number,
            kind=kind,
            id=order.id,
            name=order.name,
            args=told,
            given_by=actor[:64],
            given_at=now_text(),
            expires_at=order.expires_at,
            message=message,
            outcome="",
            detail="",
            done_at="",
        )
    )


def _next_number(db: Connection, kiosk: str) -> int:
    """Whoever gives an order to a kiosk holds its row meanwhile: numbers have one order."""
    lock = select(t.kiosks.c.revoked).where(t.kiosks.c.id == kiosk).with_for_update()
    revoked = db.execute(lock).scalar_one_or_none()
    if revoked is None:
        raise OrderError(f"there is no kiosk {kiosk!r}")
    if revoked:
        raise OrderError(f"the kiosk {kiosk} is revoked")
    number = _last_number(db, kiosk) + 1
    _set_number(db, kiosk, number)
    return number


def _last_number(db: Connection, kiosk: str) -> int:
    c = t.order_numbers.c
    return db.execute(select(c.last).where(c.kiosk == kiosk)).scalar_one_or_none() or 0


def _set_number(db: Connection, kiosk: str, number: int) -> None:
    put(db, t.order_numbers, {"kiosk": kiosk}, {"last": number})


def _row(row: Row[Any]) -> OrderRow:
    known = row._mapping
    return OrderRow(**{name: known[name] for name in OrderRow.__dataclass_fields__})


def packed_catalogue(catalogue: msgspec.Struct) -> bytes:
    """A letter catalogue as it travels: JSON, zlib."""
    return zlib.compress(msgspec.json.encode(catalogue), 9)
