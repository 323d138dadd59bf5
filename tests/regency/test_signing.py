"""The head signs; anybody checks."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from pyhanko.pdf_utils.generic import NameObject, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from regency.signing import Signer, SigningTrouble, check_signature, load_signer
from regency.typeset import Typesetter
from tests.regency.letter_parts import SITI, URL, SmallCa, content, page_picture, qr_texts, text_of

PASSPHRASE = "rahasia kades"


@pytest.fixture(scope="module")
def ca() -> SmallCa:
    return SmallCa()


@pytest.fixture(scope="module")
def letter() -> bytes:
    return Typesetter().pdf(content())


@pytest.fixture
def head(ca: SmallCa, tmp_path: Path) -> Signer:
    signer = load_signer(ca.p12(tmp_path), PASSPHRASE)
    assert isinstance(signer, Signer)
    return signer


@pytest.fixture
def signed(head: Signer, letter: bytes) -> bytes:
    return head.sign(letter, "Songgon", "Surat Keterangan Usaha")


def test_a_signed_letter_is_valid_and_names_the_head(signed: bytes, ca: SmallCa) -> None:
    check = check_signature(signed, ca.pem)
    assert check.valid, check.reason
    assert check.signer == "Suparman Hadi, S.Sos."


def test_it_is_pades_and_forbids_any_later_change(signed: bytes) -> None:
    assert b"/ETSI.CAdES.detached" in signed
    assert b"/DocMDP" in signed


def test_signing_changes_nothing_that_is_read(signed: bytes, letter: bytes) -> None:
    assert signed.startswith(letter)
    assert text_of(signed) == text_of(letter)
    assert SITI.nama in text_of(signed)
    assert qr_texts(page_picture(signed)) == [URL]


def test_a_signed_letter_is_light_enough_for_a_village_link(signed: bytes) -> None:
    assert len(signed) < 80_000


def test_a_changed_letter_is_found_out(signed: bytes, ca: SmallCa) -> None:
    place = len(signed) // 3
    forged = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    assert not check_signature(forged, ca.pem).valid


def test_something_added_after_the_signature_is_found_out(signed: bytes, ca: SmallCa) -> None:
    check = check_signature(signed + b"\n% satu baris lagi\n", ca.pem)
    assert not check.valid
    assert check.reason == "Ada yang ditambahkan sesudah surat ditandatangani."


def test_an_update_appended_by_a_program_is_found_out(signed: bytes, ca: SmallCa) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root[NameObject("/Lang")] = pdf_string("en")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert not check_signature(out.getvalue(), ca.pem).valid


def test_a_signature_under_another_ca_is_not_trusted(signed: bytes) -> None:
    check = check_signature(signed, SmallCa("CA Lain").pem)
    assert not check.valid
    assert check.reason == "Penandatangan tidak dikenal oleh kabupaten."


def test_a_ca_with_the_same_name_but_another_key_is_not_trusted(signed: bytes) -> None:
    assert not check_signature(signed, SmallCa("CA Uji").pem).valid


def test_an_unsigned_letter_says_so(letter: bytes, ca: SmallCa) -> None:
    check = check_signature(letter, ca.pem)
    assert (check.valid, check.signer) == (False, "")
    assert check.reason == "Berkas ini tidak bertanda tangan elektronik."


@pytest.mark.parametrize("rubbish", [b"", b"bukan PDF", b"%PDF-1.7\n", b"\x00" * 4096])
def test_what_is_no_pdf_is_refused_without_a_crash(rubbish: bytes, ca: SmallCa) -> None:
    assert not check_signature(rubbish, ca.pem).valid


def test_no_damage_outside_the_signature_passes(signed: bytes, ca: SmallCa) -> None:
    """Any byte counts, also those of the file's tables and of the signature's dictionary."""
    start, end = _signature_value(signed)
    dice = random.Random(20261124)
    for _ in range(60):
        place = dice.choice((dice.randrange(start), dice.randrange(end, len(signed))))
        damaged = _flip(signed, place, dice)
        assert not check_signature(damaged, ca.pem).valid, f"byte {place}"


def test_damage_inside_the_signature_never_makes_the_check_crash(
    signed: bytes, ca: SmallCa
) -> None:
    """It may pass where nothing depends on it: padding, or the case of a hex digit."""
    start, end = _signature_value(signed)
    dice = random.Random(20261124)
    filled = start + len(signed[start:end].rstrip(b"0"))
    refused = 0
    for _ in range(60):
        damaged = _flip(signed, dice.randrange(start, filled), dice)
        refused += not check_signature(damaged, ca.pem).valid
    assert refused > 30


def _signature_value(signed: bytes) -> tuple[int, int]:
    """Where the hex digits of /Contents begin and end; the signature covers all else."""
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    return start, signed.index(b">", start)


def _flip(signed: bytes, place: int, dice: random.Random) -> bytes:
    damaged = bytearray(signed)
    damaged[place] ^= dice.randrange(1, 256)
    return bytes(damaged)


def test_a_truncated_letter_is_refused(signed: bytes, ca: SmallCa) -> None:
    assert not check_signature(signed[: len(signed) // 2], ca.pem).valid


def test_a_letter_is_signed_once(head: Signer, signed: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be signed"):
        head.sign(signed, "Songgon", "sekali lagi")


def test_what_is_no_pdf_is_not_signed(head: Signer) -> None:
    with pytest.raises(ValueError, match="cannot be signed"):
        head.sign(b"bukan PDF", "Songgon", "coba")


def test_a_ca_file_without_a_certificate_is_an_error(signed: bytes) -> None:
    with pytest.raises(ValueError):
        check_signature(signed, b"tidak ada apa-apa")


# ---------------------------------------------------------------- opening the key


def test_a_wrong_passphrase_is_an_answer(ca: SmallCa, tmp_path: Path) -> None:
    assert load_signer(ca.p12(tmp_path), "salah") is SigningTrouble.WRONG_PASSPHRASE
    assert load_signer(ca.p12(tmp_path), "") is SigningTrouble.WRONG_PASSPHRASE


def test_a_missing_file_is_an_answer(tmp_path: Path) -> None:
    assert load_signer(tmp_path / "tidak-ada.p12", PASSPHRASE) is SigningTrouble.MISSING


def test_a_folder_in_its_place_is_an_answer(tmp_path: Path) -> None:
    assert load_signer(tmp_path, PASSPHRASE) is SigningTrouble.UNREADABLE


@pytest.mark.parametrize("rubbish", [b"", b"bukan kunci", b"\x30\x03\x02\x01\x03"])
def test_a_damaged_file_is_an_answer(rubbish: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.p12").write_bytes(rubbish)
    assert load_signer(tmp_path / "x.p12", PASSPHRASE) is SigningTrouble.DAMAGED


def test_half_a_file_is_damaged(ca: SmallCa, tmp_path: Path) -> None:
    path = ca.p12(tmp_path)
    path.write_bytes(path.read_bytes()[:300])
    assert load_signer(path, PASSPHRASE) is SigningTrouble.DAMAGED


def test_certificates_out_of_their_time_are_an_answer(ca: SmallCa, tmp_path: Path) -> None:
    assert load_signer(ca.p12(tmp_path, days=(-9, -1)), PASSPHRASE) is SigningTrouble.EXPIRED
    early = ca.p12(tmp_path, days=(2, 9))
    assert load_signer(early, PASSPHRASE) is SigningTrouble.NOT_YET_VALID


def test_a_certificate_not_made_for_signing_is_an_answer(ca: SmallCa, tmp_path: Path) -> None:
    path = ca.p12(tmp_path, for_signing=False)
    assert load_signer(path, PASSPHRASE) is SigningTrouble.NOT_FOR_SIGNING


@pytest.mark.parametrize("trouble", list(SigningTrouble))
def test_every_trouble_has_a_sentence_for_the_desk(trouble: SigningTrouble) -> None:
    assert trouble.sentence.endswith(".")


def test_a_signer_hides_itself_in_logs(head: Signer) -> None:
    assert "Suparman" not in repr(head)
