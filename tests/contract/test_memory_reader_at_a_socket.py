"""The memory reader behind its control socket: cards come and go by lines of JSON."""

from __future__ import annotations

import queue
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.protocols import (
    CardIdentity,
    CardNotPresent,
    CardPresent,
    CardReport,
    CardTrouble,
    CardUnreadable,
    ReaderOnline,
)
from hw.registry import make_card_reader
from provisioning.tell import tell

PATIENCE_SECONDS = 30.0
SEVEN = bytes.fromhex("04A1B2C3D4E5F6")
Heard = queue.SimpleQueue[CardReport]


@pytest.fixture
def control(tmp_path: Path) -> Path:
    return tmp_path / "card.sock"


@pytest.fixture
def heard(control: Path) -> Iterator[Heard]:
    heard: Heard = queue.SimpleQueue()
    reader = make_card_reader({"driver": "memory", "control": str(control)})
    reader.start(heard.put)
    assert isinstance(heard.get(timeout=PATIENCE_SECONDS), ReaderOnline)
    yield heard
    reader.close()
    assert not control.exists()


def test_a_card_comes_and_goes(control: Path, heard: Heard) -> None:
    assert tell(control, {"insert": SEVEN.hex()}) == {"ok": True}
    assert heard.get(timeout=PATIENCE_SECONDS) == CardPresent(CardIdentity("uid_tag", SEVEN))
    assert tell(control, {"remove": True}) == {"ok": True}
    assert heard.get(timeout=PATIENCE_SECONDS) == CardNotPresent()
    assert tell(control, {"insert": "08010203"}) == {"ok": True}
    assert heard.get(timeout=PATIENCE_SECONDS) == CardUnreadable(CardTrouble.RANDOM_UID)


@pytest.mark.parametrize(
    "nonsense",
    [b"", b"{", b"[" * 4000, b"\xff\xfe", b'{"insert": "04"}', b'{"insert": 4}', b'{"x": 1}', b"7"],
)
def test_nonsense_is_answered_and_nothing_happens(
    control: Path, heard: Heard, nonsense: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(PATIENCE_SECONDS)
        caller.connect(str(control))
        caller.sendall(nonsense + b"\n")
        assert b'"ok": false' in caller.makefile("rb").readline()
    assert tell(control, {"insert": SEVEN.hex()}) == {"ok": True}
    assert isinstance(heard.get(timeout=PATIENCE_SECONDS), CardPresent)


def test_the_socket_is_for_its_owner_only(control: Path, heard: Heard) -> None:
    assert control.stat().st_mode & 0o077 == 0


def test_a_caller_that_stays_does_not_hold_up_the_end(control: Path) -> None:
    reader = make_card_reader({"driver": "memory", "control": str(control)})
    reader.start(lambda _report: None)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(PATIENCE_SECONDS)
        caller.connect(str(control))
        caller.sendall(b'{"remove": true}\n')
        assert caller.recv(100) == b'{"ok": true}\n'
        reader.close()
        assert caller.recv(1) == b""


def test_a_place_where_no_socket_can_be_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\[card\] control = .* cannot be made"):
        make_card_reader({"driver": "memory", "control": str(tmp_path / "no" / "card.sock")})
