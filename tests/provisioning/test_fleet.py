"""A regency is laid out and kiosks are made for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.config import load_config
from firmware.core.seal import public_key_of
from provisioning.fleet import kiosks, main
from regency.config import load_config as load_regency_config

KIOSK = "3510192001-1"


@pytest.fixture(scope="module")
def regency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet") / "regency"
    assert main(["init", str(folder)]) == 0
    return folder


def _add(regency: Path, kiosk: str, *more: str) -> int:
    return main(["add", str(regency), kiosk, "--place", "Desa Songgon", *more])


def test_a_kiosks_folder_is_one_that_the_controller_takes(regency: Path) -> None:
    made = _add(
        regency,
        KIOSK,
        *("--broker", "127.0.0.1:18883", "--printer", "192.0.2.9", "--page-printer", "kantor"),
    )
    assert made == 0
    config = load_config(regency / "kiosks" / KIOSK / "kiosk.toml")
    assert config.sections.kiosk.id == KIOSK
    assert config.sections.link.port == 18883
    assert config.sections.printer["host"] == "192.0.2.9"
    assert config.sections.page_printer["queue"] == "kantor"


def test_the_server_takes_its_own_and_holds_the_key_that_kiosks_seal_to(regency: Path) -> None:
    assert _add(regency, "3510192001-2") == 0
    server = load_regency_config(regency / "server" / "regency.toml")
    kiosk = load_config(regency / "kiosks" / "3510192001-2" / "kiosk.toml")
    assert kiosk.regency_key == public_key_of(server.regency_seed)


def test_the_list_tells_until_when_certificates_hold(
    regency: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _add(regency, "3510192001-3") == 0
    capsys.readouterr()
    assert main(["list", str(regency)]) == 0
    assert "3510192001-3" in capsys.readouterr().out
    assert all(line.days_left > 365 for line in kiosks(regency))


def test_an_existing_kiosk_or_regency_is_not_replaced(
    regency: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _add(regency, "3510192001-4") == 0
    before = (regency / "kiosks" / "3510192001-4" / "keys" / "kiosk.pem").read_bytes()
    assert _add(regency, "3510192001-4") == 2
    assert "--again" in capsys.readouterr().err
    assert main(["init", str(regency)]) == 2
    assert _add(regency, "3510192001-4", "--again") == 0
    assert (regency / "kiosks" / "3510192001-4" / "keys" / "kiosk.pem").read_bytes() != before


@pytest.mark.parametrize(
    ("kiosk", "more", "named"),
    [
        ("songgon", (), "'songgon'"),
        ("3510192001-5", ("--broker", "somewhere:else"), "'somewhere:else'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    regency: Path, capsys: pytest.CaptureFixture[str], kiosk: str, more: tuple[str, ...], named: str
) -> None:
    assert _add(regency, kiosk, *more) == 2
    assert named in capsys.readouterr().err
