"""What the regency knows, for those who ask: desk, tracking, verification, workflow.

Reading only; ``regency.intake`` and ``regency.workflow`` write. A claim code is a bearer's
secret: the database holds a keyed hash of it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, RowMapping, Select, func, select

from firmware.core.request import Profile, RequestState
from regency import tables as t
from regency.database import open_engine, reading
from regency.model import Role, Village


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """Somebody who may sign in at the desk."""

    username: str
    name: str
    role: Role
    village: str
    password_hash: str

    def __repr__(self) -> str:
        return f"OfficerRow(username={self.username!r}, role={self.role!r})"


@dataclass(frozen=True, slots=True, repr=False)
class RequestRow:
    """A request, opened. Times are ISO 8601 with offset."""

    id: str
    number: str
    kiosk: str
    village: str
    letter_type: str
    nik: str
    answers: dict[str, str]
    state: RequestState
    created_at: str
    received_at: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened to a request."""

    at: str
    actor: str
    old: str
    new: str
    note: str


@dataclass(frozen=True, slots=True, repr=False)
class LetterRow:
    """A signed letter. ``token`` is the unguessable part of its verification address."""

    request_id: str
    number: str
    token: str
    pdf: bytes
    roll: bytes
    signed_at: str
    signer: str


@dataclass(frozen=True, slots=True)
class CollectedRow:
    """A copy of a letter that came out of a printer."""

    kiosk: str
    medium: str
    copy: int
    confirmed: bool
    at: str


@dataclass(frozen=True, slots=True, repr=False)
class DownRow:
    """A message that a kiosk has not receipted yet."""

    srv_seq: int
    payload: bytes


class Store:
    """The database at ``url``; ``secret`` keys the hashes of claim codes."""

    def __init__(self, url: str, secret: str) -> None:
        self.engine = open_engine(url)
        self._reader = reading(self.engine)
        self._secret = secret.encode()

    def close(self) -> None:
        """Let every connection go."""
        self.engine.dispose()

    def claim_hash(self, code: str) -> bytes:
        """Under what a claim code is filed."""
        return hmac.digest(self._secret, b"claim/" + code.encode(), hashlib.sha256)

    def _rows(self, query: Select[Any]) -> list[Row[Any]]:
        with self._reader.connect() as connection:
            return list(connection.execute(query))

    def _row(self, query: Select[Any]) -> Row[Any] | None:
        rows = self._rows(query.limit(1))
        return rows[0] if rows else None

    # ------------------------------------------------------------ people and places

    def officer(self, username: str) -> OfficerRow | None:
        """The officer of that name."""
        row = self._row(select(t.officers).where(t.officers.c.username == username))
        return OfficerRow(**row._mapping) if row else None

    def village(self, code: str) -> Village | None:
        """The village of that code."""
        row = self._row(select(t.villages.c.data).where(t.villages.c.code == code))
        return msgspec.convert(row[0], Village) if row else None

    def resident(self, nik: str) -> Profile | None:
        """The resident of that NIK."""
        row = self._row(select(t.residents.c.profile).where(t.residents.c.nik == nik))
        return msgspec.convert(row[0], Profile) if row else None

    # ------------------------------------------------------------ requests

    def request(self, request_id: str) -> RequestRow | None:
        """The request of that id."""
        row = self._row(REQUEST_COLUMNS.where(t.requests.c.id == request_id))
        return request_row(row._mapping) if row else None

    def request_by_claim(self, code: str) -> RequestRow | None:
        """The request whose ticket has that claim code (as ``read_claim_code`` gives it)."""
        row = self._row(REQUEST_COLUMNS.where(t.requests.c.claim_hash == self.claim_hash(code)))
        return request_row(row._mapping) if row else None

    def queue(self, village: str, states: set[RequestState] | None = None) -> list[RequestRow]:
        """The village's requests in these states (all when None), oldest first."""
        query = REQUEST_COLUMNS.where(t.requests.c.village == village)
        if states is not None:
            query = query.where(t.requests.c.state.in_([state.value for state in states]))
        return [
            request_row(row._mapping) for row in self._rows(query.order_by(t.requests.c.created_at))
        ]

    def village_counts(self, village: str) -> dict[RequestState, int]:
        """How many requests of the village are in each state."""
        state = t.requests.c.state
        query = select(state, func.count()).where(t.requests.c.village == village).group_by(state)
        return {RequestState(name): count for name, count in map(tuple, self._rows(query))}

    def history(self, request_id: str) -> list[EventRow]:
        """What happened to a request, in order."""
        c = t.events.c
        query = select(c.at, c.actor, c.old, c.new, c.note).where(c.request_id == request_id)
        return [EventRow(*tuple(row)) for row in self._rows(query.order_by(c.id))]

    # ------------------------------------------------------------ letters

    def letter(self, request_id: str) -> LetterRow | None:
        """The signed letter of a request."""
        row = self._row(select(t.letters).where(t.letters.c.request_id == request_id))
        return LetterRow(**row._mapping) if row else None

    def letter_by_token(self, token: str) -> LetterRow | None:
        """The letter whose QR leads to that token."""
        row = self._row(select(t.letters).where(t.letters.c.token == token))
        return LetterRow(**row._mapping) if row else None

    def collected(self, request_id: str) -> list[CollectedRow]:
        """The copies of a letter that were printed, in order."""
        c = t.collected.c
        query = select(c.kiosk, c.medium, c.copy, c.confirmed, c.at)
        rows = self._rows(query.where(c.request_id == request_id).order_by(c.at, c.copy))
        return [CollectedRow(*tuple(row)) for row in rows]

    # ------------------------------------------------------------ for the wire

    def may_speak(self, kiosk: str) -> bool:
        """Whether the kiosk is known and not revoked."""
        row = self._row(select(t.kiosks.c.revoked).where(t.kiosks.c.id == kiosk))
        return row is not None and row[0] is False

    def numbers_down(self) -> dict[str, int]:
        """The last number that was given to a message for each kiosk."""
        query = select(t.kiosks.c.id, t.kiosks.c.last_srv_seq)
        return {row.id: row.last_srv_seq for row in self._rows(query)}

    def undelivered(self, kiosk: str, after: int = 0) -> list[DownRow]:
        """Messages beyond ``after`` that the kiosk has not receipted, in order."""
        c = t.down.c
        query = select(c.srv_seq, c.payload).where(
            c.kiosk == kiosk, c.srv_seq > after, t.IS_WAITING
        )
        return [DownRow(*tuple(row)) for row in self._rows(query.order_by(c.srv_seq))]


_R = t.requests.c
REQUEST_COLUMNS = select(
    _R.id,
    _R.number,
    _R.kiosk,
    _R.village,
    _R.letter_type,
    _R.nik,
    _R.answers,
    _R.state,
    _R.created_at,
    _R.received_at,
)
"""The columns that ``request_row`` reads."""


def request_row(values: RowMapping) -> RequestRow:
    """A row of REQUEST_COLUMNS, by column name."""
    return RequestRow(**{**values, "state": RequestState(values["state"])})
