"""The wire between kiosk and regency: topics and messages. ``docs/protocol.md`` tells it.

MQTT 5, QoS 1, JSON. Every message has a version ``v``; unknown fields are ignored, so that
an older end reads what a newer one sends. Bytes are base64 (RFC 4648, padded).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from firmware.core.errors import WireError

VERSION = 1
MAX_MESSAGE_BYTES = 512 * 1024
MANY = 50
"""How many messages at most travel in one up/many."""
Count = Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)]
"""A number that every JSON reader and every database holds."""
Offset = Annotated[int, msgspec.Meta(ge=-(1 << 53) + 1, le=(1 << 53) - 1)]
"""The same with a sign."""

_KIOSK = re.compile(r"\d{10}-[1-9]\d{0,3}")


def is_kiosk_id(text: str) -> bool:
    """Ten digits of village code, a dash, a number without leading zero."""
    return _KIOSK.fullmatch(text) is not None


def up_topic(kiosk: str, kind: str) -> str:
    """``kind``: req, evt, many, rcp, hb or ask."""
    return f"k1/{kiosk}/up/{kind}"


def down_topic(kiosk: str, kind: str) -> str:
    """``kind``: rcp, res, cmd or cfg."""
    return f"k1/{kiosk}/dn/{kind}"


def state_topic(kiosk: str) -> str:
    """Where the retained birth and the will stand."""
    return f"k1/{kiosk}/st"


def split_topic(topic: str) -> tuple[str, str] | None:
    """(kiosk id, rest) of one of our topics, for example ('3510192001-1', 'up/req')."""
    version, _, rest = topic.partition("/")
    kiosk, _, tail = rest.partition("/")
    return (kiosk, tail) if version == "k1" and is_kiosk_id(kiosk) and tail else None


# ---------------------------------------------------------------- up


class RequestUp(msgspec.Struct, frozen=True):
    """up/req: a request. ``sealed`` is a LetterRequest sealed to the regency. ``boot_id`` is that
    of the birth after which it was made.
    """

    id: str
    seq: Count
    at: str
    sealed: bytes
    boot_id: str = ""
    v: int = VERSION


class CollectedUp(msgspec.Struct, frozen=True, tag="collected"):
    """up/evt: the letter of ``request_id`` came out of a printer. ``medium``: page or roll;
    ``confirmed``: the printer itself said so; ``copy`` counts from 1 at this kiosk.
    """

    id: str
    seq: Count
    at: str
    request_id: str
    medium: str
    confirmed: bool
    copy: Count
    boot_id: str = ""
    v: int = VERSION


class OrderDone(msgspec.Struct, frozen=True, tag="order"):
    """up/evt: what became of the order ``order`` (its id) with this ``number``.

    ``outcome``: done, refused, expired, failed, or unknown (the power went while it ran). The
    number was used up in every case: the order never runs again. ``detail``: a sentence or the
    result; never of a citizen.
    """

    id: str
    seq: Count
    at: str
    order: str
    number: Count
    outcome: str
    detail: str = ""
    boot_id: str = ""
    v: int = VERSION


class PinChangedUp(msgspec.Struct, frozen=True, tag="pinChanged"):
    """up/evt: a resident chose a new PIN here. ``sealed`` is a firmware.core.cards.PinChange
    sealed to the regency.
    """

    id: str
    seq: Count
    at: str
    sealed: bytes
    boot_id: str = ""
    v: int = VERSION


class EnrolUp(msgspec.Struct, frozen=True, tag="enrol"):
    """up/evt: an officer enrolled a card here. ``sealed`` is a
    firmware.core.cards.EnrolmentRequest sealed to the regency.
    """

    id: str
    seq: Count
    at: str
    sealed: bytes
    boot_id: str = ""
    v: int = VERSION


EventUp = CollectedUp | OrderDone | PinChangedUp | EnrolUp
"""All that may come on up/evt."""


class Enclosed(msgspec.Struct, frozen=True):
    """A message among many: what would go on up/``kind`` by itself, and its JSON."""

    kind: Literal["req", "evt"]
    message: msgspec.Raw


class ManyUp(msgspec.Struct, frozen=True):
    """up/many: messages that travel together, each of them judged and receipted by itself. Only to
    a regency whose receipts say that it takes them.
    """

    messages: list[Enclosed]
    v: int = VERSION


AskedOutcome = Literal["entry", "unknown", "limited", "offline", "papers", "letter"]


class AskUp(msgspec.Struct, frozen=True):
    """up/ask: a card that this kiosk does not know is on its reader. Sent once, never kept.

    Once its PIN was right: what is ready and on its way for its holder? ``sealed`` is then a
    firmware.core.cards.PapersAsked sealed to the regency, else empty.
    """

    id: str
    tag: bytes
    sealed: bytes = b""
    v: int = VERSION


class FindUp(msgspec.Struct, frozen=True):
    """up/find: somebody typed a code. ``sealed`` is a firmware.core.finds.Find sealed to the
    regency. Sent once, never kept.
    """

    id: str
    sealed: bytes
    v: int = VERSION


class ReceiptUp(msgspec.Struct, frozen=True):
    """up/rcp: the message ``srv_seq`` (that one alone) is durable at the kiosk.

    One by one, since a broker that crashed may have lost an earlier one. ``rejected`` says why
    this one could not be used; the regency does not send it again.
    """

    srv_seq: Count
    rejected: str = ""
    v: int = VERSION


class Heartbeat(msgspec.Struct, frozen=True):
    """up/hb: plain JSON, read by Telegraf as it is. Ages and durations in seconds."""

    kiosk: str
    at: str
    boot: Count
    uptime_seconds: Count
    reader: str
    ticket_printer: str
    ticket_paper: str
    page_printer: str
    queue_length: Count
    queue_oldest_seconds: Count
    visits: Count
    firmware: str
    roll_used_mm: Count = 0
    tickets_left: Count = 0
    ticket_printer_idle_seconds: Count = 0
    roll_cuts: Count = 0
    ticket_printer_unit: str = ""
    ticket_printer_used_mm: Count = 0
    ticket_printer_cuts: Count = 0
    ticket_printer_exercise: str = ""
    ticket_printer_exercised_at: str = ""
    indicator: str = "noDevice"
    inputs: str = "noDevice"
    cabinet_door: str = "noDevice"
    power: str = "noDevice"
    door_openings: Count = 0
    power_cuts: Count = 0
    clock: str = "untold"
    clock_offset_seconds: Offset = 0
    service_mode: bool = False
    catalogue: Count = 0
    v: int = VERSION


class StateUp(msgspec.Struct, frozen=True):
    """st, retained: ``online`` true is the birth, false is the will or a farewell.

    The regency has answered every message up to ``settled_seq``: by this it finds what it lost.
    ``nonce`` is new at every birth: the order ``clock`` repeats it. ``last_order`` is the highest
    number of an order that was seen here. ``boot_id`` is drawn anew at each start of the
    controller, '' by kiosks that know of none.
    """

    online: bool
    boot: Count
    last_seq: Count = 0
    last_srv_seq: Count = 0
    firmware: str = ""
    settled_seq: Count = 0
    nonce: str = ""
    last_order: Count = 0
    boot_id: str = ""
    v: int = VERSION


# ---------------------------------------------------------------- down


class Receipt(msgspec.Struct, frozen=True):
    """dn/rcp: sent after the regency's own commit. Only this lets the outbox let go.

    ``outcome``: ``committed``, or ``rejected`` with a ``reason`` for the journal. ``also``: further
    ids that are committed; only messages that came together are answered together. ``many``: how
    many messages the regency takes in one up/many; an older one, that takes none, says nothing.
    """

    id: str
    outcome: str
    reason: str = ""
    also: list[str] = []
    many: Count = 0
    v: int = VERSION


class DirectoryEntry(msgspec.Struct, frozen=True, tag="directory"):
    """dn/res: a resident whom this kiosk may serve.

    ``role``: empty for a resident; ``officer`` for the card of a village officer, which opens
    enrolment. ``tag`` is HMAC-SHA256(site key, UID); ``public_key`` is the resident's (1216 bytes,
    see firmware.core.seal); ``sealed_profile`` is a Profile sealed to it. ``kdf`` holds the
    Argon2id costs that this entry was made with. ``revoked`` takes the card out of use.
    """

    srv_seq: Count
    tag: bytes
    salt: bytes
    kdf: KdfCost
    public_key: bytes
    sealed_profile: bytes
    revoked: bool = False
    role: str = ""
    v: int = VERSION


class AskDown(msgspec.Struct, frozen=True):
    """dn/ask: the answer to AskUp ``id``. ``entry`` (its ``srv_seq`` is 0) is for the visit alone
    and never stored. ``outcome``: entry, unknown, or limited (this kiosk asked too often); to a
    question with ``sealed``: papers (``sealed`` is firmware.core.cards.Papers, sealed to the
    resident), and a letter in each of the answers after it (its ``srv_seq`` is 0).
    """

    id: str
    outcome: AskedOutcome
    entry: DirectoryEntry | None = None
    sealed: bytes = b""
    letter: LetterDown | None = None
    v: int = VERSION


class FindDown(msgspec.Struct, frozen=True):
    """dn/find: the answer to FindUp ``id``. ``sealed`` is a firmware.core.finds.Answer sealed to
    the key of the question; ``limited``: nothing, since this kiosk asked too often.
    """

    id: str
    sealed: bytes = b""
    limited: bool = False
    v: int = VERSION


class KdfCost(msgspec.Struct, frozen=True):
    """Argon2id costs: passes, memory in KiB, lanes."""

    passes: Count
    memory_kib: Count
    lanes: Count


class LetterDown(msgspec.Struct, frozen=True, tag="letter"):
    """dn/res: a signed letter for the resident ``tag``. ``sealed`` is a SignedLetter."""

    srv_seq: Count
    request_id: str
    tag: bytes
    sealed: bytes
    v: int = VERSION


class StateDown(msgspec.Struct, frozen=True, tag="state"):
    """dn/res: a request of this kiosk is now in ``state`` (a RequestState's value)."""

    srv_seq: Count
    request_id: str
    state: str
    v: int = VERSION


class SendAgain(msgspec.Struct, frozen=True, tag="again"):
    """dn/res: the regency was restored and lacks messages that it once receipted: send all with
    a ``seq`` above ``after`` again.
    """

    srv_seq: Count
    after: Count
    v: int = VERSION


class RaiseSeq(msgspec.Struct, frozen=True, tag="raise"):
    """dn/res: this kiosk was restored from an old card: numbers up to ``seq`` were given."""

    srv_seq: Count
    seq: Count
    v: int = VERSION


ResidentDown = DirectoryEntry | LetterDown | StateDown | SendAgain | RaiseSeq
"""All that may come on dn/res."""


class Signed(msgspec.Struct, frozen=True):
    """dn/cmd, dn/cfg: an order. ``body`` is an Order as JSON; ``signature`` is Ed25519 (RFC 8032)
    over ``anjungan/1/cmd/`` or ``anjungan/1/cfg/`` and the body: see firmware.core.orders.
    """

    body: bytes
    signature: bytes
    v: int = VERSION


class Order(msgspec.Struct, frozen=True):
    """The inside of Signed: what this ``kiosk`` shall do. ``number`` rises for each kiosk; times
    are whole seconds since 1970, UTC; ``args`` are those of ``name``.
    """

    kiosk: str
    number: Count
    id: str
    issued_at: Count
    expires_at: Count
    name: str
    args: dict[str, Any] = {}
    v: int = VERSION


class SignedLetter(msgspec.Struct, frozen=True):
    """The inside of LetterDown: ``pdf`` is the signed letter of F4 pages; ``roll`` is the same
    letter for 80-mm paper: 576 dots wide, one bit a dot, 1 is black, packed rows, zlib.
    """

    request_id: str
    letter_type: str
    title: str
    number: str
    pdf: bytes
    roll: bytes

    def __repr__(self) -> str:
        return f"SignedLetter(request_id={self.request_id!r}, <hidden>)"


Message = TypeVar("Message")


def encode(message: msgspec.Struct) -> bytes:
    """A message as JSON."""
    return msgspec.json.encode(message)


def decode_event(raw: bytes) -> EventUp:
    """Read what came on up/evt; raises WireError."""
    # msgspec reads a union at run time; its type cannot be written as type[...].
    return decode(raw, EventUp)  # type: ignore[arg-type]


def decode(raw: bytes, kind: type[Message]) -> Message:
    """Read a message; raises WireError with a reason that repeats nothing of the content."""
    if len(raw) > MAX_MESSAGE_BYTES:
        raise WireError(f"message of {len(raw)} bytes, more than {MAX_MESSAGE_BYTES}")
    try:
        message = msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not a readable message: {_shape_of(error)}") from error
    version = getattr(message, "v", VERSION)
    if version != VERSION:
        raise WireError(f"version {version} of a message, this end knows {VERSION}")
    return message


def _shape_of(error: Exception) -> str:
    """msgspec's message without quoted values, which might be personal."""
    return re.sub(r"'[^']*'", "'…'", str(error))[:200]
