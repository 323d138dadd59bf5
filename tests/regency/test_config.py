"""A bad regency.toml is one clear sentence; so is a port in use."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from firmware.docs import DOCS
from provisioning.layout import Ports, Regency
from provisioning.processes import free_ports
from regency.config import KeysSection, LinkSection, ServerSection, SigningSection, load_config

Spoil = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    broker, web = free_ports(2)
    regency = Regency(tmp_path / "regency")
    regency.create(Ports(broker, web))
    return regency.server


def text(old: str, new: str) -> Spoil:
    def spoil(folder: Path) -> None:
        file = folder / "regency.toml"
        before = file.read_text()
        assert old in before
        file.write_text(before.replace(old, new))

    return spoil


BAD: list[tuple[Spoil, str]] = [
    (lambda folder: (folder / "regency.toml").unlink(), "regency.toml cannot be read"),
    (text("public_url", "publik_url"), "did you mean 'public_url'"),
    (text("sqlite:///regency.db", "sqlite:////no/such/folder/x.db"), "[server] database"),
    (text("sqlite:///regency.db", "not an address"), "[server] database"),
    (lambda folder: (folder / "keys/regency.seed").write_text("ab"), "is no key of a regency"),
    (lambda folder: (folder / "keys/session.secret").write_text("x"), "is too short"),
    (lambda folder: (folder / "keys/server.pem").unlink(), "which is not there"),
    (lambda folder: (folder / "keys/server.key").write_text("x"), "[link]: the certificate"),
]


def serve(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "regency", "--config", folder / "regency.toml", "serve"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("spoil", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
def test_the_server_says_what_is_wrong_and_ends(folder: Path, spoil: Spoil, sentence: str) -> None:
    spoil(folder)
    done = serve(folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use(folder: Path) -> None:
    config = load_config(folder / "regency.toml")
    with socket.create_server((config.server.host, config.server.port)):
        done = serve(folder)
    assert done.returncode == 2
    assert f"cannot listen at 127.0.0.1 port {config.server.port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_sigterm_while_the_broker_is_waited_for_ends_it(folder: Path) -> None:
    command = [sys.executable, "-m", "regency", "--config", folder / "regency.toml", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        try:
            assert server.stderr is not None
            assert b"no broker answers" in server.stderr.readline()
            os.kill(server.pid, signal.SIGTERM)
            assert server.wait(30) == 0
        finally:
            server.kill()
        assert server.stdout is not None
        assert server.stdout.read() == b""


def test_a_seed_file_that_is_none(folder: Path) -> None:
    (folder / "seed.json").write_text('{"villages": 5}')
    command = [sys.executable, "-m", "regency", "--config", folder / "regency.toml", "load"]
    done = subprocess.run(
        [*command, folder / "seed.json"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "is no seed file" in done.stderr


def test_every_key_of_regency_toml_is_told() -> None:
    page = (DOCS / "configuration.md").read_text()
    for section in (ServerSection, LinkSection, KeysSection, SigningSection):
        for field in msgspec.structs.fields(section):
            assert f"`{field.name}`" in page, f"docs/configuration.md lacks {field.name}"


@pytest.mark.parametrize(
    "order",
    [["revoke-card"], ["move", "3510091005", "--alamat", "Jalan 3", "--rt", "4", "--rw", "1"]],
)
def test_an_order_about_somebody_who_is_not_there(folder: Path, order: list[str]) -> None:
    """The NIK comes by standard input, so that no list of processes shows it."""
    name, *rest = order
    command = [sys.executable, "-m", "regency", "--config", folder / "regency.toml", name, "-"]
    done = subprocess.run(
        [*command, *rest],
        input="3510190101000077\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("anjungan-regency: ")
    assert "3510190101000077" not in done.stderr
