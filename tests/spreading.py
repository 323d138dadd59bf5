"""How ``pytest -n N`` spreads the tests over N processes (pytest-xdist).

A file stays whole, since its tests share what is dear to start: a broker, a cabinet, a browser.
So does a folder whose files share one. What takes long comes first, or the last of it would be
waited for by one process while the others are done.
"""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

WHOLE_FOLDERS = ("tests/workbench",)
"""One cabinet for all of the folder: tests/workbench/conftest.py."""


class Spreading(LoadFileScheduling):
    """By file or whole folder, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((one for one in WHOLE_FOLDERS if file.startswith(f"{one}/")), file)
