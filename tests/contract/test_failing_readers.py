"""Two readers on a pcscd of their own: they fail, and they have lamps."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.card.feedback import LANGUAGES, Heard

CONTACT, PICC = "Rig Contact", "ACS ACR122U Rig PICC"
PATIENCE_SECONDS = 40.0
PRESENT = "CardPresent(identity=CardIdentity(profile='uid_tag', uid=<7 bytes>))"
ENTRY = """FRIENDLYNAME "{name}"
DEVICENAME {file}
LIBPATH {library}
CHANNELID {channel}

"""


class Rig:
    """Both readers, and a PcscReader that watches them in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        library = folder / "libreader.so"
        source = Path(__file__).parent / "rig" / "reader.c"
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-I/usr/include/PCSC", "-o", str(library), str(source)],
            check=True,
        )
        for part in ("conf", "run"):
            (folder / part).mkdir()
        entries = ""
        for channel, name in enumerate((CONTACT, PICC)):
            entries += ENTRY.format(
                name=name, file=self._file(name), library=library, channel=channel
            )
            self.set(name, "empty")
        (folder / "conf" / "readers").write_text(entries)
        self._heard: queue.SimpleQueue[str] = queue.SimpleQueue()

    def start(self) -> None:
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n", "--preserve-env=PYTHONPATH"]
        environment = {k: v for k, v in os.environ.items() if k != "PCSCLITE_CSOCK_NAME"}
        self._process = subprocess.Popen(
            [*sudo, sys.executable, "-m", "tests.contract.rig.inside", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=Path(__file__).parents[2],
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard.put(line.strip())

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_SECONDS)

    def set(self, name: str, word: str) -> None:
        """What becomes of the reader, whole at once."""
        fresh = self.folder / "fresh"
        fresh.write_text(word)
        fresh.rename(self._file(name))

    def hears(self, start: str) -> None:
        report = self._heard.get(timeout=PATIENCE_SECONDS)
        assert report.startswith(start), report

    def escapes(self) -> list[str]:
        """The escape commands that the contactless reader was sent."""
        file = Path(f"{self._file(PICC)}.escapes")
        return file.read_text().split() if file.exists() else []

    def _file(self, name: str) -> Path:
        return self.folder / name.split()[-1]


@pytest.fixture
def rig() -> Iterator[Rig]:
    folder = Path(tempfile.mkdtemp(prefix="rig-"))
    rig = Rig(folder)
    rig.start()
    yield rig
    rig.close()
    shutil.rmtree(folder)


def test_a_reader_fails_with_a_card_on_it_and_works_again(rig: Rig) -> None:
    rig.hears(f"ReaderOnline(name='{PICC}")
    rig.set(CONTACT, "card")  # says nothing: the contactless reader is the one in use
    rig.set(PICC, "card")
    rig.hears(PRESENT)
    rig.set(PICC, "fails")
    rig.hears("CardNotPresent()")
    rig.hears(f"ReaderOffline(reason='the reader {PICC} 01 00 fails")
    rig.set(PICC, "card")
    rig.hears(f"ReaderOnline(name='{PICC}")
    rig.hears(PRESENT)


def test_a_reader_with_lamps_shows_that_it_read(rig: Rig) -> None:
    language = LANGUAGES["acr122u"]
    rig.hears(f"ReaderOnline(name='{PICC}")
    rig.set(PICC, "card")
    rig.hears(PRESENT)
    wanted = [language.asks, *language.prepares, *language.commands(Heard.READ)]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(rig.escapes()) < len(wanted) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert rig.escapes() == [command.hex().upper() for command in wanted]
