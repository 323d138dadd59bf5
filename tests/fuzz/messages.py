"""Both ends of the wire, fed with messages that somebody has tampered with.

Whatever comes: it raises nothing, it is answered or buried, what waits for a receipt is neither
lost nor let go without one, and the next good message is taken as ever.
"""

from __future__ import annotations

import itertools
import json
import shutil
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from firmware.core import cards, orders, seal, wire
from firmware.core.claim import make_claim_code
from firmware.core.errors import WireError
from firmware.core.ids import uuid7
from firmware.core.request import LetterRequest
from firmware.outbox import Outbox
from firmware.post import Post
from firmware.store import Filing
from regency import tables as t
from tests.firmware import people
from tests.firmware.order_bench import KIOSK as BENCH_KIOSK
from tests.firmware.order_bench import NOW, Bench
from tests.firmware.order_bench import SEED as COMMAND_SEED
from tests.fuzz.files import workplace
from tests.regency.letter_parts import ANSWERS, SITI
from tests.reliability.delivery import AT, KIOSK, PUBLIC, Regency

RENEW_AFTER = 3000
"""Messages after which an end begins anew, or its database grows without an end."""
KINDS: tuple[type[msgspec.Struct], ...] = (
    wire.RequestUp,
    wire.ReceiptUp,
    wire.Heartbeat,
    wire.StateUp,
    wire.Receipt,
    wire.Signed,
    wire.Order,
    wire.SignedLetter,
    LetterRequest,
    cards.PinChange,
)


def feed_wire(data: bytes) -> None:
    """Every kind of message is read, or refused without a word of what was in it; what is read
    can be written and is read again as the same.
    """
    for kind in (*KINDS, wire.EventUp, wire.ResidentDown):
        try:
            message: Any = wire.decode(data, kind)  # type: ignore[arg-type]
        except WireError as error:
            assert len(str(error)) <= 300
        else:
            assert wire.decode(wire.encode(message), kind) == message  # type: ignore[arg-type]


# ---------------------------------------------------------------- the kiosk


class PostOffice:
    """A kiosk's post with orders, and one request that waits for its receipt."""

    WAITING = "01993c2a-0000-7000-8000-000000000001"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.bench = Bench(folder)
        self.answers: list[wire.ReceiptUp] = []
        store = self.bench.store
        self.post = Post(
            store,
            Outbox(store, lambda: 0.5),
            self.bench.journal,
            lambda: AT,
            self.answers.append,
            lambda _event: None,
            lambda: None,
            self.bench.desk.take,
        )
        self.heard = 0
        self._numbers = itertools.count(10**9)
        tag = people.tag(1)
        store.file_request(self.WAITING, tag, AT, lambda seq: Filing("n", "c", b"s", b"p"))

    def hear(self, kind: str, raw: bytes) -> None:
        """A message on dn/``kind``, and a good one right after it."""
        self.heard += 1
        self.answers.clear()
        before = self._troubles()
        number = next(self._numbers)
        good = wire.StateDown(number, "nobody", "underReview")
        topic = wire.down_topic(BENCH_KIOSK, kind)
        self.post.take([(topic, raw), (wire.down_topic(BENCH_KIOSK, "res"), wire.encode(good))])
        assert self.answers and self.answers[-1] == wire.ReceiptUp(number)
        if kind == "res":
            assert len(self.answers) == 2 or self._troubles() > before, "neither answered nor kept"
        waits = any(out.id == self.WAITING for out in self.bench.store.outgoing(1000))
        assert waits or (kind == "rcp" and self.WAITING.encode() in raw), "a request was lost"

    def _troubles(self) -> int:
        return (self._folder / "journal.jsonl").stat().st_size

    def close(self) -> None:
        self.bench.close()
        shutil.rmtree(self._folder)


class _Ends:
    """The ends at work; each is renewed from time to time."""

    def __init__(self) -> None:
        self._post: PostOffice | None = None
        self._regency: RegencyEnd | None = None

    @property
    def post(self) -> PostOffice:
        if self._post is not None and self._post.heard >= RENEW_AFTER:
            self._post.close()
            self._post = None
        if self._post is None or not self._waits(self._post):
            self._post = PostOffice(workplace())
        return self._post

    @staticmethod
    def _waits(post: PostOffice) -> bool:
        return any(out.id == post.WAITING for out in post.bench.store.outgoing(1000))

    @property
    def regency(self) -> RegencyEnd:
        if self._regency is None or self._regency.heard >= RENEW_AFTER:
            if self._regency is not None:
                self._regency.close()
            self._regency = RegencyEnd(workplace())
        return self._regency


@cache
def ends() -> _Ends:
    return _Ends()


DOWN: dict[str, tuple[msgspec.Struct, ...]] = {
    "rcp": (
        wire.Receipt(PostOffice.WAITING, "committed"),
        wire.Receipt(PostOffice.WAITING, "rejected", "why"),
        wire.Receipt("another", "committed"),
        wire.Receipt("another", "committed", also=["third", PostOffice.WAITING], many=wire.MANY),
    ),
    "res": (
        people.entry(1, 5),
        people.letter(1, PostOffice.WAITING, 6),
        wire.StateDown(7, PostOffice.WAITING, "underReview"),
        wire.SendAgain(8, 0),
        wire.RaiseSeq(9, 5),
    ),
}


def signed(kind: str, order: Any) -> bytes:
    """``order``, whatever it is, under the regency's own signature."""
    body = json.dumps(order).encode()
    key = Ed25519PrivateKey.from_private_bytes(COMMAND_SEED)
    signature = key.sign(f"anjungan/1/{kind}/".encode() + body)
    return wire.encode(wire.Signed(body, signature))


def good_order(name: str, args: dict[str, Any]) -> dict[str, Any]:
    """An order that the bench's kiosk would take."""
    order = wire.Order(BENCH_KIOSK, 1, "order-1", NOW, NOW + 3600, name, args)
    return dict(json.loads(wire.encode(order)))


ORDERS: tuple[tuple[str, dict[str, Any]], ...] = tuple(
    (orders.ALLOWED[name][0], good_order(name, args))
    for name, args in (
        (orders.CLOCK, {"nonce": "0" * 32, "time": NOW}),
        (orders.IDENTIFY, {"seconds": 5}),
        (orders.STATUS_SLIP, {}),
        (orders.SELF_TEST, {}),
        (orders.SERVICE_MODE, {"on": True}),
        (orders.CONFIG, {"settings": {"visit": {"idle_seconds": 50}}}),
        (orders.ROLLBACK, {}),
        (orders.CATALOGUE, {"packed": "eJw="}),
    )
)


def feed_post(data: bytes) -> None:
    """The first byte chooses the topic."""
    kind = ("rcp", "res", "cmd", "cfg", "other")[data[0] % 5] if data else "res"
    ends().post.hear(kind, data[1:])


# ---------------------------------------------------------------- the regency


class RegencyEnd:
    """The exchange over a real database; one request of before is committed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.down: list[tuple[str, bytes]] = []
        self.regency = Regency(folder, self.down)
        self.heard = 0
        self._names = itertools.count(1)
        self.kept = self.send_good()

    def send_good(self) -> str:
        """A request as a kiosk makes it; it is committed and receipted."""
        count = next(self._names)
        request = good_request(uuid7(1_700_000_000_000 + count, count), count)
        raw = sealed_request(request["id"], request, count + 10**6)
        self.down.clear()
        self.regency.hear((wire.up_topic(KIOSK, "req"), raw))
        receipts = [wire.decode(raw, wire.Receipt) for topic, raw in self.down if "rcp" in topic]
        assert receipts == [wire.Receipt(request["id"], "committed", many=wire.MANY)]
        return str(request["id"])

    def hear(self, kind: str, raw: bytes) -> None:
        """A message on ``kind``, such as up/req."""
        self.heard += 1
        self.down.clear()
        before = self._buried()
        self.regency.hear((f"k1/{KIOSK}/{kind}", raw))
        receipts = [wire.decode(raw, wire.Receipt) for topic, raw in self.down if "rcp" in topic]
        assert len(receipts) <= 1 or kind == "up/many"
        if kind in ("up/req", "up/evt"):
            assert receipts or self._buried() > before, "neither answered nor kept"
            assert all(one.outcome == "committed" or one.reason for one in receipts)
        if self.heard % 50 == 0:
            self.send_good()
            assert self.kept in self.regency.requests()

    def _buried(self) -> int:
        with self.regency.store.engine.begin() as db:
            return db.execute(select(func.count()).select_from(t.dead_letters)).scalar_one()

    def close(self) -> None:
        self.regency.stop()
        shutil.rmtree(self._folder)


def good_request(request_id: str, count: int) -> dict[str, Any]:
    """The inside of a request, as JSON."""
    claim = make_claim_code(count)
    number = f"{KIOSK}-{count:05d}"
    request = LetterRequest(
        request_id, KIOSK, number, SITI.nik, "keterangan-usaha", ANSWERS, claim, AT
    )
    return dict(json.loads(msgspec.json.encode(request)))


def sealed_request(outside: str, inside: Any, seq: int) -> bytes:
    """Whatever ``inside`` is, sealed as a kiosk would."""
    raw = inside if isinstance(inside, bytes) else json.dumps(inside).encode()
    body = seal.seal(PUBLIC, raw, seal.request_context(outside))
    return wire.encode(wire.RequestUp(outside, seq, AT, body))


def sealed_change(outside: str, inside: Any, seq: int) -> bytes:
    """A change of a PIN, the same way."""
    body = seal.seal(PUBLIC, json.dumps(inside).encode(), seal.card_context(outside))
    return wire.encode(wire.PinChangedUp(outside, seq, AT, body))


def sealed_enrolment(outside: str, inside: Any, seq: int) -> bytes:
    """A card that an officer enrolled."""
    body = seal.seal(PUBLIC, json.dumps(inside).encode(), seal.card_context(outside))
    return wire.encode(wire.EnrolUp(outside, seq, AT, body))


def sealed_question(outside: str, inside: Any, _seq: int) -> bytes:
    """For the letters of a visitor from elsewhere."""
    body = seal.seal(PUBLIC, json.dumps(inside).encode(), seal.ask_context(outside))
    return wire.encode(wire.AskUp(outside, b"\x07" * 32, body))


NAME = "01993c2a-0000-7000-8000-00000000000a"
CHANGE: dict[str, Any] = {
    "id": NAME,
    "kiosk": KIOSK,
    "tag": b64encode(b"\x07" * 32).decode(),
    "salt": b64encode(bytes(16)).decode(),
    "kdf": {"passes": 1, "memory_kib": 64, "lanes": 1},
    "public_key": b64encode(PUBLIC).decode(),
    "tokens": [b64encode(bytes(16)).decode()],
    "next_token": b64encode(bytes(16)).decode(),
}
ENROLMENT: dict[str, Any] = {
    **{name: CHANGE[name] for name in ("id", "kiosk", "tag", "salt", "kdf", "public_key")},
    "nik": SITI.nik,
    "officer_tag": CHANGE["tag"],
    "token": CHANGE["next_token"],
    "revocation": 3,
    "former": CHANGE["tokens"],
}
QUESTION: dict[str, Any] = {name: CHANGE[name] for name in ("id", "kiosk", "tag", "tokens")}
UP: dict[str, tuple[msgspec.Struct, ...]] = {
    "up/req": (wire.RequestUp(NAME, 1, AT, b"sealed"),),
    "up/evt": (
        wire.CollectedUp(NAME, 2, AT, NAME, "roll", True, 1),
        wire.OrderDone(NAME, 3, AT, "order-1", 1, "done"),
        wire.PinChangedUp(NAME, 4, AT, b"sealed"),
        wire.EnrolUp(NAME, 4, AT, b"sealed"),
    ),
    "up/ask": (wire.AskUp(NAME, b"\x07" * 32), wire.AskUp(NAME, b"\x07" * 32, b"sealed")),
    "up/many": (
        wire.ManyUp(
            [
                wire.Enclosed("req", msgspec.Raw(wire.encode(wire.RequestUp(NAME, 5, AT, b"s")))),
                wire.Enclosed("evt", msgspec.Raw(b'{"type":"collected","id":"e","seq":6}')),
            ]
        ),
    ),
    "up/rcp": (wire.ReceiptUp(1), wire.ReceiptUp(2, "why")),
    "up/hb": (
        wire.Heartbeat(KIOSK, AT, 1, 5, "online", "online", "full", "noDevice", 0, 0, 1, "0.1"),
    ),
    "st": (wire.StateUp(True, 1, 2, 3, "0.1", 2, "n", 1), wire.StateUp(False, 1)),
}


def feed_exchange(data: bytes) -> None:
    """The first byte chooses the topic."""
    kinds = (*UP, "up/other")
    kind = kinds[data[0] % len(kinds)] if data else "st"
    ends().regency.hear(kind, data[1:])


def feed_request(data: bytes) -> None:
    """Bytes that a kiosk has sealed as a request."""
    ends().regency.hear("up/req", sealed_request(NAME, data, 7))
