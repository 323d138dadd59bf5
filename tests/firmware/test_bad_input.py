"""A bad configuration is one clear sentence that says which and what to do; never a traceback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioning.layout import Devices, Ports, Regency

Spoil = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kiosk's folder in good order; nobody listens where it wants to go."""
    regency = Regency(tmp_path / "regency")
    regency.create(Ports(1, 2))
    kiosk = tmp_path / "kiosk"
    regency.add_kiosk("3510192001-1", "Desa Contoh", kiosk, ("127.0.0.1", 1), Devices())
    return kiosk


def text(old: str, new: str) -> Spoil:
    def spoil(folder: Path) -> None:
        file = folder / "kiosk.toml"
        before = file.read_text()
        assert old in before
        file.write_text(before.replace(old, new))

    return spoil


def write(name: str, content: str) -> Spoil:
    return lambda folder: (folder / name).write_text(content)


BAD: list[tuple[Spoil, str]] = [
    (lambda folder: (folder / "kiosk.toml").unlink(), "kiosk.toml cannot be read"),
    (write("kiosk.toml", "[kiosk"), "is not valid TOML"),
    (text("[link]", "[lnik]"), "did you mean 'link'"),
    (text("place =", "plaec ="), "[kiosk] has no key 'plaec'; did you mean 'place'?"),
    (text('"3510192001-1"', '"songgon"'), "is no kiosk id"),
    (text("port = 1\n", "port = 70000\n"), "[link] port: expected `int` <= 65535"),
    (text('driver = "pcsc"', 'driver = "pcsd"'), "did you mean 'pcsc'"),
    (text('profiles = ["uid_tag"]', 'profiles = ["uid"]'), "did you mean 'uid_tag'"),
    (lambda folder: (folder / "keys/kiosk.pem").unlink(), "kiosk.pem, which is not there"),
    (write("keys/kiosk.key", "nonsense"), "enrol this kiosk again"),
    (write("keys/site.key", "abc"), "is no site key"),
    (write("keys/regency.pub", "abc"), "is no public key of a regency"),
    (write("keys/command.pub", "abc"), "is no command key of a regency"),
    (write("catalogue.json", "{}"), "the letter catalogue is not readable"),
    (lambda folder: (folder / "catalogue.json").unlink(), "the letter catalogue"),
    (write("state/kiosk.db", "no database at all, and long enough" * 9), "cannot be used"),
]


@pytest.mark.parametrize(("spoil", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
def test_the_controller_says_what_is_wrong_and_ends(
    folder: Path, spoil: Spoil, sentence: str
) -> None:
    spoil(folder)
    done = subprocess.run(
        [sys.executable, "-m", "firmware", "--config", folder / "kiosk.toml"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
