"""The books of both ends, laid side by side: what was promised, what came, and how often."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from firmware.core import seal, wire
from firmware.core.request import RequestState
from regency import tables as t
from regency.store import Store
from tests.reliability.chaos.kiosk import Errand
from tests.reliability.chaos.town import Town

READY, COLLECTED = RequestState.READY.value, RequestState.COLLECTED.value


@dataclass
class Account:
    """What was found. ``wrong`` is empty when all is as promised."""

    requests: int = 0
    letters: int = 0
    lost: int = 0
    twice: int = 0
    alarms: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def must(self, true: bool, what: str) -> None:
        """``what`` is the sentence for when it is not so."""
        if not true:
            self.wrong.append(what)


def is_quiet(town: Town) -> bool:
    """Whether nothing waits any more: all asked, answered, signed, come down, collected."""
    size = town.size
    for errand in town.errands:
        requests, waiting, copies = _kiosk_counts(errand)
        letters = size.per_kiosk(size.letters)
        if (requests, waiting, copies) != (errand.requests, 0, letters):
            return False
    store = Store(town.database, "s" * 40)
    try:
        with store.engine.connect() as db:
            waiting = db.execute(
                select(func.count()).select_from(t.down).where(t.down.c.receipted_at == "")
            ).scalar_one()
    finally:
        store.close()
    return waiting == 0


def wait_until_quiet(town: Town, seconds: float) -> bool:
    """False when it takes longer; what is missing is then in the account."""
    deadline = time.monotonic() + seconds
    while not is_quiet(town):
        town.note_the_dead()
        if town.trouble or time.monotonic() > deadline:
            return False
        town.wait(0.5)
    return True


def _kiosk_counts(errand: Errand) -> tuple[int, int, int]:
    if not errand.database.exists():
        return 0, 0, 0
    with closing(_kiosk(errand)) as db:
        row = db.execute(
            "SELECT (SELECT count(*) FROM request),"
            " (SELECT count(*) FROM outbox WHERE settled = 0 AND dead = ''),"
            " (SELECT coalesce(sum(copies), 0) FROM letter)"
        ).fetchone()
    return tuple(row)


def _kiosk(errand: Errand) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{errand.database}?mode=ro", uri=True)


# ---------------------------------------------------------------- the account


def settle(town: Town) -> Account:
    """Compare; everything has been killed by now."""
    account = Account()
    store = Store(town.database, "s" * 40)
    with store.engine.connect() as db:
        for errand, secret in zip(town.errands, town.resident_keys, strict=True):
            _settle_requests(account, db, errand)
            _settle_letters(account, db, errand, secret)
        _settle_numbers(account, db)
        account.alarms = list(db.execute(select(t.alarms.c.what)).scalars())
        buried = list(db.execute(select(t.dead_letters.c.reason)).scalars())
        account.must(not buried, f"messages were buried at the regency: {Counter(buried)}")
    store.close()
    account.must(not account.alarms, f"alarms: {account.alarms[:5]}")
    account.wrong += sorted(town.trouble)
    return account


def _settle_requests(account: Account, db: Connection, errand: Errand) -> None:
    promised = set(errand.promised.read_text().split())
    with closing(_kiosk(errand)) as kiosk:
        rows = kiosk.execute("SELECT id, kind, settled, dead FROM outbox").fetchall()
        dead = kiosk.execute("SELECT reason FROM dead_letter").fetchall()
    asked = [row[0] for row in rows if row[1] == "req"]
    c, e = t.requests.c, t.events.c
    there = list(db.execute(select(c.id).where(c.kiosk == errand.kiosk)).scalars())
    taken = db.execute(
        select(e.request_id)
        .join(t.requests, c.id == e.request_id)
        .where(c.kiosk == errand.kiosk, e.new == RequestState.RECEIVED.value)
    ).scalars()
    account.requests += len(asked)
    account.lost += len((promised | set(asked)) - set(there))
    account.twice += _doubles(there) + _doubles(list(taken))
    name = errand.kiosk
    account.must(len(asked) == errand.requests, f"{name} asked {len(asked)} times")
    account.must(promised <= set(asked), f"{name} promised what it does not have")
    account.must(set(there) == set(asked), f"the regency has other requests than {name}")
    account.must(all(row[2] for row in rows), f"{name} still waits for receipts")
    account.must(not any(row[3] for row in rows) and not dead, f"{name} buried {dead}")


def _settle_letters(account: Account, db: Connection, errand: Errand, secret: bytes) -> None:
    with closing(_kiosk(errand)) as kiosk:
        rows = kiosk.execute("SELECT request_id, sealed, copies FROM letter").fetchall()
        events = [r[0] for r in kiosk.execute("SELECT id FROM outbox WHERE kind = 'evt'")]
        states = dict(kiosk.execute("SELECT id, state FROM request").fetchall())
    c, name = t.requests.c, errand.kiosk
    signed = _pairs(
        db,
        select(t.letters.c.request_id, t.letters.c.number)
        .join(t.requests, c.id == t.letters.c.request_id)
        .where(c.kiosk == name),
    )
    told = list(
        db.execute(select(t.collected.c.event_id).where(t.collected.c.kiosk == name)).scalars()
    )
    waiting = db.execute(
        select(func.count())
        .select_from(t.down)
        .where(t.down.c.kiosk == name, (t.down.c.receipted_at == "") | (t.down.c.rejected != ""))
    ).scalar_one()
    here = {row[0]: row[1] for row in rows}
    account.letters += len(here)
    account.lost += len(set(signed) - set(here)) + len(set(events) - set(told))
    account.twice += sum(max(0, row[2] - 1) for row in rows) + max(0, len(told) - len(signed))
    account.must(len(signed) == errand.letters, f"{name} was signed {len(signed)} letters")
    account.must(set(here) == set(signed), f"{name} has other letters than were signed")
    account.must(set(events) == set(told), f"{name} told of other letters than are noted")
    account.must(waiting == 0, f"{waiting} messages to {name} were not receipted")
    for request_id, sealed in here.items():
        account.must(states[request_id] == COLLECTED, f"{name} shows a letter not as collected")
        raw = seal.unseal(secret, sealed, seal.letter_context(request_id))
        letter = wire.decode(raw, wire.SignedLetter)
        account.must(letter.number == signed.get(request_id), f"{name} has a letter of another")
    mine = _pairs(db, select(c.id, c.state).where(c.kiosk == name))
    account.must(
        {key for key, state in mine.items() if state == COLLECTED} == set(signed),
        f"the regency does not show all letters of {name} as collected",
    )


def _settle_numbers(account: Account, db: Connection) -> None:
    """Each village's numbers go from 1 on, without gap or double."""
    numbers = list(db.execute(select(t.letters.c.number)).scalars())
    given: dict[str, list[int]] = {}
    for number in numbers:
        _, sequence, village, *_ = number.split("/")
        given.setdefault(village, []).append(int(sequence))
    for village, sequences in given.items():
        whole = sorted(sequences) == list(range(1, len(sequences) + 1))
        account.must(whole, f"the numbers of {village} have gaps or doubles")
    visible = _pairs(db, select(t.requests.c.id, t.requests.c.number))
    account.must(not _doubles(list(visible.values())), "two requests have one number")


def _pairs(db: Connection, query: Any) -> dict[str, str]:
    return {row[0]: row[1] for row in db.execute(query)}


def _doubles(names: list[str]) -> int:
    return len(names) - len(set(names))
