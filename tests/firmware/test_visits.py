"""What a card and a PIN open, what a wrong PIN costs, and what a request leaves behind."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from firmware.core import commands, events, seal, wire
from firmware.core.request import LetterRequest
from firmware.visits import ticket_of
from tests.core.samples import PLAIN, card, profile
from tests.firmware import people
from tests.firmware.vault_bench import AT, Kiosk


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    kiosk = Kiosk(tmp_path)
    kiosk.store.take_entry(people.entry(1))
    return kiosk


def test_the_right_pin_opens_the_profile(kiosk: Kiosk) -> None:
    assert kiosk.look_up(1) == events.CardKnown(1, 0.0)
    opened = kiosk.type_pin(people.PIN)
    assert isinstance(opened, events.VaultOpened)
    assert opened.profile == profile(1)


def test_a_stranger_and_a_revoked_card(kiosk: Kiosk) -> None:
    assert kiosk.look_up(2) == events.CardUnknown(1, revoked=False, asked="offline")
    kiosk.store.take_entry(people.entry(1, 2, revoked=True))
    assert kiosk.look_up(1) == events.CardUnknown(1, revoked=True)


def test_wrong_pins_cost_time_and_a_restart_does_not_help(tmp_path: Path, kiosk: Kiosk) -> None:
    for tries in range(1, 5):
        assert kiosk.type_pin("000000") == events.PinRefused(1, 15 - tries, 0.0)
    assert kiosk.type_pin("000000", now=100.0) == events.PinRefused(1, 10, 15.0)
    assert kiosk.look_up(1, now=105.0) == events.CardKnown(1, 10.0)
    again = Kiosk(tmp_path)
    assert again.look_up(1, now=3.0) == events.CardKnown(1, 15.0)


def test_fifteen_wrong_pins_need_an_officer(kiosk: Kiosk) -> None:
    for _ in range(14):
        kiosk.type_pin("000000")
    assert kiosk.type_pin("000000") == events.CardLocked(1)
    assert kiosk.look_up(1) == events.CardLocked(1)


def test_a_locked_card_is_served_again_after_it_was_enrolled_anew(kiosk: Kiosk) -> None:
    for _ in range(15):
        kiosk.type_pin("000000")
    new = people.entry(2, srv_seq=2)  # another key, under the same card
    kiosk.store.take_entry(msgspec.structs.replace(new, tag=people.tag(1)))
    assert kiosk.look_up(1, now=1e9) == events.CardKnown(1, 0.0)


def test_a_right_pin_is_not_called_wrong_when_the_profile_is_damaged(kiosk: Kiosk) -> None:
    entry = people.entry(1, srv_seq=2)
    kiosk.store.take_entry(msgspec.structs.replace(entry, sealed_profile=b"damaged"))
    assert kiosk.type_pin(people.PIN) == events.VaultDamaged(1)
    assert kiosk.store.wrong_pins(people.tag(1)) == 0


def test_a_card_revoked_between_tap_and_pin_is_not_served(kiosk: Kiosk) -> None:
    kiosk.look_up(1)
    kiosk.store.take_entry(people.entry(1, 2, revoked=True))
    kiosk.visits.open(commands.OpenVault(1, card(1), people.PIN), 0.0)
    assert kiosk.told[-1] == events.CardUnknown(1, revoked=True)
    assert not kiosk.worker.waiting


def test_the_right_pin_forgives_the_wrong_ones(kiosk: Kiosk) -> None:
    kiosk.type_pin("000000")
    kiosk.type_pin(people.PIN)
    assert kiosk.store.wrong_pins(people.tag(1)) == 0


def test_pulling_the_plug_while_a_pin_is_tried_gains_nothing(tmp_path: Path, kiosk: Kiosk) -> None:
    kiosk.visits.open(commands.OpenVault(1, card(1), "000000"), 0.0)
    assert Kiosk(tmp_path).store.wrong_pins(people.tag(1)) == 1


def test_a_visitor_who_left_while_the_pin_was_tried_leaves_nothing_open(kiosk: Kiosk) -> None:
    kiosk.visits.open(commands.OpenVault(1, card(1), people.PIN), 0.0)
    kiosk.visits.close()
    kiosk.answer()
    assert kiosk.told == []
    assert kiosk.visits.visitor() is None


def test_a_request_is_sealed_durable_and_readable_at_the_regency(kiosk: Kiosk) -> None:
    kiosk.type_pin(people.PIN)
    stored = kiosk.submit()
    (message,) = kiosk.store.outgoing(10)
    assert message.id == stored.request_id
    up = wire.decode(message.payload, wire.RequestUp)
    raw = seal.unseal(people.REGENCY_SEED, up.sealed, seal.request_context(up.id))
    request = msgspec.json.decode(raw, type=LetterRequest)
    assert request.nik == profile(1).nik
    assert request.claim_code == stored.claim_code
    assert request.number == stored.number == "3510192001-1-00001"


def test_the_ticket_says_what_the_vault_holds(kiosk: Kiosk) -> None:
    kiosk.type_pin(people.PIN)
    stored = kiosk.submit()
    summary = kiosk.visits.summary(stored.request_id)
    assert summary is not None
    ticket = ticket_of(summary, "Desa Contoh", "https://surat.example")
    assert ticket.accepted_at == "24 November 2026, pukul 08.05"
    assert ticket.track_url == f"https://surat.example/lacak/{stored.claim_code}"
    assert ticket_of(summary, "Desa Contoh", "").track_url == stored.claim_code


def test_a_request_without_an_open_vault_is_not_accepted(kiosk: Kiosk) -> None:
    kiosk.visits.submit(commands.Submit(1, PLAIN.id, profile(1), {}), PLAIN, AT)
    assert kiosk.told == [events.RequestNotStored(1)]
    assert kiosk.store.outgoing(10) == []


def test_a_full_disk_accepts_nothing(kiosk: Kiosk) -> None:
    kiosk.type_pin(people.PIN)
    kiosk.store.close()  # every write fails from here on
    kiosk.visits.submit(commands.Submit(1, PLAIN.id, profile(1), {}), PLAIN, AT)
    assert kiosk.told[-1] == events.RequestNotStored(1)


def test_the_next_visit_sees_the_request_and_then_the_letter(kiosk: Kiosk) -> None:
    kiosk.type_pin(people.PIN)
    stored = kiosk.submit()
    kiosk.visits.close()
    opened = kiosk.type_pin(people.PIN, visit=2)
    assert isinstance(opened, events.VaultOpened)
    assert [item.number for item in opened.pending] == [stored.number]
    kiosk.store.take_letter(people.letter(1, stored.request_id, 2))
    kiosk.visits.refresh(2)
    changed = kiosk.told[-1]
    assert isinstance(changed, events.LettersChanged)
    assert [item.request_id for item in changed.ready] == [stored.request_id]
    assert changed.pending == ()


def test_a_letter_under_a_wrong_name_is_not_shown(kiosk: Kiosk) -> None:
    """Whoever writes to the database cannot pass one letter off as another."""
    good = people.letter(1, "r1", 2)
    kiosk.store.take_letter(wire.LetterDown(2, "r2", good.tag, good.sealed))
    opened = kiosk.type_pin(people.PIN)
    assert isinstance(opened, events.VaultOpened)
    assert opened.ready == ()
    assert "letter.unreadable" in (kiosk.folder / "journal.jsonl").read_text()


def test_another_persons_letter_does_not_open(kiosk: Kiosk) -> None:
    strange = people.letter(2, "r1", 2)
    kiosk.store.take_letter(wire.LetterDown(2, "r1", people.tag(1), strange.sealed))
    opened = kiosk.type_pin(people.PIN)
    assert isinstance(opened, events.VaultOpened)
    assert opened.ready == ()


def test_a_request_whose_letter_does_not_open_stays_in_sight(kiosk: Kiosk) -> None:
    kiosk.type_pin(people.PIN)
    stored = kiosk.submit()
    strange = people.letter(2, stored.request_id, 5)
    kiosk.store.take_letter(wire.LetterDown(5, stored.request_id, people.tag(1), strange.sealed))
    kiosk.visits.refresh(1)
    changed = kiosk.told[-1]
    assert isinstance(changed, events.LettersChanged)
    assert changed.ready == ()
    assert "kantor desa" in str(changed.pending[0].state)


def test_nothing_at_rest_can_be_read(kiosk: Kiosk) -> None:
    kiosk.type_pin(people.PIN)
    stored = kiosk.submit()
    kiosk.store.take_letter(people.letter(1, stored.request_id, 2))
    known = profile(1)
    secrets = [known.nik, known.nama, known.alamat, people.PIN, stored.claim_code]
    secrets += [card(1).uid.hex()]
    for file in kiosk.folder.iterdir():
        content = file.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, f"{file.name} tells {secret}"
        assert card(1).uid not in content
