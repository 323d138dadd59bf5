"""What we use of python-escpos. It is imported here alone.

Left to itself the library makes a folder under /tmp at each start, writes 70 kB there, leaves it
behind, and does not start when /tmp is full; and it reads its printer profiles as YAML, which takes
a second where JSON takes a hundredth. It is content with a pickle that is newer than its file, so
it is given one, in a folder that lies in memory and is gone when the library is there.
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import platform
import sys
import tempfile
from importlib import resources
from pathlib import Path

_FOLDER = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_PLACES = ("/dev/shm", "/run", None)  # noqa: S108 (a folder of our own in it; None: TMPDIR or /tmp)


def _bring_in_somewhere() -> None:
    """Raises OSError when no place has room for 100 kB for a moment."""
    for place in _PLACES[:-1]:
        try:
            _bring_in(place)
            return
        except OSError:
            continue  # full, or not there
    _bring_in(_PLACES[-1])


def _bring_in(place: str | None) -> None:
    before = tempfile.tempdir, os.environ.get(_FOLDER)
    with tempfile.TemporaryDirectory(prefix="escpos-", dir=place) as folder:
        _write_pickle(Path(folder))
        try:
            # It asks for a temporary folder even where it is told of one.
            tempfile.tempdir = os.environ[_FOLDER] = folder
            importlib.import_module("escpos.capabilities")
        finally:
            tempfile.tempdir = before[0]
            if before[1] is None:
                del os.environ[_FOLDER]
            else:
                os.environ[_FOLDER] = before[1]


def _write_pickle(folder: Path) -> None:
    """As the library would write it."""
    profiles = json.loads((resources.files("escpos") / "capabilities.json").read_bytes())
    name = f"{platform.python_version()}.capabilities.pickle"
    (folder / name).write_bytes(pickle.dumps(profiles, protocol=2))


if "escpos.capabilities" not in sys.modules:
    _bring_in_somewhere()

from escpos.capabilities import CAPABILITIES  # type: ignore[import-untyped]  # noqa: E402
from escpos.magicencode import Encoder, MagicEncode  # type: ignore[import-untyped]  # noqa: E402
from escpos.printer import Dummy  # type: ignore[import-untyped]  # noqa: E402

__all__ = ["CAPABILITIES", "Dummy", "Encoder", "MagicEncode"]
