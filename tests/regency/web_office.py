"""A regency with two villages for the tests of its pages: real store, workflow and signatures."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType

import msgspec
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.routing import APIRoute
from msgspec.structs import replace
from sqlalchemy import insert, update

from firmware.core.claim import make_claim_code
from firmware.core.request import RequestState
from regency import tables as t
from regency.letters import load_catalogue
from regency.store import OfficerRow, RequestRow, Store
from regency.typeset import Typesetter
from regency.web.app import make_app
from regency.web.desk import Desk
from regency.web.gate import Gate, Guesses
from regency.web.pages import Pages
from regency.web.sessions import Sessions
from regency.workflow import Done, Workflow
from tests.regency.letter_parts import ANSWERS, GENTENG, SITI, SONGGON, SmallCa

PASSWORD = "kopi-robusta-songgon"
PASSPHRASE = "rahasia kades"
_KIOSK = f"{SONGGON.code}-1"
_NAMES = {
    "petugas": ("Dewi Lestari", "officer", SONGGON.code),
    "kades": (SONGGON.head_name, "head", SONGGON.code),
    "tetangga": ("Joko Susilo", "officer", GENTENG.code),
}


@cache
def _password_hash() -> str:
    """A cheap one: what it costs is not what is tested here."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass(frozen=True)
class _Settings:
    public_url: str
    session_secret: str = "s" * 40


def _workflow(store: Store, folder: Path, public_url: str) -> Workflow:
    told: list[str] = []
    return Workflow(store, Typesetter(), load_catalogue(), folder, public_url, told.append)


class Office:
    """Officers ``petugas`` and ``kades`` of Songgon, ``tetangga`` of Genteng Kulon."""

    ACTIONS = ("periksa", "setujui", "kembalikan", "tolak", "tanda-tangani")

    def __init__(
        self, folder: Path, public_url: str = "http://testserver", database: str = ""
    ) -> None:
        settings = _Settings(public_url)
        where = database or f"sqlite:///{folder / 'regency.db'}"
        self.store = Store(where, settings.session_secret)
        SmallCa().p12(folder, PASSPHRASE)
        self.workflow = _workflow(self.store, folder, public_url)
        self.app: FastAPI = make_app(settings, self.store, self.workflow)
        self._numbers = itertools.count(1)
        self._claims: dict[str, str] = {}
        self._fill()

    def __enter__(self) -> Office:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.store.close()

    def paths(self) -> list[str]:
        """Every address of the desk."""
        gate = Gate(self.store, Pages(), Sessions(), Guesses.usual())
        desk = Desk(self.store, self.workflow, load_catalogue(), Pages(), gate)
        return [route.path for route in desk.router.routes if isinstance(route, APIRoute)]

    # ------------------------------------------------------------ requests

    def ask(self, **answers: str) -> str:
        """Siti asks for a Surat Keterangan Usaha; the request's id."""
        count = next(self._numbers)
        request_id = f"01993c2a-0000-7000-8000-{count:012d}"
        code = self._claims[request_id] = make_claim_code(10**9 + count)
        at = f"2026-11-24T08:{count:02d}:00+07:00"
        self._insert(
            t.requests,
            id=request_id,
            kiosk=_KIOSK,
            village=SONGGON.code,
            number=f"{_KIOSK}/{count:06d}",
            nik=SITI.nik,
            letter_type="keterangan-usaha",
            answers={**ANSWERS, **answers},
            claim_hash=self.store.claim_hash(code),
            body_digest=b"",
            state=RequestState.RECEIVED.value,
            created_at=at,
            received_at=at,
        )
        return request_id

    def approved(self) -> str:
        """A request that waits for the signature."""
        request_id = self.ask()
        for act in (self.workflow.examine, self.workflow.approve):
            assert isinstance(act(request_id, self.officer("petugas")), Done)
        return request_id

    def signed(self) -> str:
        """A request whose letter is ready."""
        request_id = self.approved()
        done = self.workflow.sign(request_id, self.officer("kades"), PASSPHRASE)
        assert isinstance(done, Done)
        return request_id

    def request(self, request_id: str) -> RequestRow:
        row = self.store.request(request_id)
        assert row is not None
        return row

    def state(self, request_id: str) -> RequestState:
        return self.request(request_id).state

    def claim(self, request_id: str) -> str:
        return self._claims[request_id]

    def officer(self, username: str) -> OfficerRow:
        row = self.store.officer(username)
        assert row is not None
        return row

    def rename(self, name: str) -> None:
        """Siti is called otherwise from now on."""
        profile = msgspec.to_builtins(replace(SITI, nama=name))
        with self.store.engine.begin() as db:
            db.execute(update(t.residents).values(profile=profile))

    # ------------------------------------------------------------ set-up

    def _fill(self) -> None:
        for village in (SONGGON, GENTENG):
            self._insert(t.villages, code=village.code, data=msgspec.to_builtins(village))
        self._insert(t.kiosks, id=_KIOSK, village=SONGGON.code, revoked=False, last_srv_seq=0)
        profile = msgspec.to_builtins(SITI)
        self._insert(t.residents, nik=SITI.nik, village=SONGGON.code, profile=profile)
        for username, (name, role, village) in _NAMES.items():
            self._insert(
                t.officers,
                username=username,
                name=name,
                role=role,
                village=village,
                password_hash=_password_hash(),
            )

    def _insert(self, table: object, **values: object) -> None:
        with self.store.engine.begin() as db:
            db.execute(insert(table).values(**values))  # type: ignore[arg-type]
