"""What tests of several folders share."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.virtual.reader import VirtualReader


@pytest.fixture(scope="session")
def virtual_reader() -> Iterator[VirtualReader]:
    """One reader for the whole run: libpcsclite reads its socket's name once a process."""
    folder = Path(tempfile.mkdtemp(prefix="kartu-"))  # a short path: it holds sockets
    with VirtualReader(folder) as reader:
        os.environ["PCSCLITE_CSOCK_NAME"] = str(reader.socket)  # read by libpcsclite itself
        yield reader
    del os.environ["PCSCLITE_CSOCK_NAME"]
    shutil.rmtree(folder)
