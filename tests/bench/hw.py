"""``python -m tests.bench hw``: devices beside what their libraries or daemons allow."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import Measure, _raster, _soak, _standing, _tap


def measures() -> Iterator[Measure]:
    """All of them; two minutes."""
    yield from _raster.measures()
    yield from _tap.measures()
    yield from _soak.measures()
    yield from _standing.measures()
