"""Errors wherever they can be raised, with personal data inside them; then journal, database and
standard error are searched. Only an error's type and its place in the code may be told.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from firmware.core import seal, view
from firmware.core.errors import describe
from firmware.core.wire import KdfCost
from firmware.rim import guarded
from firmware.signals import Signal, ThreadFailed
from firmware.store import Store
from firmware.vault import Attempt
from firmware.worker import Worker
from tests.core.samples import card, profile
from tests.firmware import people
from tests.firmware.test_post import Office
from tests.journeys.kiosk import Kiosk, a_kiosk
from tests.journeys.test_killed_at_any_time import VISIT, play
from tests.reliability.needles import (
    Found,
    Needle,
    Searcher,
    person_needles,
    pin_needles,
    text_needles,
)

PERSON = profile(1)
ANSWER = "Warung Rahasia Sekali"
PERSONAL: list[Needle] = [
    *person_needles(PERSON, "a citizen"),
    *pin_needles(people.PIN, "a citizen"),
    *text_needles("answer", ANSWER),
]
PATIENCE_SECONDS = 60.0
UP_TO_HOME = VISIT[: [name for name, _ in VISIT].index("pin") + 1]


def search(*files: Path) -> list[Found]:
    searcher = Searcher(PERSONAL)
    return [found for file in files for found in searcher.look(file.read_bytes(), file.name)]


# ---------------------------------------------------------------- messages

SPOILT = (
    '{"type":"state","srv_seq":3,"request_id":"r1","state":"%s"}',
    '{"type":"%s","srv_seq":3}',
    '{"type":"letter","srv_seq":"%s"}',
    '{"type":"letter","srv_seq":3,"request_id":["%s"]}',
    '{"type":"letter","srv_seq":3,"request_id":"r1","tag":"","sealed":["%s"]}',
    '{"type":"entry","srv_seq":3,"%s":1}',
    '{"type":"state" %s',
    '{"v":%s}',
    "%s",
)


@pytest.mark.parametrize("shape", SPOILT)
@pytest.mark.parametrize("secret", [PERSON.nik, PERSON.nama, ANSWER])
@pytest.mark.parametrize("kind", ["res", "rcp"])
def test_a_message_that_cannot_be_used_is_not_repeated(
    kind: str, secret: str, shape: str, tmp_path: Path
) -> None:
    office = Office(tmp_path)
    payload = shape.replace("%s", secret).encode()
    office.post.take([(f"k1/3510192001-1/dn/{kind}", payload)])
    office.store.close()
    assert office.journal.read_text().count("message.dead") == 1
    assert search(*tmp_path.iterdir()) == []


def test_a_nik_in_a_topic_or_a_reason_of_the_regency_is_not_kept(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.post.take([(f"k1/3510192001-1/dn/{PERSON.nik}", b"{}")])
    refusal = {"id": "r1", "outcome": "rejected", "reason": f"NIK {PERSON.nik} tidak dikenal"}
    office.post.take([("k1/3510192001-1/dn/rcp", msgspec.json.encode(refusal))])
    office.store.close()
    text = office.journal.read_text()
    assert "request.refused" in text and "tidak dikenal" in text
    assert search(*tmp_path.iterdir()) == []


# ---------------------------------------------------------------- errors


def test_an_error_is_described_without_its_words() -> None:
    told: list[Signal] = []

    def fail(name: str) -> None:
        raise ValueError(f"{name} is not good")

    guarded(told.append, fail)(PERSON.nama)
    (failed,) = told
    assert isinstance(failed, ThreadFailed)
    assert failed.error.startswith("ValueError at test_logs_tell_nothing.py")
    assert PERSON.nama not in failed.error


def test_a_database_that_fails_names_no_value(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(tmp_path / "x.db")) as database,
        pytest.raises(sqlite3.Error) as error,
    ):
        database.execute(f"SELECT * FROM {PERSON.nik} WHERE nama = '{PERSON.nama}'")
    assert PERSON.nama not in describe(error.value) and PERSON.nik not in describe(error.value)


def test_a_pin_that_the_vault_chokes_on_is_not_told(tmp_path: Path) -> None:
    """Costs out of range, as a damaged database may hold them."""
    store = Store(tmp_path / "kiosk.db")
    store.take_entry(people.entry(1))
    entry = store.entry(people.tag(1))
    store.close()
    assert entry is not None
    told: list[Signal] = []
    worker = Worker(told.append)
    worker.start()
    broken = replace(entry, cost=KdfCost(passes=0, memory_kib=0, lanes=0))
    worker.try_pin(Attempt(1, broken, card(1).uid, people.PIN, (), ()))
    worker.close()
    (failed,) = told
    assert isinstance(failed, ThreadFailed)
    assert people.PIN not in failed.error and card(1).uid.hex() not in failed.error


# ---------------------------------------------------------------- a whole controller


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    with a_kiosk() as kiosk:
        yield kiosk


def left_by(kiosk: Kiosk) -> list[Found]:
    kept = [file for file in (kiosk.folder / "kiosk" / "state").iterdir() if file.is_file()]
    return search(*kept, *(kiosk.folder / "logs").iterdir())


def until_told(kiosk: Kiosk, event: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while event not in {one["event"] for one in kiosk.journal()}:
        assert time.monotonic() < end, event
        time.sleep(0.1)


def test_a_profile_of_the_wrong_shape(kiosk: Kiosk) -> None:
    """It opens, and what is inside is personal and no profile."""
    inside = msgspec.json.encode({"nik": [PERSON.nik], "nama": {PERSON.nama: PERSON.alamat}})
    entry = people.entry(1, srv_seq=9)
    context = seal.profile_context(people.tag(1))
    store = Store(kiosk.database)
    store.take_entry(
        msgspec.structs.replace(entry, sealed_profile=seal.seal(entry.public_key, inside, context))
    )
    store.close()
    kiosk.start()
    play(kiosk, UP_TO_HOME)
    until_told(kiosk, "profile.unreadable")
    assert left_by(kiosk) == []


def test_a_database_that_goes_away_and_a_screen_that_talks_nonsense(kiosk: Kiosk) -> None:
    kiosk.start()
    assert kiosk.screen is not None
    play(kiosk, UP_TO_HOME)
    kiosk.screen.await_screen(view.Home)
    with closing(sqlite3.connect(kiosk.database, timeout=30)) as database:
        database.execute("ALTER TABLE outbox RENAME TO gone")
        database.commit()
    kiosk.screen.says(view.NewLetter())
    kiosk.screen.says(view.ChooseLetter("keterangan-usaha"))
    kiosk.screen.await_screen(view.Form)
    kiosk.screen.says(view.Answer("nama_usaha", ANSWER))
    for _ in range(2):
        kiosk.screen.says(view.Answer("keperluan", "Pengajuan pinjaman"))
        kiosk.screen.says(view.Next())
    kiosk.screen.await_screen(view.Review)
    kiosk.screen.says(view.Next())
    until_told(kiosk, "request.failed")
    kiosk.screen._socket.sendall(f'{{"type":"answer","{PERSON.nama}":{PERSON.nik}\n'.encode())
    until_told(kiosk, "screen.lost")
    assert left_by(kiosk) == []
