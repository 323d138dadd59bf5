"""Who may open what: every file, folder and socket that a kiosk and its regency make, by a table.

A file that no row of the table names fails the test: whoever adds one says who may read it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.core.samples import profile
from tests.journeys.test_cabinet_inputs import CabinetWithPins, started

FOLDER, SECRET, PUBLIC, SOCKET = 0o700, 0o600, 0o644, 0o600

MODES: tuple[tuple[str, str, int], ...] = (
    ("kiosk", "d", FOLDER),
    ("kiosk/kiosk.toml", "-", PUBLIC),
    ("kiosk/catalogue.json", "-", PUBLIC),
    ("kiosk/keys", "d", FOLDER),
    ("kiosk/keys/*.pem", "-", PUBLIC),
    ("kiosk/keys/*.pub", "-", PUBLIC),
    ("kiosk/keys/kiosk.key", "-", SECRET),
    ("kiosk/keys/site.key", "-", SECRET),
    ("kiosk/run", "d", FOLDER),
    ("kiosk/run/print.key", "-", SECRET),
    ("kiosk/run/*.sock", "s", SOCKET),
    ("kiosk/state", "d", FOLDER),
    ("kiosk/state/*", "-", SECRET),
    ("kiosk/state/*", "d", FOLDER),
    ("regency", "d", FOLDER),
    ("regency/*.pub", "-", PUBLIC),
    ("regency/catalogue.json", "-", PUBLIC),
    ("regency/site.key", "-", SECRET),
    ("regency/ca", "d", FOLDER),
    ("regency/ca/issued", "-", PUBLIC),
    ("regency/ca/*/ca.key", "-", SECRET),
    ("regency/ca/*/ca.pem", "-", PUBLIC),
    ("regency/ca/*", "d", FOLDER),
    ("regency/broker", "d", FOLDER),
    ("regency/broker/acl", "-", SECRET),
    ("regency/broker/broker.key", "-", SECRET),
    ("regency/broker/*.pem", "-", PUBLIC),
    ("regency/broker/mosquitto.conf", "-", PUBLIC),
    ("regency/broker/state", "d", FOLDER),
    ("regency/server", "d", FOLDER),
    ("regency/server/regency.toml", "-", PUBLIC),
    ("regency/server/keys", "d", FOLDER),
    ("regency/server/keys/*.pem", "-", PUBLIC),
    ("regency/server/keys/*.key", "-", SECRET),
    ("regency/server/keys/*.seed", "-", SECRET),
    ("regency/server/keys/session.secret", "-", SECRET),
    ("regency/server/signers", "d", FOLDER),
    ("regency/server/signers/*.p12", "-", SECRET),
)
"""Path (the first row that fits counts), kind as ``ls -l`` shows it, mode."""


@pytest.fixture(scope="module")
def kiosk() -> Iterator[CabinetWithPins]:
    """Made under the careless umask that most machines have."""
    before = os.umask(0o022)
    try:
        with started(CabinetWithPins) as kiosk:
            assert kiosk.screen is not None
            kiosk.screen.await_view(lambda _: True)
            yield kiosk
    finally:
        os.umask(before)


def everything(kiosk: CabinetWithPins) -> list[Path]:
    return [
        path
        for part in ("kiosk", "regency")
        for path in (kiosk.folder / part, *sorted((kiosk.folder / part).rglob("*")))
    ]


def wanted(name: str, kind: str) -> int | None:
    return next((mode for row, of, mode in MODES if of == kind and fnmatch(name, row)), None)


def test_every_file_and_socket_has_the_mode_of_the_table(kiosk: CabinetWithPins) -> None:
    wrong = {}
    for path in everything(kiosk):
        status = path.lstat()
        kind, mode = stat.filemode(status.st_mode)[0], stat.S_IMODE(status.st_mode)
        name = str(path.relative_to(kiosk.folder))
        if mode != wanted(name, kind):
            wrong[name] = f"{kind} {mode:o}"
        assert status.st_uid == os.geteuid(), f"{name} is another's"
    assert wrong == {}


def test_no_row_of_the_table_is_about_nothing(kiosk: CabinetWithPins) -> None:
    there = {str(path.relative_to(kiosk.folder)) for path in everything(kiosk)}
    made_later = {"regency/server/signers/*.p12"}
    idle = {row for row, _, _ in MODES if not any(fnmatch(name, row) for name in there)}
    assert idle == made_later


def test_what_anybody_may_read_holds_no_secret(kiosk: CabinetWithPins) -> None:
    """Nothing of a private key, of the site key or of a seed in the files of mode 644."""
    files = [path for path in everything(kiosk) if path.is_file()]
    by_mode = {path: stat.S_IMODE(path.stat().st_mode) for path in files}
    secrets = [
        path.read_text().strip()
        for path in files
        if path.suffix in (".key", ".seed", ".secret") and path.name != "print.key"
    ]
    assert len(secrets) > 5
    for path, mode in by_mode.items():
        if mode == PUBLIC:
            text = path.read_text()
            assert "PRIVATE KEY" not in text, path
            assert not any(secret in text for secret in secrets), path
            assert profile(1).nik not in text, path
