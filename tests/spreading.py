"""How ``pytest -n N`` spreads the tests over N processes (pytest-xdist).

A file stays whole, since its tests share what is dear to start: a broker, a cabinet, a browser.
So does a folder whose files share one. What each process starts is its own: ports, folders,
sockets, displays, the reader's pcscd, the window of Kivy and the PostgreSQL server.
"""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

WHOLE_FOLDERS = ("tests/workbench",)
"""One cabinet for all of the folder: tests/workbench/conftest.py."""


class Spreading(LoadFileScheduling):
    """By file, or by whole folder; the largest first, as the base class has it."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((one for one in WHOLE_FOLDERS if file.startswith(f"{one}/")), file)
