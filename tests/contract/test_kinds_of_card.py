"""Cards of every kind on pcscd's own reader, a security module in its second slot."""

from __future__ import annotations

import io
import queue
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from hw.card.bac import PassportTrouble
from hw.card.ektp import read_biodata, read_photo
from hw.card.emrtd import Passport, read_passport
from hw.card.emrtd_files import Photo
from hw.card.look import main as look
from hw.card.mrz import MrzInformation, parse_mrz
from hw.card.pcsc import PcscReader
from hw.card.profiles import Slots, make_profiles
from hw.card.reading import open_slots
from hw.protocols import (
    CardIdentity,
    CardNotPresent,
    CardPresent,
    CardReader,
    CardReport,
    CardTrouble,
    CardUnreadable,
    ReaderOnline,
)
from hw.virtual.ektp import BIODATA
from hw.virtual.memory_reader import MemoryReader
from hw.virtual.passport import MRZ
from hw.virtual.portrait import portrait
from hw.virtual.reader import VirtualReader, VirtualReaderError

UID = bytes.fromhex("04A1B2C3D4E5F6")
PICC, SAM = "Virtual PCD 00 00", "Virtual PCD 00 01"
PATIENCE_SECONDS = 40.0
ORDER = ["ektp_sam", "emrtd"]
PROOF_WANTED = {"ektp_sam": {"authenticate": True}}
Case = tuple[str, str, CardReport]
HOLDER = MrzInformation("X0000001", "900412", "300101")


class Hands(Protocol):
    """Whoever lays cards on the reader."""

    def insert(
        self, uid: bytes, manner: str = "well", kind: str = "tag", slot: int = 0
    ) -> None: ...
    def remove(self, slot: int = 0) -> None: ...


@pytest.fixture
def both_slots(virtual_reader: VirtualReader) -> Iterator[VirtualReader]:
    yield virtual_reader
    for slot in (0, 1):
        virtual_reader.remove(slot)


def await_card(slot: str) -> None:
    """Until pcscd, which looks every 400 ms, has seen what was laid there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with open_slots(slot, None) as slots:
            if isinstance(slots, Slots):
                return
        time.sleep(0.1)
    pytest.fail(f"nothing came to lie on {slot}")


def read_on(picc: str, sam: str | None, read: Callable[[Slots], object]) -> object:
    for slot in filter(None, (picc, sam)):
        await_card(slot)
    with open_slots(picc, sam) as slots:
        return read(slots) if isinstance(slots, Slots) else slots


def tap_and_hear(hands: Hands, heard: queue.SimpleQueue[CardReport], cases: list[Case]) -> None:
    for kind, manner, report in cases:
        hands.insert(UID, manner, kind)
        assert heard.get(timeout=PATIENCE_SECONDS) == report
        hands.remove()
        assert heard.get(timeout=PATIENCE_SECONDS) == CardNotPresent()


def test_each_kind_is_read_as_what_it_is(both_slots: VirtualReader) -> None:
    section = {"driver": "pcsc", "profiles": ORDER, "sam": "00 01", **PROOF_WANTED}
    read_each_kind(PcscReader.from_config(section), both_slots, lambda: await_card(SAM))


def test_the_reader_in_memory_knows_the_same_kinds() -> None:
    reader = MemoryReader(make_profiles(ORDER, PROOF_WANTED))
    read_each_kind(reader, reader, lambda: None)


@pytest.mark.parametrize("kind", ["tag", "sticker"])
def test_any_card_with_a_uid_serves_where_no_proof_is_wanted(
    both_slots: VirtualReader, kind: str
) -> None:
    known: Case = (kind, "well", CardPresent(CardIdentity("uid_tag", UID)))
    section = {"driver": "pcsc", "profiles": [*ORDER, "uid_tag"], "reader": PICC}
    reader = PcscReader.from_config(section)
    heard: queue.SimpleQueue[CardReport] = queue.SimpleQueue()
    reader.start(heard.put)
    try:
        assert isinstance(heard.get(timeout=PATIENCE_SECONDS), ReaderOnline)
        tap_and_hear(both_slots, heard, [known])
    finally:
        reader.close()


def read_each_kind(reader: CardReader, hands: Hands, await_sam: Callable[[], None]) -> None:
    heard: queue.SimpleQueue[CardReport] = queue.SimpleQueue()
    reader.start(heard.put)
    try:
        assert isinstance(heard.get(timeout=PATIENCE_SECONDS), ReaderOnline)
        without_sam: list[Case] = [("ektp", "well", CardUnreadable(CardTrouble.NO_SAM))]
        with_sam: list[Case] = [
            ("ektp", "well", CardPresent(CardIdentity("ektp_sam", UID))),
            ("ektp", "forged", CardUnreadable(CardTrouble.NOT_GENUINE)),
            ("passport", "well", CardUnreadable(CardTrouble.NEEDS_MRZ)),
            ("tag", "well", CardUnreadable(CardTrouble.UNKNOWN_KIND)),
            ("sticker", "well", CardUnreadable(CardTrouble.UNKNOWN_KIND)),
        ]
        tap_and_hear(hands, heard, without_sam)
        hands.insert(b"", kind="sam", slot=1)
        await_sam()
        tap_and_hear(hands, heard, with_sam)
    finally:
        reader.close()


def test_a_passport_is_read_through_pcscd(both_slots: VirtualReader) -> None:
    both_slots.insert(b"", kind="passport")
    passport = read_on(PICC, None, lambda slots: read_passport(slots, HOLDER))
    assert isinstance(passport, Passport) and passport.photo is not None
    assert (passport.mrz, passport.photo.data) == (parse_mrz(MRZ), portrait())
    both_slots.insert(b"", "forged", "passport")
    forged = read_on(PICC, None, lambda slots: read_passport(slots, HOLDER))
    assert forged is PassportTrouble.NOT_AUTHENTIC


@pytest.mark.parametrize("commands", [0, 1, 2, 4, 30])
def test_a_passport_is_pulled_in_mid_reading(both_slots: VirtualReader, commands: int) -> None:
    both_slots.insert(b"", "pulled", "passport", after=commands)
    pulled = read_on(PICC, None, lambda slots: read_passport(slots, HOLDER))
    assert pulled is CardTrouble.PULLED
    both_slots.insert(b"", kind="passport")
    again = read_on(PICC, None, lambda slots: read_passport(slots, HOLDER))
    assert isinstance(again, Passport)


def test_biodata_come_through_both_slots(both_slots: VirtualReader) -> None:
    both_slots.insert(UID, kind="ektp")
    both_slots.insert(b"", kind="sam", slot=1)
    assert read_on(PICC, SAM, read_biodata) == BIODATA.encode()
    photo = read_on(PICC, None, read_photo)
    assert isinstance(photo, Photo) and photo.data == portrait()


def test_a_technician_looks_at_a_passport(
    both_slots: VirtualReader,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both_slots.insert(b"", kind="passport")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{MRZ[:44]}\n{MRZ[44:]}\n"))
    kept = tmp_path / "face.jpeg"
    assert look(["--mrz", "-", "--photo", str(kept), "--wait", "40"]) == 0
    assert "name: SARI WULANDARI" in capsys.readouterr().out
    assert kept.read_bytes() == portrait()
    both_slots.remove()
    assert look(["--wait", "0"]) == 1
    assert "no card lies there" in capsys.readouterr().out


def test_what_cannot_be_laid_there_is_refused(both_slots: VirtualReader) -> None:
    for wrong in (
        lambda: both_slots.insert(UID, kind="coin"),
        lambda: both_slots.insert(UID, "forged", "tag"),
        lambda: both_slots.insert(UID, slot=2),
    ):
        with pytest.raises(VirtualReaderError):
            wrong()
