"""A new PIN at the kiosk: durable as a whole or not at all, and told to the regency once."""

from __future__ import annotations

import queue
import shutil
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from firmware.card_books import NewKey, Sealed
from firmware.core import commands, events, seal, wire
from firmware.core.cards import PinChange, unpack_profile
from firmware.signals import KeyMade, Signal
from firmware.vault import KeyOrder
from firmware.worker import Worker
from tests.core.samples import card
from tests.firmware import people
from tests.firmware.vault_bench import AT, Kiosk, cheap_key

NEW = "735028"


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    """The card's owner is there, with a letter to collect and a request on its way."""
    kiosk = Kiosk(tmp_path)
    kiosk.store.take_entry(people.entry(1))
    kiosk.store.take_letter(people.letter(1, "r1", 2))
    kiosk.type_pin(people.PIN)
    kiosk.submit()
    return kiosk


def change_of(kiosk: Kiosk) -> PinChange:
    """What the regency will read."""
    message = kiosk.store.outgoing(10)[-1]
    up = wire.decode_event(message.payload)
    assert isinstance(up, wire.PinChangedUp)
    raw = seal.unseal(people.REGENCY_SEED, up.sealed, seal.card_context(up.id))
    return msgspec.json.decode(raw, type=PinChange)


def opens(kiosk: Kiosk, pin: str) -> bool:
    """Whether the PIN opens profile, letter and request."""
    told = kiosk.type_pin(pin, visit=9)
    if not isinstance(told, events.VaultOpened):
        return False
    assert [item.request_id for item in told.ready] == ["r1"]
    assert [item.title for item in told.pending] == ["Biodata Penduduk"]
    return True


def test_the_new_pin_opens_all_and_the_old_one_nothing(kiosk: Kiosk) -> None:
    assert kiosk.check_pin(people.PIN) == events.PinChecked(1)
    assert kiosk.change_pin(NEW) == events.PinChanged(1)
    assert opens(kiosk, NEW)
    assert not opens(kiosk, people.PIN)


def test_the_visit_goes_on_with_the_new_key(kiosk: Kiosk) -> None:
    kiosk.change_pin(NEW)
    kiosk.visits.refresh(1)
    changed = kiosk.told[-1]
    assert isinstance(changed, events.LettersChanged)
    assert [item.request_id for item in changed.ready] == ["r1"]
    kiosk.submit()
    kiosk.visits.close()
    told = kiosk.type_pin(NEW, visit=2)
    assert isinstance(told, events.VaultOpened)
    assert [item.title for item in told.pending] == ["Biodata Penduduk"] * 2


def test_the_regency_reads_what_makes_the_key_but_not_the_pin(kiosk: Kiosk) -> None:
    kiosk.change_pin(NEW)
    change = change_of(kiosk)
    seed = seal.resident_seed(card(1).uid, NEW, change.salt, change.kdf)
    assert (change.tag, change.public_key) == (people.tag(1), seal.public_key_of(seed))
    assert change.tokens == (people.token(1),)
    assert NEW not in repr(change)


def test_a_second_change_before_the_regency_answered_names_both_tokens(kiosk: Kiosk) -> None:
    kiosk.change_pin(NEW)
    first = change_of(kiosk)
    kiosk.change_pin("904417")
    assert change_of(kiosk).tokens == (people.token(1), first.next_token)


def test_a_wrong_old_pin_costs_as_at_the_beginning_of_a_visit(kiosk: Kiosk) -> None:
    for _ in range(4):
        kiosk.check_pin("000000")
    assert kiosk.check_pin("000000", now=7.0) == events.PinRefused(1, 10, 15.0)
    assert Kiosk(kiosk.folder).look_up(1) == events.CardKnown(1, 15.0)


def test_a_visitor_who_left_while_the_key_was_made_keeps_the_old_pin(kiosk: Kiosk) -> None:
    kiosk.cards.change_pin(commands.ChangePin(1, card(1), NEW))
    kiosk.visits.close()
    order = kiosk.worker.orders.popleft()
    kiosk.cards.key_made(order.visit, cheap_key(order), AT)
    assert opens(kiosk, people.PIN)


def test_without_a_token_nothing_is_changed(tmp_path: Path) -> None:
    """An older regency gives none, and would not believe the message."""
    kiosk = Kiosk(tmp_path)
    entry = people.entry(1)
    inside = seal.unseal(people.seed(1), entry.sealed_profile, seal.profile_context(entry.tag))
    known, _tokens = unpack_profile(inside)
    plain = msgspec.json.encode(known)
    sealed = seal.seal(entry.public_key, plain, seal.profile_context(entry.tag))
    kiosk.store.take_entry(replace(entry, sealed_profile=sealed))
    kiosk.type_pin(people.PIN)
    assert kiosk.change_pin(NEW) == events.PinNotChanged(1)
    assert not kiosk.worker.orders


def test_a_full_disk_changes_nothing(kiosk: Kiosk) -> None:
    kiosk.store._db.execute("PRAGMA query_only = ON")  # reads go on, no write does
    assert kiosk.change_pin(NEW) == events.PinNotChanged(1)
    assert opens(Kiosk(kiosk.folder), people.PIN)


def test_power_goes_in_the_middle_of_the_change(
    tmp_path_factory: pytest.TempPathFactory, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written of it so far is looked at from outside, at its beginning and its end."""
    folders = []

    def cut() -> None:
        folder = tmp_path_factory.mktemp("cut")
        for file in kiosk.folder.glob("kiosk.db*"):
            shutil.copy(file, folder / file.name)
        folders.append(folder)

    change_key = kiosk.store.cards.change_key

    def watched(tag: bytes, message_id: str, at: str, make) -> None:  # type: ignore[no-untyped-def]
        def make_and_cut(seq: int, sealed: Sealed) -> NewKey:
            new: NewKey = make(seq, sealed)
            cut()
            return new

        change_key(tag, message_id, at, make_and_cut)
        cut()

    monkeypatch.setattr(kiosk.store.cards, "change_key", watched)
    kiosk.change_pin(NEW)
    during, after = (Kiosk(folder) for folder in folders)
    assert opens(during, people.PIN) and not opens(during, NEW)
    assert opens(after, NEW) and not opens(after, people.PIN)
    assert [message.kind for message in during.store.outgoing(10)] == ["req"]
    assert [message.kind for message in after.store.outgoing(10)] == ["req", "evt"]


def test_a_letter_that_comes_again_does_not_undo_the_new_seal(kiosk: Kiosk) -> None:
    kiosk.change_pin(NEW)
    kiosk.store.take_letter(people.letter(1, "r1", 2))  # its receipt was lost
    assert opens(kiosk, NEW)


def test_an_entry_from_before_the_change_waits_for_the_regency_s_word(kiosk: Kiosk) -> None:
    """A profile was corrected meanwhile, sealed to the key that the regency knows."""
    kiosk.change_pin(NEW)
    before = people.entry(1, srv_seq=5)
    assert not kiosk.store.take_entry(before)
    assert opens(kiosk, NEW)
    kiosk.store.confirm([kiosk.store.outgoing(10)[-1].id])
    assert kiosk.store.take_entry(before)


def test_a_revoked_card_waits_for_nothing(kiosk: Kiosk) -> None:
    kiosk.change_pin(NEW)
    assert kiosk.store.take_entry(people.entry(1, srv_seq=5, revoked=True))
    assert kiosk.look_up(1) == events.CardUnknown(1, revoked=True)


def test_nothing_of_it_can_be_read_at_rest(kiosk: Kiosk) -> None:
    kiosk.change_pin(NEW)
    for file in kiosk.folder.iterdir():
        content = file.read_bytes()
        for secret in (NEW.encode(), people.PIN.encode(), card(1).uid, people.token(1)):
            assert secret not in content


def test_the_vault_s_own_thread_makes_a_key_of_full_cost() -> None:
    inbox: queue.SimpleQueue[Signal] = queue.SimpleQueue()
    worker = Worker(inbox.put)
    worker.start()
    worker.make_key(KeyOrder(3, card(1).uid, NEW))
    made = inbox.get(timeout=60)
    worker.close()
    assert isinstance(made, KeyMade)
    assert made.key.cost == seal.DEFAULT_COST
    seed = seal.resident_seed(card(1).uid, NEW, made.key.salt, made.key.cost)
    assert made.key.public_key == seal.public_key_of(seed)
