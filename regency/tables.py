"""The regency's tables, SQLAlchemy Core: SQLite by default, PostgreSQL by URL.

PostgreSQL keeps to the lengths and sizes given here, SQLite to none: what comes from outside is
checked or cut before it is written.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    TypeDecorator,
    literal_column,
)

metadata = MetaData()
ID_CHARACTERS = 36
"""A UUID as text: what a message or request may be called."""
DETAIL_CHARACTERS = 2000


class _Words(TypeDecorator[str]):
    """Text from outside. PostgreSQL takes no NUL in it: another sign that says nothing will do."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """On its way into the database, to be kept or looked for."""
        return value.replace("\0", "\ufffd") if value else value


villages = Table(
    "villages",
    metadata,
    Column("code", _Words(10), primary_key=True),
    Column("data", JSON, nullable=False),
)

kiosks = Table(
    "kiosks",
    metadata,
    Column("id", _Words(16), primary_key=True),
    Column("village", ForeignKey("villages.code"), nullable=False),
    Column("revoked", Boolean, nullable=False, default=False),
    Column("last_srv_seq", BigInteger, nullable=False, default=0),
)

residents = Table(
    "residents",
    metadata,
    Column("nik", _Words(16), primary_key=True),
    Column("village", ForeignKey("villages.code"), nullable=False),
    Column("profile", JSON, nullable=False),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("nik", ForeignKey("residents.nik"), primary_key=True),
    Column("tag", LargeBinary, nullable=False, unique=True),
    Column("salt", LargeBinary, nullable=False),
    Column("kdf", JSON, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
)

# What a card's newest profile holds as proof that it was opened (firmware.core.cards), and which
# message, with which number of its kiosk, brought it: '' and 0 when the regency made it itself.
card_tokens = Table(
    "card_tokens",
    metadata,
    Column("tag", LargeBinary, primary_key=True),
    Column("token", LargeBinary, nullable=False),
    Column("kiosk", _Words(16), nullable=False, default=""),
    Column("seq", BigInteger, nullable=False, default=0),
)

# What kiosks said of cards and was done: a message that comes again is done once.
card_events = Table(
    "card_events",
    metadata,
    Column("event_id", _Words(ID_CHARACTERS), primary_key=True),
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("kind", _Words(16), nullable=False),
    Column("at", _Words(32), nullable=False),
    Column("body_digest", LargeBinary, nullable=False),
)

officers = Table(
    "officers",
    metadata,
    Column("username", _Words(64), primary_key=True),
    Column("name", _Words, nullable=False),
    Column("role", _Words(16), nullable=False),
    Column("village", ForeignKey("villages.code"), nullable=False),
    Column("password_hash", _Words, nullable=False),
)

# The cards with which officers enrol residents' cards at the kiosks of their village.
officer_cards = Table(
    "officer_cards",
    metadata,
    Column("username", ForeignKey("officers.username"), primary_key=True),
    Column("tag", LargeBinary, nullable=False, unique=True),
    Column("salt", LargeBinary, nullable=False),
    Column("kdf", JSON, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", _Words(ID_CHARACTERS), primary_key=True),
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("village", ForeignKey("villages.code"), nullable=False, index=True),
    Column("number", _Words(32), nullable=False),
    Column("nik", ForeignKey("residents.nik"), nullable=False),
    Column("letter_type", _Words(64), nullable=False),
    Column("answers", JSON, nullable=False),
    Column("claim_hash", LargeBinary, nullable=False, index=True),
    Column("body_digest", LargeBinary, nullable=False),
    Column("state", _Words(24), nullable=False),
    Column("created_at", _Words(32), nullable=False),
    Column("received_at", _Words(32), nullable=False),
)

# Where a resident lived before: what a kiosk there accepted before it heard of the move counts.
moves = Table(
    "moves",
    metadata,
    Column("nik", ForeignKey("residents.nik"), nullable=False),
    Column("village", ForeignKey("villages.code"), nullable=False),
    Column("at", _Words(32), nullable=False),
    PrimaryKeyConstraint("nik", "village"),
)

# Kiosks to which a request's letter goes besides the one where it was asked for.
letter_places = Table(
    "letter_places",
    metadata,
    Column("request_id", ForeignKey("requests.id"), nullable=False),
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    PrimaryKeyConstraint("request_id", "kiosk"),
)

# Which kiosk asked for a card that it did not know, when (seconds since 1970), and whose it was
# (nothing when nobody has it). A row with a resident stays: their request may come later.
asks = Table(
    "asks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False, index=True),
    Column("nik", ForeignKey("residents.nik"), nullable=True),
    Column("at", BigInteger, nullable=False),
)

# Which kiosk asked for a code, when (seconds since 1970), whether it was known, and the request
# whose letter it was given.
finds = Table(
    "finds",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False, index=True),
    Column("request_id", ForeignKey("requests.id"), nullable=True, index=True),
    Column("known", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Append-only: what happened to a request, who did it and when.
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("request_id", ForeignKey("requests.id"), nullable=False, index=True),
    Column("at", _Words(32), nullable=False),
    Column("actor", _Words, nullable=False),
    Column("old", _Words(24), nullable=False),
    Column("new", _Words(24), nullable=False),
    Column("note", _Words, nullable=False, default=""),
)

letters = Table(
    "letters",
    metadata,
    Column("request_id", ForeignKey("requests.id"), primary_key=True),
    Column("number", _Words(64), nullable=False, unique=True),
    Column("token", _Words(64), nullable=False, unique=True),
    Column("pdf", LargeBinary, nullable=False),
    Column("roll", LargeBinary, nullable=False),
    Column("signed_at", _Words(32), nullable=False),
    Column("signer", _Words, nullable=False),
)

# The last number given, per village and year: raised in the transaction that signs.
numbers = Table(
    "numbers",
    metadata,
    Column("village", _Words(10), nullable=False),
    Column("year", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("village", "year"),
)

# What must reach a kiosk. A row is done when its receipt came.
down = Table(
    "down",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("srv_seq", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("made_at", _Words(32), nullable=False),
    Column("receipted_at", _Words(32), nullable=False, default=""),
    Column("rejected", _Words, nullable=False, default=""),
    PrimaryKeyConstraint("kiosk", "srv_seq"),
)

IS_WAITING = down.c.receipted_at == literal_column("''")
"""Not receipted. The empty text stands in it as it is: an index is not found by a parameter."""
Index(
    "down_waiting",
    down.c.kiosk,
    down.c.srv_seq,
    sqlite_where=IS_WAITING,
    postgresql_where=IS_WAITING,
)

# What each kiosk was last told of a card: a digest, empty when it was told of a revocation.
told = Table(
    "told",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("tag", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("kiosk", "tag"),
)

# Cards that were taken out of use, until an officer who can know of that enrols them again; and by
# which message each kiosk was first told of it.
revoked_cards = Table(
    "revoked_cards",
    metadata,
    Column("tag", LargeBinary, primary_key=True),
    Column("at", _Words(32), nullable=False),
)
revocations = Table(
    "revocations",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("tag", LargeBinary, nullable=False),
    Column("srv_seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("kiosk", "tag"),
)

# The last birth after each start of a kiosk that was acted upon: the broker hands it over again.
births = Table(
    "births",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("boot_id", _Words(ID_CHARACTERS), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("kiosk", "boot_id"),
)

# Which message had which number at a kiosk, and after which start it was made: by gaps the
# regency finds what it lost, by doubles a kiosk that counts anew.
sequences = Table(
    "sequences",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("message_id", _Words(64), nullable=False),
    Column("boot_id", _Words(ID_CHARACTERS), nullable=False, default=""),
    PrimaryKeyConstraint("kiosk", "seq"),
)

# Up to which number everything of a kiosk was here when it was last born, and its last start.
standings = Table(
    "standings",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), primary_key=True),
    Column("settled_seq", BigInteger, nullable=False),
    Column("boot", BigInteger, nullable=False),
)

# What somebody should look at.
alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", _Words(32), nullable=False),
    Column("kiosk", _Words(16), nullable=False),
    Column("what", _Words, nullable=False),
)

collected = Table(
    "collected",
    metadata,
    Column("event_id", _Words(ID_CHARACTERS), primary_key=True),
    Column("request_id", ForeignKey("requests.id"), nullable=False, index=True),
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("medium", _Words(8), nullable=False),
    Column("copy", BigInteger, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("at", _Words(32), nullable=False),
    Column("body_digest", LargeBinary, nullable=False),
)

# Messages that could not be used: where from, how long, why. Never their content.
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", _Words(32), nullable=False),
    Column("topic", _Words(100), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("reason", _Words, nullable=False),
)

# How many alarms and unusable messages of a kiosk were let go ('' stands for all that is no kiosk).
let_go = Table(
    "let_go",
    metadata,
    Column("kind", _Words(16), nullable=False),
    Column("kiosk", _Words(16), nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("kind", "kiosk"),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), primary_key=True),
    Column("at", _Words(32), nullable=False),
    Column("data", JSON, nullable=False),
)

# Orders to kiosks. ``message`` is what is sent; ``outcome`` is empty while there is no answer.
orders = Table(
    "orders",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("kind", _Words(3), nullable=False),
    Column("id", _Words(ID_CHARACTERS), nullable=False, unique=True),
    Column("name", _Words(32), nullable=False),
    Column("args", JSON, nullable=False),
    Column("given_by", _Words(64), nullable=False),
    Column("given_at", _Words(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("outcome", _Words(16), nullable=False, default="", index=True),
    Column("detail", _Words(DETAIL_CHARACTERS), nullable=False, default=""),
    Column("done_at", _Words(32), nullable=False, default=""),
    PrimaryKeyConstraint("kiosk", "number"),
)

# The last number that was given to each kiosk, or that it was found to have seen.
order_numbers = Table(
    "order_numbers",
    metadata,
    Column("kiosk", ForeignKey("kiosks.id"), primary_key=True),
    Column("last", BigInteger, nullable=False),
)
