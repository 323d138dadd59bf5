"""A village of two kiosks and its regency, for what happens to cards: the real vaults, outboxes,
posts, exchange and databases; only the broker is a list, and each kiosk's line can be cut.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import msgspec
from sqlalchemy import insert, select, update

from firmware.asking import Asking, Sealer
from firmware.core import events, seal, view, wire
from firmware.core.request import RequestState
from firmware.finding import Finding
from firmware.outbox import Outbox
from firmware.post import Post
from regency import tables as t
from regency.directory import tell_directory
from regency.exchange import Exchange
from regency.intake import Intake
from regency.journal import queue_down
from regency.letters import load_catalogue
from regency.model import Enrolment, Officer, OfficerCard, Resident, Seed
from regency.model import Kiosk as KioskPlace
from regency.seed import load
from regency.store import Store as RegencyStore
from tests.core.samples import profile
from tests.firmware import people
from tests.firmware.vault_bench import REGENCY_KEY
from tests.firmware.vault_bench import Kiosk as Vault
from tests.regency.letter_parts import GENTENG, SONGGON

HERE, THERE, ELSEWHERE = f"{SONGGON.code}-1", f"{SONGGON.code}-2", f"{GENTENG.code}-1"
OFFICER = 9
"""The person whose card is the officer's."""
AT = "2026-11-24T08:00:00+07:00"
CATALOGUE = load_catalogue()
Message = tuple[str, bytes]


class Kiosk(Vault):
    """A kiosk with a line to the regency, cut at first."""

    def __init__(self, folder: Path, kiosk: str) -> None:
        folder.mkdir()
        super().__init__(folder, kiosk)
        self.id = kiosk
        self.up: list[Message] = []
        self.now = 0.0
        self.outbox = Outbox(self.store, lambda: 0.5)
        self.post = Post(
            self.store,
            self.outbox,
            self.journal,
            lambda: AT,
            lambda receipt: self.say("up/rcp", receipt),
            self.told.append,
            lambda: None,
        )

        self.is_online = False
        names = itertools.count(1)
        self.asking = Asking(
            self.journal,
            self.visits,
            lambda: f"ask-{next(names)}",
            lambda raw: self.up.append((wire.up_topic(kiosk, "ask"), raw)),
            lambda: self.is_online,
            lambda: self.now,
            Sealer(kiosk, seal.public_key_of(people.REGENCY_SEED)),
        )
        self.visits.ask_with(self.asking)
        self.post.on_answer(self.asking.answered)
        self.finding = Finding(
            kiosk,
            REGENCY_KEY,
            self.journal,
            lambda raw: self.up.append((wire.up_topic(kiosk, "find"), raw)),
            lambda: self.is_online,
            self.told.append,
        )
        self.post.on_found(self.finding.answered)

    def say(self, kind: str, message: msgspec.Struct) -> None:
        self.up.append((f"k1/{self.id}/{kind}", wire.encode(message)))

    def be_born(self) -> None:
        store = self.store
        numbers = (store.counter("boot"), store.counter("seq"), store.counter("srv_seq"))
        self.say("st", wire.StateUp(True, *numbers, "", store.settled_seq()))

    def send_due(self) -> None:
        self.now += 400.0
        for kind, payload in self.outbox.parcels(self.now):
            self.up.append((wire.up_topic(self.id, kind), payload))

    def sees(self, pin: str, person: int = 1, nik_of: int = 1) -> list[str] | None:
        """The letters that this card and PIN can print here; None when the PIN is wrong or the
        card is not known. The profile that opens is that of ``nik_of``.
        """
        if not isinstance(self.look_up(person), events.CardKnown):
            return None
        told = self.type_pin(pin, visit=7, person=person)
        self.visits.close()
        if not isinstance(told, events.VaultOpened):
            return None
        assert told.profile.nik == profile(nik_of).nik
        return sorted(item.request_id for item in told.ready)

    def officer_enrols(
        self, nik: str, person: int, pin: str, own_pin: str = people.PIN
    ) -> view.EnrolmentItem:
        """An officer's visit in which this card is enrolled; how the enrolment stands then."""
        opened = self.type_pin(own_pin, person=OFFICER)
        assert isinstance(opened, events.OfficerOpened)
        assert isinstance(self.enrol(nik, person, pin), events.EnrolmentStored)
        seen = self.told[-1]
        assert isinstance(seen, events.EnrolmentsSeen)
        self.visits.close()
        return seen.enrolments[0]

    def officer_sees(self) -> list[tuple[str, str, str]]:
        """NIK, state and reason of the enrolments made here, newest first."""
        opened = self.type_pin(people.PIN, person=OFFICER)
        assert isinstance(opened, events.OfficerOpened)
        self.visits.close()
        return [(item.nik, item.state, item.reason) for item in opened.enrolments]

    def visit_and_change(self, old: str, new: str) -> None:
        """A whole visit of card 1 in which its PIN is changed."""
        assert isinstance(self.type_pin(old), events.VaultOpened)
        assert self.check_pin(old) == events.PinChecked(1)
        assert self.change_pin(new) == events.PinChanged(1)
        self.visits.close()


class Regency:
    """Both villages' residents; resident 1 of the first has a card."""

    def __init__(self, folder: Path) -> None:
        self.store = RegencyStore(f"sqlite:///{folder / 'regency.db'}", "secret")
        self.intake = Intake(self.store, CATALOGUE, people.REGENCY_SEED)
        self.down: list[Message] = []
        self.exchange = Exchange(
            self.intake, self.store, lambda topic, payload: self.down.append((topic, payload))
        )
        load(self.store, seed_of_the_village())

    def sign_letter(self, request_id: str, kiosk: str) -> None:
        """A letter of resident 1 was signed at some time, and lies at ``kiosk``."""
        with self.store.engine.begin() as db:
            db.execute(insert(t.requests).values(**request_row(request_id, kiosk)))
            db.execute(insert(t.letters).values(**_letter(request_id)))
        key, tag = self.key(), people.tag(1)
        signed = wire.SignedLetter(request_id, "keterangan-usaha", "Surat", "1", b"pdf", b"roll")
        body = seal.seal(key, wire.encode(signed), seal.letter_context(request_id))
        with self.store.engine.begin() as db:
            queue_down(db, kiosk, lambda seq: wire.LetterDown(seq, request_id, tag, body))

    def key(self) -> bytes:
        """The public key of resident 1, as the regency knows it."""
        with self.store.engine.begin() as db:
            c = t.enrolments.c
            query = select(c.public_key).where(c.nik == profile(1).nik)
            found: bytes = db.execute(query).scalar_one()
            return found

    def alarms(self) -> list[str]:
        with self.store.engine.begin() as db:
            return list(db.execute(select(t.alarms.c.what)).scalars())

    def correct_profile(self) -> None:
        """Resident 1 has another occupation, and every kiosk is told."""
        data = msgspec.to_builtins(msgspec.structs.replace(profile(1), pekerjaan="Nelayan"))
        with self.store.engine.begin() as db:
            here = t.residents.c.nik == profile(1).nik
            db.execute(update(t.residents).where(here).values(profile=data))
            tell_directory(db)


class CardVillage:
    """Three kiosks, two of one village, and their regency."""

    def __init__(self, folder: Path) -> None:
        self.regency = Regency(folder)
        self.kiosks = {name: Kiosk(folder / name, name) for name in (HERE, THERE, ELSEWHERE)}
        self.here, self.there, self.elsewhere = self.kiosks.values()
        self.connect(*self.kiosks)

    def connect(self, *names: str) -> None:
        """These kiosks have a line: all is delivered until nothing moves any more."""
        for name in names:
            self.kiosks[name].be_born()
        for _ in range(50):
            for name in names:
                self.kiosks[name].send_due()
            if not self._move(names):
                return
        raise AssertionError("the lines never come to rest")

    def _move(self, names: tuple[str, ...]) -> bool:
        moved = False
        for name in names:
            kiosk = self.kiosks[name]
            while kiosk.up:
                self.regency.exchange.take(*kiosk.up.pop(0))
                moved = True
        self.regency.exchange.send_overdue()
        down, self.regency.down[:] = list(self.regency.down), []
        for topic, payload in down:
            name = topic.split("/")[1]
            if name in names:
                self.kiosks[name].post.take([(topic, payload)])
        return moved or any(kiosk.up for kiosk in self.kiosks.values())

    def close(self) -> None:
        for kiosk in self.kiosks.values():
            kiosk.store.close()
        self.regency.store.close()


def seed_of_the_village() -> Seed:
    """What the regency was set up with."""
    enrolment, officer = people.entry(1), people.entry(OFFICER)
    return Seed(
        villages=(SONGGON, GENTENG),
        kiosks=tuple(KioskPlace(name, name[:10]) for name in (HERE, THERE, ELSEWHERE)),
        residents=(
            *[Resident(SONGGON.code, profile(n)) for n in (1, 2)],
            Resident(GENTENG.code, profile(5)),
        ),
        enrolments=(
            Enrolment(
                profile(1).nik,
                enrolment.tag,
                enrolment.salt,
                enrolment.kdf,
                enrolment.public_key,
            ),
        ),
        officers=(Officer("petugas", "Dewi Lestari", "officer", SONGGON.code, "kopi-robusta"),),
        officer_cards=(
            OfficerCard("petugas", officer.tag, officer.salt, officer.kdf, officer.public_key),
        ),
    )


def request_row(request_id: str, kiosk: str) -> dict[str, object]:
    """A request of resident 1 that is ready."""
    return {
        "id": request_id,
        "kiosk": kiosk,
        "village": kiosk[:10],
        "number": f"{kiosk}-00001",
        "nik": profile(1).nik,
        "letter_type": "keterangan-usaha",
        "answers": {},
        "claim_hash": request_id.encode(),
        "body_digest": b"",
        "state": RequestState.READY.value,
        "created_at": AT,
        "received_at": AT,
    }


def _letter(request_id: str) -> dict[str, object]:
    return {
        "request_id": request_id,
        "number": f"503/{request_id}",
        "token": request_id,
        "pdf": b"pdf",
        "roll": b"roll",
        "signed_at": AT,
        "signer": "Suparman Hadi",
    }
