"""The technician's command that says what lies on the card reader."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hw.card.apdu import Command, Response, parse_response
from hw.card.bac import PassportTrouble
from hw.card.ektp_exchange import EktpTrouble
from hw.card.look import WORDS, look, main
from hw.card.mrz import MrzInformation, parse_mrz
from hw.card.slots import Slots
from hw.protocols import CardTrouble
from hw.virtual.ektp import VirtualEktp
from hw.virtual.passport import MRZ, VirtualPassport
from hw.virtual.portrait import portrait
from hw.virtual.sides import Side, Tag

UID = bytes.fromhex("04A1B2C3D4E5F6")


def looked(
    card: Side, information: MrzInformation | None = None, photo: Path | None = None
) -> tuple[int, str]:
    def transmit(command: Command) -> Response | CardTrouble:
        return parse_response(card.answer(command.encode())) or CardTrouble.PULLED

    lines: list[str] = []
    code = look(Slots(transmit, atr=card.atr), information, photo, lines.append)
    return code, "\n".join(lines)


def test_a_card_is_named_and_its_uid_is_not() -> None:
    code, said = looked(VirtualEktp(UID))
    assert code == 0
    assert "known to: ektp_sam, uid_tag" in said and "ATR: 3B 80 80 01 01" in said
    assert "UID: 04 and 6 bytes more" in said and "A1" not in said


def test_a_passport_is_known_and_opens_to_its_printed_lines(tmp_path: Path) -> None:
    code, said = looked(VirtualPassport())
    assert (code, "known to: emrtd" in said) == (0, True)
    zone = parse_mrz(MRZ)
    assert zone is not None
    code, said = looked(VirtualPassport(), zone.information, tmp_path / "face.jpeg")
    assert code == 0
    assert "name: SARI WULANDARI\nnationality: IDN, document of IDN" in said
    assert (tmp_path / "face.jpeg").read_bytes() == portrait()


def test_a_photo_is_for_its_owner_and_replaces_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "face.jpeg"
    assert looked(VirtualEktp(UID), photo=kept)[0] == 0
    assert kept.read_bytes() == portrait()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    code, said = looked(VirtualEktp(UID), photo=kept)
    assert (code, "File exists" in said) == (1, True)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert looked(Tag(b""))[0] == 1
    code, said = looked(Tag(UID), photo=tmp_path / "none.jpeg")
    assert (code, "not an e-KTP" in said) == (1, True)
    code, said = looked(VirtualPassport(), MrzInformation("X9999999", "900412", "300101"))
    assert (code, "are not this passport's" in said) == (1, True)
    lines: list[str] = []
    assert look(Slots(lambda _command: CardTrouble.PULLED), None, None, lines.append) == 1
    assert "taken away too soon" in lines[-1]


def test_printed_lines_that_are_mistyped_are_refused_before_a_card_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = MRZ.replace("900412", "900413")
    with pytest.raises(SystemExit) as ended:
        main(["--mrz", wrong])
    assert ended.value.code == 2
    assert "check digits" in capsys.readouterr().err


@pytest.mark.parametrize("trouble", [*CardTrouble, *PassportTrouble, *EktpTrouble])
def test_every_trouble_has_its_words(trouble: str) -> None:
    assert WORDS[trouble]
